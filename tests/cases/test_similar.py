"""Which cases are found while a report is typed, and which closed one it is the return of."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liandong.cases.models import Case, ClassPolicy
from liandong.cases.queries import (
    closed_before,
    closed_before_case,
    matter_told,
    open_cases_like,
    similar_to,
    words_of,
)
from liandong.cases.queries.similar import CANDIDATES, LOOKED_AT
from liandong.cases.rulebook import forget_rules, rulebook_for
from liandong.cases.sealing import Contact
from tests.world import DISTRICT, GRID_1, GRID_9, MRS_CHEN, World

RUBBISH = "小区门口的垃圾堆了好几天"


def _typed(world: World, *, by: str = "operator", **changes: Any) -> list[str]:
    told = {"class_code": "M06010", "text": RUBBISH, "lon": GRID_1[0], "lat": GRID_1[1], **changes}
    matter = matter_told(**told, at=world.at)
    return [one.case.number for one in open_cases_like(matter, district=DISTRICT, actor=world.actor(by))]


def test_an_open_case_near_by_is_found_with_its_reasons(world: World) -> None:
    case = world.report()
    world.later(hours=2)
    matter = matter_told(class_code="M06010", text=RUBBISH, lon=GRID_1[0] + 0.0004, lat=GRID_1[1], at=world.at)
    found = open_cases_like(matter, district=DISTRICT, actor=world.actor("operator"))
    assert [one.case for one in found] == [case]
    assert words_of(found[0].likeness.reasons) == "相距 38 米 · 同一小类 · 相隔 2 小时 · 文字相近"


def test_the_best_match_stands_first_and_at_most_five_are_shown(world: World) -> None:
    far = world.report(lon=GRID_1[0] + 0.0009)
    others = [world.report(description="乱堆杂物挡住了消防通道") for _more in range(5)]
    best = world.report(description=RUBBISH)
    found = _typed(world)
    assert found[0] == best.number
    assert len(found) == 5
    assert far.number in found
    assert set(found) <= {one.number for one in (far, best, *others)}


def test_what_is_far_away_of_another_kind_or_ended_is_not_found(world: World) -> None:
    world.report(lon=GRID_9[0])
    world.report(class_code="A0203", description="有人在车库里无证看病")
    ended = world.report()
    world.do("accept_case", ended, "operator")
    world.do("decline_case", ended, "operator", reason="不属本区")
    assert _typed(world) == []


def test_nobody_is_told_of_a_case_they_may_not_see(world: World) -> None:
    case = world.report(about_unit=f"{DISTRICT}-D02")
    assert _typed(world) == [case.number]
    assert _typed(world, by="town02") == []
    assert _typed(world, by="department02") == []


def test_without_a_point_the_grid_or_the_address_stands_for_it(world: World) -> None:
    placed = world.report(address="东桥路12号")
    unplaced = world.report(lon=None, lat=None, area=placed.area)
    assert _typed(world, lon=None, lat=None, area=placed.area) == [unplaced.number, placed.number]
    assert _typed(world, lon=None, lat=None, address="东桥路 12 号") == [placed.number]
    assert _typed(world, area=placed.area) == [placed.number, unplaced.number]


@pytest.mark.parametrize("changes", [{"class_code": "", "text": ""}, {"lon": None, "lat": None}, {"class_code": "zz"}])
def test_half_of_a_report_finds_nothing_or_only_what_is_certain(changes: dict[str, Any], world: World) -> None:
    case = world.report()
    assert _typed(world, **changes) == ([case.number] if "zz" in changes.values() else [])


def test_who_reported_changes_nothing_and_phones_are_no_words(world: World) -> None:
    case = world.report(contact=MRS_CHEN, identity="named", description=f"{RUBBISH}13812345678")
    mine = similar_to(world.report(contact=MRS_CHEN, identity="named"), actor=world.actor("operator"))
    other = world.report(contact=Contact("李", "13900000000"), identity="confidential")
    Case.objects.filter(pk=other.pk).update(reporter=None)
    scores = {one.case.number: one.likeness.score for one in similar_to(other, actor=world.actor("operator"))}
    assert scores[case.number] == mine[0].likeness.score
    assert "13812345678" not in "".join(matter_told(class_code="", text="打13812345678", at=world.at).terms)


def test_a_case_is_not_like_itself(world: World) -> None:
    assert similar_to(world.report(), actor=world.actor("operator")) == []


def test_a_closed_case_of_the_class_and_place_is_offered_within_its_days(world: World) -> None:
    closed = world.closed()
    matter = matter_told(class_code="M06010", text=RUBBISH, lon=GRID_1[0], lat=GRID_1[1], at=world.later(days=12))
    book, actor = rulebook_for(DISTRICT), world.actor("operator")
    found = closed_before(matter, book=book, actor=actor, at=world.at)
    assert [(past.case.number, past.days, past.recurs_as.value) for past in found] == [(closed.number, 12, "new")]
    assert closed_before(matter, book=book, actor=world.actor("town02"), at=world.at) == []
    assert closed_before(matter, book=book, actor=actor, at=world.later(days=19)) == []
    again = world.report()
    assert closed_before_case(again, actor=actor, at=world.at) == []


def test_the_policy_of_the_class_says_how_long_and_as_what_it_returns(world: World) -> None:
    closed = world.closed()
    ClassPolicy.objects.create(district=DISTRICT, class_code="M06", name="recurrence_days", value="90")
    ClassPolicy.objects.create(district=DISTRICT, class_code="M06", name="recurs_as", value="reopen")
    forget_rules()
    world.later(days=60)
    again = world.report()
    found = closed_before_case(again, actor=world.actor("operator"), at=world.at)
    assert [(past.case.number, past.days, past.recurs_as.value) for past in found] == [(closed.number, 60, "reopen")]


@pytest.mark.parametrize(
    ("where", "index"),
    [
        ({}, "open_cases_by_point"),
        ({"lon": None, "lat": None, "area": "310198001001001"}, "open_cases_of_an_area_by_report"),
    ],
)
def test_candidates_are_found_by_an_index_made_for_them(where: dict[str, Any], index: str, world: World) -> None:
    world.report()
    with CaptureQueriesContext(connection) as asked:
        _typed(world, **where)
    lots = [query["sql"] for query in asked if query["sql"].endswith((f"LIMIT {CANDIDATES}", f"LIMIT {LOOKED_AT}"))]
    assert lots
    with connection.cursor() as cursor:
        # So few rows are read whole and sorted sooner than by any index; a million are not.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        plans = []
        for sql in lots:
            cursor.execute(f"EXPLAIN {sql}")
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
    assert any(index in plan for plan in plans), plans
    assert not any("Seq Scan" in plan for plan in plans), plans
