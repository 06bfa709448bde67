"""The inbox by the interface: what the caller was told, what of it is unread, and that it was read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from liandong.notify.operations import mark_read
from liandong.notify.queries import Message, inbox_of, unread_count
from liandong.people.api import answer, caller_of
from liandong.web.cursors import id_cursor, id_in

READ = "messages:read"
router = Router(tags=["messages"])


class MessageRow(Schema):
    """A message in the caller's inbox: `about` and `about_name` say what it tells of."""

    id: int
    notice: str
    about: str
    about_name: str
    subject: str
    body: str
    is_urgent: bool
    queued_at: datetime
    read_at: datetime | None


class MessagePage(Schema):
    """One page of the inbox, the latest first; `next` is the cursor of the page after it."""

    unread: int
    messages: list[MessageRow]
    next: str | None


class ReadBody(Schema):
    """The messages that were read; none named means all of them."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[Annotated[int, Field(ge=1, lt=2**63)]], Field(max_length=1000)] = []


class Unread(Schema):
    """How many messages are unread now."""

    unread: int


@router.get("/messages", response=MessagePage, operation_id="list_messages", summary="我的消息")
def list_messages(
    request: HttpRequest,
    is_unread: bool = False,  # noqa: FBT001, FBT002 - a query parameter
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
    cursor: Annotated[str, Field(max_length=100)] = "",
) -> HttpResponse:
    """The inbox of the caller's account, the latest first."""
    me = caller_of(request, READ).actor.user_id or 0
    found = inbox_of(me).filter(read_at__isnull=True) if is_unread else inbox_of(me)
    if after := id_in(cursor):
        found = found.filter(pk__lt=after)
    rows = list(found[: limit + 1])
    more = id_cursor(rows[limit - 1].pk) if len(rows) > limit else None
    return answer({"unread": unread_count(me), "messages": [_row(row) for row in rows[:limit]], "next": more})


@router.post("/messages/read", response=Unread, operation_id="read_messages", summary="标为已读")
def read_messages(request: HttpRequest, body: ReadBody) -> HttpResponse:
    """Note that messages were read. Saying it again changes nothing, so it needs no `Idempotency-Key`."""
    actor = caller_of(request, READ).actor
    mark_read(tuple(body.ids), actor=actor, at=timezone.now())
    return answer({"unread": unread_count(actor.user_id or 0)})


def _row(row: Message) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in MessageRow.model_fields if name != "id"}}
