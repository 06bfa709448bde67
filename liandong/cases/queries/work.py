"""What is done about one case: who was sent it, what was asked and ordered; and the case as its record has it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from liandong.cases.changes.station import hash_of, is_good
from liandong.cases.docket import Docket, state_of
from liandong.cases.docket.papers import BLANK
from liandong.cases.models import (
    Application,
    Assignment,
    Attachment,
    Case,
    ClockMove,
    FollowUp,
    Note,
    OutsideTask,
    Supervision,
)
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.delta import UNTOLD, State, plain, replayed
from liandong.cases.rules.words import Part, WorkState
from liandong.timeline.queries import trace

FIRM: Final = "platform/firm"
"""Who a firm behind a link is, on the record."""


@dataclass(frozen=True, slots=True)
class PapersOfCase:
    """What was asked for, ordered and said beside the steps, the youngest first."""

    applications: tuple[Application, ...]
    supervisions: tuple[Supervision, ...]
    notes: tuple[Note, ...]
    outside_tasks: tuple[OutsideTask, ...]


@dataclass(frozen=True, slots=True)
class PartHeld:
    """A unit's own part of a case: how far it has come, and the unit to which it was handed down, if it was."""

    state: WorkState
    part: str
    handed_to: str


def assignments_of(case: Case) -> QuerySet[Assignment]:
    """Every assignment of a case, in the order in which they were sent."""
    return Assignment.objects.filter(case=case).order_by("id")


def work_of(case: Case, rows: Sequence[Assignment] | None = None) -> list[tuple[Assignment, int]]:
    """The assignments of a case that stand, each with how many hops below the first it is; a line stays together.

    `rows` are all its assignments, where they were read already.
    """
    standing = [
        row
        for row in (assignments_of(case) if rows is None else rows)
        if row.ended_at is None or case.ended_at == row.ended_at
    ]
    roots = [row for row in standing if row.parent_id is None]
    found: list[tuple[Assignment, int]] = []
    row: Assignment | None
    for root in sorted(roots, key=lambda row: ({"lead": 0, "assist": 1}.get(row.part, 2), row.pk)):
        level, row = 0, root
        while row:
            found.append((row, level))
            level += 1
            row = next((other for other in standing if other.parent_id == row.pk), None)
    return found


def holds_a_part(units: Collection[str], *, state: str) -> Q:
    """Cases of which one of `units` has a part: `sent` to it, `in_hand`, or `handed_down` by it to a unit below."""
    standing = Assignment.objects.filter(case=OuterRef("pk"), unit__in=sorted(units), ended_at=None, handed_in_at=None)
    standing = standing.exclude(part=Part.TOLD)
    below = Exists(Assignment.objects.filter(parent=OuterRef("pk"), case=OuterRef("case"), ended_at=None))
    if state == "handed_down":
        return Q(Exists(standing.filter(below)))
    return Q(Exists(standing.filter(~below, received_at__isnull=state == "sent")))


def parts_of(cases: Collection[int], units: Collection[str]) -> dict[int, PartHeld]:
    """What part one of `units` has of each of these cases, by case; one statement."""
    found: dict[int, PartHeld] = {}
    rows = list(Assignment.objects.filter(case__in=cases, ended_at=None).exclude(part=Part.TOLD).order_by("id"))
    lower = {row.parent_id: row for row in rows if row.parent_id is not None}
    for row in rows:
        if row.unit in units and row.case_id not in found:
            last = row
            while last.pk in lower:
                last = lower[last.pk]
            found[row.case_id] = PartHeld(state_of(row), row.part, last.unit if last is not row else "")
    return found


def parts_split_from(case: Case) -> list[Case]:
    """The cases split from a case, in order; no statement where there are none."""
    return list(Case.objects.filter(parent=case).defer("terms").order_by("id")) if case.split_into else []


def asked_in(cases: Collection[int], kind: str) -> dict[int, Application]:
    """The application of a kind that waits for an answer, by case."""
    waiting = Application.objects.filter(case__in=cases, kind=kind, state="asked").order_by("id")
    return {row.case_id: row for row in waiting}


def promised_to(units: Collection[str]) -> Q:
    """Cases to which one of `units` has promised a visit after closing."""
    return Q(pk__in=FollowUp.objects.filter(unit__in=sorted(units), done_at=None).values("case"))


def visits_promised(cases: Collection[int]) -> dict[int, FollowUp]:
    """The next visit promised after closing, by case."""
    promised = FollowUp.objects.filter(case__in=cases, done_at=None).order_by("-due_on")
    return {row.case_id: row for row in promised}


def moves_of(case: Case) -> dict[int, list[ClockMove]]:
    """What moved the clocks of a case, by clock, in order."""
    found: dict[int, list[ClockMove]] = {}
    for move in ClockMove.objects.filter(case=case).order_by("id"):
        found.setdefault(move.clock_id, []).append(move)
    return found


def papers_of(case: Case) -> PapersOfCase:
    """What was asked for, ordered, said and passed out."""
    return PapersOfCase(
        tuple(Application.objects.filter(case=case).order_by("-id")),
        tuple(Supervision.objects.filter(case=case).order_by("-id") if case.supervised else ()),
        tuple(notes_of(case)),
        tuple(outside_tasks_of(case)),
    )


def notes_of(case: Case) -> QuerySet[Note]:
    """The words added to a case, the youngest first."""
    return Note.objects.filter(case=case).order_by("-id")


def follow_ups_of(case: Case) -> QuerySet[FollowUp]:
    """The visits promised after closing, by day."""
    return FollowUp.objects.filter(case=case).order_by("due_on")


def outside_tasks_of(case: Case) -> QuerySet[OutsideTask]:
    """The jobs passed to outside firms, the youngest first."""
    return OutsideTask.objects.filter(case=case).order_by("-id")


def outside_task(token: str, *, at: datetime) -> OutsideTask | None:
    """The job a link is for, while the link is good."""
    found = OutsideTask.objects.select_related("case", "assignment").filter(token_hash=hash_of(token)).first()
    return found if found is not None and is_good(found, at=at) else None


def photos_sent_by_firm(task: OutsideTask) -> int:
    """How many photos came by a link."""
    return Attachment.objects.filter(case=task.case_id, added_by=FIRM, added_at__gte=task.made_at).count()


def replayed_case(case: Case) -> tuple[tuple[State, list[State], list[State]], tuple[State, list[State], list[State]]]:
    """The case, its clocks and assignments twice: as its record gives them back, and as they are stored."""
    tellings: list[dict[str, Any]] = [entry.data.get("became", {}) for entry in trace("case", case.pk)]
    docket = Docket(case, rulebook_for(case.district))
    clocks, work = docket.clocks, docket.assignments
    stored = (
        {name: plain(value) for name, value in vars(case).items() if name in BLANK and name not in UNTOLD},
        [_said(docket.clock_columns(row)) for row in clocks],
        [_said(docket.work_columns(row)) for row in work],
    )
    told = replayed(tellings, blank=BLANK)
    return (told[0], [_said(row) for row in told[1]], [_said(row) for row in told[2]]), stored


def _said(columns: State) -> State:
    """Columns that say something: what was never told is empty."""
    return {name: plain(value) for name, value in columns.items() if value not in (None, "")}
