"""Proving a phone, so that news of a report comes by short message: number, code, and the device remembers it."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from liandong.cases.sealing import masked
from liandong.citizen.operations import ask_for_code, use_code
from liandong.citizen.phones import forget_phone, proven_phone, remember_phone
from liandong.citizen.queries import has_codes
from liandong.citizen.views.answering import for_everybody, hold_off, kept_private, noted, source_of
from liandong.web.middleware import refusal_for


@for_everybody
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """The number, then the code that was sent to it; or forget what was proven."""
    at = timezone.now()
    known = proven_phone(request, at=at)
    context: dict[str, object] = {"known": masked(known) if known else "", "has_codes": has_codes(), "ticket": ""}
    if request.method != "POST":
        return kept_private(render(request, "citizen/phone.html", context))
    if request.POST.get("act") == "forget":
        response: HttpResponse = HttpResponseRedirect("/report/")
        forget_phone(response)
        return response
    try:
        return _step(request, context, at=at)
    except Exception as error:
        refusal = refusal_for(error)
        if refusal is None:
            raise
        context["told"] = told = noted(request, refusal)
        response = kept_private(render(request, "citizen/phone.html", context, status=told.status))
        hold_off(response, refusal)
        return response


def _step(request: HttpRequest, context: dict[str, object], *, at: datetime) -> HttpResponse:
    number = context["phone"] = request.POST.get("phone", "").strip()[:20]
    ticket = context["ticket"] = request.POST.get("ticket", "")
    source = source_of(request)
    if not ticket:
        context["ticket"] = ask_for_code(str(number), address=source, at=at, language=get_language() or "zh-hans")
        return kept_private(render(request, "citizen/phone.html", context))
    code = request.POST.get("code", "")[:20]
    proven = use_code(str(ticket), code=code, phone=str(number), address=source, at=at)
    response = HttpResponseRedirect("/report/")
    remember_phone(response, proven, at=at)
    return response
