"""What goes on between the levels, about time, between several cases, and what a reporter does of their own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseVerified:
    """The report was looked into before filing: whether it is true."""

    is_true: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class CaseDispatchedByPhone:
    """A critical case, ordered by telephone; `acknowledged_by` took the order there."""

    unit: str
    acknowledged_by: str
    assisting: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class CaseFiledAfterwards:
    class_code: str
    condition: str


@dataclass(frozen=True, slots=True)
class CaseReclassified:
    """Another class or condition, after filing. The time already spent counts against the new limits."""

    before: str
    class_code: str
    condition: str
    reason: str


@dataclass(frozen=True, slots=True)
class CaseHandedDown:
    """One hop: from a unit to one below it. `part` is whether it leads or assists."""

    by_unit: str
    unit: str
    part: str
    note: str = ""
    commanded_by: int | None = None


@dataclass(frozen=True, slots=True)
class CaseReturnedUp:
    """Returned within a line, to the unit that had handed it down: `unit`, which has it in hand again.

    `times` counts the returns to that unit; a return of the case itself is `CaseReturned`.
    """

    before: str
    unit: str
    reason: str
    proposed_unit: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class CaseTransferred:
    before: str
    unit: str
    reason: str
    assisting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseTakenBack:
    """Back from the unit that had it: to be dispatched anew, or to the desk of whoever handed it down (`unit`)."""

    before: str
    reason: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CaseArbitrated:
    """The supervisor's ruling, which binds."""

    before: str
    unit: str
    reason: str
    on_site: bool = False


@dataclass(frozen=True, slots=True)
class AssistantHandedIn:
    unit: str
    result: str


@dataclass(frozen=True, slots=True)
class AssistantReturned:
    unit: str
    reason: str
    proposed_unit: str = ""


@dataclass(frozen=True, slots=True)
class AssistantExcused:
    """The lead need not wait for a late assistant, who keeps the lateness."""

    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class CoordinationRequested:
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class CoordinationAccepted:
    """`by_silence`: the district did not answer in time, which counts as acceptance (兜底)."""

    unit: str
    by_silence: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class CoordinationDeclined:
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class CasePassedOut:
    unit: str
    firm: str
    task: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class FirmReported:
    """What an outside firm did through its link: `received` or `done`."""

    firm: str
    what: str
    report: str = ""


@dataclass(frozen=True, slots=True)
class CaseAdvised:
    """劝阻: what a station advised, and what came of it."""

    unit: str
    advice: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class CaseAssisted:
    """配合: how a station helped the handler."""

    unit: str
    help: str


@dataclass(frozen=True, slots=True)
class CaseFollowedUp:
    unit: str
    due_on: str
    finding: str
    is_relapse: bool = False


@dataclass(frozen=True, slots=True)
class ExtensionRequested:
    unit: str
    amount: str
    time_unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExtensionGranted:
    unit: str
    before: str
    after: str
    times: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class ExtensionRefused:
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class CaseSuspended:
    awaited: str
    wake_on: str
    reason: str


@dataclass(frozen=True, slots=True)
class CaseResumed:
    """Work goes on; `is_woken` where the day had come and nobody had to."""

    note: str = ""
    is_woken: bool = False


@dataclass(frozen=True, slots=True)
class SuspensionReviewDue:
    """A month of resting is over: the supervisor looks whether what is awaited has come."""

    awaited: str
    next_on: str


@dataclass(frozen=True, slots=True)
class ClockRemindedOf:
    """A clock will fall due soon, and somebody is reminded."""

    clock: str
    due_at: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ClockMoved:
    """A running clock's due time was computed anew from a corrected calendar."""

    clock: str
    before: str
    after: str
    why: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CaseSupervised:
    """督办: `level` 1 to 3; by itself because `clock` is late, or by hand with a text and a time to reply by."""

    level: int
    unit: str
    clock: str = ""
    text: str = ""
    is_manual: bool = False
    reply_due: str = ""


@dataclass(frozen=True, slots=True)
class SupervisionReplied:
    unit: str
    reply: str


@dataclass(frozen=True, slots=True)
class OverdueLifted:
    clocks: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class CaseVoided:
    reason: str


@dataclass(frozen=True, slots=True)
class CaseMerged:
    into: str
    reason: str


@dataclass(frozen=True, slots=True)
class CaseTookIn:
    """Another case was merged into this one."""

    number: str


@dataclass(frozen=True, slots=True)
class CaseUnmerged:
    out_of: str
    reason: str


@dataclass(frozen=True, slots=True)
class CaseLetGo:
    """A case that had been merged into this one stands alone again."""

    number: str


@dataclass(frozen=True, slots=True)
class MergedCaseFollowed:
    """A merged case took part in what happened to its main case."""

    main: str
    step: str


@dataclass(frozen=True, slots=True)
class CaseSplit:
    parts: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class CaseUrged:
    times: int


@dataclass(frozen=True, slots=True)
class NoteAdded:
    """Words were added to a case; they stand beside it, their hash here."""

    kind: str
    text_sha256: str


@dataclass(frozen=True, slots=True)
class CaseWithdrawn:
    """The reporter wants nothing more; what a unit already has in hand goes on without calling them back."""

    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class CaseRated:
    rating: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class CaseDisputed:
    """The reporter does not agree with the closing: the first time that reopens, later it is for the supervisor."""

    reason: str
    times: int
    reopens: bool


@dataclass(frozen=True, slots=True)
class DisputeRefused:
    reason: str
