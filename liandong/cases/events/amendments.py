"""What happens to a case besides its steps."""

from __future__ import annotations

from dataclasses import dataclass


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
class FileAttached:
    """A file that is no photo. Its label stays on the row: a timeline cannot be blanked."""

    purpose: str
    kind: str
    sha256: str


@dataclass(frozen=True, slots=True)
class FileQuarantined:
    """The virus scanner found something in a file; it was refused, or taken away afterwards."""

    purpose: str
    sha256: str
    signature: str


@dataclass(frozen=True, slots=True)
class ActClaimed:
    """The step noted next was done earlier, without a network: when, by the account of the device that did it.

    `claimed_at` is in our time, empty where the device's clock was set in between; `by_device` is what it said.
    """

    step: str
    claimed_at: str
    by_device: str


@dataclass(frozen=True, slots=True)
class EvidenceFlagged:
    """A proof of work raised doubts. `reasons` are codes; the numbers behind them stand on the flags."""

    sha256: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceFlagDismissed:
    sha256: str
    reason: str
    why: str


@dataclass(frozen=True, slots=True)
class ReporterRevealed:
    purpose: str


@dataclass(frozen=True, slots=True)
class ReporterKeptConfidential:
    """The reporter asked that handlers see no contact."""


@dataclass(frozen=True, slots=True)
class CasesExported:
    """A list of cases was handed out as a file. `asked` is its filter; not `is_whole` when the reader left early."""

    count: int
    is_whole: bool
    asked: dict[str, str]


@dataclass(frozen=True, slots=True)
class CaseAnonymised:
    """What identified the reporter was destroyed, after so many days or for a reason; `is_blanked` with the words."""

    after_days: int
    is_blanked: bool = False
    reason: str = ""
