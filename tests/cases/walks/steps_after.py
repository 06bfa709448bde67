"""The steps after the work is done: checked, asked, sent back, closed, reopened; by the law alone."""

from __future__ import annotations

from collections.abc import Callable

from tests.cases.walks import hours
from tests.cases.walks.law import CLASSES, CONDITIONS, FORCES, Law, Person
from tests.cases.walks.steps_between import carries, is_about, must_say

UNSENT = {"reported", "accepted", "verified", "filed"}
REOPENS_WITHIN = 30 * hours.DAY


def _check(law: Law, who: Person, *, ok: bool) -> None:
    law.refuse(OwnWork=bool(who.units & {law.unit, *law.involved()}))
    law.checked = "ok" if ok else "not_ok"
    law.stop("check")


def _call_back(
    law: Law, who: Person, *, reached: bool, solved: bool | None = None, satisfaction: int | None = None
) -> None:
    law.refuse(SatisfactionOutOfRange=satisfaction is not None and not 1 <= satisfaction <= 5)
    law.calls += 1
    law.called_since = law.at if law.called_since is None else law.called_since
    if reached:
        law.called = "solved" if solved else "not_solved"
        law.stop("call_back")
    elif law.called not in ("solved", "not_solved"):
        # Whoever has answered is not "nobody reached", however often they are called afterwards.
        law.called = "unreached"
        if law.calls >= 3 and hours.day_of(law.at) > hours.day_of(law.called_since):
            law.called = "given_up"
            law.stop("call_back")
            if "check" in law.demands() and not law.checked and law.stage == "handled":
                law.start("check")


def _send_back(law: Law, who: Person, *, reason: str) -> None:
    law.refuse(**must_say(reason))
    line = law.line(law.lead())
    law.stage, law.reworks = "dispatched", law.reworks + 1
    law.stop("check")
    law.stop("call_back")
    law.run_on("handle")
    law.send_again(line)
    law.forget_verification()


def _close(law: Law, who: Person, *, closing: str = "", reason: str = "") -> None:
    # Every reporter of what was merged into it is called first, and none of it is about the unit that handled it.
    uncalled = any("call_back" in merged.lacks() for merged in law.taken_in)
    waits = any(part.ended is None for part in law.parts)
    law.refuse(
        PartsOpen=waits and not (reason.strip() and who.role in ("supervisor", "platform")),
        AboutItself=any(is_about(merged, law.unit) for merged in law.taken_in),
        NotFiledYet=not law.condition,
        OwnWork=law.handled_by == who.key and who.role != "platform",
        UnknownClosing=closing not in ("", "special", "error"),
        ReasonNeeded=bool(closing) and not reason.strip(),
        NotReadyForSpecialClosing=closing == "special" and law.reworks < 2 and who.role != "platform",
        Unverified=closing != "special" and (bool(law.lacks()) or uncalled),
    )
    is_late = any(clock["kind"] == "handle" and clock["late"] is not None for clock in law.clocks)
    law.stage, law.closing = "closed", closing or ("late" if is_late else "normal")
    law.stop_case_clocks()
    unit = law.unit
    helped = law.involved()
    law.end_all()
    law.unit, law.also_involved = unit, helped
    if days := CLASSES[law.class_code][4]:
        law.visits |= {hours.day_of(law.at) + day for day in days}
        law.also_involved |= {"310198-S001"} - {law.unit}


def _reopen(law: Law, who: Person, *, reason: str) -> None:
    law.refuse(**must_say(reason), ReopeningTooLate=_is_too_late(law))
    _back(law)


def _is_too_late(law: Law) -> bool:
    return law.ended is None or law.at > law.ended + REOPENS_WITHIN


def _back(law: Law) -> None:
    """To its unit again, down the line it came, with a new time to handle it."""
    law.asked.pop("appeal", None)
    law.stage, law.reopenings = "dispatched", law.reopenings + 1
    law.start("handle")
    if law.merged_into is not None:
        # It closed with its main case: to the unit that had handled that one.
        law.first_unit, law.merged_into = law.first_unit or law.unit, None
        sent = law.send(law.unit, "lead")
        law.place()
        law.start_hop(sent)
    else:
        ended = [row for row in law.rows if row["part"] == "lead" and not row["returned"]]
        last = max(row["ended"] for row in ended)
        lowest = [row for row in ended if row["ended"] == last][-1]
        law.send_again(law.line(lowest))
    law.closing, law.handled_by, law.rating = "", "", None
    law.forget_verification()


def _solve(law: Law, who: Person, *, result: str, before: str, after: str) -> None:
    unit = who.unit  # whoever is lent to a team keeps home unit and force, so that it comes first
    law.refuse(
        **must_say(result),
        PhotosMissing=not before or not after or before == after,
        UnknownUnit=not unit,
        BeyondThePostsForce=bool(unit) and carries(unit) < FORCES.index(law.force),
        AboutItself=bool(unit) and is_about(law, unit),
    )
    law.stage, law.closing, law.handled_by = "closed", "normal", who.key
    law.stop_case_clocks()
    law.first_unit = law.first_unit or unit
    law.unit = unit
    law.send(unit, "lead")["ended"] = law.at
    law.condition = law.condition or CONDITIONS[law.class_code][0]


def _void(law: Law, who: Person, *, reason: str) -> None:
    law.refuse(**must_say(reason))
    if law.stage == "merged" and law.merged_into is not None:
        law.merged_into.taken_in.remove(law)
        law.merged_into.version += 1
        law.merged_into = None
    _drop(law, "void")


def _follow_up(law: Law, who: Person, *, reason: str, is_relapse: bool) -> None:
    due = {day for day in law.visits if day <= hours.day_of(law.at)}
    law.refuse(**must_say(reason), NoVisitDue=not due)
    law.visits.remove(min(due))
    if is_relapse:
        _back(law)


def _drop(law: Law, stage: str) -> None:
    law.stage = stage
    law.stop_case_clocks()
    unit, helped = law.unit, law.involved()
    law.end_all()
    law.unit, law.also_involved = unit, helped
    law.suspended = False


def _withdraw(law: Law, who: Person) -> None:
    law.refuse(AlreadyWithdrawn=law.withdrawn)
    law.withdrawn = True
    if law.stage in UNSENT:
        return _drop(law, "withdrawn")
    if law.clock("call_back") is not None:
        law.stop("call_back")
        if "check" in law.demands() and not law.checked and law.stage == "handled":
            law.start("check")
    return None


def _urge(law: Law, who: Person) -> None:
    law.refuse()
    law.urges += 1


def _rate(law: Law, who: Person, *, rating: int) -> None:
    law.refuse(RatingOutOfRange=not 1 <= rating <= 5, AlreadyRated=law.rating is not None)
    law.rating = rating


def _dispute(law: Law, who: Person, *, reason: str) -> None:
    reopens = law.disputes < 1
    law.refuse(
        **must_say(reason), ReopeningTooLate=_is_too_late(law), AlreadyAsked=not reopens and "appeal" in law.asked
    )
    law.disputes += 1
    if reopens:
        _back(law)
    else:
        law.asked["appeal"] = ""


def _refuse_dispute(law: Law, who: Person, *, reason: str) -> None:
    law.refuse(**must_say(reason), NothingAsked="appeal" not in law.asked)
    law.settle("appeal", "refused")


AFTER: dict[str, Callable[..., None]] = {
    "check": _check,
    "call_back": _call_back,
    "send_back": _send_back,
    "close": _close,
    "reopen": _reopen,
    "solve_on_spot": _solve,
    "void": _void,
    "follow_up": _follow_up,
    "urge": _urge,
    "withdraw": _withdraw,
    "rate": _rate,
    "dispute": _dispute,
    "refuse_dispute": _refuse_dispute,
}
