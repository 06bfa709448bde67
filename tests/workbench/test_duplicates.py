"""The desk while a report is typed: what is perhaps the same, joining it, and what came back."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from liandong.cases.models import Case, CaseRecurrence, ClassPolicy, JoinedReport
from liandong.cases.queries import trace_of
from liandong.cases.rulebook import forget_rules
from tests.workbench.conftest import HTMX, SignedIn
from tests.world import DISTRICT, GRID_1, World

INTAKE = "/desk/intake/"
LOOK = f"{INTAKE}duplicates/"
TYPED = {
    "class_code": "M06010",
    "class_code_text": "垃圾",
    "lon": str(GRID_1[0]),
    "lat": str(GRID_1[1]),
    "area": "",
    "address": "",
    "description": "小区门口垃圾堆了好几天，打13911112222",
    "name": "李先生",
    "phone": "13900001111",
    "channel": "hotline",
}


def _typed(**changes: str) -> dict[str, Any]:
    return {**TYPED, **changes}


def test_what_is_typed_is_compared_with_open_cases_and_the_reasons_are_said(signed_in: SignedIn, world: World) -> None:
    case = world.report()
    with time_machine.travel(world.later(hours=2), tick=False):
        page = signed_in("operator").post(LOOK, _typed(), headers=HTMX).content.decode()
        far = signed_in("operator").post(LOOK, _typed(lon="121.42"), headers=HTMX).content.decode()
    for words in (case.number, "相距 0 米 · 同一小类 · 相隔 2 小时 · 文字相近", "并入此案"):
        assert words in page
    assert case.number not in far
    assert "没有，可以立案" in far


@pytest.mark.parametrize(
    "changes", [{"class_code": ""}, {"class_code": "zz"}, {"lon": "x"}, {"lat": ""}, {"lon": "nan"}, {"area": "zz"}]
)
def test_half_of_a_form_is_compared_as_far_as_it_goes(
    changes: dict[str, str], signed_in: SignedIn, world: World
) -> None:
    world.report()
    assert signed_in("operator").post(LOOK, _typed(**changes), headers=HTMX).status_code == 200


def test_only_those_who_take_calls_compare_and_only_what_they_may_see(signed_in: SignedIn, world: World) -> None:
    case = world.report()
    assert signed_in("verifier").post(LOOK, _typed()).status_code == 403
    assert case.number not in signed_in("town02").post(LOOK, _typed()).content.decode()


def test_a_caller_joins_a_case_and_gets_a_number_and_the_desk_is_ready_for_the_next(
    signed_in: SignedIn, world: World
) -> None:
    case = world.report()
    response = signed_in("operator").post(f"/desk/cases/{case.number}/join/", _typed(), headers=HTMX)
    page = response.content.decode()
    joined = JoinedReport.objects.get()
    assert response.status_code == 200
    assert f"已并入 {case.number}，共 2 人反映；请告知来电人编号 {joined.number}" in page
    assert 'id="intake-form"' in page
    assert "13900001111" not in page
    assert Case.objects.count() == 1
    assert (joined.note, joined.identity) == ("小区门口垃圾堆了好几天，打［电话］", "named")


def test_a_refused_join_keeps_everything_that_was_typed(signed_in: SignedIn, world: World) -> None:
    case = world.closed()
    response = signed_in("operator").post(f"/desk/cases/{case.number}/join/", _typed(), headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 409
    for kept in ("已办结，不能再并入反映", "13900001111", "小区门口垃圾堆了好几天"):
        assert kept in page
    long = _typed(description="长" * 2001)
    assert signed_in("operator").post(f"/desk/cases/{case.number}/join/", long, headers=HTMX).status_code == 422
    assert signed_in("town02").post(f"/desk/cases/{case.number}/join/", _typed()).status_code == 404


def test_the_case_shows_how_many_told_of_it_and_nobody_by_name(signed_in: SignedIn, world: World) -> None:
    case = world.report()
    desk = signed_in("operator")
    page = desk.post(f"/desk/cases/{case.number}/join/", _typed(desk="case"), headers=HTMX).content.decode()
    joined = JoinedReport.objects.get()
    assert "2 人反映" in page
    assert joined.number in page
    assert "李先生" not in page
    assert desk.get(f"/desk/cases/{joined.number}/")["Location"] == f"/desk/cases/{case.number}/"
    assert signed_in("town02").get(f"/desk/cases/{joined.number}/").status_code == 404
    story = desk.get(f"/desk/cases/{case.number}/").content.decode()
    assert "并入重复反映" in story
    assert "李先生" not in story


def test_who_joined_is_revealed_for_a_purpose_and_called_back(signed_in: SignedIn, world: World) -> None:
    case = world.report()
    desk = signed_in("operator")
    desk.post(f"/desk/cases/{case.number}/join/", _typed(), headers=HTMX)
    here = f"/desk/cases/{case.number}/joined/{JoinedReport.objects.get().number}/"
    refused = desk.post(f"{here}reveal/", {"purpose": ""}, headers=HTMX)
    assert (refused.status_code, "13900001111" in refused.content.decode()) == (422, False)
    shown = desk.post(f"{here}reveal/", {"purpose": "回访"}, headers=HTMX)
    assert shown["Cache-Control"] == "no-store"
    for words in ("李先生", "13900001111", "13911112222"):
        assert words in shown.content.decode()
    called = desk.post(f"{here}call/", {"outcome": "solved", "satisfaction": "5", "words": "好了"}, headers=HTMX)
    assert "已解决 · 满意度 5" in called.content.decode()
    assert desk.post(f"{here}call/", {"outcome": "?"}, headers=HTMX).status_code == 422
    assert [entry.event for entry in trace_of(case)][-2:] == ["JoinedReporterRevealed", "JoinedReporterCalledBack"]


def test_a_new_case_is_linked_to_the_closed_one_the_desk_showed_unless_it_is_none(
    signed_in: SignedIn, world: World
) -> None:
    old = world.closed()
    desk = signed_in("operator")
    with time_machine.travel(world.later(days=3), tick=False):
        page = desk.post(LOOK, _typed(), headers=HTMX).content.decode()
        assert "3 天前结案" in page
        assert f'name="back_from" value="{old.number}"' in page
        desk.post(INTAKE, _typed(act="file", back_from=old.number, not_back=old.number), headers=HTMX)
        assert not CaseRecurrence.objects.exists()
        answer = desk.post(INTAKE, _typed(act="file", back_from=old.number), headers=HTMX)
    assert answer.status_code == 200
    assert CaseRecurrence.objects.get().of == old
    refused = desk.post(INTAKE, _typed(act="file", back_from="XA-20260302-000099-0"), headers=HTMX)
    assert refused.status_code == 404


def test_where_the_class_says_so_the_closed_case_is_reopened_with_its_new_reporter(
    signed_in: SignedIn, world: World
) -> None:
    ClassPolicy.objects.create(district=DISTRICT, class_code="M06", name="recurs_as", value="reopen")
    forget_rules()
    old = world.closed()
    desk = signed_in("operator")
    with time_machine.travel(world.later(days=3), tick=False):
        assert "按回潮重开" in desk.post(LOOK, _typed(), headers=HTMX).content.decode()
        done = desk.post(f"/desk/cases/{old.number}/come-back/", _typed(), headers=HTMX)
    assert done.status_code == 200
    assert Case.objects.get().stage == "dispatched"
    assert JoinedReport.objects.get().note == "小区门口垃圾堆了好几天，打［电话］"
    again = desk.post(f"/desk/cases/{old.number}/come-back/", _typed(), headers=HTMX)
    assert again.status_code == 422
    assert "不能作为回潮的前案" in again.content.decode()


def test_beside_a_case_stand_what_it_is_like_and_what_it_is_the_return_of(signed_in: SignedIn, world: World) -> None:
    old = world.closed()
    world.later(days=2)
    case, like = world.report(), world.report()
    desk = signed_in("operator")
    page = desk.get(f"/desk/cases/{case.number}/neighbours/", headers=HTMX).content.decode()
    for words in (old.number, like.number, "相似案件", "1 人反映", "登记回潮"):
        assert words in page
    linked = desk.post(f"/desk/cases/{case.number}/recurrence/", {"of": old.number}, headers=HTMX)
    assert "已登记为回潮" in linked["HX-Trigger"].encode().decode("unicode_escape")
    assert "是此案的回潮" in linked.content.decode()
    wrong = desk.post(f"/desk/cases/{case.number}/recurrence/", {"of": like.number}, headers=HTMX)
    assert wrong.status_code == 422
    assert "结案 2 天后回潮为" in desk.get(f"/desk/cases/{old.number}/neighbours/").content.decode()
    assert signed_in("town02").get(f"/desk/cases/{case.number}/neighbours/").status_code == 404
    assert "登记回潮" not in signed_in("lin").get(f"/desk/cases/{case.number}/neighbours/").content.decode()
