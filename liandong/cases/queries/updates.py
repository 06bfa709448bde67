"""What became of public cases, step by step: for those who follow many of them from outside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import QuerySet

from liandong.cases.models import Case
from liandong.cases.queries.public import public_cases
from liandong.timeline.queries import Entry


def public_updates(
    district: str,
    *,
    events: Collection[str],
    since: datetime,
    until: datetime,
    numbers: Sequence[str] = (),
) -> QuerySet[Entry]:
    """What of these events happened to public cases of a district in [since, until], the earliest first.

    Cases that nothing has changed since are not looked at.
    """
    cases = public_cases(district).filter(updated_at__gte=since, reported_at__lte=until)
    if numbers:
        cases = cases.filter(number__in=numbers)
    told = Entry.objects.filter(about="case", about_id__in=cases.values("pk").order_by(), event__in=list(events))
    return told.filter(at__gte=since, at__lte=until).order_by("at", "id")


def public_cases_by_key(keys: Collection[int]) -> dict[int, Case]:
    """Cases by their keys, without their search terms: those of entries that were asked for as public."""
    return Case.objects.defer("terms").filter(is_public=True).in_bulk(list(keys))
