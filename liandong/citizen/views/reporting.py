"""Three taps: the report's form, with script or without; what is near already; and the form a phone keeps offline."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liandong.areas.queries import district_map
from liandong.cases.changes.intake import OutsideDistrict
from liandong.cases.queries import words_of
from liandong.cases.rulebook import rulebook_for
from liandong.cases.sealing import masked
from liandong.citizen.forms import BAIT, FIELDS, files_in, fresh_form, natures, refuse_machines, sending_in
from liandong.citizen.offline import APP
from liandong.citizen.operations import join_report, send_report, spend
from liandong.citizen.phones import proven_phone
from liandong.citizen.queries import (
    classes_like,
    default_class,
    district_at,
    has_codes,
    home_district,
    link_for,
    near_reports,
)
from liandong.citizen.telling import stages_of
from liandong.citizen.views.answering import for_everybody, hold_off, kept_private, noted, source_of, wants_json
from liandong.kernel.datum import is_plausible
from liandong.kernel.refusal import Refusal
from liandong.web.middleware import CONTENT_SECURITY_POLICY, refusal_for
from liandong.web.names import name_of
from liandong.web.offline import kept_offline

# Somebody listens to what they have just recorded, before it is sent.
WITH_OWN_VOICE = f"{CONTENT_SECURITY_POLICY}; media-src 'self' blob:"


@for_everybody
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponseBase:
    """The form, and what it sends."""
    if request.method == "POST":
        return _send(request)
    filled = {"class_code": request.GET.get("class", "")[:10], "datum": "WGS-84"}
    return _form(request, filled=filled)


@require_safe
def offline_form(request: HttpRequest) -> HttpResponse:
    """The same form as a phone keeps it: without a token, and nothing about anybody. Scripts send it."""
    at = timezone.now()
    context = {"is_offline": True, "filled": {"datum": "WGS-84"}, **_choices(at=at), **fresh_form(at=at)}
    return _listening(kept_offline(render(request, "citizen/report.html", context), APP))


@for_everybody
@require_safe
def near(request: HttpRequest) -> HttpResponse:
    """Which grid a point lies in, and what is reported open near it: a piece of the form's page."""
    at = timezone.now()
    spend("near_address", of=source_of(request), at=at)
    asked, point = request.GET, _point(request)
    lon, lat = point or (None, None)
    district = district_at(lon, lat, at=at)
    book = district_map(district)
    area = book.locator_on(book.day_of(at)).locate(*point) if point else ""
    found = near_reports(
        district,
        lon=lon,
        lat=lat,
        words=asked.get("words", "")[:2000],
        address=asked.get("address", "")[:200],
        class_code=asked.get("class_code", "")[:10],
        at=at,
    )
    stages = stages_of(row.case for row in found)
    classes = rulebook_for(district).classes
    context = {
        "is_placed": point is not None,
        "names": [name_of(one) for one in book.path(area)] if area else [],
        "found": [(row.case, name_of(classes[row.case.class_code]), words_of(row.likeness.reasons), stages[row.case.pk])
                  for row in found],
        "key": uuid4(),
        **fresh_form(at=at),
    }  # fmt: skip
    return kept_private(render(request, "citizen/near.html", context))


@for_everybody
@require_POST
def join(request: HttpRequest) -> HttpResponse:
    """我也遇到了: another reporter of a case that is open already."""
    at = timezone.now()
    refuse_machines(request.POST, at=at)
    sending = sending_in(request, phone=proven_phone(request, at=at))
    number = join_report(request.POST.get("number", "")[:32], sending=sending, source=source_of(request), at=at)
    return HttpResponseRedirect(f"{reverse('citizen:follow', args=[link_for(number)])}?new=1")


@for_everybody
@require_safe
def classes(request: HttpRequest) -> HttpResponse:
    """The classes a citizen may choose: like some words, for a script; or all of them, as a page."""
    district, words = home_district(), request.GET.get("words", "")[:2000]
    found = classes_like(words, district=district)
    if wants_json(request):
        return JsonResponse({"classes": [{"code": kind.code, "name": name_of(kind)} for kind in found]})
    book = rulebook_for(district)
    groups: dict[str, list[Any]] = {}
    for kind in found:
        parent = book.classes.get(kind.parent)
        groups.setdefault(name_of(parent) if parent else "", []).append(kind)
    return render(request, "citizen/classes.html", {"groups": groups})


def _send(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    try:
        refuse_machines(request.POST, at=at)
        sending = sending_in(request, phone=proven_phone(request, at=at))
        taken = send_report(sending, files=files_in(request), source=source_of(request), at=at)
    except Exception as error:
        refusal = refusal_for(error)
        if refusal is None or wants_json(request):
            raise
        return _refused(request, refusal)
    address = reverse("citizen:follow", args=[link_for(taken.number)])
    if wants_json(request):
        status = 201 if taken.is_new else 200
        return kept_private(JsonResponse({"number": taken.number, "follow": address}, status=status))
    return HttpResponseRedirect(f"{address}?new=1")


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The form again, with every word that was written; photos must be chosen again, which browsers demand."""
    told = noted(request, refusal)
    filled = {name: request.POST.get(name, "") for name in FIELDS}
    again = {"told": told, "is_outside": isinstance(refusal, OutsideDistrict), "had_files": bool(request.FILES)}
    kept = {name: request.POST[name] for name in ("stamp", "key") if request.POST.get(name)}
    response = _form(request, filled=filled, status=told.status, **again, **kept)
    hold_off(response, refusal)
    return response


def _form(request: HttpRequest, *, filled: dict[str, str], status: int = 200, **more: Any) -> HttpResponse:
    at = timezone.now()
    phone = proven_phone(request, at=at)
    chosen = rulebook_for(home_district()).classes.get(filled.get("class_code", ""))
    context = {
        "filled": filled,
        "chosen": chosen,
        "phone": masked(phone) if phone else "",
        "has_codes": has_codes(),
        **_choices(at=at),
        **fresh_form(at=at),
        **more,
    }
    return _listening(kept_private(render(request, "citizen/report.html", context, status=status)))


def _choices(*, at: Any) -> dict[str, Any]:
    district = home_district()
    return {"natures": natures(), "bait": BAIT, "must_choose": not (district and default_class(district))}


def _listening(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = WITH_OWN_VOICE
    return response


def _point(request: HttpRequest) -> tuple[float, float] | None:
    try:
        lon, lat = float(request.GET.get("lon", "")), float(request.GET.get("lat", ""))
    except ValueError:
        return None
    return (lon, lat) if is_plausible(lon, lat) else None
