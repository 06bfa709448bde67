"""The pages about permission: who sees a case, what a person may do and why, giving rights and ending them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from liandong.cases.models import Case
from liandong.people.models import Grant, User
from liandong.people.operations import cover_post, grant_role
from liandong.project.roles import ACT_WORDS, ROLE_WORDS
from tests.cases.paths import ANYONE, take
from tests.workbench.conftest import SignedIn
from tests.world import World


@pytest.fixture(autouse=True)
def clock(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages read the clock of the story."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.at)


def _text(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def _minutes(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def _grant(world: World, to: str = "mediator", **details: Any) -> Grant:
    details = {
        "role": "leader",
        "area": "310198001",
        "since_at": world.at,
        "until_at": world.at + timedelta(days=7),
        "reason": "蹲点调研",
        **details,
    }
    return grant_role(User.objects.get(username=to), actor=world.actor("admin"), at=world.at, **details)


def test_a_right_that_ends_is_gone_from_an_open_session_with_the_next_page(world: World, signed_in: SignedIn) -> None:
    case = world.report()
    mediator = signed_in("mediator")
    url = reverse("workbench:case", args=[case.number])
    assert mediator.get(url).status_code == 404
    _grant(world, until_at=world.at + timedelta(hours=1))
    assert mediator.get(url).status_code == 200
    world.later(hours=1)
    assert mediator.get(url).status_code == 404
    assert case.number not in mediator.get(reverse("workbench:cases")).content.decode()
    assert mediator.get(reverse("workbench:why_unit", args=[case.number])).status_code == 404


def _cover(world: World) -> None:
    user, colleague = (User.objects.get(username=name) for name in ("grid002", "grid001"))
    until = world.at.replace(hour=10, minute=0)
    details = {"unit": "310198-G001", "since_at": world.at, "until_at": until, "reason": "就医"}
    cover_post(user, colleague=colleague, actor=world.actor("town01"), at=world.at, **details)


def _who(client: Client, case: Case) -> str:
    answer = client.get(reverse("workbench:case_access", args=[case.number]))
    assert answer.status_code == 200
    return _text(answer)


OPEN_TO = {"supervisor", "town01", "auditor", "admin"}


@pytest.mark.parametrize("account", ["operator", "lin", "bureau002", "station001", "leader", *sorted(OPEN_TO)])
def test_the_pages_are_for_those_who_look_after_permission(account: str, signed_in: SignedIn, world: World) -> None:
    case, client = world.dispatched(), signed_in(account)
    pages = {
        "case": client.get(reverse("workbench:case_access", args=[case.number])).status_code,
        "roles": client.get(reverse("workbench:roles")).status_code,
        "index": client.get(reverse("workbench:access")).status_code,
    }
    allowed = 200 if account in OPEN_TO else 403
    assert pages == {"case": allowed, "roles": allowed, "index": 200 if account == "station001" else allowed}
    link = reverse("workbench:case_access", args=[case.number])
    if (page := client.get(reverse("workbench:case", args=[case.number]))).status_code == 200:
        assert (link in page.content.decode()) is (account in OPEN_TO)


def test_everybody_who_sees_a_case_stands_on_its_page_with_the_reason(signed_in: SignedIn, world: World) -> None:
    case = world.dispatched(to="310198-G001", by="department03")
    _grant(world)
    _cover(world)
    said = _who(signed_in("supervisor"), case)
    for words in (
        "派遣至其单位：1号网格组",
        "赵走",
        "代赵走的班：1号网格组，网格长 · 至 18:00",
        "本人上报",
        "处置员3",
        "辖区覆盖：东桥街道",
        "授权：领导（蹲点调研）",
        "辖区覆盖：全区",
        "欧阳静",
    ):
        assert words in said, words
    for name in ("网格长4", "街镇员2", "和平 "):
        assert (name in said) is (name == "和平 "), name


def test_those_kept_out_of_what_is_about_their_unit_are_named(signed_in: SignedIn, world: World) -> None:
    case = world.report(about_unit="310198-T01", nature="complaint")
    said = _who(signed_in("supervisor"), case)
    assert "反映的是 东桥街道，对该单位不可见" in said
    assert said.index("街镇员1") < said.index("辖区覆盖：全区")
    assert signed_in("town01").get(reverse("workbench:case_access", args=[case.number])).status_code == 404


def test_a_case_out_of_sight_has_no_page(signed_in: SignedIn, world: World) -> None:
    case = world.report(lon=121.445, lat=31.01)
    for number in (case.number, "XA-20260302-999999-0"):
        assert signed_in("town01").get(reverse("workbench:case_access", args=[number])).status_code == 404


def test_a_person_is_shown_with_what_they_may_do_and_by_what_right(signed_in: SignedIn, world: World) -> None:
    _cover(world)
    _grant(world, to="grid002")
    said = _text(signed_in("town01").get(reverse("workbench:person", args=["grid002"])))
    for words in (
        "2号网格组，网格长",
        "代赵走的班",
        "授权：领导（蹲点调研）",
        "签收",
        "本单位",
        "辖区",
        "2026-03-09 09:30",
    ):
        assert words in said, words


def test_everybody_may_ask_what_they_may_do_themselves_and_nobody_else(signed_in: SignedIn, world: World) -> None:
    client = signed_in("grid001")
    own = client.get(reverse("workbench:person", args=["grid001"]))
    assert "我能做什么" in _text(own)
    assert "id_grant" not in own.content.decode()
    for account in ("grid002", "operator", "nobody"):
        assert client.get(reverse("workbench:person", args=[account])).status_code == 404
    assert signed_in("town02").get(reverse("workbench:person", args=["grid001"])).status_code == 404


@pytest.mark.parametrize(
    ("account", "words"),
    [
        ("bureau002", ["查看案件 派遣至其单位：东桥街道城管中队", "签收 派遣至其单位", "退单"]),
        ("bureau001", ["查看案件 案件不在其辖区和单位内，也不是其本人上报。"]),
        ("operator", ["辖区覆盖：全区 · 新岸区大联动中心，接线员", "签收 没有任何岗位、授权或代班可以“签收”。"]),
        ("town01", ["查看案件 案件反映的是其所在单位“东桥街道”，对该单位不可见。"]),
    ],
)
def test_a_case_is_tried_on_a_person_and_every_answer_has_its_reason(
    signed_in: SignedIn, world: World, account: str, words: list[str]
) -> None:
    case = world.dispatched(about_unit="310198-T01", nature="complaint")
    url = reverse("workbench:person", args=[account])
    said = _text(signed_in("auditor").get(f"{url}?case={case.number.lower()}"))
    for expected in words:
        assert re.sub(r"\s", "", expected) in re.sub(r"\s", "", said), said


def test_a_case_of_the_other_level_is_explained(signed_in: SignedIn, world: World) -> None:
    case = world.report(by="grid001", channel="staff")
    url = reverse("workbench:person", args=["operator"])
    said = _text(signed_in("auditor").get(f"{url}?case={case.number}"))
    assert "这一步由另一级办理" in said


def test_a_case_the_asker_may_not_see_is_not_tried(signed_in: SignedIn, world: World) -> None:
    case = world.report(lon=121.445, lat=31.01)
    url = reverse("workbench:person", args=["grid001"])
    answer = signed_in("town01").get(f"{url}?case={case.number}")
    assert answer.status_code == 200
    assert "没有找到这个案件" in _text(answer)


def test_a_right_is_given_on_the_page_of_the_person_and_ended_there(signed_in: SignedIn, world: World) -> None:
    client, url = signed_in("admin"), reverse("workbench:grant", args=["mediator"])
    form = {
        "role": "leader",
        "area": "310198001",
        "unit": "",
        "since_at": _minutes(world.at),
        "until_at": _minutes(world.at + timedelta(days=3)),
        "reason": "蹲点",
    }
    answer = client.post(url, form)
    assert (answer.status_code, answer["Location"]) == (302, reverse("workbench:person", args=["mediator"]))
    grant = Grant.objects.get()
    assert (grant.area, grant.until_at) == ("310198001", world.at + timedelta(days=3))
    assert "生效中" in _text(client.get(answer["Location"]))
    ended = client.post(reverse("workbench:revoke_grant", args=[grant.pk]), {"reason": "", "from": "person"})
    assert ended.status_code == 422
    ended = client.post(reverse("workbench:revoke_grant", args=[grant.pk]), {"reason": "结束", "from": "person"})
    assert ended["Location"] == reverse("workbench:person", args=["mediator"])
    assert "已撤销" in _text(client.get(ended["Location"]))
    again = client.post(reverse("workbench:revoke_grant", args=[grant.pk]), {"reason": "再撤"})
    assert again.status_code == 422


def test_a_right_over_the_whole_district_is_given_by_naming_no_area(signed_in: SignedIn, world: World) -> None:
    form = {"role": "leader", "area": "", "since_at": _minutes(world.at), "reason": "代管"}
    form["until_at"] = _minutes(world.at + timedelta(days=3))
    signed_in("admin").post(reverse("workbench:grant", args=["mediator"]), form)
    assert Grant.objects.get().area == "310198"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"area": "310198099"}, "没有这个区域"),
        ({"unit": "310198-X"}, "没有找到这个单位"),
        ({"role": "station"}, "必须写明单位"),
        ({"role": "platform"}, "platform"),
        ({"until_at": "2020-01-01T00:00"}, "截止时间必须晚于开始时间"),
        ({"until_at": "2030-01-01T00:00"}, "期限过长：最多 一年"),
        ({"until_at": "soon"}, "日期"),
        ({"reason": ""}, "必填"),
    ],
)
def test_a_refused_grant_comes_back_as_it_was_filled_in_with_what_to_do(
    signed_in: SignedIn, world: World, changed: dict[str, str], words: str
) -> None:
    form = {"role": "leader", "area": "310198001", "unit": "", "reason": "蹲点"}
    form |= {"since_at": _minutes(world.at), "until_at": _minutes(world.at + timedelta(days=3))} | changed
    answer = signed_in("admin").post(reverse("workbench:grant", args=["mediator"]), form)
    assert answer.status_code == 422
    assert words in _text(answer)
    assert "蹲点" in answer.content.decode() or changed.get("reason") == ""
    assert not Grant.objects.exists()


def test_a_stand_in_is_arranged_on_the_page_of_the_colleague(signed_in: SignedIn, world: World) -> None:
    client, url = signed_in("station001"), reverse("workbench:cover", args=["grid001"])
    form = {"post": "310198-G001|grid", "stand_in": "grid002", "reason": "就医", "since_at": _minutes(world.at)}
    form["until_at"] = _minutes(world.at + timedelta(hours=8))
    answer = client.post(url, form)
    assert (answer.status_code, answer["Location"]) == (302, reverse("workbench:person", args=["grid001"]))
    cover = Grant.objects.get()
    assert cover.colleague is not None
    assert (cover.user.username, cover.colleague.username, cover.role) == ("grid002", "grid001", "grid")
    assert "网格长2 代 赵走" in _text(client.get(answer["Location"]))
    for bad in ({"stand_in": "grid009"}, {"stand_in": "grid001"}, {"post": "310198-T01|town"}, {"until_at": "x"}):
        assert client.post(url, form | bad).status_code == 422, bad
    assert signed_in("town02").post(url, form).status_code == 404
    assert signed_in("operator").post(url, form).status_code == 403


def test_people_and_rights_are_found_where_one_looks_after_them(signed_in: SignedIn, world: World) -> None:
    _grant(world)
    client = signed_in("town01")
    assert "赵走" in _text(client.get(reverse("workbench:access") + "?q=赵走"))
    assert "没有找到这个人" in _text(client.get(reverse("workbench:access") + "?q=街镇员2%00"))
    assert "蹲点调研" in _text(client.get(reverse("workbench:access")))
    assert "蹲点调研" not in _text(signed_in("town02").get(reverse("workbench:access")))
    options = client.get(reverse("workbench:options_people") + "?q=grid").json()["options"]
    assert [option["value"] for option in options] == [f"grid{number:03}" for number in range(1, 9)]


def test_a_town_may_see_a_right_but_not_end_it(signed_in: SignedIn, world: World) -> None:
    grant, client = _grant(world), signed_in("town01")
    assert reverse("workbench:revoke_grant", args=[grant.pk]) not in client.get("/desk/access/").content.decode()
    assert client.post(reverse("workbench:revoke_grant", args=[grant.pk]), {"reason": "x"}).status_code == 404


def test_the_table_of_roles_holds_every_role_and_act(signed_in: SignedIn, world: World) -> None:
    said = _text(signed_in("auditor").get(reverse("workbench:roles")))
    for word in (*ACT_WORDS.values(), *(word for role, word in ROLE_WORDS.items() if role != "platform")):
        assert word in said or word == ACT_WORDS["cases.load_history"], word


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_are_shown_in_both_languages(signed_in: SignedIn, world: World, language: str) -> None:
    case = world.dispatched(about_unit="310198-T01", nature="complaint")
    take(world, "return", case, ANYONE)
    _cover(world)
    grant = _grant(world)
    client = signed_in("admin")
    for url in (
        reverse("workbench:access") + "?q=a",
        reverse("workbench:roles"),
        reverse("workbench:case_access", args=[case.number]),
        reverse("workbench:person", args=[grant.user.username]) + f"?case={case.number}",
    ):
        answer = client.get(url, headers={"Accept-Language": language})
        assert answer.status_code == 200
        title = re.search(r"<h1>(.*?)</h1>", answer.content.decode(), re.DOTALL)
        assert title is not None
        named = re.sub(r"和平", "", title[1])
        assert bool(re.search(r"[\u3400-\u9fff]", named)) is (language == "zh-hans"), url
