"""What of the cases anybody may see: the one door of Open311, the public map, open data and public photos.

A case passes when its class is open and it is neither a complaint nor a report of wrongdoing (`Case.is_public`), when
the district publishes its class and the days of waiting are over, and when nobody has hidden it since. Who hides stands
above and is asked by name (`LIANDONG_WITHHELD_CASES`, `LIANDONG_PHOTO_DECISIONS`). `CASE.md` §7.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Coalesce, Left, Now, TruncMonth
from django.utils.module_loading import import_string

from liandong.cases.models import Attachment, Case, CaseClass
from liandong.cases.queries.attachments import THE_FILE
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.files import FileKind
from liandong.cases.rules.policies import Coarseness, PhotoRule
from liandong.cases.rules.words import Closing, Stage
from liandong.cases.scanning import ScanState
from liandong.people.access import NotFound

PUBLIC_CHANNELS: Final = ("open311", "citizen")
"""The doors through which a photo comes that may be shown to anybody."""
SATISFIED: Final = 4
_SIZES: Final[Mapping[Coarseness, int]] = {
    Coarseness.POINT: 15,
    Coarseness.GRID: 15,
    Coarseness.COMMUNITY: 12,
    Coarseness.TOWN: 9,
    Coarseness.NOWHERE: 6,
}
"""How much of an area's code is told."""


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """Where a case is, as exactly as the public is told. Without a point nothing finer than the area is known."""

    area: str
    lon: float | None = None
    lat: float | None = None
    address: str = ""
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class CountOfCases:
    """So many public cases of one class reported in one month in one town (or, place unknown, the district)."""

    month: date
    town: str
    class_code: str
    reported: int
    open: int
    handled: int
    due: int
    """应结案: closed, or still open and late (`CASE.md` §6)."""
    in_time: int
    rated: int
    satisfied: int


@dataclass(frozen=True, slots=True)
class _Terms:
    """On which terms a district publishes its classes."""

    closed: tuple[str, ...]
    delayed: tuple[tuple[int, tuple[str, ...]], ...]
    places: Mapping[str, Coarseness]
    photos: Mapping[str, PhotoRule]


def public_cases(district: str, *, at: datetime | None = None) -> QuerySet[Case]:
    """Cases anybody may see at `at`, by the database's clock without one."""
    terms = _terms(district)
    found = Case.objects.filter(~_asked(settings.LIANDONG_WITHHELD_CASES)(), district=district, is_public=True)
    if terms.closed:
        found = found.exclude(class_code__in=terms.closed)
    for days, codes in terms.delayed:
        until = (at or Now()) - timedelta(days=days)
        found = found.filter(~Q(class_code__in=codes) | Q(reported_at__lte=until))
    return found


def public_cases_within(area: str, *, at: datetime | None = None) -> QuerySet[Case]:
    """Public cases of an area, of which none is found by a finer area than the public is told."""
    found = public_cases(area[:6], at=at).filter(area__startswith=area)
    coarser = [code for code, place in _terms(area[:6]).places.items() if _SIZES[place] < len(area)]
    return found.exclude(class_code__in=coarser) if coarser else found


def public_cases_on_point(district: str, *, at: datetime | None = None) -> QuerySet[Case]:
    """Public cases whose exact place anybody may know: from the distance to the others a home could be worked out."""
    coarser = [code for code, place in _terms(district).places.items() if place is not Coarseness.POINT]
    return public_cases(district, at=at).exclude(class_code__in=coarser)


def shown_within(
    cases: QuerySet[Case], *, district: str, on_point: Q, holds: Callable[[float | None, float | None], bool]
) -> QuerySet[Case]:
    """Of public cases those that are shown in a place: by their point where it is told, by the seat of their area else.

    What is searched is what is shown, or a search made ever smaller would tell where somebody lives.
    """
    book, places = rulebook_for(district), _terms(district).places
    told = [code for code, place in places.items() if place is Coarseness.POINT]
    shown = Q(on_point, class_code__in=told)
    for place, size in _SIZES.items():
        seats = [area.code for area in book.map.areas.values() if len(area.code) == size and holds(area.lon, area.lat)]
        if place in (Coarseness.POINT, Coarseness.NOWHERE) or not seats:
            continue
        of_size = Q(class_code__in=[code for code, one in places.items() if one is place])
        if place is Coarseness.GRID:
            of_size |= ~Q(class_code__in=list(places))
        # A case known by a coarser area than its class is told has no seat of that size, and is left out.
        shown |= of_size & Q(**{f"area_{size}__in": seats})
        cases = cases.annotate(**{f"area_{size}": Left("area", size)})
    return cases.filter(shown)


def public_classes(district: str) -> list[CaseClass]:
    """The leaf classes the public may report, and see if the district publishes them."""
    return [kind for kind in rulebook_for(district).classes.values() if kind.is_public and kind.is_leaf]


def published_classes(district: str) -> list[CaseClass]:
    """The leaf classes of which the public sees the cases."""
    closed = set(_terms(district).closed)
    return [kind for kind in public_classes(district) if kind.code not in closed]


def coarseness_of(class_code: str, *, district: str) -> Coarseness:
    """How exactly the public is told where cases of a class are; of a class nobody knows any more, the grid."""
    return _terms(district).places.get(class_code, Coarseness.GRID)


def public_place(
    book: Rulebook, *, class_code: str, area: str, lon: float | None, lat: float | None, address: str
) -> PublicPlace:
    """Where a case is, as exactly as the public is told: point and address, or an area with its seat, or nothing."""
    place = coarseness_of(class_code, district=book.map.district.code)
    if place is Coarseness.POINT:
        if lon is None or lat is None:
            return PublicPlace(area, address=address, is_exact=True)
        return PublicPlace(area, round(lon, 6), round(lat, 6), address, is_exact=True)
    shown = book.map.areas.get(area[: _SIZES[place]])
    if shown is None or len(shown.code) == 6:
        return PublicPlace(area[:6])
    return PublicPlace(shown.code, shown.lon, shown.lat)


def public_photo(district: str, number: str, pk: int) -> Attachment:
    """A photo that anybody may see: brought with a public case through a public door, and not taken back.

    :raises NotFound: there is none
    """
    cases = public_cases(district).filter(number=number)
    found = _photos().filter(case__in=cases, pk=pk).select_related("case").first() if pk < 2**63 else None
    if found is None or found.pk not in _shown([(found.pk, district, found.case.class_code)]):
        raise NotFound(what=THE_FILE)
    return found


def first_public_photos(cases: Collection[int]) -> dict[int, int]:
    """The first public photo of each of these public cases: case id → photo id."""
    columns = ("case_id", "id", "case__district", "case__class_code")
    rows = list(_photos().filter(case__in=cases).order_by("-id").values_list(*columns))
    shown = _shown([(pk, district, kind) for _case, pk, district, kind in rows])
    return {case: pk for case, pk, _district, _kind in rows if pk in shown}


def photos_to_judge(district: str) -> QuerySet[Attachment]:
    """Photos of public cases that anybody may see, or might once somebody has looked at them; the newest first."""
    never = [code for code, rule in _terms(district).photos.items() if rule is PhotoRule.NEVER]
    found = _photos().filter(case__in=public_cases(district)).exclude(case__class_code__in=never)
    return found.select_related("case").order_by("-id")


def photo_rule_of(class_code: str, *, district: str) -> PhotoRule:
    """When photos of a class are shown; of a class nobody knows any more, after somebody has looked at them."""
    return _terms(district).photos.get(class_code, PhotoRule.MODERATED)


def count_public_cases(district: str, *, since: datetime | None = None) -> list[CountOfCases]:
    """All cases of open classes reported since an instant, counted by month, town and class in one statement.

    Those that wait for publication, or that somebody has hidden, count: hiding a case must not mend the figures.
    """
    zone = rulebook_for(district).map.calendar.zone
    cases = Case.objects.filter(district=district, is_public=True)
    if since is not None:
        cases = cases.filter(reported_at__gte=since)
    closed = Q(stage=Stage.CLOSED.value)
    rows = (
        cases.annotate(
            month=TruncMonth("reported_at", tzinfo=zone), town=Left("area", 9), told=Coalesce("rating", "satisfaction")
        )
        .values("month", "town", "class_code")
        .annotate(
            reported=Count("pk"),
            open=Count("pk", filter=Q(ended_at__isnull=True)),
            handled=Count("pk", filter=closed | Q(stage=Stage.ANSWERED.value)),
            due=Count("pk", filter=closed | Q(ended_at__isnull=True, late_since__isnull=False)),
            in_time=Count("pk", filter=closed & Q(closing=Closing.NORMAL.value)),
            rated=Count("pk", filter=Q(told__isnull=False)),
            satisfied=Count("pk", filter=Q(told__gte=SATISFIED)),
        )
        .order_by()
    )
    return [CountOfCases(**{**row, "month": row["month"].date()}) for row in rows]


def first_public_report(district: str) -> datetime | None:
    """When the first case of an open class was reported, if there is one."""
    found: datetime | None = Case.objects.filter(district=district, is_public=True).aggregate(first=Min("reported_at"))[
        "first"
    ]
    return found


def _photos() -> QuerySet[Attachment]:
    return Attachment.objects.filter(
        case__channel__in=PUBLIC_CHANNELS,
        kind=FileKind.PHOTO.value,
        purpose="report",
        scan__in=[ScanState.CLEAN.value, ScanState.UNSCANNED.value],
    )


def _shown(photos: Iterable[tuple[int, str, str]]) -> set[int]:
    """Which of these photos (id, district, class) are shown: by the class's rule and what was decided of each."""
    known = list(photos)
    if not known:
        return set()
    decided: Mapping[int, bool] = _asked(settings.LIANDONG_PHOTO_DECISIONS)([pk for pk, _district, _kind in known])
    shown = set()
    for pk, district, kind in known:
        rule = photo_rule_of(kind, district=district)
        if rule is not PhotoRule.NEVER and decided.get(pk, rule is PhotoRule.AT_ONCE):
            shown.add(pk)
    return shown


@cache
def _asked(name: str) -> Any:
    """The function of that name, in a module above this one."""
    return import_string(name)


def _terms(district: str) -> _Terms:
    """The terms of a district, worked out once for each edition of its rules."""
    book = rulebook_for(district)
    kept = _kept.get(district)
    if kept is None or kept[0] is not book:
        kept = _kept[district] = (book, _worked_out(book))
    return kept[1]


def _worked_out(book: Rulebook) -> _Terms:
    policies = {code: book.policy(code) for code, kind in book.classes.items() if kind.is_leaf}
    waiting = sorted((policy.publish_after_days, code) for code, policy in policies.items())
    delayed = [(days, tuple(code for _days, code in codes)) for days, codes in groupby(waiting, lambda row: row[0])]
    return _Terms(
        closed=tuple(code for code, policy in policies.items() if not policy.publish),
        delayed=tuple((days, codes) for days, codes in delayed if days),
        places={code: _place(book.classes[code], policy.publish_place) for code, policy in policies.items()},
        photos={code: policy.publish_photos for code, policy in policies.items()},
    )


def _place(kind: CaseClass, stated: Coarseness) -> Coarseness:
    """A livelihood appeal is about somebody's home: no finer than its grid, whatever is stated."""
    return Coarseness.GRID if kind.kind == "appeal" and stated is Coarseness.POINT else stated


_kept: dict[str, tuple[Rulebook, _Terms]] = {}
