"""The addresses of Open311: read parameters, ask or do, answer in the form asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, BinaryIO, Concatenate, ParamSpec, cast
from uuid import uuid4

import structlog
from django.core.exceptions import BadRequest as UnreadableRequest
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from liandong.cases.operations import attach_file, report_case
from liandong.cases.queries import copy_to_send, is_numbered, public_photo
from liandong.cases.rulebook import rulebook_for
from liandong.intake_channels.open311.answers import answered
from liandong.intake_channels.open311.discovery import discovery
from liandong.intake_channels.open311.faults import AddressUnknown, TokenUnknown, TooManyFiles
from liandong.intake_channels.open311.parameters import Parameters, files_in, form_in
from liandong.intake_channels.open311.posting import poster, report_in
from liandong.intake_channels.open311.requests import requests_found, requests_numbered
from liandong.intake_channels.open311.services import jurisdiction_of, service_definition, service_list
from liandong.intake_channels.open311.tokens import number_behind, token_of
from liandong.intake_channels.open311.updates import take_update, updates_found
from liandong.kernel.refusal import Refusal
from liandong.web.errors import BadRequest, Broken, MethodUnknown
from liandong.web.files import send_file
from liandong.web.middleware import refusal_for
from liandong.web.refusals import explain

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
log = structlog.get_logger("open311")
MOST_FILES = 5
"""So many files of the field `media` come with one request."""

_STATUSES = {400, 403, 404, 405, 413, 429, 500, 503}
"""What a client of Open311 may meet. Any other refusal is, to it, a bad request."""


def speaks_open311(*methods: str) -> Callable[[View[P]], View[P]]:
    """Let a view answer `methods` only, and turn whatever it refuses into a list of errors in the form asked for."""

    def _decorated(view: View[P]) -> View[P]:
        @csrf_exempt
        @wraps(view)
        def _answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            form = "json" if kwargs.get("form") == "json" else "xml"
            try:
                if methods and request.method not in methods:
                    raise MethodUnknown(method=request.method, allowed=", ".join(methods))
                return view(request, *args, **kwargs)
            except Exception as error:
                response = _refused(form, _refusal_of(error, request))
                if response.status_code == 405:
                    response["Allow"] = ", ".join(methods)
                return response

        return _answer

    return _decorated


@speaks_open311("GET", "HEAD")
def discover(request: HttpRequest, *, form: str) -> HttpResponse:
    """Service discovery."""
    return answered(form, "discovery", discovery(request))


@speaks_open311("GET", "HEAD")
def services(request: HttpRequest, *, base: str, form: str) -> HttpResponse:
    """What may be reported."""
    return answered(form, "services", service_list(jurisdiction_of(Parameters(request.GET))))


@speaks_open311("GET", "HEAD")
def definition(request: HttpRequest, *, base: str, code: str, form: str) -> HttpResponse:
    """What a service asks."""
    district = jurisdiction_of(Parameters(request.GET))
    return answered(form, "service_definition", service_definition(district, code))


@speaks_open311("GET", "HEAD", "POST")
def requests(request: HttpRequest, *, base: str, form: str) -> HttpResponse:
    """Search for requests, or make one."""
    if request.method == "POST":
        return _post(request, form=form, is_trial=base != "v2")
    parameters = Parameters(request.GET)
    district = jurisdiction_of(parameters)
    return answered(form, "service_requests", _found(request, parameters, district=district))


@speaks_open311("GET", "HEAD")
def one_request(request: HttpRequest, *, base: str, number: str, form: str) -> HttpResponse:
    """One request, in a list as all are."""
    district = jurisdiction_of(Parameters(request.GET))
    number = number.replace("\x00", "")
    return answered(
        form, "service_requests", requests_numbered([number], district=district, address=request.build_absolute_uri)
    )


@speaks_open311("GET", "HEAD", "POST")
def updates(request: HttpRequest, *, base: str, form: str) -> HttpResponse:
    """What became of requests in a time, or something a peer adds to one. On trial everything is done, and undone."""
    at = timezone.now()
    if request.method != "POST":
        parameters = Parameters(request.GET)
        rows = updates_found(parameters, district=jurisdiction_of(parameters), at=at)
        return answered(form, "service_request_updates", rows)
    parameters = Parameters(form_in(request), request.GET)
    actor = poster(parameters, at=at)
    district = jurisdiction_of(parameters)
    with transaction.atomic():
        taken = take_update(request, parameters, district=district, actor=actor, at=at)
        transaction.set_rollback(base != "v2")
    return answered(form, "service_request_updates", [taken])


@speaks_open311("GET", "HEAD")
def media(request: HttpRequest, *, base: str, number: str, photo: str, form: str = "") -> HttpResponseBase:
    """The photo that came with a public request: the copy, never what was sent."""
    district = jurisdiction_of(Parameters(request.GET))
    found = public_photo(district, number.replace("\x00", ""), int(photo))
    return send_file(request, copy_to_send(found))


@speaks_open311("GET", "HEAD")
def one_token(request: HttpRequest, *, base: str, token: str, form: str) -> HttpResponse:
    """The number behind a token."""
    district = jurisdiction_of(Parameters(request.GET))
    number = number_behind(token)
    if not is_numbered(district, number):
        raise TokenUnknown
    return answered(form, "service_requests", [{"service_request_id": number, "token": token}])


@speaks_open311()
def nowhere(request: HttpRequest, *, form: str) -> HttpResponse:
    """Whatever else is asked for under Open311."""
    raise AddressUnknown


def _post(request: HttpRequest, *, form: str, is_trial: bool) -> HttpResponse:
    """Make a request; always a new one. On trial everything is done, and undone."""
    at = timezone.now()
    parameters = Parameters(form_in(request), request.GET)
    actor = poster(parameters, at=at)
    district = jurisdiction_of(parameters)
    report = report_in(parameters, district=district)
    files = files_in(request)
    if len(files) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    with transaction.atomic():
        case = report_case(report, district=district, actor=actor, at=at)
        for sent in files:
            stream = cast("BinaryIO", sent)
            attach_file(case.number, stream=stream, name=sent.name or "", purpose="report", actor=actor, at=at)
        transaction.set_rollback(is_trial)
    if is_trial:
        number = f"{rulebook_for(district).map.district.number_prefix}-TEST"
        notice = gettext("测试端点：报告有效，但没有保存。")
    else:
        number = case.number
        notice = gettext("报告已收到，将由区联动中心受理。")
    name, value = "service_request_id", number
    if parameters.text("token").lower() == "true":
        name, value = "token", token_of(number)
    content = [{name: value, "service_notice": notice, "account_id": None}]
    return answered(form, "service_requests", content)


def _found(request: HttpRequest, parameters: Parameters, *, district: str) -> list[dict[str, Any]]:
    return requests_found(parameters, district=district, at=timezone.now(), address=request.build_absolute_uri)


def _refusal_of(error: Exception, request: HttpRequest) -> Refusal:
    refusal = refusal_for(error)
    if refusal is not None:
        return refusal
    if isinstance(error, SuspiciousOperation | MultiPartParserError | UnreadableRequest):
        return BadRequest()
    reference = uuid4().hex[:8]
    log.error("broken", reference=reference, path=request.path, exc_info=error)
    return Broken(reference=reference)


def _refused(form: str, refusal: Refusal) -> HttpResponse:
    told = explain(refusal)
    log.info("refused", code=told.code, status=told.status)
    status = told.status if told.status in _STATUSES else 400
    description = f"{told.says} {told.remedy}".strip()
    response = answered(form, "errors", [{"code": str(status), "description": description}], status=status)
    if status == 503:
        response["Retry-After"] = "2"
    if status == 429:
        response["Retry-After"] = str(refusal.values.get("seconds", 60))
    return response
