"""Whole lives in bulk: the same rows, the same record, the same refusals as one step at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from liandong.cases.changes import Report
from liandong.cases.models import Assignment, Case, Clock, SealedReporter
from liandong.cases.operations import Life, Move, live_through, record_lives
from liandong.cases.queries import CaseFilter, permitted_cases, photos_of, trace_of
from liandong.cases.rules.workflow import IllegalStep
from liandong.people.access import Forbidden, platform
from liandong.timeline.verify import verify
from tests.cases.paths import BY, DETAILS, take
from tests.world import DISTRICT, GRID_1, MRS_CHEN, World

REPLAY = platform("replay")
REPORT = Report(
    "M06010",
    "无证诊所，电话13912345678，😀'引号'\\反斜线",
    "hotline",
    lon=GRID_1[0],
    lat=GRID_1[1],
    address="东桥路88号",
    identity="named",
    contact=MRS_CHEN,
)
WAY = ["accept", "file", "dispatch", "receive", "contact", "arrive", "hand_in", "send_back", "receive", "hand_in"]
WAY += ["check", "call_back", "close", "reopen", "receive"]


def life(world: World, way: list[str]) -> Life:
    """A life of those steps, a minute apart."""
    start = world.at
    moves = tuple(
        Move(code, start + timedelta(minutes=number), world.actor(BY[code]), DETAILS.get(code, {}))
        for number, code in enumerate(way, start=1)
    )
    return Life(REPORT, start, world.actor("operator"), moves)


def _columns(model: Any, case: Case, *without: str) -> list[dict[str, Any]]:
    rows = model.objects.filter(**{"pk" if model is Case else "case": case.pk}).order_by("pk").values()
    return [{name: value for name, value in row.items() if name not in {"id", "case_id", *without}} for row in rows]


@pytest.mark.parametrize("length", [0, 1, 3, 7, 8, len(WAY)])
def test_a_life_recorded_at_once_leaves_the_rows_that_single_steps_leave(world: World, length: int) -> None:
    way = WAY[:length]
    [bulk] = record_lives([live_through(life(world, way), district=DISTRICT)], actor=REPLAY)
    from liandong.cases.operations import report_case

    single = report_case(REPORT, district=DISTRICT, actor=world.actor("operator"), at=world.at)
    for code in way:
        take(world, code, single, BY[code])

    assert _columns(Case, bulk, "number", "terms") == _columns(Case, single, "number", "terms")
    assert _columns(Clock, bulk, "assignment_id") == _columns(Clock, single, "assignment_id")
    assert _columns(Assignment, bulk) == _columns(Assignment, single)
    told = [
        [(entry.event, entry.actor, entry.at, entry.area, set(entry.hearers), entry.data) for entry in trace_of(case)]
        for case in (bulk, single)
    ]
    for entries, case in zip(told, (bulk, single), strict=True):
        assert entries[0][5].pop("number") == case.number
    assert told[0] == told[1]
    assert verify().breaks == []


def test_words_of_a_life_are_found_and_its_reporter_is_sealed(world: World) -> None:
    [case] = record_lives([live_through(life(world, WAY), district=DISTRICT)], actor=REPLAY)
    seen = permitted_cases(world.actor("operator"))
    for text in ("无证诊所", "东桥路", case.number):
        assert CaseFilter(text=text).apply(seen).get() == case
    assert SealedReporter.objects.get(case=case).phone_hash
    assert Case.objects.get(pk=case.pk).description == "无证诊所，电话［电话］，😀'引号'\\反斜线"


def test_photos_stand_between_the_steps(world: World) -> None:
    grid = world.actor("grid001")
    photo = {"content_type": "image/jpeg", "size": 10}
    moves = (
        Move("add_photo", world.at, grid, {"purpose": "before", "sha256": "a" * 64, **photo}),
        Move("add_photo", world.at, grid, {"purpose": "after", "sha256": "b" * 64, **photo}),
        Move(
            "solve_on_spot",
            world.at,
            grid,
            {"result": "已清理", "before": "a" * 64, "after": "b" * 64, "to_be_checked": False},
        ),
    )
    life = Life(Report("M06010", "楼道堆物", "staff", lon=GRID_1[0], lat=GRID_1[1]), world.at, grid, moves)
    [case] = record_lives([live_through(life, district=DISTRICT)], actor=REPLAY)
    assert [row.purpose for row in photos_of(case)] == ["before", "after"]
    assert (case.stage, case.version) == ("closed", 4)


def test_an_illegal_life_is_refused_before_anything_is_saved(world: World) -> None:
    with pytest.raises(IllegalStep):
        live_through(life(world, ["accept", "dispatch"]), district=DISTRICT)
    assert not Case.objects.exists()


def test_only_the_platform_loads_histories(world: World) -> None:
    with pytest.raises(Forbidden):
        record_lives([], actor=world.actor("admin"))


def test_many_lives_get_gapless_numbers_per_day_and_satisfy_every_constraint(world: World) -> None:
    from liandong.kernel.numbering import parse_number

    lives = []
    for day in range(3):
        for _ in range(4):
            lives.append(live_through(life(world, WAY[: day * 4]), district=DISTRICT))
        world.later(days=1)
    cases = record_lives(lives, actor=REPLAY)
    numbers = [parse_number(case.number) for case in cases]
    assert [number.sequence for number in numbers] == [1, 2, 3, 4] * 3
    assert len({number.day for number in numbers}) == 3
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
