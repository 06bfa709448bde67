"""My own settings: which channels tell me of what, when I am not disturbed, where I am reached."""

from __future__ import annotations

from datetime import time
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from liandong.kernel.refusal import Refusal
from liandong.notify.channels import transport_of
from liandong.notify.forms import ContactForm, QuietForm
from liandong.notify.operations import choose_channels
from liandong.notify.queries import choices_of, quiet_hours_in, quiet_hours_of
from liandong.notify.rules.notices import NOTICES
from liandong.notify.rules.preferences import CHOSEN_BY_PEOPLE, is_binding
from liandong.notify.rules.quiet import QuietHours
from liandong.notify.rules.words import CHANNEL_WORDS, KIND_WORDS, Channel, Kind
from liandong.people.contacts import contact_of
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.operations import set_contact
from liandong.web.refusals import explain

_KINDS: Final = (Kind.WORK, Kind.TIME, Kind.SUPERVISION, Kind.FOLLOW_UP)
_NEVER: Final = QuietHours(time(0), time(0))


@desk()
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: DeskRequest) -> HttpResponse:
    """Show them, or save channels and quiet hours."""
    me = request.actor.user_id or 0
    if request.method != "POST":
        return _page(request, QuietForm(initial=_quiet_of(me)))
    form = QuietForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    chosen = {
        (kind, channel): f"{kind}-{channel}" in request.POST
        for kind in _KINDS
        for channel in CHOSEN_BY_PEOPLE
        if f"{kind}-{channel}" in request.POST or _is_on(kind, channel, choices_of([me])[me])
    }
    choose_channels(chosen, quiet=_hours(form.cleaned_data), actor=request.actor, at=timezone.now())
    messages.success(request, _("消息设置已保存。"))
    return HttpResponseRedirect(reverse("notify:settings"))


@sensitive_post_parameters("phone", "email")
@desk()
@require_POST
def contact(request: DeskRequest) -> HttpResponse:
    """Keep where I am reached."""
    me = request.actor.user_id or 0
    form = ContactForm(request.POST)
    quiet = QuietForm(initial=_quiet_of(me))
    if not form.is_valid():
        return _page(request, quiet, contact_form=form, status=422)
    user = get_user_model().objects.get(pk=me)
    try:
        set_contact(user, **form.cleaned_data, actor=request.actor, at=timezone.now())
    except Refusal as refusal:
        told = explain(refusal)
        form.add_error("email" if refusal.code == "not_an_email" else "phone", f"{told.says}{told.remedy}")
        return _page(request, quiet, contact_form=form, status=told.status)
    messages.success(request, _("联系方式已保存。"))
    return HttpResponseRedirect(reverse("notify:settings"))


def _page(
    request: DeskRequest, form: QuietForm, *, contact_form: ContactForm | None = None, status: int = 200
) -> HttpResponse:
    me = request.actor.user_id or 0
    chosen, district = choices_of([me])[me], district_of(request.actor)
    kept = contact_of(me)
    hours = quiet_hours_in(district)
    ours = next((hours[post.unit] for post in request.actor.posts if post.unit in hours), hours.get(""))
    context: dict[str, Any] = {
        "quiet_form": form,
        "ours": f"{ours.since:%H:%M}–{ours.until:%H:%M}" if ours and ours != _NEVER else "",
        "contact_form": contact_form or ContactForm(initial={"phone": kept.phone, "email": kept.email}),
        "channels": [
            {"code": channel, "word": _(CHANNEL_WORDS[channel]), "is_configured": bool(transport_of(channel))}
            for channel in CHOSEN_BY_PEOPLE
        ],
        "kinds": [{"word": _(KIND_WORDS[kind]), "boxes": _boxes(kind, chosen)} for kind in _KINDS],
    }
    return render(request, "notify/settings.html", context, status=status)


def _boxes(kind: Kind, chosen: dict[tuple[Kind, Channel], bool]) -> list[dict[str, Any]]:
    return [
        {
            "name": f"{kind}-{channel}",
            "label": f"{_(KIND_WORDS[kind])} · {_(CHANNEL_WORDS[channel])}",
            "is_on": is_binding(kind, channel) or _is_on(kind, channel, chosen),
            "is_binding": is_binding(kind, channel),
        }
        for channel in CHOSEN_BY_PEOPLE
    ]


def _is_on(kind: Kind, channel: Channel, chosen: dict[tuple[Kind, Channel], bool]) -> bool:
    by_default = any(channel in row.channels for row in NOTICES if row.kind is kind) and channel is Channel.SMS
    return chosen.get((kind, channel), by_default)


def _quiet_of(person: int) -> dict[str, Any]:
    own = quiet_hours_of([person]).get(person)
    if own is None:
        return {"quiet": "district"}
    return {"quiet": "never"} if own == _NEVER else {"quiet": "own", "since": own.since, "until": own.until}


def _hours(given: dict[str, Any]) -> QuietHours | None:
    match given["quiet"]:
        case "own":
            return QuietHours(given["since"], given["until"])
        case "never":
            return _NEVER
        case _:
            return None
