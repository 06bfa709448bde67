"""Joining a case: another reporter is kept, has a number of their own, is masked, revealed and called back."""

from __future__ import annotations

from typing import Any

import pytest

from liandong.cases import operations
from liandong.cases.changes.intake import UnknownWord
from liandong.cases.models import Case, JoinedReport
from liandong.cases.operations.amendments import KeptFromHandlers
from liandong.cases.operations.joining import CallImplausible, CaseOver
from liandong.cases.queries import case_of_joined, joined_to, reporters_of, trace_of
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.cases.sealing import Contact, SealUnbroken, unsealed_joined
from liandong.kernel.numbering import parse_number
from liandong.people.access import Forbidden, NotFound
from tests.world import World

MR_LI = Contact("李先生", "13900001111")


def _join(world: World, case: Case, by: str = "operator", **details: Any) -> JoinedReport:
    given = {"contact": MR_LI, "note": "我家门口也是，打13911112222找我", **details}
    return operations.join_case(case.number, actor=world.actor(by), at=world.later(minutes=1), **given)


def test_a_joined_reporter_is_kept_beside_the_case_and_no_second_case_is_opened(world: World) -> None:
    case = world.report()
    first, second = _join(world, case), _join(world, case, contact=None, note="")
    assert Case.objects.count() == 1
    assert [row.number for row in joined_to(case)] == [first.number, second.number]
    assert reporters_of([case.pk]) == {case.pk: 3}
    assert (first.identity, first.has_phone, first.note) == ("named", True, "我家门口也是，打［电话］找我")
    assert (second.identity, second.has_phone, second.wrapped_key) == ("anonymous", False, None)
    told = unsealed_joined(first)
    assert (told.name, told.phone, told.taken) == (*("李先生", "13900001111"), (("phone", "13911112222"),))


def test_everybody_gets_a_number_of_their_own_from_the_row_cases_are_counted_in(world: World) -> None:
    case = world.report()
    joined = _join(world, case)
    later = world.report()
    sequences = [parse_number(number).sequence for number in (case.number, joined.number, later.number)]
    assert sequences == [sequences[0], sequences[0] + 1, sequences[0] + 2]
    assert case_of_joined(world.actor("operator"), joined.number) == case.number
    for nobody in ("town02", "department02"):
        with pytest.raises(NotFound):
            case_of_joined(world.actor(nobody), joined.number)


def test_the_timeline_tells_of_it_without_a_word_about_the_person(world: World) -> None:
    case = world.report()
    joined = _join(world, case)
    entry = list(trace_of(case))[-1]
    assert (entry.event, entry.data["number"], entry.data["reporters"]) == ("ReporterJoined", joined.number, 2)
    assert not any(secret in str(entry.data) for secret in ("李", "1390000", "1391111", "门口"))
    assert entry.data["version"] == Case.objects.get().version == case.version + 1


def test_joining_is_refused_where_it_makes_no_sense(world: World) -> None:
    ended = world.report()
    world.do("accept_case", ended, "operator")
    world.do("decline_case", ended, "operator", reason="不属本区")
    with pytest.raises(CaseOver):
        _join(world, ended)
    case = world.report()
    with pytest.raises(UnknownWord):
        _join(world, case, identity="friend")
    with pytest.raises(Forbidden):
        _join(world, case, by="verifier")
    with pytest.raises(NotFound):
        _join(world, case, by="town02")
    assert not JoinedReport.objects.exists()


def test_who_joined_is_shown_for_a_purpose_only_and_on_the_record(world: World) -> None:
    case = world.report()
    joined = _join(world, case)

    def reveal(by: str = "operator", **changes: str) -> Contact:
        asked = {"joined": joined.number, "purpose": "回访", **changes}
        return operations.reveal_joined(case.number, **asked, actor=world.actor(by), at=world.later(minutes=1))

    assert reveal().phone == "13900001111"
    entry = list(trace_of(case))[-1]
    assert (entry.event, entry.data["purpose"]) == ("JoinedReporterRevealed", "回访")
    with pytest.raises(ReasonNeeded):
        reveal(purpose=" ")
    with pytest.raises(NotFound):
        reveal(joined="XA-20260302-000099-0")
    with pytest.raises(Forbidden):
        reveal(by="lin")


def test_a_confidential_joined_reporter_stays_hidden_from_the_handlers(world: World) -> None:
    case = world.received()
    joined = _join(world, case, identity="confidential")
    asked = {"joined": joined.number, "purpose": "联系", "at": world.at}
    with pytest.raises(KeptFromHandlers):
        operations.reveal_joined(case.number, **asked, actor=world.actor("bureau002"))
    assert operations.reveal_joined(case.number, **asked, actor=world.actor("operator")).name == "李先生"


def test_a_seal_opens_only_under_the_number_it_was_made_for(world: World) -> None:
    case = world.report()
    one, other = _join(world, case), _join(world, case)
    other.wrapped_key, other.sealed = one.wrapped_key, one.sealed
    with pytest.raises(SealUnbroken):
        unsealed_joined(other)


def test_a_joined_reporter_is_called_back_and_the_case_is_judged_by_its_own(world: World) -> None:
    case = world.handled()
    joined = _join(world, case)

    def call(**said: Any) -> JoinedReport:
        given = {"joined": joined.number, "actor": world.actor("operator"), "at": world.later(minutes=1), **said}
        return operations.call_back_joined(case.number, **given)

    assert call(reached=False).call_attempts == 1
    row = call(reached=True, solved=True, satisfaction=5, words="好了")
    assert (row.call_attempts, row.is_reached, row.is_solved, row.satisfaction) == (2, True, True, 5)
    assert [entry.event for entry in trace_of(case)][-2:] == ["JoinedReporterCalledBack"] * 2
    assert Case.objects.get().call_back_result == ""
    for wrong in (
        {"reached": True},
        {"reached": False, "solved": True},
        {"reached": True, "solved": True, "satisfaction": 6},
    ):
        with pytest.raises(CallImplausible):
            call(**wrong)
