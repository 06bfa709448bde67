"""Templates of replies: kept on their page, offered beside a step with replies that worked, their fate noted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liandong.cases import operations
from liandong.cases.queries import (
    case_for,
    replies_that_worked,
    reply_fates,
    reply_templates,
    templates_for,
    trace_of_reply,
)
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.replies import reply_field
from liandong.cases.rules.workflow import STEPS
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.queries import staff_by_key
from liandong.web.refusals import explain
from liandong.workbench.reply_forms import ReplyForm
from liandong.workbench.rows import class_name

if TYPE_CHECKING:
    from liandong.cases.models import ReplyTemplate

LATELY_DAYS: Final = 30


@desk("cases.set_replies")
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """Every template of the district, and what became of what was offered lately."""
    district = district_of(request.actor)
    found = list(reply_templates(district))
    since = timezone.now() - timedelta(days=LATELY_DAYS)
    context = {
        "lines": [_line(one) for one in found if not one.is_retired],
        "retired": [_line(one) for one in found if one.is_retired],
        "fates": reply_fates(district=district, since=since),
        "days": LATELY_DAYS,
    }
    return render(request, "workbench/replies.html", context)


@desk("cases.set_replies")
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: DeskRequest, template: int = 0) -> HttpResponse:
    """Write a template, or the next version of one; its earlier versions stand below."""
    district, at = district_of(request.actor), timezone.now()
    row = _template(district, template) if template else None
    names = ("step", "class_prefix", "title", "text")
    form = ReplyForm(request.POST or None, initial={name: getattr(row, name) for name in names} if row else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                operations.write_reply(
                    district,
                    **form.cleaned_data,
                    template=template or None,
                    version=_seen(request),
                    actor=request.actor,
                    at=at,
                )
                messages.success(request, _("模板已保存。"))
                return HttpResponseRedirect(reverse("workbench:replies"))
            except NotFound:
                raise
            except Refusal as refusal:
                form.add_error(None, _told(refusal))
                status = refusal.status
    context = {"template": row, "form": form, "versions": _versions(row) if row else []}
    return render(request, "workbench/reply_write.html", context, status=status)


@desk("cases.set_replies")
@require_POST
def retire(request: DeskRequest, template: int) -> HttpResponse:
    """Offer a template no more."""
    operations.retire_reply(district_of(request.actor), template=template, actor=request.actor, at=timezone.now())
    messages.success(request, _("模板已停用。"))
    return HttpResponseRedirect(reverse("workbench:replies"))


@desk()
@require_POST
def offer(request: DeskRequest, number: str) -> HttpResponse:
    """What may be said at a step of a case. A POST, for that it was offered is noted."""
    step = request.POST.get("step", "")
    try:
        case = case_for(request.actor, number)
        reply_field(step)
        templates = templates_for(case, step)
        worked = replies_that_worked(case, step, actor=request.actor)
        if templates or worked:
            operations.record_offer(
                number,
                step=step,
                templates=tuple(f"{one.pk}/{one.version}" for one in templates),
                cases=tuple(one.number for one in worked),
                actor=request.actor,
                at=timezone.now(),
            )
    except NotFound:
        raise
    except Refusal as refusal:
        return JsonResponse({"says": _told(refusal)}, status=refusal.status)
    options = [{"source": f"template/{one.pk}", "title": one.title, "text": one.text} for one in templates]
    options += [
        {
            "source": f"case/{one.number}",
            "title": _("%(number)s · 满意度 %(grade)s") % {"number": one.number, "grade": one.satisfaction},
            "text": one.text,
            "group": _("相似案件中令人满意的答复"),
        }
        for one in worked
    ]
    return JsonResponse({"options": options})


@desk()
@require_POST
def fate(request: DeskRequest, number: str) -> HttpResponse:
    """Note what became of an offered reply."""
    given = {name: request.POST.get(name, "") for name in ("step", "source", "fate")}
    try:
        operations.record_fate(number, **given, actor=request.actor, at=timezone.now())
    except NotFound:
        raise
    except Refusal as refusal:
        return JsonResponse({"says": _told(refusal)}, status=refusal.status)
    return HttpResponse(status=204)


def _template(district: str, key: int) -> ReplyTemplate:
    row = reply_templates(district).filter(pk=key, is_retired=False).first()
    if row is None:
        raise NotFound(what=operations.replies.THE_TEMPLATE)
    return row


def _line(row: ReplyTemplate) -> dict[str, Any]:
    kind = class_name(row.class_prefix, rulebook_for(row.district)) if row.class_prefix else _("所有类别")
    return {"row": row, "kind": kind, "step": _(STEPS[row.step].word)}


def _versions(row: ReplyTemplate) -> list[Mapping[str, Any]]:
    entries = list(trace_of_reply(row))
    people = staff_by_key({entry.actor for entry in entries})
    return [
        {**entry.data, "at": entry.at, "who": people.get(entry.actor, (entry.actor, ""))[0]}
        for entry in reversed(entries)
    ]


def _seen(request: DeskRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _told(refusal: Refusal) -> str:
    told = explain(refusal)
    return f"{told.says}{told.remedy}"
