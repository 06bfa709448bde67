"""What can happen to a case. Recording one of these is the audit row and the announcement.

Descriptions and personal data never stand here: the description is kept once on the case, its hash stands below.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


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


@dataclass(frozen=True, slots=True)
class CasePlaced:
    lon: float
    lat: float
    area: str
    address: str = ""
    suggested_unit: str = ""


@dataclass(frozen=True, slots=True)
class ClockFellDue:
    clock: str
    due_at: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class PhotoAdded:
    purpose: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ReporterRevealed:
    purpose: str


@dataclass(frozen=True, slots=True)
class CatalogueLoaded:
    classes: int
    conditions: int
    limits: int
    responsibilities: int


@dataclass(frozen=True, slots=True)
class CasesExported:
    """A list of cases was handed out as a file. `asked` is its filter; not `is_whole` when the reader left early."""

    count: int
    is_whole: bool
    asked: dict[str, str]


@dataclass(frozen=True, slots=True)
class MatrixRowWords:
    """Whom a row of the matrix names, as it stood before or after a change."""

    lead: str
    assisting: tuple[str, ...]
    fallback: str
    reason: str


@dataclass(frozen=True, slots=True)
class MatrixDraftOpened:
    number: int
    title: str
    based_on: int


@dataclass(frozen=True, slots=True)
class MatrixRowSet:
    """A row of a draft was stated or changed; `before` is missing where there was none. `revision` is the draft's."""

    class_prefix: str
    area_prefix: str
    condition: str
    revision: int
    after: MatrixRowWords
    before: MatrixRowWords | None = None


@dataclass(frozen=True, slots=True)
class MatrixRowRemoved:
    class_prefix: str
    area_prefix: str
    condition: str
    revision: int
    before: MatrixRowWords


@dataclass(frozen=True, slots=True)
class MatrixDraftCaughtUp:
    """A draft took over what was published since it was opened, but for the rows it had changed itself."""

    number: int
    onto: int
    revision: int
    taken: int
    kept: int


@dataclass(frozen=True, slots=True)
class MatrixPublished:
    number: int
    title: str
    since_on: date
    rows: int
    changes: int = 0


@dataclass(frozen=True, slots=True)
class MatrixDraftDropped:
    number: int
    title: str
    revision: int
