"""The field app: one page that opens without a network, what it works with as JSON, and a door for each act."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.cases import operations
from liandong.cases.idempotency import Answer, once
from liandong.cases.operations.attachments import virus_on_record
from liandong.cases.queries import case_for
from liandong.cases.rulebook import rulebook_for
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.middleware import problem
from liandong.web.offline import kept_offline, manifest, worker_script
from liandong.web.refusals import explain
from liandong.web.templatetags.ui import step_word
from liandong.workbench.field.acts import ACTS, REPORT_PHOTOS, FieldReportForm, take_act, take_report
from liandong.workbench.field.in_hand import catalogue, in_hand
from liandong.workbench.field.sent import Sent, photos_in, sent_in
from liandong.workbench.field.shell import APP, TEXTS
from liandong.workbench.forms import StepForm
from liandong.workbench.views.steps import conflict_of

if TYPE_CHECKING:
    from liandong.cases.models import Case


class ActIncomplete(Refusal):
    """An act whose form is not filled in as it must be."""

    status = 422
    says = marked("填写的内容不完整：%(faults)s")
    remedy = marked("请补充后再提交。")


@desk()
@require_safe
def page(request: DeskRequest) -> HttpResponse:
    """The app itself. It holds nothing about anybody: whoever opens it is asked for by its scripts."""
    texts = {key: str(words) for key, words in TEXTS.items()}
    return kept_offline(render(request, "workbench/field/page.html", {"texts": texts}), APP)


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker."""
    return worker_script(APP)


@require_safe
def app_manifest(request: HttpRequest) -> HttpResponse:
    """What is installed on a phone."""
    return manifest(
        name=marked("联动外勤"),
        short=marked("外勤"),
        about=marked("接单、到场、处置、上报，没有网络也能办"),
        scope="/field/",
    )


@desk()
@require_safe
def work(request: DeskRequest) -> HttpResponse:
    """Tasks and looks of whoever asks; kept by the app under their account, by nothing else."""
    seconds = request.session.get_expiry_age()
    content = orjson.dumps(in_hand(request.actor, session_seconds=seconds, at=timezone.now()))
    response = HttpResponse(content, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


@desk()
@require_safe
def choices(request: DeskRequest) -> HttpResponse:
    """Classes and areas; not sent again while they are the same."""
    book = rulebook_for(district_of(request.actor))
    content = orjson.dumps(catalogue(request.actor, book, at=timezone.now()))
    tag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(content, content_type="application/json")
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


@desk("cases.report")
@require_POST
def report(request: DeskRequest) -> HttpResponse:
    """Report and, where it was settled at once, solve on the spot: with all photos, once."""
    actor, at = request.actor, timezone.now()
    sent = sent_in(request, owner=actor.user_id, at=at)
    district = district_of(actor)
    form = _filled(FieldReportForm(request.POST))

    def effect() -> Answer:
        zone = rulebook_for(district).map.calendar.zone
        photos = photos_in(request, REPORT_PHOTOS, device_now=sent.device_now, zone=zone, at=at)
        case = take_report(
            form, district=district, photos=photos, claim=sent.claim, external_id=sent.key, actor=actor, at=at
        )
        return Answer(201, _told(case, _("已上报：%(number)s") % {"number": case.number}))

    try:
        return _answered(actor, sent, at, effect)
    except operations.AlreadyReported as refusal:
        # Its answer was lost and, after a day, forgotten: the phone's own number still finds the case.
        return _reported_before(actor, refusal)


@desk()
@require_POST
def act(request: DeskRequest, number: str, code: str) -> HttpResponse:
    """One act on a case, once. A conflict says what happened meanwhile."""
    if code not in ACTS:
        raise Http404
    actor, at = request.actor, timezone.now()
    sent = sent_in(request, owner=actor.user_id, at=at)
    form = _filled(_form_for(code, request))

    def effect() -> Answer:
        zone = rulebook_for(district_of(actor)).map.calendar.zone
        photos = photos_in(request, ACTS[code].photos, device_now=sent.device_now, zone=zone, at=at)
        case = take_act(
            code,
            number,
            details=form.details(),
            photos=photos,
            version=sent.version,
            claim=sent.claim,
            actor=actor,
            at=at,
        )
        return Answer(200, _told(case, _("%(step)s已办：%(number)s") % {"step": _word(code), "number": number}))

    try:
        with virus_on_record(number, purpose="evidence", actor=actor, at=at):
            return _answered(actor, sent, at, effect)
    except operations.StaleVersion as refusal:
        told = explain(refusal)
        happened = conflict_of(case_for(actor, number), refusal)
        return problem(replace(told, extra={**told.extra, "happened": happened}))


def _form_for(code: str, request: DeskRequest) -> StepForm:
    return ACTS[code].form(request.POST)


def _filled(form: Any) -> Any:
    """The form, filled in as it must be.

    :raises ActIncomplete: it is not
    """
    if not form.is_valid():
        named = {name: str(field.label or name) for name, field in form.fields.items()}
        faults = [f"{named.get(name, '')} {' '.join(errors)}".strip() for name, errors in form.errors.items()]
        raise ActIncomplete(faults="；".join(faults))
    return form


def _answered(actor: Actor, sent: Sent, at: datetime, effect: Callable[[], Answer]) -> HttpResponse:
    given = once(sent.key, account=actor.user_id, digest=sent.digest, at=at, effect=effect)
    response = JsonResponse(given.body, status=given.status)
    if given.is_replayed:
        response["Idempotency-Replayed"] = "true"
    return response


def _reported_before(actor: Actor, refusal: operations.AlreadyReported) -> HttpResponse:
    case = case_for(actor, str(refusal.values["number"]))
    if case.reporter != actor.user_id:
        raise refusal
    response = JsonResponse(_told(case, _("已上报：%(number)s") % {"number": case.number}), status=201)
    response["Idempotency-Replayed"] = "true"
    return response


def _told(case: Case, message: str) -> dict[str, Any]:
    url = reverse("workbench:case", args=[case.number])
    return {"number": case.number, "version": case.version, "stage": case.stage, "message": message, "url": url}


def _word(code: str) -> str:
    return _("抽查") if code == "spot_check" else str(step_word(code).label)
