"""Which cases are perhaps the same matter: open ones near by while a report is being typed, closed ones that are back.

Candidates are found by an index and are bounded, so that a search costs the same in a quiet grid and on a crowded
square; the score of `rules.similarity` orders them. Only cases the asker may see are looked at, and nothing of a case
but class, place, time and text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.db.models.functions import Left
from django.utils.translation import gettext

from liandong.cases.models import Case
from liandong.cases.queries.cases import permitted_cases
from liandong.cases.queries.points import away_from, in_box
from liandong.cases.queries.public import public_cases_on_point
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.policies import Recurrence
from liandong.cases.rules.redaction import redact
from liandong.cases.rules.similarity import (
    COMPARED_CHARACTERS,
    FEWEST_TERMS,
    RADIUS_M,
    REASON_WORDS,
    SAME_PLACE_M,
    Likeness,
    Matter,
    Reason,
    box_around,
    compared_terms,
    is_same_place,
    likeness,
)
from liandong.cases.rules.words import Stage
from liandong.cases.search import ContainsTerms
from liandong.kernel.bigrams import query_terms
from liandong.people.access import Actor

MOST: Final = 5
CANDIDATES: Final = 120
"""How many cases of one kind of nearness are compared: the nearest, or the latest where there is no point."""

LOOKED_AT: Final = 2_000
"""How many of the nearest are looked at for their class, so that a rare one on a crowded square is found in time."""

_SMALLEST_AREA: Final = 12
"""Letters of the code of a community: a wider area says too little about where something is."""

_COMPARED = ("pk", "class_code", "area", "reported_at", "lon", "lat", "address", "said")


@dataclass(frozen=True, slots=True)
class Similar:
    """A case, how alike it is and why."""

    case: Case
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Past:
    """A case of the same class and place that was closed `days` ago, and what its return becomes by policy."""

    case: Case
    days: int
    recurs_as: Recurrence


def matter_of(case: Case) -> Matter:
    """A case as it is compared."""
    return Matter(
        case.class_code,
        case.area,
        case.reported_at,
        case.lon,
        case.lat,
        case.address,
        compared_terms(case.description),
    )


def matter_told(
    *,
    class_code: str,
    text: str,
    at: datetime,
    area: str = "",
    lon: float | None = None,
    lat: float | None = None,
    address: str = "",
) -> Matter:
    """What is being typed, as it is compared: phones, identity numbers and plates are taken out of its words first."""
    return Matter(class_code, area, at, lon, lat, redact(address).text, compared_terms(redact(text).text))


def open_cases_like(
    matter: Matter, *, district: str, actor: Actor, leaving_out: Iterable[int] = (), most: int = MOST
) -> list[Similar]:
    """The open cases most like a matter, best first; none where neither class nor words are known."""
    seen = permitted_cases(actor).filter(district=district, ended_at__isnull=True)
    return _most_like(matter, seen, leaving_out=leaving_out, most=most)


def public_cases_like(matter: Matter, *, district: str, most: int = MOST) -> list[Similar]:
    """The open cases that anybody may see, exact place included, most like a matter, best first."""
    return _most_like(matter, public_cases_on_point(district).filter(ended_at__isnull=True), leaving_out=(), most=most)


def _most_like(matter: Matter, cases: QuerySet[Case], *, leaving_out: Iterable[int], most: int) -> list[Similar]:
    if not matter.class_code and len(matter.terms) < FEWEST_TERMS:
        return []
    found: dict[int, Likeness] = {}
    lots = [*_at_its_area(cases, matter, latest="-reported_at", is_unplaced=matter.lon is not None)]
    if matter.lon is not None and matter.lat is not None:
        around = _around(cases, matter.lon, matter.lat, metres=RADIUS_M)
        of_class = [pk for pk, class_code in around if class_code == matter.class_code]
        nearest = {*of_class[:CANDIDATES], *(pk for pk, _class in around[:CANDIDATES])}
        lots.append(Case.objects.filter(pk__in=nearest))
    for lot in lots:
        for pk, *seen in _compared(lot):
            found.setdefault(pk, likeness(matter, _seen(*seen)))
    for pk in leaving_out:
        found.pop(pk, None)
    shown = [(pk, like) for pk, like in found.items() if like.is_shown]
    best = sorted(shown, key=lambda one: (-one[1].score, -one[0]))[:most]
    rows = Case.objects.defer("terms").in_bulk([pk for pk, _like in best])
    return [Similar(rows[pk], like) for pk, like in best]


def similar_to(case: Case, *, actor: Actor) -> list[Similar]:
    """The open cases most like a case, among those the actor may see."""
    return open_cases_like(matter_of(case), district=case.district, actor=actor, leaving_out=[case.pk])


def closed_before(
    matter: Matter, *, book: Rulebook, actor: Actor, at: datetime, leaving_out: Iterable[int] = ()
) -> list[Past]:
    """Cases of the same class and place closed within the class's `recurrence_days`, the latest first (回潮)."""
    if matter.class_code not in book.classes:
        return []
    policy = book.policy(matter.class_code)
    ended = permitted_cases(actor).filter(district=book.map.district.code, ended_at__isnull=False)
    fitting = ended.filter(
        ended_at__gte=at - timedelta(days=policy.recurrence_days),
        ended_at__lte=at,
        stage=Stage.CLOSED.value,
        class_code=matter.class_code,
    )
    lots = [*_at_its_area(fitting, matter, latest="-ended_at")]
    if matter.lon is not None and matter.lat is not None:
        around = _around(ended, matter.lon, matter.lat, metres=SAME_PLACE_M)
        lots.append(fitting.filter(pk__in=[pk for pk, class_code in around if class_code == matter.class_code]))
    near = {pk for lot in lots for pk, *seen in _compared(lot) if _is_there(matter, seen)}
    rows = Case.objects.defer("terms").filter(pk__in=near.difference(leaving_out)).order_by("-ended_at", "-pk")[:MOST]
    return [Past(case, (at - case.ended_at).days, policy.recurs_as) for case in rows if case.ended_at]


def closed_before_case(case: Case, *, actor: Actor, at: datetime) -> list[Past]:
    """Of what a case may be the return."""
    book = rulebook_for(case.district)
    return closed_before(matter_of(case), book=book, actor=actor, at=at, leaving_out=[case.pk])


def words_of(reasons: Iterable[Reason]) -> str:
    """Reasons as one line: 相距 40 米 · 同一小类 · 相隔 2 小时 · 文字相近."""
    return " · ".join(gettext(REASON_WORDS[reason.code]) % {"value": reason.value} for reason in reasons)


def _around(cases: QuerySet[Case], lon: float, lat: float, *, metres: float) -> list[tuple[int, str]]:
    """The cases nearest to a point with their classes, the nearest first: as many as `LOOKED_AT`, however crowded."""
    box = cases.filter(in_box(box_around(lon, lat, metres)), lon__isnull=False)
    return list(box.order_by(away_from(lon, lat)).values_list("pk", "class_code")[:LOOKED_AT])


def _at_its_area(
    cases: QuerySet[Case], matter: Matter, *, latest: str, is_unplaced: bool = False
) -> Iterator[QuerySet[Case]]:
    """The latest cases of the area, else those that hold every word of the address of a matter without a place."""
    if len(matter.area) >= _SMALLEST_AREA:
        of_area = cases.filter(area=matter.area, lon__isnull=True) if is_unplaced else cases.filter(area=matter.area)
        yield of_area.order_by(latest, "-pk")
    elif matter.lon is None and (words := query_terms(matter.address)):
        # No index orders by the last change, so that PostgreSQL has no way around the words: walking back through the
        # times of report in search of a rare address would read them all.
        yield cases.filter(**{f"terms__{ContainsTerms.lookup_name}": words}).order_by("-updated_at", "-pk")


def _compared(lot: QuerySet[Case]) -> Iterator[tuple[Any, ...]]:
    """What is compared of a lot's cases; an unordered lot is bounded already."""
    rows = lot.annotate(said=Left("description", COMPARED_CHARACTERS)).values_list(*_COMPARED)
    yield from rows[:CANDIDATES] if rows.query.order_by else rows


def _seen(
    class_code: str, area: str, at: datetime, lon: float | None, lat: float | None, address: str, said: str
) -> Matter:
    return Matter(class_code, area, at, lon, lat, address, compared_terms(said))


def _is_there(matter: Matter, seen: Sequence[Any]) -> bool:
    """Whether a case lies where the matter does; its words, the last of what is seen, do not count."""
    return is_same_place(matter, Matter(*seen[:-1]))
