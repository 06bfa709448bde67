"""话务: how fast the desk answers, who sits where, calls nobody answered, hand-overs, and how the exchange is doing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.areas.queries import district_map
from liandong.intake_channels.hotline import operations
from liandong.intake_channels.hotline.forms import PeriodForm
from liandong.intake_channels.hotline.queries import (
    ExchangeHealth,
    answering_figures,
    given_up_calls,
    health_of,
    latest_hand_overs,
    masked_number_of,
    seats_of,
    secrets_of,
)
from liandong.intake_channels.hotline.rules.answering import IN_TIME_SECONDS, TARGET, Answering
from liandong.intake_channels.hotline.views.hand_overs import lines_of
from liandong.intake_channels.rules.signing import DRIFT
from liandong.kernel.refusal import Refusal, marked
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.refusals import explain

MOST_DAYS: Final = 92
MOST_CALLS: Final = 50
SHOWN_SINCE: Final = timedelta(days=2)
_REFUSALS: Final[Mapping[str, str]] = {
    "signature_wrong": marked("签名无效"),
    "timestamp_off": marked("交换机时钟偏差过大"),
    "nonce_used": marked("重放的请求"),
    "call_unreadable": marked("无法识别的内容或编码"),
    "call_event_unclear": marked("字段缺失或格式不对"),
    "call_time_implausible": marked("事件时间不合理"),
    "call_has_ended": marked("通话结束后的事件"),
    "call_event_changed": marked("同一编号内容不同"),
}


@desk("hotline.see_figures")
@require_safe
def figures(request: DeskRequest) -> HttpResponse:
    """The desk as a whole; numbers from the rows of its calls."""
    at, district = timezone.now(), district_of(request.actor)
    zone = district_map(district).calendar.zone
    form = PeriodForm(request.GET)
    since, until = form.days(at.astimezone(zone).date(), most=MOST_DAYS)
    found = answering_figures(district, since=since, until=until)
    health = health_of(district, at=at)
    context = {
        "form": PeriodForm(initial={"since": since, "until": until}),
        "since": since,
        "until": until,
        "whole": _line("", found.whole),
        "hours": [_line(f"{hour:02d}:00", one) for hour, one in found.by_hour.items() if one.offered],
        "days": [_line(f"{day:%Y-%m-%d}", one) for day, one in sorted(found.by_day.items(), reverse=True)],
        "target": TARGET,
        "seconds": IN_TIME_SECONDS,
        "health": health,
        "refused": [(_(_REFUSALS.get(code, code)), count) for code, count in sorted(health.refused.items())],
        "is_connected": bool(secrets_of(district)),
        "drifts": abs(health.drift_seconds) >= DRIFT.total_seconds() / 10,
        "is_silent": _is_silent(health, at=at),
        "seats": seats_of(district),
        "may_free": request.actor.may("hotline.free_seat"),
        "given_up": _calls(given_up_calls(district, since=at - SHOWN_SINCE)[:MOST_CALLS]),
        "may_reveal": request.actor.may("hotline.reveal_caller"),
        "hand_overs": lines_of(latest_hand_overs(district, since=at - SHOWN_SINCE)[:MOST_CALLS], at=at),
        "zone": zone,
        "now": at,
    }
    return render(request, "hotline/figures.html", context)


@desk("hotline.reveal_caller")
@require_POST
def number(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the number of a call that was given up, for a stated purpose."""
    shown, refused, status = "", "", 200
    try:
        shown = operations.reveal_caller(
            pk, purpose=request.POST.get("purpose", ""), actor=request.actor, at=timezone.now()
        )
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        told = explain(refusal)
        refused, status = f"{told.says}{told.remedy}", refusal.status
    context = {"pk": pk, "number": shown, "refused": refused, "is_revealed": status == 200}
    response = render(request, "hotline/number.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _line(label: str, one: Answering) -> dict[str, Any]:
    return {"label": label, "one": one, "is_low": not one.meets_target}


def _calls(calls: Iterable[Any]) -> list[dict[str, Any]]:
    return [
        {
            "call": call,
            "number": masked_number_of(call),
            "waited": round((call.ended_at - call.rang_at).total_seconds()),
            "has_number": call.sealed is not None,
        }
        for call in calls
    ]


def _is_silent(health: ExchangeHealth, *, at: datetime) -> bool:
    """Whether nothing was heard of the exchange for a day: a quiet desk, or a broken line."""
    return health.heard_at is None or at - health.heard_at > timedelta(days=1)
