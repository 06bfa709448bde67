"""One step on many cases: each row by the ordinary operation, done once, refused alone, and resumable."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from liandong.cases.models import Batch, BatchRow, Case
from liandong.cases.operations import BATCH_VERBS, ask_for_batch, remind_unit, retry_batch, run_batches
from liandong.cases.operations import batches as running
from liandong.cases.operations.batches import (
    NothingChosen,
    NothingToRemindOf,
    TooManyRows,
    UnknownBatchStep,
)
from liandong.cases.queries import batch_for, trace_of
from liandong.people.access import Forbidden, NotFound, platform
from liandong.people.models import User
from liandong.timeline.queries import trace
from tests.cases.paths import last_entry
from tests.world import World


def _ask(world: World, verb: str, cases: list[Case], by: str = "lin", **details: str) -> Batch:
    for case in cases:
        case.refresh_from_db()
    chosen = [(case.number, case.version) for case in cases]
    return ask_for_batch(chosen, verb=verb, actor=world.actor(by), at=world.later(minutes=1), details=details)


def _run(world: World, most: int = 200) -> int:
    return run_batches(actor=platform("batches"), at=world.later(minutes=1), most=most)


def _came_of(batch: Batch) -> list[tuple[str, str]]:
    return list(BatchRow.objects.filter(batch=batch).order_by("place").values_list("state", "refusal"))


CASES: dict[str, tuple[Callable[[World], Case], str, str]] = {
    "accept": (lambda world: world.report(), "operator", "accepted"),
    "dispatch": (lambda world: world.filed(), "lin", "dispatched"),
    "receive": (lambda world: world.dispatched(), "bureau002", "received"),
    "remind": (lambda world: world.dispatched(), "lin", "dispatched"),
}


@pytest.mark.parametrize("verb", BATCH_VERBS)
def test_each_step_is_taken_on_every_case_by_whoever_asked(world: World, verb: str) -> None:
    make, by, stage = CASES[verb]
    cases = [make(world) for _ in range(3)]
    batch = _ask(world, verb, cases, by)
    assert _run(world) == 3
    assert _came_of(batch) == [("done", "")] * 3
    for case in cases:
        case.refresh_from_db()
        assert case.stage == stage
        assert last_entry(case).actor == f"user/{by}"
    batch.refresh_from_db()
    assert batch.ended_at is not None
    told = trace("account", world.actor(by).user_id or 0).last()
    assert told is not None
    assert (told.event, told.data["verb"], told.data["count"]) == ("BatchAsked", verb, 3)


def test_a_unit_named_for_all_gets_all_with_the_note(world: World) -> None:
    cases = [world.filed(), world.filed()]
    _ask(world, "dispatch", cases, to="310198-B002", note="雨前办完")
    _run(world)
    for case in cases:
        case.refresh_from_db()
        assert case.unit == "310198-B002"
        assert last_entry(case).data["note"] == "雨前办完"


def test_one_refused_row_stops_no_other_and_says_why(world: World) -> None:
    good, early, changed = world.filed(), world.report(), world.filed()
    batch = _ask(world, "dispatch", [early, good, changed])
    world.do("place_case", changed, "lin", lon=121.405, lat=31.011)
    stranger = BatchRow.objects.create(batch=batch, place=9, number="ZZ-20260302-000001-0", version=1)
    _run(world)
    assert _came_of(batch) == [
        ("refused", "illegal_step"),
        ("done", ""),
        ("refused", "stale_version"),
        ("refused", "not_found"),
    ]
    row = BatchRow.objects.get(batch=batch, number=early.number)
    assert row.values == {"stage": "待受理", "step": "派遣"}
    assert "不能执行" in row.says
    stranger.refresh_from_db()
    assert stranger.done_at is not None


def test_a_batch_goes_on_where_it_was_left_and_takes_no_row_twice(world: World) -> None:
    cases = [world.filed() for _ in range(5)]
    batch = _ask(world, "dispatch", cases)
    assert [_run(world, most=2), _run(world, most=2), _run(world, most=2), _run(world, most=2)] == [2, 2, 1, 0]
    for case in cases:
        assert [entry.event for entry in trace_of(case)].count("CaseDispatched") == 1
    batch.refresh_from_db()
    assert batch.ended_at is not None


def test_a_row_whose_process_dies_before_the_commit_is_taken_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world.filed()
    batch = _ask(world, "dispatch", [case])

    class Killed(BaseException):
        pass

    def dies(*_arguments: object, **_named: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(BatchRow, "save", dies)
        with pytest.raises(Killed):
            _run(world)
    case.refresh_from_db()
    assert (case.stage, _came_of(batch)) == ("filed", [("waiting", "")])
    _run(world)
    assert _came_of(batch) == [("done", "")]


def test_what_goes_wrong_in_the_database_is_one_rows_misfortune(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [world.filed(), world.filed()]
    batch = _ask(world, "dispatch", cases)
    take = BATCH_VERBS["dispatch"].take

    def spoiled(number: str, **details: object) -> Case:
        case = take(number, **details)
        if number == cases[0].number:
            Case.objects.filter(pk=case.pk).update(stage="nowhere")
        return case

    verb = running.BatchVerb("dispatch", "cases.dispatch", spoiled, ("to", "note"))
    monkeypatch.setitem(BATCH_VERBS, "dispatch", verb)
    _run(world)
    assert _came_of(batch) == [("refused", "row_failed"), ("done", "")]
    cases[0].refresh_from_db()
    assert cases[0].stage == "filed"


def test_who_left_meanwhile_takes_no_step_any_more(world: World) -> None:
    batch = _ask(world, "dispatch", [world.filed()])
    User.objects.filter(username="lin").update(is_active=False)
    _run(world)
    assert _came_of(batch) == [("refused", "not_found")]


def test_the_refused_are_asked_for_again_as_they_are_now(world: World) -> None:
    done, early = world.filed(), world.report()
    batch = _ask(world, "dispatch", [done, early])
    _run(world)
    world.do("accept_case", early, "operator")
    world.do("file_case", early, "operator")
    again = retry_batch(batch.pk, actor=world.actor("lin"), at=world.at)
    _run(world)
    assert list(BatchRow.objects.filter(batch=again).values_list("number", "state")) == [(early.number, "done")]
    with pytest.raises(NothingChosen):
        retry_batch(again.pk, actor=world.actor("lin"), at=world.at)


def test_a_batch_is_shown_to_whoever_asked_and_to_nobody_else(world: World) -> None:
    batch = _ask(world, "dispatch", [world.filed()])
    assert batch_for(world.actor("lin"), batch.pk) == batch
    with pytest.raises(NotFound):
        batch_for(world.actor("supervisor"), batch.pk)
    with pytest.raises(NotFound):
        retry_batch(batch.pk, actor=world.actor("supervisor"), at=world.at)


def test_a_batch_that_cannot_be_is_refused_by_name(world: World) -> None:
    lin = world.actor("lin")
    with pytest.raises(NothingChosen):
        ask_for_batch([], verb="dispatch", actor=lin, at=world.at)
    with pytest.raises(TooManyRows):
        ask_for_batch([(str(place), 1) for place in range(1001)], verb="dispatch", actor=lin, at=world.at)
    with pytest.raises(UnknownBatchStep):
        ask_for_batch([("x", 1)], verb="close", actor=lin, at=world.at)
    with pytest.raises(Forbidden):
        ask_for_batch([("x", 1)], verb="accept", actor=lin, at=world.at)


def test_a_reminder_is_told_to_the_unit_and_moves_nothing(world: World) -> None:
    case = world.dispatched()
    before = Case.objects.get(pk=case.pk)
    remind_unit(case.number, note="居民再次来电13812345678", actor=world.actor("lin"), at=world.later(hours=1))
    after = Case.objects.get(pk=case.pk)
    assert (after.version, after.due_at, after.stage) == (before.version, before.due_at, before.stage)
    told = last_entry(case)
    assert (told.event, told.data["unit"]) == ("CaseRemindedOf", case.unit)
    assert "13812345678" not in str(told.data)
    assert case.unit in told.hearers


@pytest.mark.parametrize("make", ["filed", "handled", "closed"])
def test_nobody_is_reminded_of_what_no_unit_has_in_hand(world: World, make: str) -> None:
    case = getattr(world, make)()
    with pytest.raises(NothingToRemindOf):
        remind_unit(case.number, actor=world.actor("lin"), at=world.at)


def test_only_those_who_send_cases_out_remind_of_them(world: World) -> None:
    case = world.dispatched()
    with pytest.raises(Forbidden):
        remind_unit(case.number, actor=world.actor("bureau002"), at=world.at)
    with pytest.raises(NotFound):
        remind_unit(case.number, actor=world.actor("bureau001"), at=world.at)
