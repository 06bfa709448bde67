"""The first page after sign-in: what awaits me, and what changed lately where I may look."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.cases.queries import permitted_cases
from liandong.cases.queries.draws import looks_for
from liandong.duty.queries import swaps_of, unread_by, unsigned_handovers
from liandong.people.access import Actor
from liandong.people.desk import DeskRequest, desk
from liandong.people.rules.scope import Reach
from liandong.workbench.queues import QUEUES, waiting_counts
from liandong.workbench.rows import rows_of

LATELY = 12


@desk()
@require_safe
def home(request: DeskRequest) -> HttpResponse:
    """Tiles with counts, one statement for all of them, and the open cases that changed last."""
    at = timezone.now()
    if request.GET.get("part") == "duty":
        return render(request, "workbench/home_duty.html", {"tiles": _duty_tiles(request.actor, at=at)})
    codes = _queues_for(request.actor)
    counts = waiting_counts(request.actor, codes, at=at)
    tiles = [
        {
            "url": reverse(QUEUES[code].view) + (f"?{QUEUES[code].query}" if QUEUES[code].query else ""),
            "icon": QUEUES[code].icon,
            "tone": QUEUES[code].tone if counts[code] else "grey",
            "count": counts[code],
            "label": _(QUEUES[code].word),
        }
        for code in codes
    ]
    if any(request.actor.may(act) for act in ("cases.check", "cases.spot_check")):
        looks = looks_for(request.actor).count()
        tone = "olive" if looks else "grey"
        url = reverse("workbench:looks")
        tiles.insert(0, {"url": url, "icon": "arrow-repeat", "tone": tone, "count": looks, "label": _("我的核查")})
    lately = permitted_cases(request.actor).filter(ended_at__isnull=True).defer("terms").order_by("-updated_at", "-id")
    context = {"tiles": tiles, "rows": rows_of(lately[:LATELY], at=at), "now": at}
    part = request.GET.get("part") == "live"
    return render(request, "workbench/home_live.html" if part else "workbench/home.html", context)


@desk()
@require_safe
def manage(request: DeskRequest) -> HttpResponse:
    """What is set up rather than worked off: a card for each page this person may open."""
    return render(request, "workbench/manage.html")


def _duty_tiles(actor: Actor, *, at: datetime) -> list[dict[str, Any]]:
    """What duty asks of this person now; nothing is shown where nothing is asked."""
    asked = swaps_of(actor.user_id or 0, at=at).filter(other=actor.user_id, state="asked", starts_at__gt=at).count()
    waiting = (
        ("duty:today", "arrow-left-right", asked, _("等我答复的换班")),
        ("duty:handovers", "clipboard-check", unsigned_handovers(actor, at=at).count(), _("等待签收的交接班")),
        ("duty:handbook", "journal-text", len(unread_by(actor)), _("未读的手册页")),
    )
    return [
        {"url": reverse(view), "icon": icon, "tone": "amber", "count": count, "label": label}
        for view, icon, count, label in waiting
        if count
    ]


def _queues_for(actor: Actor) -> tuple[str, ...]:
    """The queues this person works off; who watches over an area sees its late cases too."""
    watches = any(ground.reach is Reach.AREA for ground in actor.scope("cases.view").grounds)
    return tuple(
        code for code, queue in QUEUES.items() if actor.may(queue.act) and (queue.code != "all_late" or watches)
    )
