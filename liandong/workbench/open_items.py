"""The cases that wait at somebody's desk, for handing it over at the end of a shift."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import F, Q
from django.urls import reverse

from liandong.cases.queries import permitted_cases, within
from liandong.cases.rulebook import rulebook_for
from liandong.duty.rules.items import MOST_ITEMS, Item
from liandong.people.access import Actor
from liandong.workbench.queues import QUEUES
from liandong.workbench.rows import row_of

WAITING: Final = ("accept", "file", "dispatch", "receive", "hand_in", "check", "call_back", "close")
"""The queues whose cases somebody must work off; the others show the same cases again."""


def open_cases(actor: Actor, at: datetime) -> list[Item]:
    """The cases in the queues of this actor, late ones first, no more than a handover lists. One statement."""
    waiting = Q(pk__in=[])
    for code in WAITING:
        queue = QUEUES[code]
        if actor.may(queue.act):
            waiting |= within(actor.scope(queue.act)) & queue.waiting(at) & queue.mine(actor)
    cases = permitted_cases(actor).filter(waiting, ended_at__isnull=True).defer("terms")
    items = []
    for case in cases.order_by(F("due_at").asc(nulls_last=True), "id")[:MOST_ITEMS]:
        row = row_of(case, rulebook_for(case.district), at=at)
        url = reverse("workbench:case", args=[case.number])
        items.append(Item("case", case.number, f"{row.kind} · {row.where}", case.due_at, url))
    return items
