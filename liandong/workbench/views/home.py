"""The first page after sign-in: what awaits me, and what changed lately where I may look."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.cases.queries import permitted_cases
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
    lately = permitted_cases(request.actor).filter(ended_at__isnull=True).defer("terms").order_by("-updated_at", "-id")
    context = {"tiles": tiles, "rows": rows_of(lately[:LATELY], at=at), "now": at}
    part = request.GET.get("part") == "live"
    return render(request, "workbench/home_live.html" if part else "workbench/home.html", context)


def _queues_for(actor: Actor) -> tuple[str, ...]:
    """The queues this person works off; who watches over an area sees its late cases too."""
    watches = any(ground.reach is Reach.AREA for ground in actor.scope("cases.view").grounds)
    return tuple(
        code for code, queue in QUEUES.items() if actor.may(queue.act) and (queue.code != "all_late" or watches)
    )
