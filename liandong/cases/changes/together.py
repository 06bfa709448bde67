"""Several cases: one merged into another and out again, one split into parts. Every reporter and clock is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liandong.cases.changes.command import is_about
from liandong.cases.changes.handling import AboutItself, verification_of
from liandong.cases.changes.intake import Report, accept_case, file_case, new_docket, reason_for
from liandong.cases.changes.verdict import ask_for_verdict, awaits_verdict
from liandong.cases.docket import Docket
from liandong.cases.events import (
    CaseLetGo,
    CaseMerged,
    CaseSplit,
    CaseTookIn,
    CaseUnmerged,
    MergedCaseFollowed,
)
from liandong.cases.rules.redaction import LONGEST
from liandong.cases.rules.verification import Unverified, demanded, missing
from liandong.cases.rules.words import ClockKind, Closing, Identity, Stage
from liandong.cases.rules.workflow import STEPS
from liandong.kernel.refusal import Refusal, marked

MOST_PARTS = 20

_STOPS_WITH_THE_MAIN = (ClockKind.CONTACT, ClockKind.ARRIVE, ClockKind.HANDLE)
_CLOCK_BEFORE = {
    Stage.REPORTED: ClockKind.ACCEPT,
    Stage.ACCEPTED: ClockKind.FILE,
    Stage.VERIFIED: ClockKind.FILE,
    Stage.FILED: ClockKind.DISPATCH,
}


class NoMainCase(Refusal):
    """A case was to be merged into one that has ended, is merged itself, or is the same."""

    status = 409
    says = marked("案件 %(number)s 不能作为并案的主案。")
    remedy = marked("主案须是同一区内另一件尚未反馈的案件；它已并入别案的，请并入那一件。")


class PartsMissing(Refusal):
    """A split into nothing, or into too many."""

    status = 422
    says = marked("拆分须写明 1 至 %(most)s 个部分，各有类别和内容。")
    remedy = marked("请逐项填写后重试。")


@dataclass(frozen=True, slots=True)
class PartOfCase:
    """One part a case is split into; place and reporter stay with the whole."""

    class_code: str
    description: str


def merge_case(docket: Docket, main: Docket, *, reason: str) -> None:
    """并案: the case goes on as part of another. Its own time goes on too; its units are done with it.

    :raises NoMainCase: the other cannot take it in
    :raises AboutItself: the other is with the very unit this one is about
    """
    case, other = docket.case, main.case
    said = reason_for(docket, reason)
    is_ready = Stage(other.stage) in STEPS["merge"].from_ and other.district == case.district
    if not is_ready or other.pk == case.pk or other.suspended_at is not None:
        raise NoMainCase(number=other.number)
    if other.unit and is_about(case, main.rulebook.unit(other.unit), main.rulebook):
        raise AboutItself(unit=main.rulebook.unit(other.unit).name)
    before = case.stage
    docket.advance()
    docket.end_assignments(by="merge")
    docket.place_work()
    docket.start(ClockKind.HANDLE)
    case.merged_into_id, case.merged_at_stage = other.pk, before
    other.took_in += 1 + case.took_in
    case.took_in = 0
    docket.record(CaseMerged(other.number, said))
    main.record(CaseTookIn(case.number))


def merge_along(docket: Docket, main: Docket, *, reason: str) -> None:
    """What had been merged into a case goes with it into the new main case."""
    docket.case.merged_into_id = main.case.pk
    docket.record(CaseMerged(main.case.number, reason))


def unmerge_case(docket: Docket, main: Docket, *, reason: str) -> None:
    """撤销并案: the case stands alone again, where it stood, or waiting to be dispatched where a unit had it."""
    said = reason_for(docket, reason)
    _stand_alone(docket)
    main.case.took_in -= 1
    docket.record(CaseUnmerged(main.case.number, said))
    main.record(CaseLetGo(docket.case.number))


FOLLOWED = frozenset(
    {"hand_in", "send_back", "close", "refuse", "answer", "decline", "withdraw", "void", "solve_on_spot"}
)
"""Steps of a main case in which those merged into it take part."""


def follow_main(docket: Docket, main: Docket) -> None:
    """A merged case takes part in what has just happened to its main case.

    Handed in: its clocks of handling stop, and its own reporter is called back where its class demands that. Sent back:
    they run on. Closed: it closes with its main. Where the main ended in another way, it stands alone as it did before.

    :raises Unverified: the main was closed while this reporter still has to be called, or said it is not solved
    :raises AboutItself: the main was handled by the very unit this one is about
    """
    code = main.step.code
    match code:
        case "hand_in":
            for clock in docket.running(*_STOPS_WITH_THE_MAIN):
                docket.stop(clock, by=code)
            docket.forget_verification()
            if "call_back" in demanded(verification_of(docket)):
                docket.start(ClockKind.CALL_BACK)
        case "send_back":
            for clock in docket.running(ClockKind.CALL_BACK):
                docket.stop(clock, by=code)
            docket.resume(ClockKind.HANDLE)
        case "close":
            _close_with(docket, main)
        case _:
            _stand_alone(docket)
            main.case.took_in -= 1
            main.record(CaseLetGo(docket.case.number))
    docket.record(MergedCaseFollowed(main.case.number, code))


def split_case(docket: Docket, parts: Sequence[PartOfCase], *, reason: str) -> list[Docket]:
    """拆分: each part becomes a case of its own, filed and waiting to be dispatched; the whole waits for them.

    :raises PartsMissing: no part, or too many
    """
    reason_for(docket, reason)
    if not 0 < len(parts) <= MOST_PARTS:
        raise PartsMissing(most=MOST_PARTS)
    docket.advance()
    return [_part_of(docket, part) for part in parts]


def tell_of_split(docket: Docket, numbers: Sequence[str], *, reason: str) -> None:
    """Record on the whole which cases its parts have become."""
    docket.case.split_into += len(numbers)
    docket.record(CaseSplit(tuple(numbers), reason_for(docket, reason)))


def _stand_alone(docket: Docket) -> None:
    """Let a merged case stand where it stood, or wait to be sent out where a unit had it; its clock of that runs on.

    The time to handle it goes on where it had been sent to a unit. Where it had not, that ran for the main case alone,
    and begins with its own first dispatch. What was dispatched by telephone is still to be filed.
    """
    case, before = docket.case, Stage(docket.case.merged_at_stage)
    stage = before if before in _CLOCK_BEFORE else Stage.FILED
    ran_for_the_main = (ClockKind.CALL_BACK,) if case.first_unit else (ClockKind.CALL_BACK, ClockKind.HANDLE)
    for clock in docket.running(*ran_for_the_main):
        docket.stop(clock, by=docket.step.code)
    docket.stand_at(stage)
    docket.forget_verification()
    if case.first_unit:
        docket.resume(ClockKind.HANDLE)
    if stage is Stage.FILED and not case.condition:
        docket.resume(ClockKind.FILE)
    if stage is Stage.ACCEPTED and awaits_verdict(docket):
        ask_for_verdict(docket)
    elif docket.last_clock(_CLOCK_BEFORE[stage]) is None:
        docket.start(_CLOCK_BEFORE[stage])
    else:
        docket.resume(_CLOCK_BEFORE[stage])
    case.merged_into_id, case.merged_at_stage = None, ""


def _close_with(docket: Docket, main: Docket) -> None:
    case, unit = docket.case, main.rulebook.unit(main.case.unit)
    if main.case.closing != Closing.SPECIAL and "call_back" in missing(verification_of(docket)):
        raise Unverified(missing=marked("回访"))
    if is_about(case, unit, main.rulebook):
        raise AboutItself(unit=unit.name)
    for clock in docket.running():
        docket.stop(clock, by="close")
    docket.stand_at(Stage.CLOSED)
    case.merged_at_stage, case.closing, case.answer = "", main.case.closing, main.case.answer
    case.unit, case.solved_level, case.solved_force = main.case.unit, main.case.solved_level, main.case.solved_force


def _part_of(docket: Docket, part: PartOfCase) -> Docket:
    case = docket.case
    report = Report(
        part.class_code,
        part.description,
        "split",
        urgency=case.urgency,
        lon=case.lon,
        lat=case.lat,
        area=case.area,
        address=case.address,
        identity=Identity.ANONYMOUS.value,
        about_unit=case.about_unit,
        longest=LONGEST,
    )
    made = new_docket(report, rulebook=docket.rulebook, actor=docket.actor, at=docket.at)
    made.case.run_by, made.case.reporter, made.case.parent_id = case.run_by, None, case.pk
    for code, change in (("accept", accept_case), ("file", file_case)):
        made.begin(code, actor=docket.actor, at=docket.at)
        change(made)
    return made
