"""What was sent at which cost, what did not arrive and why, and having it sent again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.kernel.refusal import Refusal
from liandong.notify.channels import transport_of
from liandong.notify.forms import RetryForm
from liandong.notify.operations import retry_message
from liandong.notify.queries import TROUBLED, Message, days_of, message_seen, messages_seen, reasons_of
from liandong.notify.rules.notices import BY_CODE
from liandong.notify.rules.words import AUDIENCE_WORDS, CHANNEL_WORDS, STATE_WORDS, WHY_WORDS, Channel, State, Why
from liandong.people.access import Actor
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.rules.scope import Thing
from liandong.web.refusals import explain

DAYS: Final = (1, 7, 30, 90)
PER_PAGE: Final = 50
TONES: Final = {State.FAILED: "red", State.UNKNOWN: "amber", State.NOT_SENT: "grey", State.DELIVERED: "green"}


@desk("notify.see_delivery")
@require_safe
def delivery(request: DeskRequest) -> HttpResponse:
    """Counts by channel and day with their cost, reasons, and the messages in trouble."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, DAYS) else 7
    district, since = district_of(request.actor), timezone.now() - timedelta(days=days)
    seen = messages_seen(request.actor)
    troubled = seen.filter(district=district, queued_at__gte=since, state__in=TROUBLED)
    state, channel = request.GET.get("state", ""), request.GET.get("channel", "")
    troubled = troubled.filter(state=state) if state in TROUBLED else troubled
    troubled = troubled.filter(channel=channel) if channel in set(Channel) else troubled
    page = Paginator(troubled.select_related("person").order_by("-id"), PER_PAGE).get_page(request.GET.get("page"))
    lines = [(line, _(CHANNEL_WORDS[line.channel])) for line in days_of(seen, district=district, since=since)]
    query = f"&days={days}&state={state}&channel={channel}"
    context: dict[str, Any] = {
        "lines": lines,
        "total_cost": sum(line.cost for line, _word in lines),
        "total": sum(line.total for line, _word in lines),
        "reasons": [
            (_(CHANNEL_WORDS[way]), _(STATE_WORDS[stage]), TONES[stage], _(WHY_WORDS[Why(why)]) if why else "—", count)
            for way, stage, why, count in reasons_of(seen, district=district, since=since)
        ],
        "rows": [_row(message) for message in page],
        "days": days,
        "choices": DAYS,
        "states": [(one.value, _(STATE_WORDS[one]), one == state) for one in TROUBLED],
        "channels": [(one.value, _(CHANNEL_WORDS[one]), one == channel) for one in Channel],
        "ways": [
            {"word": _(CHANNEL_WORDS[one]), "is_on": one is Channel.IN_APP or bool(transport_of(one))}
            for one in Channel
        ],
        "pager": {
            "total": page.paginator.count,
            "shown": len(page.object_list),
            "newer_url": f"?page={page.previous_page_number()}{query}" if page.has_previous() else "",
            "older_url": f"?page={page.next_page_number()}{query}" if page.has_next() else "",
        },
    }
    return render(request, "notify/delivery.html", context)


@desk("notify.see_delivery")
@require_safe
def message(request: DeskRequest, pk: int) -> HttpResponse:
    """One message: its attempts, receipts and state. Its words are shown to who is told, not here."""
    return _page(request, message_seen(request.actor, pk), RetryForm())


@desk("notify.retry_message")
@require_POST
def retry(request: DeskRequest, pk: int) -> HttpResponse:
    """Have it sent again."""
    form = RetryForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            retry_message(pk, **form.cleaned_data, actor=request.actor, at=timezone.now())
        except Refusal as refusal:
            if refusal.status == 404:
                raise
            told = explain(refusal)
            form.add_error(None, f"{told.says}{told.remedy}")
            status = told.status
        else:
            messages.success(request, _("已重新排队发送。"))
            return HttpResponseRedirect(reverse("notify:message", args=[pk]))
    return _page(request, message_seen(request.actor, pk), form, status=status)


def _page(request: DeskRequest, found: Message, form: RetryForm, *, status: int = 200) -> HttpResponse:
    tries = [
        {"row": row, "why": _(WHY_WORDS[Why(row.why)]) if row.why else "", "word": _word_of(row.news)}
        for row in found.tries.order_by("number")
    ]
    fallback = Message.objects.filter(instead_of=found).first()
    context = {
        **_row(found),
        "tries": tries,
        "may_retry": _may_retry(request.actor, found),
        "is_unknown": found.state == State.UNKNOWN,
        "fallback": fallback,
        "fallback_channel": _(CHANNEL_WORDS[Channel(fallback.channel)]) if fallback else "",
        "form": form,
    }
    return render(request, "notify/message.html", context, status=status)


def _may_retry(actor: Actor, found: Message) -> bool:
    return found.state in TROUBLED and actor.may("notify.retry_message", Thing(found.area))


def _word_of(news: str) -> str:
    words = {
        "accepted": _("网关已收下"),
        "delivered": _("已送达"),
        "refused": _("网关拒收"),
        "later": _("未收下，稍后重试"),
        "unknown": _("没有明确应答"),
    }
    return words.get(news, _("正在提交"))


def _row(message: Message) -> dict[str, Any]:
    state = State(message.state)
    to = {"reporter": _("报告人"), "unit": message.unit, "group": message.unit}
    return {
        "message": message,
        "word": _(BY_CODE[message.notice].word) if message.notice in BY_CODE else message.notice,
        "audience": _(AUDIENCE_WORDS[BY_CODE[message.notice].audience]) if message.notice in BY_CODE else "",
        "who": to.get(message.to) or (message.person.name if message.person else ""),
        "channel": _(CHANNEL_WORDS[Channel(message.channel)]),
        "state": _(STATE_WORDS[state]),
        "tone": TONES.get(state, "blue"),
        "why": _(WHY_WORDS[Why(message.why)]) if message.why else "",
    }
