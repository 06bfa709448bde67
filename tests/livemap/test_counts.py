"""Counts by place and day: whatever happens to cases, they equal a recount, merged or not."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liandong.cases import operations as cases
from liandong.cases.models import Case, Clock
from liandong.kernel.cells import parent_of
from liandong.livemap.models import CoarseCount, DayCount, FineCount
from liandong.livemap.operations import merge_counts, recount
from tests.world import GRID_9, MRS_CHEN, World

pytestmark = pytest.mark.django_db

_DOINGS = {
    "stage": "UPDATE cases_case SET stage = 'filed' WHERE id = %s",
    "move": "UPDATE cases_case SET cell = livemap_parent(cell, 11), lon = lon + 0.001 WHERE id = %s",
    "late": "UPDATE cases_case SET late_since = reported_at WHERE id = %s",
    "elsewhere": "UPDATE cases_case SET area = '310198001', about_unit = 'X' WHERE id = %s",
}


def _counted(model: Any) -> Counter[tuple[Any, ...]]:
    """What is counted, by kind, without the kinds of which nothing is left."""
    names = [f.attname for f in model._meta.concrete_fields if f.attname not in ("id", "is_merged", "cases")]
    sums = [name for name in names if name.endswith("_sum")]
    found: Counter[tuple[Any, ...]] = Counter()
    for row in model.objects.values(*names, "cases"):
        found[tuple(row[name] for name in names if name not in sums)] += row["cases"]
    return Counter({kind: count for kind, count in found.items() if count})


def _placed() -> Counter[tuple[Any, ...]]:
    """The fine counts, counted here one case after the other."""
    found: Counter[tuple[Any, ...]] = Counter()
    for case in Case.objects.filter(lon__isnull=False):
        is_late = case.ended_at is None and case.late_since is not None
        home, cell = parent_of(case.cell, 7), parent_of(case.cell, 10)
        found[case.district, home, cell, case.area, case.stage, is_late, case.about_unit] += 1
    return found


def test_a_new_case_is_counted_where_it_lies_and_on_its_day(world: World) -> None:
    case = world.report()
    assert case.cell is not None
    row = FineCount.objects.get(area=case.area)
    assert (row.cell, row.home, row.cases, row.stage) == (
        parent_of(case.cell, 10),
        parent_of(case.cell, 7),
        1,
        "reported",
    )
    assert (row.lon_sum, row.lat_sum) == (121_405_000, 31_010_000)
    facts = {(one.what, one.code) for one in DayCount.objects.all()}
    assert facts == {("reported", ""), ("class", "M06010"), ("channel", "hotline")}


def test_a_case_without_a_point_is_counted_in_its_area_and_in_no_cell(world: World) -> None:
    case = world.report(lon=None, lat=None, area="310198001")
    row = CoarseCount.objects.get()
    assert (row.cell, row.area, row.lon_sum) == (0, case.area, 0)
    assert not FineCount.objects.exists()


def test_a_whole_life_leaves_each_case_counted_once(world: World) -> None:
    case = world.closed()
    merge_counts(at=world.at)
    assert [(row.stage, row.cases) for row in FineCount.objects.all()] == [("closed", 1)]
    ended = {row.what: row.code for row in DayCount.objects.exclude(what__in=["reported", "class", "channel"])}
    assert ended["ended"] == "closed"
    assert ended["closing"] == case.closing
    assert ended["level"] == case.solved_level
    assert recount(at=world.at) == 0


def test_a_case_that_is_placed_elsewhere_leaves_nothing_behind(world: World) -> None:
    case = world.report()
    cases.place_case(
        case.number, version=case.version, lon=GRID_9[0], lat=GRID_9[1], actor=world.actor("operator"), at=world.at
    )
    merge_counts(at=world.at)
    case.refresh_from_db()
    assert [row.area for row in FineCount.objects.all()] == [case.area]
    assert {row.town for row in DayCount.objects.all()} == {case.area[:9]}
    assert recount(at=world.at) == 0


def test_merging_changes_no_count(world: World) -> None:
    for _ in range(3):
        world.report()
    before = _counted(FineCount), _counted(CoarseCount), _counted(DayCount)
    assert merge_counts(at=world.at) > 6
    assert (_counted(FineCount), _counted(CoarseCount), _counted(DayCount)) == before
    assert FineCount.objects.count() == 1
    assert merge_counts(at=world.at) == 0


def test_a_recount_corrects_what_differs_and_says_how_much(world: World) -> None:
    world.report()
    FineCount.objects.update(cases=7)
    DayCount.objects.filter(what="class").delete()
    assert recount(at=world.at) == 2
    assert recount(at=world.at) == 0
    assert _counted(FineCount) == _placed()


def test_a_contact_in_time_and_one_too_late_are_told_apart(world: World) -> None:
    case = world.dispatched(contact=MRS_CHEN, identity="named")
    assert Clock.objects.filter(case=case, kind="contact").exists()
    world.do("receive_case", case, "bureau002")
    world.do("contact_reporter", case, "bureau002", reached=True, outcome="已与来电人联系")
    assert {row.code for row in DayCount.objects.filter(what="contact")} == {"in_time"}
    assert recount(at=world.at) == 0


def test_a_lifted_overdue_and_a_deleted_clock_are_taken_out_again(world: World) -> None:
    case = world.dispatched(contact=MRS_CHEN, identity="named")
    clock = Clock.objects.get(case=case, kind="contact")
    Clock.objects.filter(pk=clock.pk).update(overdue_at=clock.due_at)
    assert _counted(DayCount)["310198", clock.due_at.date(), case.area[:9], "contact", "late", ""] == 1
    Clock.objects.filter(pk=clock.pk).update(overdue_at=None)
    assert not any(kind[3] == "contact" for kind in _counted(DayCount))
    Clock.objects.filter(pk=clock.pk).update(stopped_at=world.at, stopped_by="contact", wake_at=None)
    assert recount(at=world.at) == 0
    Clock.objects.filter(pk=clock.pk).delete()
    assert recount(at=world.at) == 0
    assert not any(kind[3] == "contact" for kind in _counted(DayCount))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["report", "merge", *_DOINGS]), st.integers(0, 50)), max_size=25))
def test_counts_equal_a_recount_whatever_is_written(world: World, doings: list[tuple[str, int]]) -> None:
    """Written to the tables directly, where no operation keeps anything in order."""
    with connection.cursor() as cursor:
        for what, choice in doings:
            known = sorted(Case.objects.values_list("pk", flat=True))
            if what == "report" or not known:
                world.report(lon=121.405 + choice / 10_000, lat=31.01)
            elif what == "merge":
                merge_counts(at=world.at)
            else:
                cursor.execute(_DOINGS[what], [known[choice % len(known)]])
        assert _counted(FineCount) == _placed()
        assert recount(at=world.at) == 0
