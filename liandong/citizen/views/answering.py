"""How pages for everybody answer: refusals in the citizen's own frame, and where a request comes from."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from liandong.citizen.operations.allowances import TooOften
from liandong.kernel.refusal import Refusal
from liandong.web.middleware import problem, refusal_for
from liandong.web.refusals import Explanation, explain

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
log = structlog.get_logger("citizen")


def for_everybody(view: View[P]) -> View[P]:
    """Turn whatever a view refuses into a page of the citizen's, or a problem document for a script."""

    @wraps(view)
    def _answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except Exception as error:
            refusal = refusal_for(error)
            if refusal is None:
                raise
            told = noted(request, refusal)
            if wants_json(request):
                response = problem(told)
            else:
                response = render(request, "citizen/refusal.html", {"refusal": told}, status=told.status)
            hold_off(response, refusal)
        return response

    return _answer


def noted(request: HttpRequest, refusal: Refusal) -> Explanation:
    """A refusal in the reader's language, noted in the log by its name alone."""
    told = explain(refusal)
    log.info("refused", code=told.code, status=told.status, route=getattr(request.resolver_match, "view_name", ""))
    return told


def hold_off(response: HttpResponseBase, refusal: Refusal) -> None:
    """Say in a header when it may be tried again, where the refusal knows."""
    if isinstance(refusal, TooOften):
        response["Retry-After"] = str(refusal.values["seconds"])


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks."""
    return "application/json" in request.headers.get("Accept", "")


def kept_private(response: HttpResponse) -> HttpResponse:
    """An answer that no cache keeps."""
    response["Cache-Control"] = "no-store"
    return response


def source_of(request: HttpRequest) -> str:
    """The address a request comes from: whole in IPv4, the network of one household in IPv6."""
    told = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(told)
    except ValueError:
        return told
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)
