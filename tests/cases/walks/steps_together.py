"""Steps that touch several cases, by the law alone: merged, parted again, split; and what a main case takes along."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.cases.walks.law import AT_UNIT, CLASSES, CONDITIONS, Law, Person
from tests.cases.walks.steps_between import is_about, must_say

UNSENT = {"reported", "accepted", "verified", "filed"}
TOGETHER_FROM = {
    "merge": UNSENT | AT_UNIT,
    "unmerge": {"merged"},
    "split": {"filed", *AT_UNIT},
    "follow_up": {"closed"},
}
PATROL = "310198-P001"
_CLOCK_OF = {"reported": "accept", "accepted": "file", "verified": "file", "filed": "dispatch"}
_PASSED_ON = {"hand_in", "send_back", "close", "refuse", "answer", "decline", "withdraw", "void", "solve_on_spot"}


def awaits_verdict(law: Law, class_code: str) -> bool:
    """Reports of the public are verified where their class demands that."""
    return CLASSES[class_code][2] and law.channel not in ("staff", "split") and not law.verdict


def ask_for_verdict(law: Law) -> None:
    """The patrol of the place verifies too, and sees it therefore."""
    law.start_or_run_on("verify")
    law.also_involved = {PATROL} - {law.about}


def let_follow(main: Law, step: str) -> list[Law]:
    """What a step of a main case does to those merged into it; returns them."""
    if step not in _PASSED_ON or (step == "withdraw" and main.stage != "withdrawn"):
        return []
    following = list(main.taken_in)
    for law in following:
        if step == "hand_in":
            for kind in ("contact", "arrive", "handle"):
                law.stop(kind)
            law.forget_verification()
            if "call_back" in law.demands():
                law.start("call_back")
        elif step == "send_back":
            law.stop("call_back")
            law.run_on("handle")
        elif step == "close":
            law.stop_case_clocks()
            law.stage, law.closing, law.unit = "closed", main.closing, main.unit
            main.taken_in.remove(law)
        else:
            _stand_alone(law)
            main.version += 1
    return following


def _merge(law: Law, who: Person, *, main: Law, reason: str) -> None:
    is_main = main.stage in TOGETHER_FROM["merge"] and main is not law and not main.suspended
    law.refuse(**must_say(reason), NoMainCase=not is_main, AboutItself=bool(main.unit) and is_about(law, main.unit))
    law.merged_at, law.stage = law.stage, "merged"
    for kind in ("accept", "verify", "file", "dispatch"):
        law.stop(kind)
    law.end_all()
    law.place()
    law.start("handle")
    for other in law.taken_in:
        other.merged_into = main
        other.version += 1
    law.merged_into = main
    main.taken_in += [law, *law.taken_in]
    law.taken_in = []
    main.version += 1


def _unmerge(law: Law, who: Person, *, reason: str) -> None:
    law.refuse(**must_say(reason))
    assert law.merged_into is not None
    law.merged_into.version += 1
    _stand_alone(law)


def _stand_alone(law: Law) -> None:
    """As it stood, or waiting to be sent out; its own time to be handled runs only where it had been sent out."""
    assert law.merged_into is not None
    law.merged_into.taken_in.remove(law)
    law.merged_into = None
    law.stop("call_back")
    if not law.first_unit:
        law.stop("handle")
    law.stage = law.merged_at if law.merged_at in UNSENT else "filed"
    law.forget_verification()
    if law.first_unit:
        law.run_on("handle")
    if law.stage == "filed" and not law.condition:
        law.run_on("file")
    if law.stage == "accepted" and awaits_verdict(law, law.class_code):
        ask_for_verdict(law)
    else:
        law.start_or_run_on(_CLOCK_OF[law.stage])


def _split(law: Law, who: Person, *, classes: Sequence[str], reason: str) -> None:
    law.refuse(
        **must_say(reason),
        PartsMissing=not 0 < len(classes) <= 20,
        UnknownClass=any(code not in CLASSES for code in classes),
    )
    for code in classes:
        part = Law(law.at, code, law.run_by, "anonymous", law.urgency, "split", law.about, has_phone=False)
        part.stop("accept")
        part.start("file")
        part.stop("file")
        part.condition, part.stage, part.version = CONDITIONS[code][0], "filed", 3
        part.start("dispatch")
        law.parts.append(part)


TOGETHER: dict[str, Callable[..., None]] = {"merge": _merge, "unmerge": _unmerge, "split": _split}
