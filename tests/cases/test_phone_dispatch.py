"""电话派遣: danger is ordered by telephone at any hour, and filed within half an hour afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liandong.cases.changes.closing import NotFiledYet
from liandong.cases.changes.handling import AboutItself, AcknowledgementMissing, NotCritical
from liandong.cases.changes.intake import FiledAlready
from liandong.cases.models import Case
from liandong.cases.operations import mark_overdue
from liandong.cases.queries import assignments_of
from liandong.people.access import Forbidden, platform
from tests.cases.paths import clock, last_entry, running, shanghai, take, told
from tests.cases.paths.words import B002
from tests.world import World


def _by_phone(world: World, **details: object) -> Case:
    return take(world, "dispatch_by_phone", world.report(urgency="critical"), "operator", **details)


def test_in_the_middle_of_the_night_the_unit_is_out_and_filing_is_due_in_half_an_hour(world: World) -> None:
    world.at = shanghai("2026-03-08 02:59")
    case = _by_phone(world, note="带抽水泵")
    assert (case.stage, case.unit, case.condition) == ("dispatched", B002, "")
    assert running(case) == {"receive", "hop", "arrive", "handle", "file"}
    assert clock(case, "file").due_at - world.at == timedelta(minutes=30)
    assert assignments_of(case).get().acknowledged_by == "中队值班员"
    assert told(last_entry(case)) == {
        "unit": B002,
        "acknowledged_by": "中队值班员",
        "note": "带抽水泵",
        "version": case.version,
    }


def test_filed_afterwards_its_class_and_condition_stand_and_its_clocks_keep_what_they_have(world: World) -> None:
    case = _by_phone(world)
    handle = clock(case, "handle")
    case = take(world, "file_afterwards", case, "operator")
    assert (case.stage, case.condition != "") == ("dispatched", True)
    assert "file" not in running(case)
    assert (clock(case, "handle").pk, clock(case, "handle").due_at) == (handle.pk, handle.due_at)
    with pytest.raises(FiledAlready):
        take(world, "file_afterwards", case, "operator")


def test_not_filed_it_is_late_and_does_not_close(world: World) -> None:
    case = _by_phone(world)
    mark_overdue(actor=platform("sweep"), at=world.later(minutes=31))
    assert clock(case, "file").overdue_at is not None
    for step, by in (("receive", "bureau002"), ("hand_in", "bureau002")):
        take(world, step, case, by)
    world.later(minutes=5)
    take(world, "check", case, "verifier")
    with pytest.raises(NotFiledYet):
        take(world, "close", case, "operator")
    take(world, "file_afterwards", case, "operator")
    assert take(world, "close", case, "operator").stage == "closed"


def test_returned_before_it_was_filed_it_may_still_be_filed(world: World) -> None:
    case = take(world, "return", _by_phone(world), "bureau002")
    assert (case.stage, "file" in running(case)) == ("filed", True)
    case = take(world, "file_afterwards", case, "operator")
    assert "file" not in running(case)
    assert take(world, "dispatch", case, "lin").stage == "dispatched"


@pytest.mark.parametrize("urgency", ["normal", "urgent"])
def test_only_danger_is_ordered_by_telephone(world: World, urgency: str) -> None:
    with pytest.raises(NotCritical):
        take(world, "dispatch_by_phone", world.report(urgency=urgency), "operator")


def test_somebody_there_took_the_order(world: World) -> None:
    with pytest.raises(AcknowledgementMissing):
        _by_phone(world, acknowledged_by=" ")


def test_never_to_the_unit_it_is_about(world: World) -> None:
    case = world.report(urgency="critical", about_unit=B002)
    with pytest.raises(AboutItself):
        take(world, "dispatch_by_phone", case, "operator", to=B002)


def test_an_ordinary_case_was_filed_already(world: World) -> None:
    with pytest.raises(FiledAlready):
        take(world, "file_afterwards", world.received(), "operator")


@pytest.mark.parametrize("by", ["verifier", "leader"])
def test_operators_dispatchers_and_supervisors_call(world: World, by: str) -> None:
    with pytest.raises(Forbidden):
        take(world, "dispatch_by_phone", world.report(urgency="critical"), by)
