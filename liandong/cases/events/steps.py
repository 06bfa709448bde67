"""What the steps of a case tell."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseReported:
    number: str
    channel: str
    class_code: str
    nature: str
    urgency: str
    run_by: str
    description_sha256: str
    identity: str
    lon: float | None = None
    lat: float | None = None
    address: str = ""
    external_id: str = ""
    suggested_unit: str = ""


@dataclass(frozen=True, slots=True)
class CaseAccepted:
    class_code: str = ""


@dataclass(frozen=True, slots=True)
class CaseRefused:
    reason: str


@dataclass(frozen=True, slots=True)
class CaseAnswered:
    answer: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class CaseFiled:
    class_code: str
    condition: str


@dataclass(frozen=True, slots=True)
class CaseDeclined:
    reason: str


@dataclass(frozen=True, slots=True)
class CaseDispatched:
    unit: str
    assisting: tuple[str, ...] = ()
    why: str = ""
    note: str = ""
    commanded_by: int | None = None
    """The delegation under which a town ordered a department's local force; nothing where none was needed."""


@dataclass(frozen=True, slots=True)
class CaseReceived:
    unit: str


@dataclass(frozen=True, slots=True)
class CaseReturned:
    unit: str
    reason: str
    proposed_unit: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class CaseContacted:
    reached: bool
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class CaseArrived:
    """`enforcer` and `answers_for`, here and below: who enforced, and the unit that answers for it (执法主体)."""

    lon: float | None = None
    lat: float | None = None
    enforcer: str = ""
    answers_for: str = ""


@dataclass(frozen=True, slots=True)
class CaseWarned:
    """A warning talk: the place or matter, what was said, what came of it. Never who was talked to."""

    unit: str
    matter: str
    said: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class CaseForceRaised:
    """From service to management, or on to enforcement, and why the milder means did not suffice."""

    unit: str
    before: str
    to: str
    reason: str
    enforcer: str = ""
    answers_for: str = ""


@dataclass(frozen=True, slots=True)
class CaseForceAsked:
    """A unit did what it may and asks for a stronger one: from which way of handling to which, and why. No return."""

    unit: str
    before: str
    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class CaseHandedIn:
    unit: str
    result: str
    answer: str = ""
    photos: tuple[str, ...] = ()
    force: str = ""
    enforcer: str = ""
    answers_for: str = ""


@dataclass(frozen=True, slots=True)
class CaseChecked:
    ok: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class CaseCalledBack:
    reached: bool
    attempt: int
    solved: bool | None = None
    satisfaction: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class CaseSentBack:
    unit: str
    reason: str
    times: int = 1
    moved_seconds: int = 0


@dataclass(frozen=True, slots=True)
class CaseClosed:
    closing: str
    level: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CaseReopened:
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class CaseSolvedOnSpot:
    unit: str
    result: str
    before: str
    after: str
    to_be_checked: bool = False
    force: str = ""
