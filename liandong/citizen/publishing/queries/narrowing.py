"""Which public cases a reader asks for: one filter for the map, its list and the open data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from liandong.cases.queries import public_cases, public_cases_within
from liandong.cases.rulebook import Rulebook, rulebook_for

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from liandong.cases.models import Case, CaseClass

STATES: Final[Mapping[str, bool]] = {"open": True, "closed": False}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; what is empty narrows nothing. `kind` is a class or a group of classes."""

    area: str = ""
    kind: str = ""
    state: str = ""
    since: datetime | None = None
    until: datetime | None = None
    updated_after: datetime | None = None


def wanted_cases(district: str, wanted: Wanted, *, at: datetime) -> QuerySet[Case]:
    """The public cases of a district that are asked for, in no order."""
    found = public_cases_within(wanted.area, at=at) if wanted.area else public_cases(district, at=at)
    if wanted.kind:
        found = found.filter(class_code__in=leaves_of(rulebook_for(district), wanted.kind))
    if wanted.state:
        found = found.filter(ended_at__isnull=STATES[wanted.state])
    if wanted.since:
        found = found.filter(reported_at__gte=wanted.since)
    if wanted.until:
        found = found.filter(reported_at__lt=wanted.until)
    if wanted.updated_after:
        found = found.filter(updated_at__gt=wanted.updated_after)
    return found


def group_of(book: Rulebook, code: str) -> str:
    """The group a class belongs to: what stands at the root above it; the class itself where nothing does."""
    kind = book.classes.get(code)
    while kind is not None and kind.parent and kind.parent in book.classes:
        kind = book.classes[kind.parent]
    return kind.code if kind is not None else code


def leaves_of(book: Rulebook, code: str) -> list[str]:
    """The classes of a group, or the one class."""
    leaves = (kind.code for kind in book.classes.values() if kind.is_leaf)
    return [leaf for leaf in leaves if code in (leaf, group_of(book, leaf))]


def groups_of(book: Rulebook, *, only_public: bool = True) -> list[CaseClass]:
    """The groups that hold a class open to the public, in the order of their codes."""
    leaves = (kind for kind in book.classes.values() if kind.is_leaf and (kind.is_public or not only_public))
    codes = {group_of(book, kind.code) for kind in leaves}
    return [book.classes[code] for code in sorted(codes)]
