"""The inbox: what came in, how much of it is unread, and the way to what it is about."""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.notify.operations import mark_read
from liandong.notify.queries import THE_MESSAGE, inbox_of, unread_count
from liandong.notify.rules.notices import BY_CODE
from liandong.notify.rules.words import KIND_WORDS
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk

PER_PAGE: Final = 30
_PLACES: Final = {"case": "workbench:case"}
"""Where the thing a message is about is shown."""


@desk()
@require_safe
def inbox(request: DeskRequest) -> HttpResponse:
    """Messages, latest first; `?unread=1` only those not opened."""
    me = request.actor.user_id or 0
    only_unread = request.GET.get("unread") == "1"
    rows = inbox_of(me).filter(read_at__isnull=True) if only_unread else inbox_of(me)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    query = "&unread=1" if only_unread else ""
    context: dict[str, Any] = {
        "rows": [
            {"message": row, "kind": _(KIND_WORDS[BY_CODE[row.notice].kind]) if row.notice in BY_CODE else ""}
            for row in page
        ],
        "only_unread": only_unread,
        "unread": unread_count(me),
        "pager": {
            "total": page.paginator.count,
            "shown": len(page.object_list),
            "newer_url": f"?page={page.previous_page_number()}{query}" if page.has_previous() else "",
            "older_url": f"?page={page.next_page_number()}{query}" if page.has_next() else "",
        },
    }
    return render(request, "notify/inbox.html", context)


@desk()
@require_safe
def unread(request: DeskRequest) -> HttpResponse:
    """How many are unread, for the shell."""
    return render(request, "notify/unread.html", {"unread": unread_count(request.actor.user_id or 0)})


@desk()
@require_POST
def read(request: DeskRequest) -> HttpResponse:
    """Mark all as read."""
    mark_read((), actor=request.actor, at=timezone.now())
    return HttpResponseRedirect(reverse("notify:inbox"))


@desk()
@require_POST
def open_message(request: DeskRequest, pk: int) -> HttpResponse:
    """Mark one as read and go to what it is about."""
    message = inbox_of(request.actor.user_id or 0).filter(pk=pk).first()
    if message is None:
        raise NotFound(what=THE_MESSAGE)
    mark_read((pk,), actor=request.actor, at=timezone.now())
    place = _PLACES.get(message.about)
    return HttpResponseRedirect(reverse(place, args=[message.about_name]) if place else reverse("notify:inbox"))
