"""Writing: report a case, take a step, say where it is, add a photo. Each call is one operation and nothing more."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import SystemRandom
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from liandong.cases import operations
from liandong.cases.api import bodies
from liandong.cases.api.reading import district_for, etag_of, number_in, router
from liandong.cases.api.rows import CaseDetail, PhotoRow, detail_of, photo_row
from liandong.cases.changes import Report
from liandong.cases.idempotency import Answer, once
from liandong.cases.models import Case
from liandong.cases.photos import LARGEST_BYTES
from liandong.cases.queries import digest_of_call, steps_open_to
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.words import Identity
from liandong.cases.rules.workflow import STEPS
from liandong.cases.sealing import Contact
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor
from liandong.people.api import answer, caller_of

WRITE = "cases:write"
CHANNEL = "api"
_VERSION = re.compile(r'(?:W/)?"?(\d{1,9})"?')

_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string", "examples": ['"3"']},
    "description": "the version read, from `ETag` / 读取时 ETag 中的版本号",
}
_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 80},
    "description": "the same key and body get the same answer / 同一键与内容得到同一结果",
}


class VersionNeeded(Refusal):
    """A step without `If-Match`: it would overwrite what others did unseen."""

    status = 428
    says = marked("缺少请求头 If-Match。")
    remedy = marked('请先读取案件，把 ETag 中的版本号写入 If-Match，例如 If-Match: "3"。')


class VersionUnreadable(Refusal):
    """An `If-Match` that is no version."""

    status = 400
    says = marked("If-Match 的内容“%(text)s”不是案件版本号。")
    remedy = marked('请原样使用读取案件时返回的 ETag，例如 If-Match: "3"。')


class UnknownArea(Refusal):
    """An area code the district does not have."""

    status = 422
    says = marked("没有代码为“%(code)s”的区域。")
    remedy = marked("请核对区域代码；位置不明时可以不填。")


class PhotoExpected(Refusal):
    """A photo call without a photo."""

    status = 415
    says = marked("请求中没有照片。")
    remedy = marked("请以 multipart/form-data 的 photo 字段上传，或以 image/jpeg、image/png 直接发送照片内容。")


@dataclass(frozen=True, slots=True)
class Offer:
    """One step as the interface offers it: the operation it calls, the body it takes."""

    operation: Callable[..., Case]
    body: type[bodies.Body]


def _solve_on_spot(number: str, **details: Any) -> Case:
    return operations.solve_case_on_spot(number, drawn=SystemRandom().random(), **details)


OFFERS: Mapping[str, Offer] = {
    "accept": Offer(operations.accept_case, bodies.AcceptBody),
    "refuse": Offer(operations.refuse_case, bodies.ReasonBody),
    "answer": Offer(operations.answer_case, bodies.AnswerBody),
    "file": Offer(operations.file_case, bodies.FileBody),
    "decline": Offer(operations.decline_case, bodies.ReasonBody),
    "dispatch": Offer(operations.dispatch_case, bodies.DispatchBody),
    "receive": Offer(operations.receive_case, bodies.ReceiveBody),
    "return": Offer(operations.return_case, bodies.ReturnBody),
    "contact": Offer(operations.contact_reporter, bodies.ContactedBody),
    "arrive": Offer(operations.arrive_at_case, bodies.ArriveBody),
    "warn": Offer(operations.warn_in_case, bodies.WarnBody),
    "raise_force": Offer(operations.raise_force, bodies.RaiseForceBody),
    "ask_for_force": Offer(operations.ask_for_force, bodies.AskForForceBody),
    "hand_in": Offer(operations.hand_in_case, bodies.HandInBody),
    "check": Offer(operations.check_case, bodies.CheckBody),
    "call_back": Offer(operations.call_back_reporter, bodies.CallBackBody),
    "send_back": Offer(operations.send_back_case, bodies.ReasonBody),
    "close": Offer(operations.close_case, bodies.CloseBody),
    "reopen": Offer(operations.reopen_case, bodies.ReasonBody),
    "solve_on_spot": Offer(_solve_on_spot, bodies.SolveOnSpotBody),
}
"""Every step of the table but `report`, which is `POST /cases`."""


@router.post(
    "/cases",
    response={201: CaseDetail},
    operation_id="report_case",
    summary="上报案件",
    openapi_extra={"parameters": [_IDEMPOTENCY_KEY]},
)
def report_case(request: HttpRequest, body: bodies.ReportBody) -> HttpResponse:
    """Open a case: it is located, numbered, given a suggested unit and its first clock."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()
    return _once(request, partial(_report, body, actor=actor, at=at), actor=actor, at=at)


@router.post(
    "/cases/{number}/place",
    response=CaseDetail,
    operation_id="place_case",
    summary="标定位置",
    openapi_extra={"parameters": [_IF_MATCH, _IDEMPOTENCY_KEY]},
)
def place_case(request: HttpRequest, number: str, body: bodies.PlaceBody) -> HttpResponse:
    """Say where the problem is, or correct it."""
    return _change(request, number, operations.place_case, body)


@router.post(
    "/cases/{number}/photos",
    response={201: PhotoRow},
    operation_id="add_photo",
    summary="上传照片",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["photo"],
                        "properties": {
                            "photo": {"type": "string", "format": "binary"},
                            "purpose": {"type": "string", "enum": ["report", "before", "after", "evidence"]},
                        },
                    }
                },
                "image/jpeg": {"schema": {"type": "string", "format": "binary"}},
                "image/png": {"schema": {"type": "string", "format": "binary"}},
            },
        }
    },
)
def add_photo(request: HttpRequest, number: str, purpose: str = "evidence") -> HttpResponse:
    """Add a JPEG or PNG: as field `photo` of a form, or as the body itself."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()
    content, purpose = _photo_in(request, purpose)
    photo = operations.add_photo(number_in(number), content=content, purpose=purpose, actor=actor, at=at)
    return answer(photo_row(photo), status=201, headers={"ETag": etag_of(photo.case.version)})


def _offer(code: str, offer: Offer) -> None:
    def take(request: HttpRequest, number: str, body: Any) -> HttpResponse:
        return _change(request, number, offer.operation, body)

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
        openapi_extra={"parameters": [_IF_MATCH, _IDEMPOTENCY_KEY]},
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


def _change(request: HttpRequest, number: str, operation: Callable[..., Case], body: bodies.Body) -> HttpResponse:
    """Run one operation on the version the caller has seen."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()
    version = _version_in(request)

    def effect() -> Answer:
        case = operation(number_in(number), actor=actor, at=at, version=version, **body.model_dump())
        return Answer(200, _shown(case, actor))

    return _once(request, effect, actor=actor, at=at)


def _once(request: HttpRequest, effect: Callable[[], Answer], *, actor: Actor, at: datetime) -> HttpResponse:
    given = once(
        request.headers.get("Idempotency-Key"),
        account=actor.user_id,
        digest=digest_of_call(request.path.encode(), request.body),
        at=at,
        effect=effect,
    )
    headers = {"ETag": etag_of(given.body["version"])}
    if given.status == 201:
        headers["Location"] = f"{request.path}/{given.body['number']}"
    if given.is_replayed:
        headers["Idempotency-Replayed"] = "true"
    return answer(given.body, status=given.status, headers=headers)


def _shown(case: Case, actor: Actor) -> dict[str, Any]:
    return detail_of(case, steps=[step.code for step in steps_open_to(actor, case)], actor=actor)


def _version_in(request: HttpRequest) -> int:
    text = request.headers.get("If-Match")
    if text is None:
        raise VersionNeeded
    found = _VERSION.fullmatch(text.strip())
    if not found:
        raise VersionUnreadable(text=text[:40])
    return int(found[1])


def _photo_in(request: HttpRequest, purpose: str) -> tuple[bytes, str]:
    """Return the photo and what it is for. One byte more than allowed is enough to know that it is too large."""
    if request.content_type == "multipart/form-data":
        sent = request.FILES.get("photo")
        if sent is None:
            raise PhotoExpected
        return sent.read(LARGEST_BYTES + 1), request.POST.get("purpose") or purpose
    if not (request.content_type or "").startswith("image/"):
        raise PhotoExpected
    return request.read(LARGEST_BYTES + 1), purpose
