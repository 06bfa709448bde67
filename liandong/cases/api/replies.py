"""Words that may be said to reporters: templates of a district, what is offered at a step, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Schema
from pydantic import Field

from liandong.cases import operations
from liandong.cases.api import bodies
from liandong.cases.api.asking import Code
from liandong.cases.api.headers import IDEMPOTENCY_KEY, IF_MATCH, answered_once, version_in
from liandong.cases.api.reading import READ, district_for, number_in, router
from liandong.cases.api.writing import WRITE
from liandong.cases.idempotency import Answer
from liandong.cases.models import ReplyTemplate
from liandong.cases.operations.replies import ACT, THE_TEMPLATE
from liandong.cases.queries import case_for, replies_that_worked, reply_templates, templates_for
from liandong.cases.rules.replies import reply_field
from liandong.people.access import NotFound, require
from liandong.people.api import answer, caller_of
from liandong.people.rules.scope import Thing

StepCode = Annotated[str, Field(max_length=40)]


class ReplyRow(Schema):
    """A template of a reply for a class, or a subtree of classes, and a step."""

    id: int
    class_prefix: str
    step: str
    title: str
    text: str
    version: int
    is_retired: bool
    written_at: datetime


class ReplyList(Schema):
    """The templates of a district, those in use first."""

    replies: list[ReplyRow]


class OfferedRow(Schema):
    """A reply that may be said: of a template, or one that a reporter of the same kind of matter was content with."""

    source: str
    title: str
    text: str
    satisfaction: int | None


class Offered(Schema):
    """What may be said at a step of a case; `field` is where it goes in the step's body."""

    step: str
    field: str
    offered: list[OfferedRow]


class StepBody(bodies.Body):
    """The step at which something is to be said."""

    step: StepCode


class FateBody(bodies.Body):
    """What became of an offered reply: `taken` as it stood, or `edited` before it was sent."""

    step: StepCode
    source: Annotated[str, Field(max_length=60)]
    fate: Annotated[str, Field(max_length=20)]


class ReplyBody(bodies.Body):
    """A template; without `class_prefix` it is for all classes."""

    step: StepCode
    title: str
    text: str
    class_prefix: Annotated[str, Field(max_length=10)] = ""


@router.get("/replies", response=ReplyList, tags=["replies"], operation_id="list_replies", summary="答复模板")
def list_replies(request: HttpRequest, district: Code = "") -> HttpResponse:
    """The templates of a district, for those who keep them."""
    actor = caller_of(request, READ).actor
    code = district_for(actor, district)
    require(actor, ACT, Thing(area=code))
    return answer({"replies": [_row(row) for row in reply_templates(code)]})


@router.post(
    "/replies",
    response={201: ReplyRow},
    tags=["replies"],
    operation_id="write_reply",
    summary="新建答复模板",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def write_reply(request: HttpRequest, body: ReplyBody, district: Code = "") -> HttpResponse:
    """Keep a template. Personal numbers are taken out of it."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()

    def effect() -> Answer:
        row = operations.write_reply(district_for(actor, district), **body.model_dump(), actor=actor, at=at)
        return Answer(201, _row(row))

    return answered_once(request, effect, actor=actor, at=at)


@router.patch(
    "/replies/{reply}",
    response=ReplyRow,
    tags=["replies"],
    operation_id="change_reply",
    summary="修改答复模板",
    openapi_extra={"parameters": [IF_MATCH, IDEMPOTENCY_KEY]},
)
def change_reply(request: HttpRequest, reply: int, body: ReplyBody, district: Code = "") -> HttpResponse:
    """Write the next version of a template; the earlier ones stay on its record."""
    actor, at, version = caller_of(request, WRITE).actor, timezone.now(), version_in(request)

    def effect() -> Answer:
        row = operations.write_reply(
            district_for(actor, district),
            **body.model_dump(),
            template=_fit(reply),
            version=version,
            actor=actor,
            at=at,
        )
        return Answer(200, _row(row))

    return answered_once(request, effect, actor=actor, at=at)


@router.delete(
    "/replies/{reply}",
    response={204: None},
    tags=["replies"],
    operation_id="retire_reply",
    summary="停用答复模板",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def retire_reply(request: HttpRequest, reply: int, district: Code = "") -> HttpResponse:
    """Offer a template no more; its versions stay."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()

    def effect() -> Answer:
        operations.retire_reply(district_for(actor, district), template=_fit(reply), actor=actor, at=at)
        return Answer(204, {})

    return answered_once(request, effect, actor=actor, at=at)


@router.post(
    "/cases/{number}/replies",
    response=Offered,
    tags=["replies"],
    operation_id="offer_replies",
    summary="可套用的答复",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def offer_replies(request: HttpRequest, number: str, body: StepBody) -> HttpResponse:
    """What may be said at a step of a case. A POST, for that it was offered is noted."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()

    def effect() -> Answer:
        case, field = case_for(actor, number_in(number)), reply_field(body.step)
        templates = templates_for(case, body.step)
        worked = replies_that_worked(case, body.step, actor=actor)
        sources = [f"template/{one.pk}" for one in templates], [f"case/{one.number}" for one in worked]
        if templates or worked:
            operations.record_offer(
                case.number,
                step=body.step,
                templates=tuple(f"{one.pk}/{one.version}" for one in templates),
                cases=tuple(one.number for one in worked),
                actor=actor,
                at=at,
            )
        offered = [_offered(source, one.title, one.text) for source, one in zip(sources[0], templates, strict=True)]
        offered += [
            _offered(source, one.number, one.text, one.satisfaction)
            for source, one in zip(sources[1], worked, strict=True)
        ]
        return Answer(200, {"step": body.step, "field": field, "offered": offered})

    return answered_once(request, effect, actor=actor, at=at)


@router.post(
    "/cases/{number}/replies/fate",
    response={204: None},
    tags=["replies"],
    operation_id="record_fate",
    summary="登记答复是否采用",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def record_fate(request: HttpRequest, number: str, body: FateBody) -> HttpResponse:
    """Note what became of an offered reply."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()

    def effect() -> Answer:
        operations.record_fate(number_in(number), **body.model_dump(), actor=actor, at=at)
        return Answer(204, {})

    return answered_once(request, effect, actor=actor, at=at)


def _fit(reply: int) -> int:
    if not 0 < reply < 2**63:
        raise NotFound(what=THE_TEMPLATE)
    return reply


def _row(row: ReplyTemplate) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in ReplyRow.model_fields if name != "id"}}


def _offered(source: str, title: str, text: str, satisfaction: int | None = None) -> dict[str, Any]:
    return {"source": source, "title": title, "text": text, "satisfaction": satisfaction}
