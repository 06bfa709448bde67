"""The pages of the organisation: who may open them, what they show, and what they do."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from liandong.people.models import Lending, Post, SheetDraft, Unit, User
from liandong.people.operations import grant_role, lend_post
from liandong.people.operations.sheet_shapes import SHAPES
from liandong.web.sheets import read_workbook
from tests.people.organising import TODAY, TOWN_1, TOWN_2, account, appointed, opened, post_of, unit_code
from tests.people.test_sheets import _bureau, _clerk, workbook
from tests.workbench.conftest import SignedIn, plain_files, signed_in
from tests.world import DISTRICT, World

__all__ = ["plain_files", "signed_in"]

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def on_the_day_of_the_story(world: World) -> object:
    """Pages read the clock: it stands at the day of the story."""
    with time_machine.travel(world.at, tick=True):
        yield


def _post(client: Client, page: str, /, *args: object, **data: object) -> int:
    return client.post(reverse(page, args=args), data).status_code


def _text(client: Client, page: str, /, *args: object, **query: str) -> str:
    response = client.get(reverse(page, args=args), query)
    assert response.status_code == 200, page
    return response.content.decode()


@pytest.mark.parametrize(
    ("who", "reading", "writing"),
    [
        ("admin", 200, 200),
        ("supervisor", 200, 403),
        ("town01", 200, 403),
        ("auditor", 200, 403),
        ("bureau001", 403, 403),
    ],
)
def test_pages_open_for_those_who_see_and_forms_for_those_who_organise(
    who: str, reading: int, writing: int, signed_in: SignedIn
) -> None:
    client, code, post = signed_in(who), unit_code("B001"), post_of("bureau001").pk
    for name, args in (
        ("organisation", []),
        ("organisation_unit", [code]),
        ("organisation_children", [code]),
        ("organisation_post", [post]),
        ("organisation_person", ["bureau001"]),
        ("organisation_options", ["units"]),
    ):
        assert client.get(reverse(name, args=args)).status_code == reading, name
    for name, args in (
        ("organisation_open", []),
        ("organisation_appoint", [code]),
        ("organisation_leave", ["bureau001"]),
        ("organisation_import", []),
        ("organisation_template", []),
    ):
        assert client.get(reverse(name, args=args)).status_code == writing, name


def test_what_lies_outside_ones_area_does_not_exist(signed_in: SignedIn) -> None:
    client = signed_in("town01")
    for name, key in (
        ("organisation_unit", unit_code("B003")),
        ("organisation_unit", unit_code("D01")),
        ("organisation_children", unit_code("T02")),
        ("organisation_post", post_of("bureau003").pk),
        ("organisation_person", "bureau003"),
        ("organisation_person", "nobody"),
        ("organisation_options", "secrets"),
    ):
        assert client.get(reverse(name, args=[key])).status_code == 404, (name, key)
    found = client.get(reverse("organisation_options", args=["people"]), {"q": "科员"}).json()["options"]
    assert [one["value"] for one in found] == ["bureau001", "bureau002"]
    assert "西渡" not in _text(client, "organisation")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("local", ["DC", "D01", "T01", "B001", "S001", "G001", "J001", "M001"])
def test_every_kind_of_unit_has_its_page_in_both_languages(
    local: str, language: str, signed_in: SignedIn, world: World
) -> None:
    joint = opened(world, "J001", parent="DC", kind="joint", area=DISTRICT)
    Lending.objects.create(post=post_of("patrol001"), team=joint, since_on=TODAY)
    appointed(world, "helper", "P001", role="assistant", area=f"{TOWN_1}001")
    opened(world, "M001", parent="S001", kind="mediation", force="service", name="东桥第一调解室", area=f"{TOWN_1}001")
    response = signed_in("admin").get(
        reverse("organisation_unit", args=[unit_code(local)]), headers={"Accept-Language": language}
    )
    assert response.status_code == 200
    page = response.content.decode()
    if language == "zh-hans":
        expected = {"G001": "空缺", "S001": "未组建", "M001": "调解组织", "J001": "借调成员", "T01": "下级单位"}
        assert expected.get(local, "变更单位") in page
    else:
        assert "Change the unit" in page


def test_the_tree_opens_lazily_and_a_search_finds_units_by_their_people(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    tree = _text(client, "organisation")
    assert "东桥街道" in tree
    assert "1号网格组" not in tree
    assert "东桥第一工作站" in _text(client, "organisation_children", unit_code("T01"))
    assert "1号网格组" in _text(client, "organisation", text="赵走")
    assert "没有符合条件的单位" in _text(client, "organisation", text="不存在")
    assert _text(client, "organisation", kind="grid").count("<tr data-row>") == 16


def test_a_unit_is_opened_changed_and_closed_from_its_pages(signed_in: SignedIn) -> None:
    client, code = signed_in("admin"), unit_code("B100")
    facts = {"name": "平安办", "name_en": "", "phone": "", "force": "management", "parent": unit_code("T01"),
             "area": TOWN_1}  # fmt: skip
    assert _post(client, "organisation_open", **facts, code="b100", kind="bureau") == 302
    assert _post(client, "organisation_open", **facts, code="b100", kind="bureau") == 409
    changed = {f"change-{name}": value for name, value in {**facts, "phone": "021-1"}.items()}
    assert _post(client, "organisation_change", code, **changed) == 302
    assert Unit.objects.get(pk=code).phone == "021-1"
    ring = client.post(
        reverse("organisation_change", args=[unit_code("T01")]),
        {**changed, "change-parent": unit_code("S001"), "change-name": "东桥街道"},
    )
    assert (ring.status_code, "上下级成了环" in ring.content.decode()) == (422, True)
    assert _post(client, "organisation_close", code, **{"close-on": "2020-01-01"}) == 422
    assert _post(client, "organisation_close", unit_code("T01"), **{"close-on": TODAY.isoformat()}) == 409
    assert _post(client, "organisation_close", code, **{"close-on": TODAY.isoformat()}) == 302
    assert Unit.objects.get(pk=code).until_on == TODAY
    assert "撤销单位" in _text(client, "organisation_unit", code)


def test_somebody_is_appointed_changed_and_ended_from_the_pages(signed_in: SignedIn) -> None:
    client, unit = signed_in("admin"), unit_code("B001")
    new = {
        "account": "",
        "new_account": "NewOne",
        "person": "新人",
        "role": "bureau",
        "rank": "member",
        "title": "科员",
    }
    assert _post(client, "organisation_appoint", unit, **new) == 302
    assert _post(client, "organisation_appoint", unit, **new) == 409
    assert _post(client, "organisation_appoint", unit, **{**new, "account": "lin"}) == 422
    known = {**new, "account": "lin", "new_account": "", "person": "", "role": "town", "force": "enforcement"}
    refused = client.post(reverse("organisation_appoint", args=[unit]), known)
    assert "不能高于所在单位" in refused.content.decode()
    post = post_of("newone")
    assert _post(client, "organisation_repost", post.pk, **{"change-rank": "head", "change-title": "主任"}) == 302
    assert _post(client, "organisation_repost", post.pk, **{"change-rank": "king"}) == 422
    assert _post(client, "organisation_end", post.pk, **{"end-on": "2020-01-01"}) == 422
    assert _post(client, "organisation_end", post.pk, **{"end-on": TODAY.isoformat()}) == 302
    post.refresh_from_db()
    assert (post.rank, post.title, post.until_on) == ("head", "主任", TODAY)


def test_posts_are_lent_and_called_back_from_both_pages(signed_in: SignedIn, world: World) -> None:
    team = opened(world, "J001", parent="DC", kind="joint", area=DISTRICT).code
    client, post = signed_in("admin"), post_of("patrol001").pk
    asked = {"lend-team": team, "lend-since": TODAY.isoformat()}
    assert _post(client, "organisation_lend", post, **asked) == 302
    assert _post(client, "organisation_lend", post, **asked) == 409
    other = {"borrow-post": post_of("bureau002").pk, "borrow-since": TODAY.isoformat()}
    assert _post(client, "organisation_borrow", team, **other) == 302
    assert _post(client, "organisation_borrow", team, **{**other, "borrow-post": "x"}) == 422
    page = _text(client, "organisation_unit", team)
    assert "巡查员1" in page
    assert "科员2" in page
    assert "东桥街道巡查队" in page
    lending = Lending.objects.get(post=post)
    assert _post(client, "organisation_recall", lending.pk) == 302
    assert _post(client, "organisation_recall", 0) == 404
    lending.refresh_from_db()
    assert lending.until_on == TODAY
    options = client.get(reverse("organisation_options", args=["teams"])).json()["options"]
    assert [one["value"] for one in options] == [team]
    assert client.get(reverse("organisation_options", args=["posts"]), {"q": "巡查"}).json()["options"]
    assert client.get(reverse("organisation_options", args=["areas"]), {"q": "东桥街道"}).json()["options"]


def test_leaving_is_shown_before_it_is_done(signed_in: SignedIn, world: World) -> None:
    world.received()
    client = signed_in("admin")
    assert "将无人负责" in _text(client, "organisation_leave", "bureau002")
    shown = _text(client, "organisation_leave", "bureau002", on=TODAY.isoformat(), successor="bureau001")
    assert "将无人负责" not in shown
    assert "科员1" in shown
    refused = client.post(reverse("organisation_leave", args=["bureau002"]), {"on": TODAY.isoformat()})
    assert (refused.status_code, "东桥街道城管中队 (1)" in refused.content.decode()) == (409, True)
    assert _post(client, "organisation_leave", "bureau002", on=TODAY.isoformat(), successor="bureau001") == 302
    assert not account("bureau002").is_active
    assert "已办理离岗" in _text(client, "organisation_person", "bureau002")
    assert "本区最后一名管理员" in _text(client, "organisation_leave", "admin")
    assert _post(client, "organisation_leave", "bureau001", on="x") == 422


def _upload(client: Client, content: bytes) -> object:
    file = SimpleUploadedFile("机构.xlsx", content, content_type="text/plain")
    return client.post(reverse("organisation_import"), {"file": file})


def test_a_workbook_is_uploaded_looked_at_and_taken_and_the_bad_rows_come_back(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    content = workbook(
        units=[_bureau("B100"), _bureau("B001", name="人口办"), _bureau("B101", area="310198777")],
        posts=[_clerk("newone", "B100"), _clerk("other", role="king")],
    )
    answer = _upload(client, content)
    draft = SheetDraft.objects.get()
    assert answer["Location"] == reverse("organisation_sheet", args=[draft.pk])  # type: ignore[index]
    page = client.get(answer["Location"])  # type: ignore[index]
    assert "没有代码为“310198777”的区域" in page.content.decode().replace("&quot;", '"')
    assert "东桥街道计生办 → 人口办" in _text(client, "organisation_sheet", draft.pk, state="changed")
    assert "导入无误的 3 行" in _text(client, "organisation_sheet", draft.pk, state="same")
    assert _post(client, "organisation_take", draft.pk, shown="old") == 409
    assert _post(client, "organisation_take", draft.pk, shown=page.context["plan"].digest) == 302
    assert Unit.objects.get(pk=unit_code("B001")).name == "人口办"
    assert Post.objects.filter(user__username="newone", unit=unit_code("B100")).exists()
    back = client.get(reverse("organisation_bad", args=[draft.pk]))
    assert back["Content-Disposition"].startswith("attachment")
    assert [row.cells["code"] for row in read_workbook(back.content, SHAPES)["单位"]] == ["B101"]
    assert _post(client, "organisation_take", draft.pk, shown="x") == 409
    assert "已导入" in _text(client, "organisation_import")


def test_a_file_that_is_no_workbook_is_refused_where_it_was_chosen(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    for content, status in ((b"code,name", 422), (io.BytesIO().getvalue(), 422)):
        answer = _upload(client, content)
        assert answer.status_code == status  # type: ignore[attr-defined]
    assert not SheetDraft.objects.exists()
    assert _post(client, "organisation_import") == 422


def test_a_draft_is_seen_by_its_maker_only(signed_in: SignedIn, world: World) -> None:
    appointed(world, "second", "DC", role="admin")
    User.objects.filter(username="second").update(must_change_password=False, is_demo=True)
    _upload(signed_in("admin"), workbook(units=[_bureau("B100")]))
    draft, other = SheetDraft.objects.get().pk, signed_in("second")
    for name in ("organisation_sheet", "organisation_bad"):
        assert other.get(reverse(name, args=[draft])).status_code == 404
    assert _post(other, "organisation_take", draft) == 404


def test_the_template_downloads_in_both_languages(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    for language in ("zh-hans", "en"):
        answer = client.get(reverse("organisation_template"), headers={"Accept-Language": language})
        assert read_workbook(answer.content, SHAPES).keys() == {"单位", "岗位"}


def test_the_page_of_a_unit_takes_the_same_statements_however_many_people(
    signed_in: SignedIn,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client, url = signed_in("admin"), reverse("organisation_unit", args=[unit_code("B001")])
    for number in range(8):
        appointed(world, f"many{number}", "B001")
    client.get(url)
    # What is measured is the page, not the rereading of the rules after a change.
    monkeypatch.setattr("liandong.web.remembered._LOOK_AGAIN_SECONDS", 3600)
    with django_assert_max_num_queries(16) as few:
        client.get(url)
    for number in range(8, 16):
        appointed(world, f"many{number}", "B001")
    with django_assert_num_queries(len(few.captured_queries)):
        client.get(url)


def _admin_of_town_2(world: World) -> None:
    admin = world.actor("admin")
    grant_role(account("town02"), role="admin", area=TOWN_2, since_at=world.at - DAY, until_at=world.at + 30 * DAY,
               reason="街镇管理员", actor=admin, at=world.at)  # fmt: skip


def test_an_administrator_of_one_town_neither_sees_nor_changes_another(world: World, signed_in: SignedIn) -> None:
    _admin_of_town_2(world)
    team = opened(world, "J9", kind="joint", name="东桥联合执勤队")
    post = post_of("bureau001").pk
    lent = lend_post(post, team=team.code, since_on=TODAY, until_on=None, actor=world.actor("admin"), at=world.at)
    client, theirs, before = signed_in("town02"), unit_code("B001"), list(Post.objects.order_by("id").values())
    assert client.get(reverse("organisation")).status_code == 200
    for name, args, data in (
        ("organisation_unit", [theirs], None),
        ("organisation_children", [theirs], None),
        ("organisation_post", [post], None),
        ("organisation_person", ["bureau001"], None),
        ("organisation_leave", ["bureau001"], None),
        ("organisation_appoint", [theirs], None),
        ("organisation_leave", ["bureau001"], {"on": "2026-03-02"}),
        ("organisation_appoint", [theirs], {"new_account": "x", "person": "某", "role": "bureau", "rank": "member"}),
        ("organisation_change", [theirs], {"change-name": "改"}),
        ("organisation_close", [theirs], {"close-on": "2026-03-02"}),
        ("organisation_borrow", [team.code], {"borrow-post": str(post), "borrow-since": "2026-03-02"}),
        ("organisation_repost", [post], {"change-title": "改", "change-rank": "head"}),
        ("organisation_end", [post], {"end-on": "2026-03-02"}),
        ("organisation_lend", [post], {"lend-team": team.code, "lend-since": "2026-03-02"}),
        ("organisation_recall", [lent.pk], {}),
    ):
        url = reverse(name, args=args)
        answer = client.get(url) if data is None else client.post(url, data)
        assert answer.status_code in (403, 404), (name, answer.status_code)
    found = client.get(reverse("organisation_options", args=["posts"]), {"q": "B001"}).json()["options"]
    assert str(post) not in [one["value"] for one in found]
    assert (
        "东桥街道"
        not in client.get(reverse("organisation"), {"text": "东桥"}).content.decode().partition("og-filter")[2]
    )
    assert list(Post.objects.order_by("id").values()) == before
    assert Lending.objects.get(pk=lent.pk).until_on is None


def test_a_unit_of_another_town_is_not_opened_or_taken_from_a_workbook(world: World, signed_in: SignedIn) -> None:
    _admin_of_town_2(world)
    client = signed_in("town02")
    given = {
        "kind": "bureau",
        "code": "B77",
        "name": "某科",
        "parent": unit_code("T01"),
        "area": TOWN_1,
        "force": "service",
    }
    assert client.post(reverse("organisation_open"), given).status_code in (403, 422)
    file = SimpleUploadedFile("机构.xlsx", workbook(units=[_bureau("B78")], posts=[_clerk("fresh")]))
    client.post(reverse("organisation_import"), {"file": file})
    draft = SheetDraft.objects.get()
    page = client.get(reverse("organisation_sheet", args=[draft.pk])).content.decode()
    assert page.count("超出") or page.count("有误")
    client.post(reverse("organisation_take", args=[draft.pk]), {"shown": ""})
    assert not Unit.objects.filter(pk__in=[unit_code("B77"), unit_code("B78")]).exists()
    assert not User.objects.filter(username="fresh").exists()


def test_the_tree_asks_no_more_for_many_joint_teams(
    world: World,
    signed_in: SignedIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What is remembered is looked at anew every two seconds, and a slow machine would count that for the page.
    monkeypatch.setattr("liandong.web.remembered._LOOK_AGAIN_SECONDS", 3600)
    client = signed_in("admin")
    opened(world, "J20", parent="DC", kind="joint", area=DISTRICT)
    _text(client, "organisation")  # what is remembered after a first time is not asked for again
    with django_assert_max_num_queries(12) as few:
        _text(client, "organisation")
    for number in range(21, 29):
        opened(world, f"J{number}", parent="DC", kind="joint", area=DISTRICT)
    with django_assert_max_num_queries(len(few.captured_queries)):
        _text(client, "organisation")
