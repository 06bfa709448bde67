"""What happens between matters: reports joined, problems that come back or last, replies offered and taken."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReporterJoined:
    """`number` is what this reporter was told; `reporters` how many there are now. Their words stand by their hash."""

    number: str
    channel: str
    identity: str
    reporters: int
    note_sha256: str = ""


@dataclass(frozen=True, slots=True)
class JoinedReporterRevealed:
    number: str
    purpose: str


@dataclass(frozen=True, slots=True)
class JoinedReporterCalledBack:
    number: str
    reached: bool
    attempt: int
    solved: bool | None = None
    satisfaction: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class CaseRecurred:
    """The case is the return of another that was closed so many days before, or of itself where it was reopened."""

    of: str
    kind: str
    days: int
    times: int = 1


@dataclass(frozen=True, slots=True)
class CaseCameBack:
    """What was solved in this case came back as a new one."""

    number: str
    days: int
    times: int = 1


@dataclass(frozen=True, slots=True)
class CaseLinkedToProblem:
    problem: int
    title: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CaseUnlinkedFromProblem:
    problem: int
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProblemOpened:
    title: str
    class_code: str
    owner_unit: str
    description: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class ProblemChanged:
    title: str
    owner_unit: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class ProblemCaseLinked:
    number: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProblemCaseUnlinked:
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProblemSolved:
    reason: str


@dataclass(frozen=True, slots=True)
class ProblemReopened:
    reason: str


@dataclass(frozen=True, slots=True)
class ReplyTemplateWritten:
    """A template as it stands from this version on."""

    title: str
    class_prefix: str
    step: str
    text: str
    version: int


@dataclass(frozen=True, slots=True)
class ReplyTemplateRetired:
    title: str
    version: int


@dataclass(frozen=True, slots=True)
class RepliesOffered:
    """What was offered to whoever takes a step: templates by id and version, earlier cases by number."""

    step: str
    templates: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplyTaken:
    """What became of an offer: `fate` is taken or edited, `source` `template/<id>` or `case/<number>`."""

    step: str
    source: str
    fate: str
