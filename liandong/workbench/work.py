"""Who works on a case, level by level, and the papers beside it, as its page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from liandong.cases.docket import state_of
from liandong.cases.queries import hidden_reporter, papers_of, work_of
from liandong.cases.rulebook import Rulebook
from liandong.cases.rules.words import PART_WORDS, WORK_WORDS, Part
from liandong.kernel.refusal import marked
from liandong.people.queries import staff_by_key
from liandong.workbench.rows import unit_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from liandong.cases.models import Assignment, Case

_STATES = {
    "asked": marked("待答复"),
    "granted": marked("已同意"),
    "refused": marked("未同意"),
    "lapsed": marked("已失效"),
}
_KINDS = {"extension": marked("延期"), "coordination": marked("上报协调"), "appeal": marked("申诉")}
_NOTES = {"urge": marked("催办"), "note": marked("补充"), "withdraw": marked("撤诉")}


@dataclass(frozen=True, slots=True)
class WorkShown:
    """One unit's part in a case."""

    unit: str
    part: str
    state: str
    level: int
    sent_at: datetime
    received_at: datetime | None
    handed_in_at: datetime | None
    result: str
    is_lead: bool


@dataclass(frozen=True, slots=True)
class PaperShown:
    """An application, a supervision, a note, a promised visit, a job passed out."""

    what: str
    who: str
    at: datetime
    text: str
    answer: str
    tone: str


def work_shown(case: Case, book: Rulebook, rows: Sequence[Assignment]) -> list[WorkShown]:
    """The units of a case, lines of hops together, what was handed down below what it came from."""
    return [
        WorkShown(
            unit=unit_name(row.unit, book),
            part=_(PART_WORDS[Part(row.part)]),
            state=_(WORK_WORDS[state_of(row)]) if row.part != Part.TOLD else "",
            level=level,
            sent_at=row.sent_at,
            received_at=row.received_at,
            handed_in_at=row.handed_in_at,
            result=row.result,
            is_lead=row.part == Part.LEAD,
        )
        for row, level in work_of(case, rows)
    ]


def units_by_assignment(rows: Sequence[Assignment], book: Rulebook) -> dict[int, str]:
    """The names of the units of a case by the ids of their assignments."""
    return {row.pk: unit_name(row.unit, book) for row in rows}


def papers_shown(case: Case, book: Rulebook) -> list[PaperShown]:
    """The papers of a case, the youngest first."""
    papers = papers_of(case)
    keys = {row.asked_by for row in papers.applications} | {row.made_by for row in papers.supervisions}
    keys |= {row.by for row in papers.notes} | {row.made_by for row in papers.outside_tasks}
    names = {key: name for key, (name, _unit) in staff_by_key(keys).items()} if keys else {}
    if hidden := hidden_reporter(case):
        names[hidden] = _("报告人")
    shown = [
        PaperShown(
            f"{_('申请')} · {_(_KINDS[row.kind])} · {_(_STATES[row.state])}",
            unit_name(row.asked_unit, book) or names.get(row.asked_by, ""),
            row.asked_at,
            row.reason,
            row.answer,
            "amber" if row.state == "asked" else "grey",
        )
        for row in papers.applications
    ]
    shown += [
        PaperShown(
            _("督办 %(level)s 级") % {"level": row.level},
            unit_name(row.unit, book),
            row.made_at,
            row.text,
            row.reply,
            "grey" if row.replied_at else "red",
        )
        for row in papers.supervisions
    ]
    shown += [
        PaperShown(_(_NOTES.get(row.kind, marked("补充"))), names.get(row.by, ""), row.at, row.text, "", "blue")
        for row in papers.notes
    ]
    for task in papers.outside_tasks:
        firm = _("外协：%(firm)s") % {"firm": task.firm}
        maker = names.get(task.made_by, "")
        shown.append(PaperShown(firm, maker, task.made_at, task.task, task.report, "teal"))
    return sorted(shown, key=lambda paper: paper.at, reverse=True)
