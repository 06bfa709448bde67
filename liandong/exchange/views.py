"""The pages of webhooks: which there are, what was delivered and what not, sending again, and the limits of keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liandong.exchange import operations
from liandong.exchange.forms import RateForm, ReplayForm, WebhookForm
from liandong.exchange.models import Delivery, Webhook
from liandong.exchange.operations import MadeWebhook
from liandong.exchange.operations.webhooks import THE_ACT
from liandong.exchange.queries import (
    KEEP,
    SEE,
    SUBSCRIBE,
    attempts_of,
    counts_of,
    deliveries_of,
    delivery_of,
    rates_of,
    roles_that,
    webhook_for,
    webhooks_seen,
)
from liandong.exchange.rules.words import (
    KIND_WORDS,
    STANDING_WORDS,
    STATE_WORDS,
    WHY_WORDS,
    Kind,
    Standing,
    State,
    Why,
)
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import NotFound, actor_for
from liandong.people.desk import DeskRequest, desk
from liandong.people.managing import manageable
from liandong.people.operations.api_keys import ISSUE
from liandong.people.queries import keys_in_force
from liandong.people.rules.scope import Thing
from liandong.web.refusals import explain

PER_PAGE: Final = 50
_STANDING_TONES: Final = {Standing.ON: "green", Standing.PAUSED: "amber", Standing.STOPPED: "red"}
_STATE_TONES: Final = {State.DELIVERED: "green", State.FAILED: "red", State.WAITING: "blue", State.HELD: "amber"}
_ACTS: Final[Mapping[str, tuple[Callable[..., Any], str]]] = {
    "pause": (operations.pause_webhook, marked("推送已暂停；期间的事件会积存。")),
    "resume": (operations.resume_webhook, marked("推送已恢复；积存的事件须重投才会发出。")),
    "ping": (operations.ping_webhook, marked("已排队发送一次测试。")),
    "rotate": (operations.rotate_secret, ""),
    "remove": (operations.remove_webhook, marked("推送已删除。")),
}


@desk(SEE)
@require_safe
def webhooks(request: DeskRequest) -> HttpResponse:
    """All webhooks one may look after with what waits and failed, and the keys with their limits."""
    seen = webhooks_seen(request.actor)
    counts = counts_of(seen)
    found = seen.select_related("account").order_by("district", "id")
    context: dict[str, Any] = {
        "rows": [{**_shown(row), "counts": counts.get(row.pk, {})} for row in found],
        "may_keep": request.actor.may(KEEP),
        "keys": _keys(request) if request.actor.may(ISSUE) else [],
        "usual": settings.LIANDONG_API_PER_MINUTE,
    }
    return render(request, "exchange/webhooks.html", context)


@desk(KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    """Let an account be told; the secret is shown once."""
    accounts = [(user.username, f"{user.name} ({user.username})") for user in _subscribers(request)]
    form = WebhookForm(request.POST if request.method == "POST" else None, accounts=accounts)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = operations.make_webhook(
                    form.cleaned_data.pop("url"), **form.cleaned_data, actor=request.actor, at=timezone.now()
                )
            except Refusal as refusal:
                form.add_error(None, _told(refusal))
                status = refusal.status
            else:
                return _made(request, made)
    return render(request, "exchange/new.html", {"form": form}, status=status)


@desk(SEE)
@require_safe
def webhook(request: DeskRequest, pk: int) -> HttpResponse:
    """One webhook: how it stands, what was delivered, what may be done with it."""
    return _page(request, webhook_for(request.actor, pk))


@desk(KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: DeskRequest, pk: int) -> HttpResponse:
    """Change where it goes and what it is told."""
    row = webhook_for(request.actor, pk, KEEP)
    names = ("url", "label", "events", "area", "unit")
    initial = {name: getattr(row, name) for name in names}
    form = WebhookForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                operations.change_webhook(pk, **form.cleaned_data, actor=request.actor, at=timezone.now())
            except Refusal as refusal:
                form.add_error(None, _told(refusal))
                status = refusal.status
            else:
                messages.success(request, _("推送已修改。"))
                return HttpResponseRedirect(reverse("exchange:webhook", args=[pk]))
    return render(request, "exchange/new.html", {"form": form, "row": row}, status=status)


@desk(KEEP)
@require_POST
def act(request: DeskRequest, pk: int, act: str) -> HttpResponse:
    """Pause, resume, try out, rotate or remove."""
    if act not in _ACTS:
        raise NotFound(what=_(THE_ACT))
    operation, said = _ACTS[act]
    try:
        done = operation(pk, actor=request.actor, at=timezone.now())
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, _told(refusal))
        return HttpResponseRedirect(reverse("exchange:webhook", args=[pk]))
    if isinstance(done, MadeWebhook):
        return _made(request, done)
    messages.success(request, _(said))
    return HttpResponseRedirect(reverse("exchange:webhooks") if act == "remove" else _address(pk))


@desk(KEEP)
@require_POST
def replay(request: DeskRequest, pk: int) -> HttpResponse:
    """Send again whatever happened since an instant."""
    form = ReplayForm(request.POST)
    row = webhook_for(request.actor, pk, KEEP)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    try:
        count = operations.replay_deliveries(
            pk, since=form.cleaned_data["since"], actor=request.actor, at=timezone.now()
        )
    except Refusal as refusal:
        form.add_error(None, _told(refusal))
        return _page(request, row, form, status=refusal.status)
    messages.success(request, _("已排队重投 %(count)s 次。") % {"count": count})
    return HttpResponseRedirect(_address(pk))


@desk(SEE)
@require_safe
def delivery(request: DeskRequest, pk: int, delivery: int) -> HttpResponse:
    """One delivery with every attempt. What it said is not kept: it is made anew at each sending."""
    row = webhook_for(request.actor, pk)
    found = delivery_of(row, delivery)
    tries = [
        {"row": one, "why": _(WHY_WORDS[Why(one.why)]) if one.why else _("接收方已收下")} for one in attempts_of(found)
    ]
    context = {**_shown(row), **_line(found), "tries": tries, "may_keep": _may_keep(request, row)}
    return render(request, "exchange/delivery.html", context)


@desk(KEEP)
@require_POST
def replay_one(request: DeskRequest, pk: int, delivery: int) -> HttpResponse:
    """Send one delivery again."""
    try:
        operations.replay_delivery(pk, delivery=delivery, actor=request.actor, at=timezone.now())
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, _told(refusal))
    else:
        messages.success(request, _("已排队重投 1 次。"))
    return HttpResponseRedirect(reverse("exchange:delivery", args=[pk, delivery]))


@desk(ISSUE)
@require_POST
def rate(request: DeskRequest) -> HttpResponse:
    """Say how many calls a key may make in a minute."""
    form = RateForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("每分钟的调用上限应为正整数，或留空。"))
    else:
        given = form.cleaned_data
        try:
            operations.set_key_rate(
                given["key"], per_minute=given["per_minute"], actor=request.actor, at=timezone.now()
            )
        except NotFound:
            raise
        except Refusal as refusal:
            messages.error(request, _told(refusal))
        else:
            messages.success(request, _("调用上限已修改，半分钟内生效。"))
    return HttpResponseRedirect(reverse("exchange:webhooks"))


def _page(request: DeskRequest, row: Webhook, form: ReplayForm | None = None, *, status: int = 200) -> HttpResponse:
    state = request.GET.get("state", "")
    found = deliveries_of(row).filter(state=state) if state in set(State) else deliveries_of(row)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    query = f"&state={state}" if state else ""
    context: dict[str, Any] = {
        **_shown(row),
        "lines": [_line(one) for one in page],
        "states": [(one.value, _(word), one == state) for one, word in STATE_WORDS.items()],
        "may_keep": _may_keep(request, row),
        "is_on": row.standing == Standing.ON,
        "is_events": row.kind == Kind.EVENTS,
        "form": form or ReplayForm(),
        "pager": {
            "total": page.paginator.count,
            "shown": len(page.object_list),
            "newer_url": f"?page={page.previous_page_number()}{query}" if page.has_previous() else "",
            "older_url": f"?page={page.next_page_number()}{query}" if page.has_next() else "",
        },
    }
    return render(request, "exchange/webhook.html", context, status=status)


def _made(request: DeskRequest, made: MadeWebhook) -> HttpResponse:
    """The secret, this once: the answer is kept by no cache and no history entry leads back to it."""
    response = render(request, "exchange/secret.html", {**_shown(made.webhook), "secret": made.secret})
    response["Cache-Control"] = "no-store"
    return response


def _shown(row: Webhook) -> dict[str, Any]:
    standing = Standing(row.standing)
    return {
        "webhook": row,
        "kind": _(KIND_WORDS[Kind(row.kind)]),
        "standing": _(STANDING_WORDS[standing]),
        "tone": _STANDING_TONES[standing],
        "stopped_why": _(WHY_WORDS[Why(row.stopped_why)]) if row.stopped_why else "",
    }


def _line(row: Delivery) -> dict[str, Any]:
    state = State(row.state)
    return {
        "delivery": row,
        "state": _(STATE_WORDS[state]),
        "state_tone": _STATE_TONES.get(state, "grey"),
        "why": _(WHY_WORDS[Why(row.why)]) if row.why else "",
    }


def _subscribers(request: DeskRequest) -> list[Any]:
    """Accounts in the districts whose webhooks one keeps, that may be told of anything."""
    at, told = timezone.now(), roles_that(SUBSCRIBE)
    accounts = manageable(request.actor, KEEP).filter(posts__role__in=told, is_active=True).distinct()
    return [user for user in accounts.order_by("username") if actor_for(user, at=at).may(SUBSCRIBE)]


def _keys(request: DeskRequest) -> list[dict[str, Any]]:
    keys = list(keys_in_force(manageable(request.actor, ISSUE), at=timezone.now()))
    rates = rates_of(key.pk for key in keys)
    return [{"key": key, "per_minute": rates.get(key.pk)} for key in keys]


def _may_keep(request: DeskRequest, row: Webhook) -> bool:
    return request.actor.may(KEEP, Thing(row.district))


def _address(pk: int) -> str:
    return reverse("exchange:webhook", args=[pk])


def _told(refusal: Refusal) -> str:
    told = explain(refusal)
    return f"{told.says}{told.remedy}"
