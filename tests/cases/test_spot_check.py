"""抽查: samples of what was solved on the spot, and audits of closed cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from liandong.cases import operations
from liandong.cases.changes.drawing import FindingMissing
from liandong.cases.models import AuditRound, Case, ClassPolicy, Draw
from liandong.cases.operations.drawing import DrawnForAnother, NothingDrawn
from liandong.cases.queries.draws import failed_audits, looks_for
from liandong.cases.rulebook import forget_rules
from liandong.cases.tasks import follow_checks, sample_closed_cases
from liandong.people.access import Forbidden
from liandong.timeline.queries import trace
from tests.cases.draw_people import SWEEP, hire_verifier, numbers
from tests.cases.paths import take, with_photos
from tests.world import DISTRICT, World


def _solved(world: World, *, drawn: float = 0.0) -> Case:
    case = with_photos(world, world.report(by="grid001", channel="staff", description="楼道堆放纸箱"), "grid001")
    return take(world, "solve_on_spot", case, "grid001", drawn=drawn)


def _sampled(world: World) -> Case:
    case = _solved(world)
    follow_checks(list(trace("case", case.pk)), world.at)
    return case


def _by(world: World, case: Case) -> str:
    return Draw.objects.get(case=case, state="waiting").key.removeprefix("user/")


def _audited(world: World, case: Case, *given: float) -> int:
    world.later(days=1)
    return operations.draw_audits(chance=numbers(*given), actor=SWEEP, at=world.at)


def _share(world: World, name: str, value: str) -> None:
    ClassPolicy.objects.create(district=DISTRICT, class_code="*", name=name, value=value)
    forget_rules()


def test_a_sample_goes_to_somebody_of_another_unit(world: World) -> None:
    case = _sampled(world)
    row = Draw.objects.get(case=case)
    assert (row.kind, row.clock) == ("spot", None)
    assert {key for key, _weight in row.lots} == {"user/town01", "user/verifier"}
    assert row.redraw_at == row.made_at + timedelta(days=3)


def test_what_was_not_drawn_to_be_checked_is_not_sampled(world: World) -> None:
    case = _solved(world, drawn=0.9)
    follow_checks(list(trace("case", case.pk)), world.at)
    assert not Draw.objects.exists()


def test_an_old_history_is_not_sampled(world: World) -> None:
    case = _solved(world)
    assert operations.draw_spots({case.pk}, chance=numbers(0.0), actor=SWEEP, at=world.at + timedelta(days=8)) == 0


def test_a_good_sample_leaves_the_case_closed(world: World) -> None:
    case = _sampled(world)
    changed = world.do("spot_check_case", case, _by(world, case), ok=True)
    assert (changed.stage, changed.reopenings) == ("closed", 0)
    assert Draw.objects.get(case=case).is_ok is True


def test_a_failed_sample_reopens_the_case_and_is_counted_apart(world: World) -> None:
    case = _sampled(world)
    changed = world.do("spot_check_case", case, _by(world, case), ok=False, note="纸箱仍在")
    assert (changed.stage, changed.unit, changed.reopenings) == ("dispatched", "310198-G001", 1)
    assert [entry.event for entry in trace("case", case.pk)][-2:] == ["CaseSpotChecked", "CaseReopened"]
    assert trace("case", case.pk).get(event="CaseSpotChecked").data["reopens"] is True
    assert Draw.objects.filter(kind="spot", state="done", is_ok=False).count() == 1


def test_a_failed_sample_after_the_window_is_a_finding_only(world: World) -> None:
    case = _sampled(world)
    world.later(days=31)
    assert world.do("spot_check_case", case, "supervisor", ok=False, note="纸箱仍在").stage == "closed"
    assert [row.case_id for row in failed_audits(world.actor("supervisor"))] == [case.pk]


def test_what_failed_must_say_why(world: World) -> None:
    case = _sampled(world)
    with pytest.raises(FindingMissing):
        world.do("spot_check_case", case, _by(world, case), ok=False)


def test_only_who_was_drawn_looks_and_only_where_something_was_drawn(world: World) -> None:
    case = _sampled(world)
    other = {"town01": "verifier", "verifier": "town01"}[_by(world, case)]
    with pytest.raises(DrawnForAnother):
        world.do("spot_check_case", case, other, ok=True)
    with pytest.raises(NothingDrawn):
        world.do("spot_check_case", _solved(world, drawn=0.9), "verifier", ok=True)
    with pytest.raises(Forbidden):
        world.do("spot_check_case", case, "grid001", ok=True)


def test_audits_sample_yesterdays_cases_once_by_the_share_of_their_class(world: World) -> None:
    _share(world, "audit_share", "0.5")
    cases = [world.closed(), world.closed()]
    hire_verifier(world, "wang")
    assert _audited(world, cases[0], 0.49, 0.5, 0.0) == 1
    assert operations.draw_audits(chance=numbers(0.0), actor=SWEEP, at=world.at) == 0
    made = AuditRound.objects.get(district=DISTRICT)
    assert (made.closed, made.drawn) == (2, 1)
    row = Draw.objects.get(kind="audit", state="waiting")
    assert row.case_id == min(case.pk for case in cases)


def test_days_that_nobody_sampled_are_made_up_for(world: World) -> None:
    _share(world, "audit_share", "1")
    world.closed()
    sample_closed_cases(world.later(days=1))
    sample_closed_cases(world.later(days=3))
    assert AuditRound.objects.count() == 4
    assert Draw.objects.filter(kind="audit").count() == 1


@pytest.mark.parametrize(("run_by", "sampled"), [("town", 1), ("district", 0)])
def test_the_district_samples_what_a_town_closed(world: World, *, run_by: str, sampled: int) -> None:
    by: dict[str, Any] = {"by": "grid001", "channel": "staff"} if run_by == "town" else {}
    case = world.report(**by)
    hands = {"town": "town01", "district": "operator"}[run_by]
    sender = {"town": "town01", "district": "lin"}[run_by]
    for step, who in (("accept", hands), ("file", hands), ("dispatch", sender)):
        take(world, step, case, who)
    for step in ("receive", "hand_in"):
        take(world, step, case, "bureau002")
    take(world, "check", case, "supervisor")
    take(world, "close", case, hands)
    assert _audited(world, case, 0.049, 0.0) == sampled
    if sampled:
        assert _by(world, case) == "verifier"


def test_a_failed_audit_waits_for_the_supervisor_who_may_reopen(world: World) -> None:
    _share(world, "audit_share", "1")
    hire_verifier(world, "wang")
    case = world.closed()
    _audited(world, case, 0.0)
    auditor = _by(world, case)
    assert [row.case_id for row in looks_for(world.actor(auditor))] == [case.pk]
    assert world.do("spot_check_case", case, auditor, ok=False, note="又堆上了").stage == "closed"
    assert [row.case_id for row in failed_audits(world.actor("supervisor"))] == [case.pk]
    world.do("reopen_case", case, "supervisor", reason="抽查不合格")
    assert not failed_audits(world.actor("supervisor")).exists()


def test_who_checked_a_case_does_not_audit_it(world: World) -> None:
    _share(world, "audit_share", "1")
    case = world.handled()
    operations.draw_checks({case.pk}, chance=numbers(0.0), actor=SWEEP, at=world.at)
    world.do("check_case", case, "verifier", ok=True)
    world.do("close_case", case, "operator")
    _audited(world, case, 0.0)
    assert Draw.objects.get(kind="audit").person is None
