"""Webhooks by the interface: an account keeps its own, reads what was delivered and has it sent again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import AwareDatetime, ConfigDict, Field

from liandong.cases.api.headers import IDEMPOTENCY_KEY, IF_MATCH, answered_once, version_in
from liandong.cases.idempotency import Answer
from liandong.exchange import operations
from liandong.exchange.models import Delivery, Webhook
from liandong.exchange.operations import MadeWebhook
from liandong.exchange.queries import attempts_of, deliveries_of, delivery_of, events_to_push, webhook_for, webhooks_of
from liandong.exchange.rules.words import Kind, State
from liandong.people.access import Actor, NotFound, require
from liandong.people.api import answer, caller_of
from liandong.web.cursors import id_cursor, id_in

MANAGE = "webhooks:manage"
SUBSCRIBE = "exchange.subscribe"
router = Router(tags=["webhooks"])

Place = Annotated[str, Field(max_length=40)]


class WebhookBody(Schema):
    """Where a webhook goes and what it is told: all events where none is named, the whole district without `area`."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(max_length=500, examples=["https://receiver.example/liandong"])]
    label: Annotated[str, Field(max_length=60)]
    events: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=100)] = []
    area: Annotated[Place, Field(description="prefix of an area code / 区域代码的开头")] = ""
    unit: Place = ""


class NewWebhookBody(WebhookBody):
    """A new webhook. `open311` pushes states of the requests the account brought, with the peer's own api_key."""

    kind: Kind = Kind.EVENTS
    peer_key: Annotated[str, Field(max_length=200)] = ""


class ReplayBody(Schema):
    """Since when everything is sent again."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime


class WebhookRow(Schema):
    """A webhook. `standing` is on, paused or stopped; `failing_since` says that nothing was taken since then."""

    id: int
    kind: str
    label: str
    url: str
    events: list[str]
    area: str
    unit: str
    version: int
    standing: str
    stopped_why: str
    failures: int
    failing_since: datetime | None
    taken_at: datetime | None
    made_at: datetime


class WebhookList(Schema):
    """The webhooks of the caller's account."""

    webhooks: list[WebhookRow]


class WebhookWithSecret(WebhookRow):
    """A webhook with its secret, which is shown this once and is null when the same call is repeated."""

    secret: str | None


class AttemptRow(Schema):
    """One sending: the receiver's status, 0 without an answer, and why it was no success."""

    at: datetime
    status: int
    why: str
    detail: str
    took_ms: int


class DeliveryRow(Schema):
    """One event on its way: `webhook_id` is the header under which the receiver knows it."""

    id: int
    webhook_id: str
    event: str
    number: str
    happened_at: datetime
    queued_at: datetime
    state: str
    why: str
    attempts: int
    next_at: datetime | None
    ended_at: datetime | None


class WholeDelivery(DeliveryRow):
    """A delivery with every attempt, the latest first."""

    tries: list[AttemptRow]


class DeliveryPage(Schema):
    """One page of deliveries, the latest first; `next` is the cursor of the page after it."""

    deliveries: list[DeliveryRow]
    next: str | None


class Replayed(Schema):
    """How many deliveries are sent again."""

    count: int


@router.get("/webhooks", response=WebhookList, operation_id="list_webhooks", summary="推送列表")
def list_webhooks(request: HttpRequest) -> HttpResponse:
    """The webhooks of the caller's account."""
    actor = _subscriber(request)
    return answer({"webhooks": [_row(row) for row in webhooks_of(actor.user_id or 0)]})


@router.get("/webhooks/events", response=list[str], operation_id="list_events", summary="可推送的事件")
def list_events(request: HttpRequest) -> HttpResponse:
    """The names of all events that a webhook may ask for."""
    caller_of(request)
    return answer(list(events_to_push()))


@router.post(
    "/webhooks",
    response={201: WebhookWithSecret},
    operation_id="make_webhook",
    summary="新建推送",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def make_webhook(request: HttpRequest, body: NewWebhookBody) -> HttpResponse:
    """Let the caller's account be told of what it may see. The secret is in this answer and nowhere else."""
    actor, at = _subscriber(request), timezone.now()
    return _with_secret(request, lambda: operations.make_webhook(**body.model_dump(), actor=actor, at=at), status=201)


@router.get("/webhooks/{webhook}", response=WebhookRow, operation_id="read_webhook", summary="推送详情")
def read_webhook(request: HttpRequest, webhook: int) -> HttpResponse:
    """One webhook. Its `ETag` is the version a change must name."""
    row = _own(_subscriber(request), webhook)
    return answer(_row(row), headers={"ETag": f'"{row.version}"'})


@router.patch(
    "/webhooks/{webhook}",
    response=WebhookRow,
    operation_id="change_webhook",
    summary="修改推送",
    openapi_extra={"parameters": [IF_MATCH, IDEMPOTENCY_KEY]},
)
def change_webhook(request: HttpRequest, webhook: int, body: WebhookBody) -> HttpResponse:
    """Say anew where a webhook goes and what it is told: what is left out is everything."""
    actor, at, version = _subscriber(request), timezone.now(), version_in(request)

    def effect() -> Answer:
        _own(actor, webhook)
        row = operations.change_webhook(webhook, **body.model_dump(), version=version, actor=actor, at=at)
        return Answer(200, _row(row))

    return answered_once(request, effect, actor=actor, at=at)


@router.delete(
    "/webhooks/{webhook}",
    response={204: None},
    operation_id="remove_webhook",
    summary="删除推送",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def remove_webhook(request: HttpRequest, webhook: int) -> HttpResponse:
    """Take a webhook away, with everything that was still to be sent to it."""

    def effect(actor: Actor, at: datetime) -> Answer:
        operations.remove_webhook(webhook, actor=actor, at=at)
        return Answer(204, {})

    return _do(request, webhook, effect)


@router.post(
    "/webhooks/{webhook}/rotate",
    response=WebhookWithSecret,
    operation_id="rotate_secret",
    summary="换发签名密钥",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def rotate_secret(request: HttpRequest, webhook: int) -> HttpResponse:
    """A new secret; for a day the old one signs beside it."""
    actor, at = _subscriber(request), timezone.now()
    _own(actor, webhook)
    return _with_secret(request, lambda: operations.rotate_secret(webhook, actor=actor, at=at), status=200)


@router.post(
    "/webhooks/{webhook}/pause",
    response=WebhookRow,
    operation_id="pause_webhook",
    summary="暂停推送",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def pause_webhook(request: HttpRequest, webhook: int) -> HttpResponse:
    """Send nothing until it is resumed; what happens meanwhile is held."""
    return _do(
        request,
        webhook,
        lambda actor, at: Answer(200, _row(operations.pause_webhook(webhook, actor=actor, at=at))),
    )


@router.post(
    "/webhooks/{webhook}/resume",
    response=WebhookRow,
    operation_id="resume_webhook",
    summary="恢复推送",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def resume_webhook(request: HttpRequest, webhook: int) -> HttpResponse:
    """Send again from now on; what was held is sent by a replay."""
    return _do(
        request,
        webhook,
        lambda actor, at: Answer(200, _row(operations.resume_webhook(webhook, actor=actor, at=at))),
    )


@router.post(
    "/webhooks/{webhook}/ping",
    response={202: DeliveryRow},
    operation_id="ping_webhook",
    summary="发送测试",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def ping_webhook(request: HttpRequest, webhook: int) -> HttpResponse:
    """Send an event `Ping`, to try the receiver out."""
    return _do(
        request,
        webhook,
        lambda actor, at: Answer(202, _delivery(operations.ping_webhook(webhook, actor=actor, at=at))),
    )


@router.post(
    "/webhooks/{webhook}/replay",
    response={202: Replayed},
    operation_id="replay_deliveries",
    summary="重投某时刻以来的事件",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def replay_deliveries(request: HttpRequest, webhook: int, body: ReplayBody) -> HttpResponse:
    """Send again everything that happened since an instant, delivered or not, at most ten thousand."""

    def effect(actor: Actor, at: datetime) -> Answer:
        return Answer(202, {"count": operations.replay_deliveries(webhook, since=body.since, actor=actor, at=at)})

    return _do(request, webhook, effect)


@router.get("/webhooks/{webhook}/deliveries", response=DeliveryPage, operation_id="list_deliveries", summary="投递记录")
def list_deliveries(
    request: HttpRequest,
    webhook: int,
    state: State | None = None,
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
    cursor: Annotated[str, Field(max_length=100)] = "",
) -> HttpResponse:
    """What was delivered and what not, the latest first."""
    found = deliveries_of(_own(_subscriber(request), webhook))
    if state is not None:
        found = found.filter(state=state)
    if after := id_in(cursor):
        found = found.filter(pk__lt=after)
    rows = list(found[: limit + 1])
    more = id_cursor(rows[limit - 1].pk) if len(rows) > limit else None
    return answer({"deliveries": [_delivery(row) for row in rows[:limit]], "next": more})


@router.get(
    "/webhooks/{webhook}/deliveries/{delivery}",
    response=WholeDelivery,
    operation_id="read_delivery",
    summary="投递详情",
)
def read_delivery(request: HttpRequest, webhook: int, delivery: int) -> HttpResponse:
    """One delivery with every attempt."""
    found = delivery_of(_own(_subscriber(request), webhook), delivery)
    tries = [{name: getattr(one, name) for name in AttemptRow.model_fields} for one in attempts_of(found)]
    return answer({**_delivery(found), "tries": tries})


@router.post(
    "/webhooks/{webhook}/deliveries/{delivery}/replay",
    response={202: DeliveryRow},
    operation_id="replay_delivery",
    summary="重投一次",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def replay_delivery(request: HttpRequest, webhook: int, delivery: int) -> HttpResponse:
    """Send one delivery again."""

    def effect(actor: Actor, at: datetime) -> Answer:
        again = operations.replay_delivery(webhook, delivery=delivery, actor=actor, at=at)
        return Answer(202, _delivery(again))

    return _do(request, webhook, effect)


def _subscriber(request: HttpRequest) -> Actor:
    """The caller, who may be told of what happens.

    :raises ScopeMissing, Forbidden: their key was not given for it, or their account is not
    """
    actor = caller_of(request, MANAGE).actor
    require(actor, SUBSCRIBE)
    return actor


def _own(actor: Actor, pk: int) -> Webhook:
    """A webhook of the caller's own account: those of others are kept at a desk.

    :raises NotFound: they have no such webhook
    """
    found = webhook_for(actor, pk)
    if found.account_id != actor.user_id:
        raise NotFound(what="webhook")
    return found


def _do(request: HttpRequest, webhook: int, effect: Callable[[Actor, datetime], Answer]) -> HttpResponse:
    actor, at = _subscriber(request), timezone.now()

    def owned() -> Answer:
        _own(actor, webhook)
        return effect(actor, at)

    return answered_once(request, owned, actor=actor, at=at)


def _with_secret(request: HttpRequest, make: Callable[[], MadeWebhook], *, status: int) -> HttpResponse:
    """Answer with the secret, which the memory of repeated calls does not keep."""
    actor, at = caller_of(request).actor, timezone.now()
    secrets: list[str | None] = []

    def effect() -> Answer:
        made = make()
        secrets.append(made.secret or None)
        return Answer(status, {**_row(made.webhook), "secret": None})

    return answered_once(request, effect, actor=actor, at=at, beside=lambda: {"secret": secrets[0]} if secrets else {})


def _row(row: Webhook) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in WebhookRow.model_fields if name != "id"}}


def _delivery(row: Delivery) -> dict[str, Any]:
    names = [name for name in DeliveryRow.model_fields if name not in ("id", "webhook_id")]
    return {"id": row.pk, "webhook_id": f"msg_{row.mark.hex}", **{name: getattr(row, name) for name in names}}
