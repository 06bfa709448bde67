"""The channels' pages: how each does, what it refused and why, replaying, tables, what goes out, handing over."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liandong.areas.queries import district_map
from liandong.cases.docket import thing_of
from liandong.cases.queries import case_for
from liandong.intake_channels.contract import channels
from liandong.intake_channels.forms import HandOverForm, MappingForm, SendAgainForm
from liandong.intake_channels.mailboxes import is_open_without_keys
from liandong.intake_channels.operations import (
    hand_over_case,
    replay_message,
    replay_refused,
    retry_departure,
    set_mapping,
)
from liandong.intake_channels.plugins.mailbox import MAILBOX
from liandong.intake_channels.queries import (
    TROUBLED,
    Health,
    arrivals_seen,
    channel_named,
    departures_seen,
    health_of,
    mailbox_of,
    own_rows,
    tables_of,
)
from liandong.intake_channels.rules.words import FATE_WORDS, TABLE_WORDS, Fate, Table, Tell
from liandong.intake_channels.views.rows import TONES, arrival_row, departure_row
from liandong.kernel.refusal import Refusal
from liandong.people.access import Actor, require
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.rules.scope import Thing
from liandong.web.refusals import explain

PER_PAGE: Final = 50


@desk("channels.see")
@require_safe
def overview(request: DeskRequest) -> HttpResponse:
    """How each channel does today."""
    district = district_of(request.actor)
    require(request.actor, "channels.see", Thing(district))
    lines = [_line(health) for health in health_of(district, since=_midnight(district))]
    return render(request, "intake_channels/overview.html", {"lines": lines})


@desk("channels.see")
@require_safe
def channel(request: DeskRequest, code: str) -> HttpResponse:
    """One channel: what came, what was refused and why, its tables, what goes out."""
    return _page(request, code, MappingForm(initial={"theirs": request.GET.get("theirs", "")}))


@desk("channels.keep")
@require_POST
def replay(request: DeskRequest, pk: int) -> HttpResponse:
    """Replay one refused message."""
    try:
        result = replay_message(pk, actor=request.actor, at=timezone.now())
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, _said(refusal))
        return HttpResponseRedirect(reverse("channels:overview"))
    code = arrivals_seen(request.actor).values_list("channel", flat=True).get(pk=pk)
    if result.fate is Fate.REFUSED:
        messages.warning(request, _("仍被拒收：%(why)s") % {"why": result.says})
    else:
        messages.success(request, _("已重放：%(fate)s") % {"fate": _(FATE_WORDS[result.fate])})
    return HttpResponseRedirect(reverse("channels:channel", args=[code]))


@desk("channels.keep")
@require_POST
def replay_all(request: DeskRequest, code: str) -> HttpResponse:
    """Replay what was refused and is kept, up to five hundred at a time."""
    district = district_of(request.actor)
    tally = replay_refused(code, district=district, actor=request.actor, at=timezone.now())
    said = _("已重放 %(tried)s 条：接收 %(taken)s，重复 %(duplicate)s，等待 %(waiting)s，仍拒收 %(refused)s。")
    counts = {name: getattr(tally, name) for name in ("tried", "taken", "duplicate", "waiting", "refused")}
    messages.info(request, said % counts)
    return HttpResponseRedirect(reverse("channels:channel", args=[code]))


@desk("channels.keep")
@require_POST
def mapping(request: DeskRequest, code: str) -> HttpResponse:
    """Set or drop one row of a table."""
    form, district, status = MappingForm(request.POST), district_of(request.actor), 422
    if form.is_valid():
        try:
            set_mapping(**form.cleaned_data, channel=code, district=district, actor=request.actor, at=timezone.now())
        except Refusal as refusal:
            if refusal.status == 404:
                raise
            form.add_error(None, _said(refusal))
            status = refusal.status
        else:
            messages.success(request, _("对照表已保存，可以重放被拒收的消息。"))
            return HttpResponseRedirect(reverse("channels:channel", args=[code]))
    return _page(request, code, form, status=status)


@desk("channels.keep")
@require_POST
def retry(request: DeskRequest, pk: int) -> HttpResponse:
    """Have a message sent again."""
    form = SendAgainForm(request.POST)
    form.is_valid()
    try:
        found = retry_departure(
            pk,
            reason=form.cleaned_data.get("reason", ""),
            may_double=form.cleaned_data.get("may_double", False),
            actor=request.actor,
            at=timezone.now(),
        )
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, _said(refusal))
        code = departures_seen(request.actor).values_list("channel", flat=True).get(pk=pk)
    else:
        messages.success(request, _("已重新排队发送。"))
        code = found.channel
    return HttpResponseRedirect(reverse("channels:channel", args=[code]))


@desk("channels.hand_over")
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: DeskRequest, number: str) -> HttpResponse:
    """Hand a case over to another body."""
    case = case_for(request.actor, number.replace("\x00", ""))
    require(request.actor, "channels.hand_over", thing_of(case))
    choices = [(one.code, _(one.word)) for one in channels().values() if Tell.HAND_OVER in one.tells]
    form, status = HandOverForm(request.POST or None, choices=choices), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                hand_over_case(case.number, **form.cleaned_data, actor=request.actor, at=timezone.now())
            except Refusal as refusal:
                form.add_error(None, _said(refusal))
                status = refusal.status
            else:
                messages.success(request, _("已移交，等待对方回执。"))
                return HttpResponseRedirect(reverse("workbench:case", args=[case.number]))
    earlier = departures_seen(request.actor, "channels.hand_over").filter(case=case.pk, tell=Tell.HAND_OVER)
    context = {"case": case, "form": form, "earlier": [departure_row(one) for one in earlier.order_by("-id")]}
    return render(request, "intake_channels/hand_over.html", context, status=status)


def _page(request: DeskRequest, code: str, form: MappingForm, *, status: int = 200) -> HttpResponse:
    found, district = channel_named(code), district_of(request.actor)
    require(request.actor, "channels.see", Thing(district))
    fate = request.GET.get("fate", "")
    came = arrivals_seen(request.actor).filter(district=district, channel=code)
    came = came.filter(fate=fate) if fate in set(Fate) else came.filter(fate__in=[Fate.REFUSED, Fate.WAITING])
    page = Paginator(came.order_by("-id"), PER_PAGE).get_page(request.GET.get("page"))
    going = departures_seen(request.actor).filter(district=district, channel=code)
    health = next(one for one in health_of(district, since=_midnight(district)) if one.channel.code == code)
    context: dict[str, Any] = {
        **_line(health),
        "channel": found,
        "rows": [arrival_row(arrival) for arrival in page],
        "fates": [(one.value, _(FATE_WORDS[one]), TONES[one], one == fate) for one in Fate],
        "troubled": [departure_row(one) for one in going.filter(state__in=TROUBLED).order_by("-id")[:PER_PAGE]],
        "recent": [departure_row(one) for one in going.order_by("-id")[:20]],
        "lacking": _lacking(request.actor, district, code),
        "own": [(row, _(TABLE_WORDS[Table(row.table)])) for row in own_rows(district, code)],
        "known": len(tables_of(district, code)),
        "may_keep": request.actor.may("channels.keep", Thing(district)),
        "form": form,
        "again": SendAgainForm(),
        "pager": {
            "total": page.paginator.count,
            "shown": len(page.object_list),
            "newer_url": f"?page={page.previous_page_number()}&fate={fate}" if page.has_previous() else "",
            "older_url": f"?page={page.next_page_number()}&fate={fate}" if page.has_next() else "",
        },
    }
    return render(request, "intake_channels/channel.html", context, status=status)


def _lacking(actor: Actor, district: str, code: str) -> list[dict[str, Any]]:
    """Codes without a row, with how many kept messages each holds up."""
    held: dict[tuple[str, str], int] = {}
    refused = arrivals_seen(actor).filter(district=district, channel=code, fate=Fate.REFUSED, why="unmapped")
    for values in refused.filter(sealed__isnull=False).values_list("values", flat=True)[:5000]:
        key = (values.get("table", ""), values.get("theirs", ""))
        held[key] = held.get(key, 0) + 1
    most_first = sorted(held.items(), key=lambda item: (-item[1], item[0]))
    return [
        {"table": table, "word": _(TABLE_WORDS[Table(table)]), "theirs": theirs, "count": count}
        for (table, theirs), count in most_first[:20]
        if table in set(Table)
    ]


def _line(health: Health) -> dict[str, Any]:
    return {
        "health": health,
        "word": _(health.channel.word),
        "is_open": bool(health.way.keys) or is_open_without_keys(health.way),
        "has_way_back": bool(health.way.url),
        "mailbox": mailbox_of(health.way.district) if health.channel.code == MAILBOX.code else None,
    }


def _midnight(district: str) -> datetime:
    zone = district_map(district).calendar.zone
    return timezone.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _said(refusal: Refusal) -> str:
    told = explain(refusal)
    return f"{told.says}{told.remedy}"
