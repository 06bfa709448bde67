"""Many at once: one wins, the others are told; numbers are given once; the sweep marks once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from liandong.cases.models import Case
from liandong.cases.numbers import LANES
from liandong.cases.operations import AlreadyReported, StaleVersion, mark_overdue, place_case, report_case
from liandong.cases.queries import cases_without_entries, trace_of
from liandong.kernel.numbering import parse_number
from liandong.people.access import platform
from liandong.timeline.verify import verify
from tests.cases.paths import take
from tests.world import DISTRICT, GRID_1, World


def at_once(jobs: list[Callable[[], Any]]) -> list[Any]:
    """Start all jobs at the same moment in threads of their own; return what each returned or raised."""
    gate = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def _run(place: int, job: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            gate.wait(20)
            results[place] = job()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=_run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_of_twenty_simultaneous_writers_one_wins_and_nineteen_are_told_what_changed(shared_world: World) -> None:
    case = shared_world.report()
    operator, at = shared_world.actor("operator"), shared_world.at

    def _place() -> Case:
        return place_case(case.number, lon=GRID_1[0], lat=GRID_1[1], actor=operator, at=at, version=1)

    results = at_once([_place] * 20)
    winners = [result for result in results if isinstance(result, Case)]
    losers = [result for result in results if isinstance(result, StaleVersion)]
    assert (len(winners), len(losers)) == (1, 19)
    assert all(loser.values == {"seen": 1, "current": 2, "changed": ["CasePlaced"]} for loser in losers)
    case.refresh_from_db()
    assert (case.version, trace_of(case).count()) == (2, 2)


def test_a_case_is_accepted_once_even_without_a_version(shared_world: World) -> None:
    case = shared_world.report()
    at = shared_world.at
    from liandong.cases.operations import accept_case

    operator = shared_world.actor("operator")
    results = at_once([lambda: accept_case(case.number, actor=operator, at=at)] * 6)
    assert sorted(type(result).__name__ for result in results) == ["Case", *["IllegalStep"] * 5]


def test_two_reports_with_the_same_outside_number_make_one_case(shared_world: World) -> None:
    from liandong.cases.changes import Report

    report = Report("M06010", "垃圾堆放", "api", lon=GRID_1[0], lat=GRID_1[1], external_id="same")
    actor, at = platform("api"), shared_world.at
    results = at_once([lambda: report_case(report, district=DISTRICT, actor=actor, at=at)] * 8)
    made = [result for result in results if isinstance(result, Case)]
    told = [result for result in results if isinstance(result, AlreadyReported)]
    assert (len(made), len(told)) == (1, 7)
    assert {result.values["number"] for result in told} == {made[0].number}
    assert Case.objects.count() == 1


def test_numbers_of_eight_threads_are_unique_and_what_they_left_open_is_given_next(shared_world: World) -> None:
    shared_world.actor("operator")

    def _some() -> list[str]:
        return [shared_world.report().number for _ in range(5)]

    results = at_once([_some] * 8)
    numbers = [number for result in results for number in result]
    assert len(set(numbers)) == 40
    numbers += [shared_world.report().number for _ in range(LANES)]
    assert {parse_number(number).sequence for number in numbers} >= set(range(1, 41))
    assert cases_without_entries() == 0
    assert verify().breaks == []


def test_concurrent_sweeps_mark_each_clock_once(shared_world: World) -> None:
    cases = [shared_world.report() for _ in range(12)]
    at = shared_world.later(days=1)
    results = at_once([lambda: mark_overdue(actor=platform("sweep"), at=at, batch=5)] * 4)
    assert not [result for result in results if isinstance(result, Exception)]
    mark_overdue(actor=platform("sweep"), at=at)
    for case in cases:
        assert [entry.event for entry in trace_of(case)] == ["CaseReported", "ClockFellDue", "CaseSupervised"]


def test_the_sweep_passes_by_a_case_that_somebody_is_working_on(shared_world: World) -> None:
    from django.db import transaction

    held, free = shared_world.report(), shared_world.report()
    at = shared_world.later(days=1)
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=held.pk)
        [marked] = at_once([lambda: mark_overdue(actor=platform("sweep"), at=at)])
    assert marked == 1
    free.refresh_from_db()
    held.refresh_from_db()
    assert (free.late_since is not None, held.late_since) == (True, None)
    assert mark_overdue(actor=platform("sweep"), at=at) == 1


def test_a_step_and_the_sweep_never_leave_the_case_half_told(shared_world: World) -> None:
    case = shared_world.report()
    at = shared_world.later(days=1)
    shared_world.actor("operator")
    results = at_once(
        [
            lambda: take(shared_world, "accept", case, "operator"),
            *[lambda: mark_overdue(actor=platform("sweep"), at=at)] * 3,
        ]
    )
    assert not [result for result in results if isinstance(result, Exception)]
    case.refresh_from_db()
    assert (case.stage, case.version, case.late_since) == ("accepted", 2, None)
    assert verify().breaks == []
