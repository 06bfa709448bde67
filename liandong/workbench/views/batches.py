"""Many cases at once: what a step would do to each, the asking, its progress, and what came of every row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.cases.docket import thing_of
from liandong.cases.operations import BATCH_VERBS, ask_for_batch, retry_batch
from liandong.cases.operations.batches import AT_UNIT, MOST_ROWS, UnknownBatchStep
from liandong.cases.queries import batch_for, permitted_cases, rows_of_batch
from liandong.cases.queries.asking import order_in, question_in
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.words import STAGE_WORDS, Stage
from liandong.cases.rules.workflow import STEPS
from liandong.people.access import Actor, act_word
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.workbench.paging import page_of
from liandong.workbench.rows import row_of, unit_name

if TYPE_CHECKING:
    from liandong.cases.models import BatchRow, Case

STEPS_OF_MANY: Final = ("cases.accept", "cases.dispatch", "cases.receive", "cases.remind")
SHOWN_REFUSALS: Final = 200


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a step would do to one case: the unit it would go to, or why it would be refused."""

    number: str
    kind: str
    where: str
    stage: str
    unit: str
    obstacle: str


@desk(*STEPS_OF_MANY)
@require_POST
def preview(request: DeskRequest) -> HttpResponse:
    """What the step would do to each of the chosen cases, before anything is done."""
    at, verb = timezone.now(), request.POST.get("verb", "")
    if verb not in BATCH_VERBS:
        raise UnknownBatchStep(verb=verb[:20])
    cases, versions = chosen_cases(request, at=at)
    to = request.POST.get("to", "")
    foreseen = [foresee(case, verb, request.actor, to=to, at=at) for case in cases]
    refused = [one for one in foreseen if one.obstacle]
    book = rulebook_for(district_of(request.actor))
    context = {
        "verb": verb,
        "word": _(act_word(BATCH_VERBS[verb].act)),
        "details": BATCH_VERBS[verb].details,
        "asked": request.POST,
        "picked": unit_name(to, book),
        "chosen": " ".join(f"{case.number}:{versions.get(case.number, case.version)}" for case in cases),
        "count": len(cases),
        "good": len(cases) - len(refused),
        "bad": len(refused),
        "refused": refused[:SHOWN_REFUSALS],
        "foreseen": [one for one in foreseen if not one.obstacle][:SHOWN_REFUSALS],
        "query": request.POST.get("query", "")[:2000],
        "most": MOST_ROWS,
    }
    return render(request, "workbench/batch_preview.html", context)


@desk(*STEPS_OF_MANY)
@require_POST
def ask(request: DeskRequest) -> HttpResponse:
    """Ask for the step on the cases of the preview; a worker begins within a second."""
    details = {name: request.POST.get(name, "") for name in ("to", "note")}
    batch = ask_for_batch(
        list(_numbers(request.POST.get("chosen", "").split())),
        verb=request.POST.get("verb", ""),
        details=details,
        actor=request.actor,
        at=timezone.now(),
    )
    return HttpResponseRedirect(reverse("workbench:batch", args=[batch.pk]))


@desk(*STEPS_OF_MANY)
@require_safe
def batch(request: DeskRequest, pk: int) -> HttpResponse:
    """How far a batch is and, row by row, what was refused and why; it goes on without its reader."""
    found = batch_for(request.actor, pk)
    rows = list(rows_of_batch(found))
    done = sum(row.state == "done" for row in rows)
    refused = [row for row in rows if row.state == "refused"]
    context = {
        "batch": found,
        "word": _(act_word(BATCH_VERBS[found.verb].act)),
        "total": len(rows),
        "done": done,
        "refused": [_refusal(row) for row in refused[:SHOWN_REFUSALS]],
        "refused_count": len(refused),
        "taken": done + len(refused),
        "finished": [row.number for row in rows if row.state == "done"][:SHOWN_REFUSALS],
    }
    part = request.GET.get("part") == "progress"
    return render(request, "workbench/batch_progress.html" if part else "workbench/batch.html", context)


@desk(*STEPS_OF_MANY)
@require_POST
def retry(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask again for the rows that were refused."""
    again = retry_batch(pk, actor=request.actor, at=timezone.now())
    return HttpResponseRedirect(reverse("workbench:batch", args=[again.pk]))


def chosen_cases(request: DeskRequest, *, at: datetime) -> tuple[list[Case], dict[str, int]]:
    """The cases chosen on a list, or all its filter finds, as far as they may be seen; and the versions that were seen.

    One more than a batch takes is enough to know that there are too many.
    """
    seen = permitted_cases(request.actor).defer("terms")
    if request.POST.get("all") == "yes":
        asked = QueryDict(request.POST.get("query", "")[:2000])
        question = question_in(asked)
        settled = question.settled(request.actor, at=at)
        found, _after = page_of(
            settled.apply(seen),
            order=order_in(asked, question, usual=request.POST.get("order", "newest")),
            text=settled.text,
            after="",
            size=MOST_ROWS,
            seen=settled.narrowed(seen),
        )
        return found, {}
    versions = dict(_numbers([*request.POST.getlist("case"), *request.POST.get("chosen", "").split()]))
    cases = {case.number: case for case in seen.filter(number__in=list(versions)[:MOST_ROWS])}
    return [cases[number] for number in versions if number in cases], versions


def foresee(case: Case, verb: str, actor: Actor, *, to: str, at: datetime) -> Foreseen:
    """What a step would do to a case, by its stage, the actor's rights and the unit it would go to; no statement."""
    book, act = rulebook_for(case.district), BATCH_VERBS[verb].act
    stage = Stage(case.stage)
    row = row_of(case, book, at=at)
    unit = (to or case.suggested_unit) if verb == "dispatch" else case.unit
    obstacle = ""
    if not actor.may(act, thing_of(case)):
        obstacle = _("您的岗位不能对此案办理“%(act)s”") % {"act": _(act_word(act))}
    elif stage not in (AT_UNIT if verb == "remind" else STEPS[verb].from_):
        obstacle = _("案件现处于“%(stage)s”") % {"stage": _(STAGE_WORDS[stage])}
    elif verb == "dispatch" and not unit:
        obstacle = _("没有建议单位，请指定")
    return Foreseen(case.number, row.kind, row.where, case.stage, unit_name(unit, book), obstacle)


def _numbers(words: Iterable[str]) -> Iterable[tuple[str, int]]:
    for word in words:
        number, _colon, version = word.replace("\x00", "").partition(":")
        if version.isdecimal() and len(version) < 9:
            yield number[:32], int(version)


def _refusal(row: BatchRow) -> dict[str, Any]:
    values = {name: _(value) if isinstance(value, str) and value else value for name, value in row.values.items()}
    says = _(row.says)
    return {
        "number": row.number,
        "says": says % values if values else says,
        "remedy": (_(row.remedy) % values) if row.remedy else "",
    }
