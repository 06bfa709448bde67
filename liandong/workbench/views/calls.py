"""来电弹屏: the call at hand with its caller's cases while it goes on, and what the caller asks for on one of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liandong.areas.queries import district_map
from liandong.cases import operations
from liandong.intake_channels.hotline.operations import (
    Caller,
    end_call,
    finish_after_call_work,
    show_caller,
)
from liandong.intake_channels.hotline.queries import call_at_hand, seat_of
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.refusals import explain
from liandong.workbench.calling import call_in, write_on_call
from liandong.workbench.rows import rows_of
from liandong.workbench.views.steps import announced

ACT: Final = "hotline.take_calls"
_STATES: Final = {
    "ringing": (marked("来电振铃"), "telephone-inbound", "amber"),
    "talking": (marked("通话中"), "telephone", "green"),
    "held": (marked("保持中"), "pause-circle", "blue"),
    "ended": (marked("话后处理"), "pencil", "violet"),
}
_WISHES: Final[dict[str, tuple[str, Callable[..., Any], str]]] = {
    "urge": (marked("已催办：%(number)s"), operations.urge_case, "note"),
    "add_note": (marked("已补充：%(number)s"), operations.add_note, "reason"),
    "withdraw": (marked("已撤诉：%(number)s"), operations.withdraw_case, "note"),
    "keep_confidential": (marked("已改为保密：%(number)s"), operations.keep_confidential, ""),
}
"""What a caller may ask for on a case: what is said afterwards, the operation, and what its words are called."""


@desk(ACT)
@require_POST
def panel(request: DeskRequest) -> HttpResponse:
    """The call at hand. A POST, for that its cases were shown is on the record."""
    return _panel(request, at=timezone.now())


@desk(ACT)
@require_POST
def wish(request: DeskRequest, number: str) -> HttpResponse:
    """催办, 补充, 撤诉, 保密 on one of the caller's cases, in the caller's name."""
    act, at = request.POST.get("act", ""), timezone.now()
    if act not in _WISHES:
        raise NotFound(what=marked("这个操作"))
    if act == "withdraw" and request.POST.get("sure") != "yes":
        return _panel(request, at=at, confirming=number)
    said, operation, words = _WISHES[act]
    given = {words: request.POST.get("note", "")} if words else {}
    try:
        operation(number, **given, actor=request.actor, at=at)
        write_on_call(request, number, at=at)
    except NotFound:
        raise
    except Refusal as refusal:
        told = explain(refusal)
        return _panel(request, at=at, refused=f"{told.says}{told.remedy}", about=number, status=refusal.status)
    return announced(_panel(request, at=at), message=_(said) % {"number": number})


@desk(ACT)
@require_POST
def finish(request: DeskRequest) -> HttpResponse:
    """End a call by hand, then the work after it."""
    call, at = call_in(request), timezone.now()
    if call is None:
        raise NotFound(what=marked("这个来电"))
    if request.POST.get("what") == "call":
        end_call(call, actor=request.actor, at=at)
    else:
        finish_after_call_work(call, actor=request.actor, at=at)
    return _panel(request, at=at)


def _panel(
    request: DeskRequest, *, at: datetime, confirming: str = "", refused: str = "", about: str = "", status: int = 200
) -> HttpResponse:
    actor = request.actor
    call = call_at_hand(actor)
    shown = show_caller(call.pk, actor=actor, at=at) if call else None
    context = {
        "call": call,
        "seat": seat_of(actor),
        "zone": district_map(district_of(actor)).calendar.zone,
        "confirming": confirming,
        "refused": refused,
        "about": about,
        "now": at,
        **(_shown(shown, at=at) if shown else {}),
    }
    response = render(request, "workbench/call.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _shown(shown: Caller, *, at: datetime) -> dict[str, Any]:
    word, icon, tone = _STATES[shown.call.state]
    return {
        "goes_on": shown.goes_on,
        "number": shown.number,
        "rows": rows_of(shown.cases, at=at),
        "state": {"word": _(word), "icon": icon, "tone": tone},
    }
