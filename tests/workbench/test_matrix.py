"""The responsibility matrix at the desk: the grid, its cells, drafts, and the tabs beside it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from liandong.areas.operations import draw_overlay
from liandong.areas.queries import forget_overlays
from liandong.cases.models import MatrixVersion, Responsibility
from liandong.cases.operations import open_draft, publish_draft, set_row
from liandong.cases.rulebook import forget_rules, rulebook_for
from liandong.workbench.matrix_words import answer_label
from tests.areas.drawings import drawn
from tests.workbench.conftest import HTMX, SignedIn
from tests.world import DISTRICT, World

CELL = {"class": "M06010", "area": "310198001", "condition": "*"}
ROW = {"lead": "310198-S001", "fallback": "town", "assisting_1": "310198-D02", "assisting_2": "", "reason": "居村先行"}


def _draft(world: World) -> MatrixVersion:
    return open_draft(DISTRICT, title="环卫下沉", actor=world.actor("supervisor"), at=world.at)


def _url(view: str, number: int | None = None) -> str:
    return reverse(f"workbench:{view}", args=[] if number is None else [number])


def _text(client: Client, url: str, **asked: Any) -> str:
    response = client.get(url, asked)
    assert response.status_code == 200, response.content.decode()[:400]
    return response.content.decode()


def _cells(html: str, code: str) -> dict[str, tuple[str, str]]:
    """The cells of one line: area → (class attribute, words)."""
    line = re.search(rf'<tr [^>]*data-code="{re.escape(code)}".*?</tr>', html, re.S)
    assert line, code
    found = re.findall(r'data-area="([^"]+)" class="([^"]*)".*?>(.*?)</td>', line.group(), re.S)
    return {area: (style.strip(), re.sub(r"<[^>]+>", "", words).strip()) for area, style, words in found}


@pytest.mark.parametrize("account", ["lin", "supervisor", "admin", "town01", "bureau002", "auditor", "grid001"])
def test_whoever_sees_cases_reads_the_matrix_and_only_its_keepers_change_it(
    account: str, signed_in: SignedIn, world: World
) -> None:
    draft = _draft(world)
    client = signed_in(account)
    for view in ("matrix_version", "matrix_gaps", "matrix_trial", "matrix_record"):
        assert client.get(_url(view, draft.number)).status_code == 200
    may = account in ("supervisor", "admin")
    assert ("开草案修改" in _text(client, _url("matrix"))) is may
    assert ("保存" in _text(client, _url("matrix_cell", draft.number), **CELL)) is may
    allowed = 200 if may else 403
    assert client.post(_url("matrix_set", draft.number), {**CELL, **ROW}, headers=HTMX).status_code == allowed
    assert client.post(_url("matrix_drop", draft.number)).status_code == (302 if may else 403)


def test_who_only_reports_does_not_see_the_matrix(signed_in: SignedIn, world: World) -> None:
    client = Client()
    assert client.get(_url("matrix")).status_code == 302
    assert signed_in("supervisor").get(_url("matrix_version", 99)).status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_tab_is_shown_in_both_languages(language: str, signed_in: SignedIn, world: World) -> None:
    draft = _draft(world)
    client = signed_in("supervisor")
    case = world.dispatched()
    pages = [_url(view, draft.number) for view in ("matrix_version", "matrix_gaps", "matrix_trial", "matrix_record")]
    pages += [reverse("workbench:why_unit", args=[case.number]), _url("matrix_cell", draft.number)]
    for url in pages:
        response = client.get(url, headers={"Accept-Language": language})
        assert (response.status_code, response["Content-Language"]) == (200, language)
        if language == "en":
            shown = re.sub(r"<[^>]+>", "", response.content.decode())
            assert "第 " not in shown, url
            assert "沿用" not in shown, url


def test_an_answer_is_worded_and_punctuated_in_the_readers_language(world: World) -> None:
    book = rulebook_for(DISTRICT)
    row = ("bureau:城管中队", ("town", "grid"), "town")
    with override("zh-hans"):
        assert answer_label(*row, book) == "街镇城管中队；协办 属地街镇、所在网格；兜底 属地街镇"
    with override("en"):
        told = answer_label(*row, book)
    assert not re.search(r"[\u3000-\uffef\u4e00-\u9fff]", told), told
    assert "; fallback " in told


def test_a_line_says_who_leads_where_and_whether_by_a_rule_of_its_own(signed_in: SignedIn, world: World) -> None:
    client = signed_in("supervisor")
    html = _text(client, _url("matrix"))
    assert _cells(html, "*") == {
        "*": ("mx-own", "属地街镇"),
        "310198001": ("", "东桥街道"),
        "310198002": ("", "西渡镇"),
    }
    assert 'data-code="M06"' not in html, "lines below are read when they are opened"
    below = _text(client, _url("matrix_lines", 1), under="M")
    assert _cells(below, "M06")["310198002"] == ("mx-own", "西渡镇")
    assert _cells(below, "M06")["310198001"] == ("", "城管中队")
    assert "沿用 事件 × 全区" in below
    assert _cells(_text(client, _url("matrix_lines", 1), open="M,M06"), "M06010")["310198002"] == ("", "西渡镇")


def test_zooming_into_a_town_shows_its_communities_and_into_one_of_them_its_grids(
    signed_in: SignedIn, world: World
) -> None:
    client = signed_in("supervisor")
    town = _cells(_text(client, _url("matrix"), zoom="310198001"), "*")
    assert list(town) == ["*", "310198001", "310198001001", "310198001002"]
    grids = _cells(_text(client, _url("matrix"), zoom="310198001001"), "*")
    assert list(grids)[:3] == ["*", "310198001", "310198001001"]
    assert len(grids) == 7
    assert list(_cells(_text(client, _url("matrix"), zoom="nowhere"), "*")) == ["*", "310198001", "310198002"]


def test_filters_show_what_fits_with_all_that_is_above_it(signed_in: SignedIn, world: World) -> None:
    client = signed_in("supervisor")

    def codes(**asked: str) -> list[str]:
        return re.findall(r'data-code="([^"]+)"', _text(client, _url("matrix"), **asked))

    assert codes(text="M06010") == ["*", "M", "M06", "M06010"]
    assert codes(text="没有这样的类别") == ["*"]
    assert "A0203" in codes(unit="310198-B001")
    assert "M06010" not in codes(unit="310198-B001")
    draft = _draft(world)
    set_row(
        draft.pk,
        **{"class_prefix": "C01", "area_prefix": "*", "lead": "D02", "reason": "因"},
        actor=world.actor("supervisor"),
        at=world.at,
    )
    html = _text(client, _url("matrix_version", draft.number), only="changes")
    assert re.findall(r'data-code="([^"]+)"', html) == ["*", "C", "C01"]
    assert _cells(html, "C01")["*"] == ("mx-own mx-changed", "城管执法局")


def test_a_cell_is_changed_removed_and_changed_again(signed_in: SignedIn, world: World) -> None:
    draft = _draft(world)
    client = signed_in("supervisor")
    before = _text(client, _url("matrix_cell", draft.number), **CELL)
    assert "沿用更宽的规则" in before
    assert 'name="lead" value="bureau:城管中队"' in before
    response = client.post(_url("matrix_set", draft.number), {**CELL, **ROW, "seen": "0"}, headers=HTMX)
    assert response.status_code == 200
    assert "ld:matrix" in response["HX-Trigger"]
    row = Responsibility.objects.get(version=draft, class_prefix="M06010")
    assert (row.lead, row.assisting, row.fallback) == ("310198-S001", ["310198-D02"], "town")
    lines = _text(client, _url("matrix_lines", draft.number), open="M,M06")
    assert _cells(lines, "M06010")["310198001"] == ("mx-own mx-changed", "东桥第一工作站")
    response = client.post(_url("matrix_remove", draft.number), {**CELL, "seen": "1"}, headers=HTMX)
    assert response.status_code == 200
    assert not Responsibility.objects.filter(version=draft, class_prefix="M06010").exists()


def test_a_refused_cell_comes_back_as_it_was_filled_in_with_what_to_do(signed_in: SignedIn, world: World) -> None:
    draft = _draft(world)
    client = signed_in("supervisor")
    response = client.post(_url("matrix_set", draft.number), {**CELL, **ROW, "reason": ""}, headers=HTMX)
    html = response.content.decode()
    assert response.status_code == 422
    assert "没有保存" in html
    assert "请用一句话写明" in html
    assert 'name="lead" value="310198-S001"' in html
    response = client.post(
        _url("matrix_set", draft.number), {**CELL, **ROW, "lead": "", "lead_text": "没选上的单位"}, headers=HTMX
    )
    assert (response.status_code, "没选上的单位" in response.content.decode()) == (422, True)


def test_the_second_at_one_cell_learns_who_was_first_and_may_have_the_last_word(
    signed_in: SignedIn, world: World
) -> None:
    draft = _draft(world)
    url = _url("matrix_set", draft.number)
    assert signed_in("supervisor").post(url, {**CELL, **ROW, "seen": "0"}, headers=HTMX).status_code == 200
    admin = signed_in("admin")
    response = admin.post(url, {**CELL, **ROW, "lead": "town", "seen": "0"}, headers=HTMX)
    html = response.content.decode()
    assert response.status_code == 409
    assert "这一格刚被沈岳改过" in html
    assert 'name="seen" value="1"' in html
    assert admin.post(url, {**CELL, **ROW, "lead": "town", "seen": "1"}, headers=HTMX).status_code == 200
    assert Responsibility.objects.get(version=draft, class_prefix="M06010").lead == "town"


def test_what_to_mind_about_a_saved_cell_is_said(signed_in: SignedIn, world: World) -> None:
    draft = _draft(world)
    weak = {**CELL, **ROW, "class": "M06", "lead": "310198-G001", "fallback": ""}
    response = signed_in("supervisor").post(_url("matrix_set", draft.number), weak, headers=HTMX)
    assert response.status_code == 200
    assert "已保存，请留意" in response.content.decode()


def test_a_draft_is_opened_published_and_taken_back_from_its_pages(signed_in: SignedIn, world: World) -> None:
    client = signed_in("supervisor")
    response = client.post(_url("matrix_open"), {"title": "环卫下沉", "based_on": "1"})
    assert (response.status_code, response["Location"]) == (302, _url("matrix_version", 2))
    assert client.post(_url("matrix_open"), {"title": "", "based_on": "1"}).status_code == 422
    refused = client.post(_url("matrix_publish", 2), {"since_on": ""})
    assert (refused.status_code, "没有差别" in refused.content.decode()) == (409, True)
    client.post(_url("matrix_set", 2), {**CELL, **ROW}, headers=HTMX)
    refused = client.post(_url("matrix_publish", 2), {"since_on": "2020-01-01"})
    assert (refused.status_code, "最早只能从" in refused.content.decode()) == (422, True)
    assert client.post(_url("matrix_publish", 2), {"since_on": "no day"}).status_code == 422
    assert client.post(_url("matrix_publish", 2), {"since_on": ""}).status_code == 302
    forget_rules()
    assert "现行" in _text(client, _url("matrix_version", 2))
    assert "发布它，就等于退回到这一版" in _text(client, _url("matrix_version", 1))
    assert "改了规则" in _text(client, _url("matrix_record", 2))
    assert client.post(_url("matrix_drop", 2)).status_code == 409


def test_a_draft_that_fell_behind_is_told_so_and_catches_up(signed_in: SignedIn, world: World) -> None:
    client = signed_in("supervisor")
    mine, other = _draft(world), _draft(world)
    at = world.at
    supervisor = world.actor("supervisor")
    row = {"class_prefix": "C01", "area_prefix": "*", "lead": "D02", "reason": "因"}
    set_row(other.pk, **row, actor=supervisor, at=at)  # type: ignore[arg-type]
    publish_draft(other.pk, actor=supervisor, at=at)
    forget_rules()
    client.post(_url("matrix_set", mine.number), {**CELL, **ROW}, headers=HTMX)
    refused = client.post(_url("matrix_publish", mine.number), {"since_on": ""})
    assert refused.status_code == 409
    assert f"并入第 {other.number} 版" in refused.content.decode()
    assert client.post(_url("matrix_catch_up", mine.number)).status_code == 302
    assert client.post(_url("matrix_publish", mine.number), {"since_on": ""}).status_code == 302


def test_gaps_and_doubles_lead_to_the_cell_that_settles_them(signed_in: SignedIn, world: World) -> None:
    draft = _draft(world)
    supervisor, at = world.actor("supervisor"), world.at
    for class_prefix, area, lead in (("M06010", "*", "D02"), ("M0", "310198001001", "station"), ("*", "*", "S001")):
        row = {"class_prefix": class_prefix, "area_prefix": area, "lead": lead, "reason": "因"}
        set_row(draft.pk, **row, actor=supervisor, at=at)  # type: ignore[arg-type]
    client = signed_in("supervisor")
    html = _text(client, _url("matrix_gaps", draft.number))
    assert "去这一格" in html
    assert "重叠：两条规则都管" in html
    sought = _text(client, _url("matrix_version", draft.number), at="class=M06010&area=310198001001&condition=*")
    assert 'data-at-class="M06010"' in sought
    assert list(_cells(sought, "M06010")) == ["*", "310198001", "310198001001", "310198001002"]


def test_the_trial_counts_lists_and_pages_cases_one_may_see(
    signed_in: SignedIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liandong.workbench.views.matrix_tabs.PAGE", 2)
    cases = [world.report() for _case in range(3)]
    draft = _draft(world)
    client = signed_in("supervisor")
    url = _url("matrix_trial", draft.number)
    days = {"since": "2026-02-20", "until": "2026-03-02"}
    assert "这一版与现行版没有差别" in _text(client, url, part="result")
    client.post(_url("matrix_set", draft.number), {**CELL, **ROW}, headers=HTMX)
    html = _text(client, url, part="result", **days)
    assert "3 件中有 3 件会换单位" in html
    assert cases[0].number in html
    move = {**days, "part": "cases", "from": "310198-B002", "to": "310198-S001"}
    first = _text(client, url, **move)
    assert [case.number in first for case in cases] == [False, True, True]
    older = re.search(r"below=(\d+)", first)
    assert older is not None
    assert cases[0].number in _text(client, url, **move, below=older.group(1))
    assert "0 件中有 0 件" in _text(signed_in("bureau001"), url, part="result", **days)
    assert "0 件中有 0 件" in _text(client, url, part="result", since="2020-01-01", until="2020-01-31")


def test_the_road_and_patrol_grids_over_a_case_are_told_where_it_is_decided(signed_in: SignedIn, world: World) -> None:
    admin = world.actor("admin")
    for layer, code, name in (("road", "R-1", "东桥路网格"), ("patrol", "P-1", "巡查一区")):
        draw_overlay(
            DISTRICT, layer=layer, code=code, name=name, area="310198001", outline=drawn(0, 0, 2, 2),
            since_on=world.at.date(), actor=admin, at=world.at,
        )  # fmt: skip
    draw_overlay(
        DISTRICT, layer="road", code="R-2", name="后来的路", area="310198001", outline=drawn(0, 0, 2, 2),
        since_on=world.at.date() + timedelta(days=1), actor=admin, at=world.at,
    )  # fmt: skip
    forget_overlays()
    case = world.filed()
    lin = signed_in("lin")
    pages = [
        reverse("workbench:why_unit", args=[case.number]),
        reverse("workbench:case", args=[case.number]),
        reverse("workbench:item", args=["dispatch", case.number]),
    ]
    for url in pages:
        page = lin.get(url).content.decode()
        assert "东桥路网格" in page, url
        assert "巡查网格" in page
        assert "后来的路" not in page
    unplaced = world.filed(lon=None, lat=None)
    assert "wb-overlays" not in lin.get(reverse("workbench:case", args=[unplaced.number])).content.decode()


def test_why_this_unit_is_told_to_whoever_sees_the_case_and_linked_from_it(signed_in: SignedIn, world: World) -> None:
    case = world.filed(about_unit="310198-B002", nature="complaint")
    world.do("dispatch_case", case, "lin", to="310198-D02", note="请区局直接办")
    url = reverse("workbench:why_unit", args=[case.number])
    client = signed_in("operator")
    html = _text(client, url)
    for words in ("新岸区大联动中心", "规则所指的单位正是被反映的单位", "由它决定", "改派", "请区局直接办", "第 1 版"):
        assert words in html, words
    assert url in _text(client, reverse("workbench:case", args=[case.number]))
    assert signed_in("bureau002").get(url).status_code == 404


def test_words_offer_units_and_whoever_is_responsible_on_the_spot(signed_in: SignedIn, world: World) -> None:
    client = signed_in("supervisor")

    def values(sought: str) -> list[str]:
        return [one["value"] for one in client.get(_url("matrix_words"), {"q": sought}).json()["options"]]

    assert {"town", "station", "grid", "bureau:城管中队"} <= set(values(""))
    assert values("工作站")[0] == "station"
    assert "310198-D02" in values("城管执法")


def test_the_grid_takes_the_same_few_statements_however_many_lines_are_open(
    signed_in: SignedIn,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr("liandong.web.remembered._LOOK_AGAIN_SECONDS", 3600)
    draft = _draft(world)
    client = signed_in("supervisor")
    client.get(_url("matrix_version", draft.number))
    with django_assert_max_num_queries(9):
        client.get(_url("matrix_version", draft.number), {"open": "M,M06,M07,A,A02,C,C01"})
