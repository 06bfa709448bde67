"""并案: one case goes on as part of another, and out again; every reporter and clock is kept."""

from __future__ import annotations

import pytest

from liandong.cases.changes.handling import AboutItself
from liandong.cases.changes.together import NoMainCase
from liandong.cases.models import Case
from liandong.cases.operations import merge_case
from liandong.cases.queries import trace_of
from liandong.cases.rules.verification import Unverified
from liandong.cases.rules.workflow import IllegalStep, ReasonNeeded
from liandong.people.access import Forbidden, NotFound
from tests.cases.paths import clock, last_entry, running, take, told
from tests.cases.paths.words import B002, D02
from tests.cases.test_concurrency import at_once
from tests.world import MRS_CHEN, World


def _main(world: World, **details: object) -> Case:
    return world.received(**details)


def _merged(world: World, main: Case, **details: object) -> Case:
    return take(world, "merge", world.filed(**details), "lin", into=main.number)


def _handed_in(world: World, main: Case) -> Case:
    take(world, "hand_in", main, "bureau002")
    return take(world, "check", main, "verifier")


def test_a_merged_case_says_into_which_and_its_time_goes_on(world: World) -> None:
    main = _main(world)
    case = _merged(world, main)
    main.refresh_from_db()
    assert (case.stage, case.unit, case.merged_into_id, case.merged_at_stage) == ("merged", "", main.pk, "filed")
    assert (main.took_in, main.stage) == (1, "received")
    assert running(case) == {"handle"}
    assert told(last_entry(case)) == {"into": main.number, "reason": "同一处垃圾", "version": case.version}
    assert (last_entry(main).event, told(last_entry(main))["number"]) == ("CaseTookIn", case.number)


def test_a_dispatched_case_keeps_its_own_deadline_and_lets_its_unit_go(world: World) -> None:
    main, case = _main(world), world.received()
    handle = clock(case, "handle")
    case = take(world, "merge", case, "lin", into=main.number)
    assert (case.unit, case.involved, case.first_unit) == ("", [], B002)
    assert running(case) == {"arrive", "handle"}
    assert (clock(case, "handle").pk, clock(case, "handle").due_at) == (handle.pk, handle.due_at)


def test_it_is_handed_in_and_closed_with_its_main(world: World) -> None:
    main = _main(world)
    case = _merged(world, main)
    _handed_in(world, main)
    assert running(case) == set()
    main = take(world, "close", main, "operator")
    case.refresh_from_db()
    assert (case.stage, case.closing, case.solved_level, case.unit) == ("closed", "normal", "town", B002)
    assert told(last_entry(case)) == {"main": main.number, "step": "close", "version": case.version}


def test_every_reporter_is_called_before_the_main_case_closes(world: World) -> None:
    main = _main(world)
    case = _merged(world, main, identity="named", contact=MRS_CHEN)
    _handed_in(world, main)
    assert running(case) == {"call_back"}
    with pytest.raises(Unverified):
        take(world, "close", main, "operator")
    take(world, "call_back", case, "operator", solved=False)
    with pytest.raises(Unverified):
        take(world, "close", main, "operator")
    take(world, "send_back", main, "operator")
    take(world, "receive", main, "bureau002")
    _handed_in(world, main)
    take(world, "call_back", case, "operator")
    assert take(world, "close", main, "operator").stage == "closed"


def test_whoever_withdraws_meanwhile_is_not_called(world: World) -> None:
    main = _main(world)
    case = _merged(world, main, identity="named", contact=MRS_CHEN)
    _handed_in(world, main)
    case = take(world, "withdraw", case, "operator")
    assert (case.stage, running(case)) == ("merged", set())
    assert take(world, "close", main, "operator").stage == "closed"


def test_rework_of_the_main_lets_the_merged_ones_time_run_on(world: World) -> None:
    main = _main(world)
    case = _merged(world, main)
    _handed_in(world, main)
    before = clock(case, "handle")
    assert before.stopped_at is not None
    take(world, "send_back", main, "verifier")
    assert (clock(case, "handle").pk, clock(case, "handle").stopped_at) == (before.pk, None)


@pytest.mark.parametrize("stage", ["reported", "accepted", "filed", "dispatched"])
def test_out_again_it_stands_where_it_stood_or_waits_to_be_sent_anew(world: World, stage: str) -> None:
    main, case = _main(world), world.report()
    for code in {"reported": [], "accepted": ["accept"]}.get(stage, ["accept", "file"]):
        take(world, code, case, "operator")
    if stage == "dispatched":
        take(world, "dispatch", case, "lin")
    take(world, "merge", case, "lin", into=main.number)
    case = take(world, "unmerge", case, "lin")
    main.refresh_from_db()
    assert (case.stage, case.merged_into_id, case.merged_at_stage) == (
        "filed" if stage == "dispatched" else stage,
        None,
        "",
    )
    assert main.took_in == 0
    kind = {"reported": "accept", "accepted": "file"}.get(stage, "dispatch")
    assert kind in running(case)
    assert (last_entry(main).event, last_entry(case).event) == ("CaseLetGo", "CaseUnmerged")


def test_out_again_after_the_main_was_handed_in_its_time_runs_on(world: World) -> None:
    main = _main(world)
    case = take(world, "merge", world.received(identity="named", contact=MRS_CHEN), "lin", into=main.number)
    handle = clock(case, "handle")
    _handed_in(world, main)
    assert running(case) == {"call_back"}
    case = take(world, "unmerge", case, "lin")
    assert running(case) == {"dispatch", "handle"}
    assert (clock(case, "handle").pk, clock(case, "handle").started_at) == (handle.pk, handle.started_at)


@pytest.mark.parametrize("is_handed_in", [False, True])
def test_one_that_was_never_sent_out_has_no_time_to_be_handled_until_it_is(world: World, *, is_handed_in: bool) -> None:
    main = _main(world)
    case = _merged(world, main)
    if is_handed_in:
        _handed_in(world, main)
    case = take(world, "unmerge", case, "lin")
    assert running(case) == {"dispatch"}
    case = take(world, "dispatch", case, "lin")
    handle = clock(case, "handle")
    assert (handle.started_at, handle.stopped_at) == (world.at, None), "it runs from the first dispatch"
    assert running(case) == {"receive", "hop", "arrive", "handle"}


def test_merged_once_more_it_has_a_time_again(world: World) -> None:
    main = _main(world)
    case = take(world, "unmerge", _merged(world, main), "lin")
    case = take(world, "merge", case, "lin", into=main.number)
    assert (running(case), clock(case, "handle").started_at) == ({"handle"}, world.at)


@pytest.mark.parametrize("is_filed", [False, True])
def test_what_was_dispatched_by_telephone_is_still_to_be_filed(world: World, *, is_filed: bool) -> None:
    main = _main(world)
    case = take(world, "dispatch_by_phone", world.report(urgency="critical"), "operator")
    if is_filed:
        take(world, "file_afterwards", case, "operator")
    take(world, "merge", case, "lin", into=main.number)
    case = take(world, "unmerge", case, "lin")
    owed = set() if is_filed else {"file"}
    assert (case.stage, running(case)) == ("filed", {"dispatch", "arrive", "handle"} | owed)
    if not is_filed:
        case = take(world, "file_afterwards", case, "operator")
        assert "file" not in running(case)


@pytest.mark.parametrize(("step", "by"), [("void", "supervisor"), ("withdraw", "operator")])
def test_where_the_main_ends_otherwise_the_merged_one_stands_alone(world: World, step: str, by: str) -> None:
    main = world.filed()
    case = take(world, "merge", world.report(), "lin", into=main.number)
    take(world, step, main, by)
    case.refresh_from_db()
    main.refresh_from_db()
    assert (case.stage, case.merged_into_id, main.took_in) == ("reported", None, 0)
    assert last_entry(case).event == "MergedCaseFollowed"


def test_what_was_merged_goes_along_into_the_next_main(world: World) -> None:
    first = world.filed()
    inner = take(world, "merge", world.filed(), "lin", into=first.number)
    main = _main(world)
    take(world, "merge", first, "lin", into=main.number)
    for case in (inner, first, main):
        case.refresh_from_db()
    assert (inner.merged_into_id, first.merged_into_id) == (main.pk, main.pk)
    assert (main.took_in, first.took_in) == (2, 0)


def test_closed_with_its_main_it_may_still_be_reopened(world: World) -> None:
    main = _main(world)
    case = _merged(world, main)
    _handed_in(world, main)
    take(world, "close", main, "operator")
    case = take(world, "reopen", case, "operator")
    assert (case.stage, case.unit, case.merged_into_id, case.reopenings) == ("dispatched", B002, None, 1)
    take(world, "receive", case, "bureau002")
    assert take(world, "hand_in", case, "bureau002").stage == "handled"


def test_not_into_itself_nor_into_what_has_ended_or_is_handed_in_or_merged(world: World) -> None:
    case = world.filed()
    main = _main(world)
    merged = _merged(world, main)
    for other in (case, world.closed(), world.handled(), merged):
        with pytest.raises(NoMainCase) as refusal:
            take(world, "merge", case, "lin", into=other.number)
        assert refusal.value.values["number"] == other.number


def test_not_into_a_case_that_rests(world: World) -> None:
    main = take(world, "suspend", _main(world), "supervisor")
    with pytest.raises(NoMainCase):
        _merged(world, main)


def test_not_into_a_case_of_the_unit_it_is_about(world: World) -> None:
    main = take(world, "dispatch", world.filed(), "lin", to=D02)
    with pytest.raises(AboutItself):
        _merged(world, main, about_unit=D02)


def test_nor_does_it_close_with_that_unit_after_a_transfer(world: World) -> None:
    main = _main(world)
    _merged(world, main, about_unit=D02)
    take(world, "transfer", main, "lin", to=D02)
    take(world, "receive", main, "department02")
    take(world, "hand_in", main, "department02")
    take(world, "check", main, "verifier")
    with pytest.raises(AboutItself):
        take(world, "close", main, "operator")


def test_a_merged_case_is_voided_where_it_is_and_its_main_goes_on_without_it(world: World) -> None:
    main = _main(world)
    case = _merged(world, main, identity="named", contact=MRS_CHEN)
    case = take(world, "void", case, "supervisor")
    main.refresh_from_db()
    assert (case.stage, case.merged_into_id, case.merged_at_stage, running(case)) == ("void", None, "", set())
    assert (last_entry(case).event, last_entry(main).event, main.took_in) == ("CaseVoided", "CaseLetGo", 0)
    _handed_in(world, main)
    assert take(world, "close", main, "operator").stage == "closed", "nobody waits for the one that is void"
    with pytest.raises(IllegalStep):
        take(world, "unmerge", case, "lin")


@pytest.mark.parametrize("by", ["lin", "operator", "town01"])
def test_nobody_but_a_supervisor_voids_a_merged_case(world: World, by: str) -> None:
    with pytest.raises((Forbidden, NotFound)):
        take(world, "void", _merged(world, _main(world)), by)


def test_it_must_say_why_and_name_a_case_one_may_see(world: World) -> None:
    main, case = _main(world), world.filed()
    with pytest.raises(ReasonNeeded):
        take(world, "merge", case, "lin", into=main.number, reason="")
    with pytest.raises(NotFound):
        take(world, "merge", case, "lin", into="XA-20260302-999999-0")
    take(world, "merge", case, "lin", into=main.number)
    with pytest.raises(ReasonNeeded):
        take(world, "unmerge", case, "lin", reason="")


@pytest.mark.parametrize("by", ["operator", "verifier"])
def test_an_operator_or_a_verifier_does_not_merge(world: World, by: str) -> None:
    with pytest.raises(Forbidden):
        take(world, "merge", world.filed(), by, into=_main(world).number)


def test_of_two_that_merge_into_one_another_at_once_one_stays_the_main(shared_world: World) -> None:
    one, two = shared_world.filed(), shared_world.filed()
    lin, at = shared_world.actor("lin"), shared_world.later(minutes=1)
    results = at_once(
        [
            lambda: merge_case(one.number, into=two.number, reason="同一处", actor=lin, at=at),
            lambda: merge_case(two.number, into=one.number, reason="同一处", actor=lin, at=at),
        ]
    )
    assert sorted(type(result).__name__ for result in results) == ["Case", "NoMainCase"]
    one.refresh_from_db()
    two.refresh_from_db()
    assert sorted([one.stage, two.stage]) == ["filed", "merged"]
    assert one.took_in + two.took_in == 1
    events = [entry.event for case in (one, two) for entry in trace_of(case)]
    assert (events.count("CaseMerged"), events.count("CaseTookIn")) == (1, 1)
