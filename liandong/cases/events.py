"""What can happen to a case. Recording one of these is the audit row and the announcement.

Descriptions and personal data never stand here: the description is kept once on the case, its hash stands below.
"""

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
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class CaseHandedIn:
    unit: str
    result: str
    answer: str = ""
    photos: tuple[str, ...] = ()


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
