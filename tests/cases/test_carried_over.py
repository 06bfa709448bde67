"""What 0.2.0 left running: overdue clocks are supervised, and what was returned twice waits for the supervisor."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from liandong.cases.changes.handling import RulingAwaited
from liandong.cases.models import Case, Clock, Supervision
from liandong.cases.operations import mark_overdue
from liandong.people.access import platform
from tests.cases.paths import clock, take
from tests.world import World

CARRIED = import_module("liandong.cases.migrations.0015_carried_over")
SWEEP = platform("sweep")


def _carry_over() -> None:
    with connection.cursor() as cursor:
        cursor.execute(CARRIED.CLIMB_ON)
        cursor.execute(CARRIED.AWAIT_THE_RULING)


def _as_of_old(case: Case, **columns: object) -> None:
    """Leave a case as 0.2.0 did: clocks that were overdue had no next instant, cases no flags of a ruling."""
    Clock.objects.filter(case=case, overdue_at__isnull=False).update(rung=0, wake_at=None)
    Case.objects.filter(pk=case.pk).update(**columns)


def test_a_clock_that_was_overdue_is_supervised_after_all(world: World) -> None:
    case = world.received()
    mark_overdue(actor=SWEEP, at=clock(case, "handle").due_at + timedelta(minutes=1))
    Supervision.objects.all().delete()
    _as_of_old(case, to_reply=0, supervised=0)
    late = clock(case, "handle").due_at + timedelta(days=30)
    assert mark_overdue(actor=SWEEP, at=late) == 0, "carried over as it was, nobody would be told"
    _carry_over()
    _carry_over()
    mark_overdue(actor=SWEEP, at=late)
    case.refresh_from_db()
    assert case.supervised == 3
    assert clock(case, "handle").wake_at is None
    assert mark_overdue(actor=SWEEP, at=late) == 0


def test_a_clock_that_climbs_already_stays_where_it_is(world: World) -> None:
    case = world.received()
    mark_overdue(actor=SWEEP, at=clock(case, "handle").due_at + timedelta(minutes=1))
    before = list(Clock.objects.filter(case=case).order_by("id").values_list("rung", "wake_at"))
    _carry_over()
    assert list(Clock.objects.filter(case=case).order_by("id").values_list("rung", "wake_at")) == before


@pytest.mark.parametrize(("returns", "is_ruled", "awaits"), [(2, False, True), (2, True, False), (1, False, False)])
def test_what_was_returned_twice_waits_for_the_supervisor(
    world: World, returns: int, *, is_ruled: bool, awaits: bool
) -> None:
    case = world.filed()
    _as_of_old(case, returns=returns, is_ruled=is_ruled)
    _carry_over()
    case.refresh_from_db()
    assert case.awaits_ruling is awaits
    if awaits:
        with pytest.raises(RulingAwaited):
            take(world, "dispatch", case, "lin")
    case = take(world, "dispatch", case, "supervisor")
    assert (case.awaits_ruling, case.is_ruled) == (False, is_ruled or awaits)
