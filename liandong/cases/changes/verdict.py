"""核实: whether what was reported is so, before it is filed. Which reports are verified, and by whom."""

from __future__ import annotations

from liandong.cases.docket import Docket
from liandong.cases.events import CaseVerified
from liandong.cases.rules.redaction import remark
from liandong.cases.rules.words import ClockKind
from liandong.kernel.refusal import Refusal, marked

TRUSTED_CHANNELS = frozenset({"staff", "leaders", "split"})
"""Channels whose reports are never verified before filing: staff's own, leaders' instructions, parts of a case."""


class VerdictAwaited(Refusal):
    """Filing before the report was verified, where its class demands that."""

    status = 409
    says = marked("本类报告须先核实，再立案。")
    remedy = marked("请等核查员核实；属巡查人员自报或领导批示的，无须核实。")


class ReportUntrue(Refusal):
    """Filing what was found to be untrue."""

    status = 409
    says = marked("核实结果为“不属实”，不能立案。")
    remedy = marked("请不予立案，并说明理由。")


def verify_report(docket: Docket, *, is_true: bool, note: str = "") -> None:
    """核实: somebody looked whether what was reported is so, before it is filed."""
    docket.advance()
    docket.case.verdict = "true" if is_true else "untrue"
    docket.start(ClockKind.FILE)
    docket.record(CaseVerified(is_true, remark(note)))


def awaits_verdict(docket: Docket, class_code: str = "") -> bool:
    """Whether the report must still be verified: as its class demands, but never one of staff or of a leader.

    `class_code` is the class it is about to have, its own if empty.
    """
    case = docket.case
    needs = docket.rulebook.policy(class_code or case.class_code).verify_report
    return needs and case.channel not in TRUSTED_CHANNELS and not case.verdict


def ask_for_verdict(docket: Docket) -> None:
    """Let the clock of verifying run, and show the report to the patrol of the place, who verify besides verifiers.

    They see it until it is sent to somebody; one that is about them they never see.
    """
    case, book = docket.case, docket.rulebook
    if docket.last_clock(ClockKind.VERIFY) is None:
        docket.start(ClockKind.VERIFY)
    else:
        docket.resume(ClockKind.VERIFY)
    town, day = book.by_place.get(("town", case.area[:9])), book.day_of(docket.at)
    teams = [book.units[code] for code in book.all_by_place.get(("team", case.area[:9]), ())]
    # Teams of departments answer for towns too, and those of assistants stand a level below.
    patrols = [unit.code for unit in teams if unit.parent == town and unit.level == "town" and unit.holds_on(day)]
    case.involved = [code for code in patrols if code != case.about_unit]
