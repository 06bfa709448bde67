"""Writing: report a case, take a step, say where it is. Each call is one operation and nothing more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from random import SystemRandom
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Schema

from liandong.cases import operations
from liandong.cases.api import bodies, law_bodies
from liandong.cases.api.headers import IDEMPOTENCY_KEY, IF_MATCH, answered_once, version_in
from liandong.cases.api.offers import OFFERS, Offer
from liandong.cases.api.reading import district_for, number_in, router
from liandong.cases.api.rows import CaseDetail, detail_of
from liandong.cases.changes import Report
from liandong.cases.idempotency import Answer
from liandong.cases.models import Case
from liandong.cases.queries import steps_open_to
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.words import Identity
from liandong.cases.rules.workflow import STEPS
from liandong.cases.sealing import Contact
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor
from liandong.people.api import caller_of

WRITE = "cases:write"
CHANNEL = "api"


class UnknownArea(Refusal):
    """An area code the district does not have."""

    status = 422
    says = marked("没有代码为“%(code)s”的区域。")
    remedy = marked("请核对区域代码；位置不明时可以不填。")


@router.post(
    "/cases",
    response={201: CaseDetail},
    operation_id="report_case",
    summary="上报案件",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def report_case(request: HttpRequest, body: bodies.ReportBody) -> HttpResponse:
    """Open a case: it is located, numbered, given a suggested unit and its first clock."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()
    effect = partial(_report, body, actor=actor, at=at)
    return answered_once(request, effect, actor=actor, at=at, location=lambda told: f"{request.path}/{told['number']}")


@router.post(
    "/cases/{number}/place",
    response=CaseDetail,
    operation_id="place_case",
    summary="标定位置",
    openapi_extra={"parameters": [IF_MATCH, IDEMPOTENCY_KEY]},
)
def place_case(request: HttpRequest, number: str, body: bodies.PlaceBody) -> HttpResponse:
    """Say where the problem is, or correct it."""
    return change_case(request, number, operations.place_case, body)


@router.post(
    "/cases/{number}/spot_check",
    response=CaseDetail,
    operation_id="spot_check_case",
    summary="抽查",
    openapi_extra={"parameters": [IF_MATCH, IDEMPOTENCY_KEY]},
)
def spot_check(request: HttpRequest, number: str, body: law_bodies.SpotCheckBody) -> HttpResponse:
    """Say what was found at the place of a closed case, by whoever was drawn. A failed sample reopens it."""
    return change_case(request, number, operations.spot_check_case, body)


@router.post(
    "/cases/{number}/redraw",
    response=CaseDetail,
    operation_id="redraw_check",
    summary="重新抽取核查员",
    openapi_extra={"parameters": [IF_MATCH, IDEMPOTENCY_KEY]},
)
def redraw(request: HttpRequest, number: str, body: law_bodies.RedrawBody) -> HttpResponse:
    """Have another person drawn to look at the place, and say why."""
    again = partial(operations.redraw_check, drawn=SystemRandom().random())
    return change_case(request, number, again, body)


class Link(Schema):
    """A one-use link for an outside firm. It is shown once and kept nowhere: null when the call is repeated."""

    number: str
    version: int
    link: str | None


@router.post(
    "/cases/{number}/pass_out",
    response={201: Link},
    operation_id="pass_out_case",
    summary="外协",
    openapi_extra={"parameters": [IF_MATCH, IDEMPOTENCY_KEY]},
)
def pass_out(request: HttpRequest, number: str, body: law_bodies.PassOutBody) -> HttpResponse:
    """Pass the work to an outside firm: the unit stays responsible, its clock runs on."""
    actor, at, version = caller_of(request, WRITE).actor, timezone.now(), version_in(request)
    asked = {**body.model_dump(), "hours": str(body.hours)}
    links: list[str] = []

    def effect() -> Answer:
        made = operations.pass_out_case(number_in(number), actor=actor, at=at, version=version, **asked)
        links.append(request.build_absolute_uri(reverse("workbench:outside", args=[made.token])))
        return Answer(201, {"number": made.case.number, "version": made.case.version, "link": None})

    # The link opens the job to whoever has it: the memory of repeated calls does not keep it.
    return answered_once(request, effect, actor=actor, at=at, beside=lambda: {"link": links[0]} if links else {})


def _offer(code: str, offer: Offer) -> None:
    def take(request: HttpRequest, number: str, body: Any) -> HttpResponse:
        return change_case(request, number, offer.operation, body)

    take.__annotations__["body"] = offer.body
    if not any(field.is_required() for field in offer.body.model_fields.values()):
        take.__defaults__ = (offer.body(),)
    take.__doc__ = offer.body.__doc__
    router.post(
        f"/cases/{{number}}/{code}",
        response=CaseDetail,
        operation_id=f"{code}_case",
        url_name=f"{code}_case",
        summary=STEPS[code].word,
        openapi_extra={"parameters": [IF_MATCH, IDEMPOTENCY_KEY]},
    )(take)


for _code, _step in OFFERS.items():
    _offer(_code, _step)


def _report(body: bodies.ReportBody, *, actor: Actor, at: datetime) -> Answer:
    district = district_for(actor, body.district)
    if body.area and body.area not in rulebook_for(district).map.areas:
        raise UnknownArea(code=body.area)
    contact = Contact(**body.contact.model_dump())
    guessed = Identity.ANONYMOUS if contact.is_empty else Identity.NAMED
    report = Report(
        class_code=body.class_code,
        description=body.description,
        channel=CHANNEL,
        nature=body.nature or "",
        urgency=body.urgency or "",
        lon=body.lon,
        lat=body.lat,
        datum=body.datum,
        area=body.area,
        address=body.address,
        identity=body.identity or guessed,
        contact=contact,
        external_id=body.external_id,
        attributes=body.attributes,
        about_unit=body.about_unit,
    )
    return Answer(201, _shown(operations.report_case(report, district=district, actor=actor, at=at), actor))


def change_case(request: HttpRequest, number: str, operation: Callable[..., Case], body: bodies.Body) -> HttpResponse:
    """Run one operation on the version the caller has seen."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()
    version = version_in(request)

    def effect() -> Answer:
        case = operation(number_in(number), actor=actor, at=at, version=version, **body.model_dump())
        return Answer(200, _shown(case, actor))

    return answered_once(request, effect, actor=actor, at=at)


def _shown(case: Case, actor: Actor) -> dict[str, Any]:
    return detail_of(case, steps=[step.code for step in steps_open_to(actor, case)], actor=actor)
