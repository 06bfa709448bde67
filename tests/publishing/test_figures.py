"""Public figures: counted ahead, told by town and class, small cells not told, hidden cases still counted."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.test import Client

from liandong.citizen.publishing import operations
from liandong.citizen.publishing.models import Figure, FigureRun
from liandong.citizen.publishing.queries import figures_of
from liandong.citizen.publishing.rules.cells import SUM
from liandong.citizen.publishing.rules.periods import Months
from liandong.people.access import Forbidden, platform
from tests.publishing.conftest import Rules
from tests.world import DISTRICT, GRID_1, GRID_9, World

MARCH = Months(date(2026, 3, 1), date(2026, 3, 1))
T01, T02 = "310198001", "310198002"


def count(world: World) -> int:
    return operations.refresh_figures(actor=platform("figures"), at=world.at)


def _report(world: World, times: int, **details: object) -> None:
    for place in range(times):
        world.report(description=f"第 {place} 处", **details)


def test_figures_say_what_was_reported_done_in_time_and_satisfied(world: World) -> None:
    for _case in range(5):
        case = world.closed()
        world.do("rate_case", case, "operator", rating=5)
    _report(world, 3)
    count(world)
    line = figures_of(DISTRICT, MARCH).whole
    assert line.counts is not None
    assert (line.counts.reported, line.counts.handled, line.counts.open) == (8, 5, 3)
    assert (line.in_time, line.satisfied) == (100.0, 100.0)


def test_a_late_open_case_is_due_and_not_in_time(world: World) -> None:
    for _case in range(4):
        world.closed()
    world.dispatched()
    from liandong.cases.operations import mark_overdue

    mark_overdue(actor=platform("sweep"), at=world.later(days=30))
    count(world)
    line = figures_of(DISTRICT, MARCH).whole
    assert line.counts is not None
    assert (line.counts.due, line.counts.in_time) == (5, 4)
    assert line.in_time == 80.0


def test_cells_below_five_are_not_told_nor_what_would_tell_them(world: World) -> None:
    _report(world, 9)
    _report(world, 2, lon=GRID_9[0], lat=GRID_9[1])
    _report(world, 7, class_code="M04002")
    _report(world, 6, class_code="M04002", lon=GRID_9[0], lat=GRID_9[1])
    count(world)
    table = figures_of(DISTRICT, MARCH)
    assert table.reported == {
        (T01, "M06"): None, (T02, "M06"): None, (T01, "M04"): None, (T02, "M04"): None,
        (T01, SUM): 16, (T02, SUM): 8, (SUM, "M06"): 11, (SUM, "M04"): 13, (SUM, SUM): 24,
    }  # fmt: skip


def test_a_share_of_fewer_than_five_opinions_is_not_told(world: World) -> None:
    for _case in range(4):
        world.do("rate_case", world.closed(), "operator", rating=1)
    _report(world, 4)
    count(world)
    line = figures_of(DISTRICT, MARCH).whole
    assert line.counts is not None
    assert line.counts.rated == 4
    assert line.satisfied is None


def test_a_district_may_draw_the_line_elsewhere(ruled: Rules) -> None:
    world = ruled(portal="name,text,text_en\nsmallest_cell,2,\n")
    _report(world, 2)
    count(world)
    assert figures_of(DISTRICT, MARCH).reported[T01, "M06"] == 2


def test_hiding_does_not_mend_the_figures_and_closed_classes_are_not_in_them(world: World) -> None:
    _report(world, 6)
    hidden = world.report()
    world.report(nature="complaint")
    world.report(class_code="A1101")
    operations.hide_case(hidden.number, reason="personal", actor=world.actor("supervisor"), at=world.at)
    count(world)
    line = figures_of(DISTRICT, MARCH).whole
    assert line.counts is not None
    assert line.counts.reported == 7


def test_the_latest_months_are_counted_anew_and_once_a_day_all(world: World) -> None:
    _report(world, 6)
    count(world)
    Figure.objects.update(reported=60)
    world.later(hours=1)
    assert count(world) == 1
    assert Figure.objects.get().reported == 6
    world.later(days=120)
    count(world)
    Figure.objects.update(reported=60)
    world.later(minutes=10)
    assert count(world) == 0, "March is no longer among the latest months"
    assert Figure.objects.get().reported == 60
    world.later(days=1)
    count(world)
    assert Figure.objects.get().reported == 6
    assert FigureRun.objects.get().counted_at == world.at


def test_only_the_platform_counts(world: World) -> None:
    with pytest.raises(Forbidden):
        operations.refresh_figures(actor=world.actor("admin"), at=world.at)


def test_counting_twice_at_once_leaves_one_row_for_each_cell(world: World) -> None:
    _report(world, 6)
    count(world)
    count(world)
    assert Figure.objects.count() == 1


def test_the_page_shows_tables_bars_and_when_it_was_counted(world: World, public: Client) -> None:
    assert "尚未统计" in public.get("/figures/").content.decode()
    _report(world, 12)
    _report(world, 8, lon=GRID_9[0], lat=GRID_9[1])
    count(world)
    page = public.get("/figures/?from=2026-03&until=2026-03").content.decode()
    assert "最后统计：2026-03-02" in page
    assert "东桥街道" in page
    assert '<rect width="100"' in page
    assert '<rect width="67"' in page
    assert page.count("<caption") == 3
    within = public.get("/figures/?from=2026-03&until=2026-03&class=M06").content.decode()
    assert "暴露垃圾" in within


@pytest.mark.parametrize(
    "query", ["from=2026-13", "from=2026-05&until=2026-03", "class=ZZ", "from=x%00", "class=M06010"]
)
def test_a_period_or_class_that_is_none_is_refused(world: World, public: Client, query: str) -> None:
    assert public.get(f"/figures/?{query}").status_code in (400, 422)


def test_open_figures_leave_small_cells_blank_and_are_asked_for_anew_only_when_counted_anew(
    world: World, public: Client
) -> None:
    _report(world, 12)
    _report(world, 2, lon=GRID_9[0], lat=GRID_9[1])
    _report(world, 9, lon=GRID_1[0], lat=GRID_1[1], class_code="M04002")
    _report(world, 9, lon=GRID_9[0], lat=GRID_9[1], class_code="M04002")
    count(world)
    answer = public.get("/open-data/figures.csv?from=2026-03&until=2026-03")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert {(row["town_code"], row["group_code"], row["reported"], row["is_withheld"]) for row in rows} == {
        (T01, "M06", "", "true"), (T02, "M06", "", "true"), (T01, "M04", "", "true"), (T02, "M04", "", "true"),
    }  # fmt: skip
    again = public.get("/open-data/figures.csv", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    world.later(minutes=10)
    count(world)
    assert public.get("/open-data/figures.csv", headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_cases_whose_place_is_unknown_stand_under_their_own_line(world: World, public: Client) -> None:
    _report(world, 6, lon=None, lat=None)
    count(world)
    assert "位置待定" in public.get("/figures/?from=2026-03&until=2026-03").content.decode()


def test_months_are_those_of_the_district_not_of_the_server(world: World) -> None:
    world.at += timedelta(days=29, hours=14, minutes=45)
    assert world.at.isoformat().startswith("2026-03-31T16:15")
    _report(world, 5)
    count(world)
    assert Figure.objects.get().month == date(2026, 4, 1)
