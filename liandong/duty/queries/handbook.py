"""The handbook: pages, who must read them, who has."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q, QuerySet

from liandong.duty.models import HandbookPage, PageVersion, ReadReceipt
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound
from liandong.people.queries import posts_in

THE_PAGE = marked("这一页手册")


@dataclass(frozen=True, slots=True)
class UnitReading:
    """How many of a unit's people who must read a page have."""

    unit: str
    name: str
    read: int
    must: int
    missing: tuple[str, ...]


def pages_for(actor: Actor, text: str = "") -> QuerySet[HandbookPage]:
    """The pages of the districts an actor works in, by title; only those whose title holds `text`."""
    pages = HandbookPage.objects.filter(district__in={post.area[:6] for post in actor.posts})
    text = text.replace("\x00", "").strip()
    if text:
        pages = pages.filter(Q(title__icontains=text) | Q(title_en__icontains=text))
    return pages.annotate(newest=Max("versions__number"), changed_at=Max("versions__since_at")).order_by("title")


def page_for(actor: Actor, slug: str) -> HandbookPage:
    """The page at an address.

    :raises NotFound: there is none, or not in this actor's district
    """
    page = pages_for(actor).filter(slug=slug.replace("\x00", "")).first()
    if page is None:
        raise NotFound(what=THE_PAGE)
    return page


def unread_by(actor: Actor) -> list[HandbookPage]:
    """The pages whose newest version this person must read and has not confirmed."""
    pages = list(pages_for(actor).filter(audience__overlap=sorted(actor.role_codes)))
    read = ReadReceipt.objects.filter(user=actor.user_id, version__page__in=pages)
    known = set(read.values_list("version__page", "version__number"))
    return [page for page in pages if (page.pk, getattr(page, "newest", 0)) not in known]


def versions_of(page: HandbookPage) -> QuerySet[PageVersion]:
    """The versions of a page, newest first."""
    return PageVersion.objects.filter(page=page).select_related("made_by").order_by("-number")


def readers_of(version: PageVersion, *, on: date) -> list[UnitReading]:
    """Who must read a version, and who has, by unit."""
    page = version.page
    posts = posts_in(page.district).filter(role__in=page.audience, since_on__lte=on, user__is_active=True)
    read = set(ReadReceipt.objects.filter(version=version).values_list("user", flat=True))
    must: dict[str, dict[int, str]] = {}
    names: dict[str, str] = {}
    rows = posts.exclude(until_on__lt=on).values_list("unit", "unit__name", "user", "user__name")
    for unit, name, person, person_name in rows:
        names[unit] = name
        must.setdefault(unit, {})[person] = person_name
    counts = Counter({unit: sum(person in read for person in people) for unit, people in must.items()})
    return [
        UnitReading(
            unit,
            names[unit],
            counts[unit],
            len(people),
            tuple(name for person, name in people.items() if person not in read),
        )
        for unit, people in sorted(must.items(), key=lambda row: (counts[row[0]] >= len(row[1]), row[0]))
    ]
