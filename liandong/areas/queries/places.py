"""Streets and landmarks by what somebody types: exact names first, then beginnings, then the shortest that fit."""

from __future__ import annotations

from typing import Final

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from liandong.areas.models import Place
from liandong.areas.rules.gazetteer import sought_terms

LONGEST_SOUGHT: Final = 60
"""Characters that are looked at; nobody names a place in more."""


def places_of(district: str) -> QuerySet[Place]:
    """Every street and landmark of a district, by name."""
    return Place.objects.filter(district=district).order_by("name", "pk")


def places_like(district: str, text: str, *, limit: int) -> QuerySet[Place]:
    """Places whose name, English name or one of whose aliases fits what was typed, best first.

    Answered by one index, however many places there are: `terms` is a GIN index of pairs and beginnings.
    """
    sought = text.strip()[:LONGEST_SOUGHT]
    wanted = sought_terms(sought)
    if not wanted:
        return Place.objects.none()
    fit = Case(
        When(Q(name=sought) | Q(aliases__contains=[sought]), then=Value(0)),
        When(name__startswith=sought, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = Place.objects.filter(district=district, terms__contains=list(wanted))
    return found.order_by(fit, Length("name"), "name", "pk")[:limit]
