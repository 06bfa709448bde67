"""回潮: a closed case comes back, as a new case linked to it or as itself reopened; it counts on both."""

from __future__ import annotations

import pytest

from liandong.cases import operations
from liandong.cases.models import Case, CaseRecurrence, JoinedReport
from liandong.cases.operations.joining import NoRecurrence
from liandong.cases.queries import came_back_as, came_back_from, suggested_problems, trace_of
from liandong.cases.sealing import Contact
from liandong.people.access import Forbidden
from tests.world import DISTRICT, World


def test_a_new_case_is_linked_as_the_return_of_a_closed_one_and_both_tell_of_it(world: World) -> None:
    old = world.closed()
    world.later(days=3)
    new = world.report()
    row = operations.link_recurrence(new.number, of=old.number, actor=world.actor("operator"), at=world.at)
    assert (row.kind, row.days, row.class_code, row.area) == ("new", 3, new.class_code, new.area)
    assert [one.of.number for one in came_back_from(new)] == [old.number]
    assert [one.case.number for one in came_back_as(old)] == [new.number]
    assert [list(trace_of(case))[-1].event for case in (new, old)] == ["CaseRecurred", "CaseCameBack"]
    again = operations.link_recurrence(new.number, of=old.number, actor=world.actor("operator"), at=world.at)
    assert again.pk == row.pk
    assert CaseRecurrence.objects.count() == 1


def test_what_is_open_of_another_class_too_old_or_itself_is_no_earlier_case(world: World) -> None:
    closed, other = world.closed(), world.closed(class_code="M06020")
    still_open = world.report()
    case = world.report()
    for wrong in (other, still_open, case):
        with pytest.raises(NoRecurrence):
            operations.link_recurrence(case.number, of=wrong.number, actor=world.actor("operator"), at=world.at)
    world.later(days=31)
    late = world.report()
    with pytest.raises(NoRecurrence):
        operations.link_recurrence(late.number, of=closed.number, actor=world.actor("operator"), at=world.at)
    with pytest.raises(Forbidden):
        operations.link_recurrence(case.number, of=closed.number, actor=world.actor("verifier"), at=world.at)
    assert not CaseRecurrence.objects.exists()


def test_a_closed_case_is_reopened_with_whoever_told_of_its_return(world: World) -> None:
    case = world.closed()
    at = world.later(days=5)
    told = {"contact": Contact("李先生", "13900001111"), "note": "又堆起来了", "reason": "回潮：又堆起来了"}
    joined = operations.reopen_recurrence(case.number, **told, actor=world.actor("operator"), at=at)
    after = Case.objects.get()
    assert (after.stage, after.reopenings) == ("dispatched", 1)
    assert JoinedReport.objects.get() == joined
    assert [(one.kind, one.days) for one in came_back_as(after)] == [("reopen", 5)]
    assert list(came_back_from(after)) == []
    events = [entry.event for entry in trace_of(case)][-3:]
    assert events == ["CaseRecurred", "CaseReopened", "ReporterJoined"]


def test_nothing_of_a_refused_reopening_remains(world: World) -> None:
    case = world.closed()
    told = {"reason": "又来了", "actor": world.actor("operator"), "at": world.later(days=31)}
    with pytest.raises(NoRecurrence):
        operations.reopen_recurrence(case.number, **told)
    with pytest.raises(NoRecurrence):
        operations.reopen_recurrence(world.report().number, **told)
    assert not CaseRecurrence.objects.exists()
    assert not JoinedReport.objects.exists()


def test_what_keeps_coming_back_is_suggested_as_a_problem(world: World) -> None:
    old = world.closed()
    actor = world.actor("supervisor")
    for times in range(1, 4):
        assert suggested_problems(actor, district=DISTRICT, at=world.at) == []
        new = world.report()
        operations.link_recurrence(new.number, of=old.number, actor=world.actor("operator"), at=world.later(days=1))
        assert operations.joining.times_back(old) == times
    [found] = suggested_problems(actor, district=DISTRICT, at=world.at)
    assert (found.class_code, found.area, found.returns, found.last_case) == ("M06010", new.area, 3, new.number)
    assert suggested_problems(world.actor("town02"), district=DISTRICT, at=world.at) == []
    assert suggested_problems(actor, district=DISTRICT, at=world.later(days=91)) == []
