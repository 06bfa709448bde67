"""A scope as a condition on cases: what lists, maps, exports and searches are narrowed by.

Grounds of one kind become one condition, so that somebody with forty posts is asked about once per kind and not once
per post, and each condition is one that an index of `Case` answers.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from dataclasses import replace

from django.db.models import Max, Min, Q

from liandong.areas.queries import district_codes
from liandong.cases.models import Case
from liandong.people.rules.scope import Ground, Reach, Scope

REMEMBERED_SECONDS = 30.0
_districts_known: tuple[frozenset[str], float] = (frozenset(), float("-inf"))
ONE_PAGE_SECONDS = 2.0
"""For how long nobody asks again whether a person has reported elsewhere: about as long as a page is being made."""

_reporters_beyond: dict[tuple[int, str], tuple[bool, float]] = {}
_ALL = Q(pk__isnull=False)  # an empty Q would vanish when joined by "or"


def within(scope: Scope) -> Q:
    """A scope as a condition on cases; agrees with `Scope.covers` for every case."""
    if Ground(Reach.EVERYWHERE) in scope.grounds:
        return _ALL
    grounds = Q(pk__in=[])
    for level in sorted({ground.level for ground in scope.grounds}):
        at_level = Q(run_by=level) if level else Q()
        of_level = [ground for ground in scope.grounds if ground.level == level]
        for condition in _whole(of_level):
            grounds |= at_level & condition
        for condition in _parts(of_level, scope.person):
            grounds |= at_level & condition & _seen_from_outside(scope)
    return grounds


def by_area(scope: Scope) -> tuple[tuple[str, ...], Q | None]:
    """A scope in two: the areas it reaches whole (an empty code is everywhere), and the condition of what lies beyond.

    Of the areas somebody from outside does not see what is about their own unit: `kept_out`. Together the two are
    `within`, and no case is in both.
    """
    whole = {g for g in scope.grounds if not g.level and g.reach in (Reach.EVERYWHERE, Reach.AREA)}
    areas = tuple(_outermost(sorted("" if ground.reach is Reach.EVERYWHERE else ground.value for ground in whole)))
    rest = scope.grounds - whole
    districts = _districts(whole)
    if districts and {ground.reach for ground in rest} == {Reach.OWN} and scope.person is not None:
        rest = rest if _reported_beyond(districts, scope.person) else frozenset()
    if "" in areas or not rest:
        return areas, None
    beyond = within(replace(scope, grounds=rest))
    for area in areas:
        beyond &= ~(Q(district=area) if area in districts else Q(area__startswith=area))
    return areas, beyond


def kept_out(scope: Scope) -> tuple[frozenset[str], frozenset[str]]:
    """The units about which the holder of a scope sees nothing, and the districts in which they do all the same."""
    return (frozenset(), frozenset()) if "" in scope.centres else (scope.own_units, scope.centres)


def forget_reach() -> None:
    """Drop what is remembered of districts and of who reported where: for tests, which begin with other people."""
    global _districts_known
    _districts_known = frozenset(), float("-inf")
    _reporters_beyond.clear()


def _seen_from_outside(scope: Scope) -> Q:
    """Leave out what is about a unit of the reader's own, unless they work for the centre of its district."""
    if not scope.own_units or "" in scope.centres:
        return Q()
    about_others = ~Q(about_unit__in=sorted(scope.own_units))
    return about_others | Q(district__in=sorted(scope.centres)) if scope.centres else about_others


def _whole(grounds: Collection[Ground]) -> Iterator[Q]:
    """One condition for all that is reached whole."""
    if any(ground.reach is Reach.EVERYWHERE for ground in grounds):
        yield _ALL
    districts = _districts(grounds)
    if districts:
        yield Q(district=districts[0]) if len(districts) == 1 else Q(district__in=districts)


def _parts(grounds: Collection[Ground], person: int | None) -> Iterator[Q]:
    """One condition for each other kind of ground, all of the same level."""
    districts = _districts(grounds)
    values = {reach: sorted({ground.value for ground in grounds if ground.reach is reach}) for reach in Reach}
    for area in _outermost(values[Reach.AREA]):
        if area not in districts:
            yield Q(area__startswith=area)
    units = values[Reach.UNIT]
    if units:
        yield Q(unit=units[0]) if len(units) == 1 else Q(unit__in=units)
        # With most cases no other unit is involved; said aloud, for the index holds only those that have.
        yield Q(involved__overlap=units) & ~Q(involved=[])
    if values[Reach.OWN] and person is not None and (not districts or _reported_beyond(districts, person)):
        yield Q(reporter=person)


def _districts(grounds: Collection[Ground]) -> list[str]:
    return sorted({ground.value for ground in grounds if ground.reach is Reach.AREA and ground.is_of_the_centre})


def _reported_beyond(districts: list[str], person: int) -> bool:
    """Whether somebody who reaches one district whole has reported anything outside it; of several it is assumed.

    Hardly anybody has, and a list that asks for a district or for a reporter cannot be read in the order of an index.
    Nobody is asked where there is but one district. The first and the last district are two steps into an index,
    however much was reported; whether there is any other would read all of it.
    """
    if _known_districts() <= set(districts):
        return False
    if len(districts) > 1:
        return True
    asked = (person, districts[0])
    has_reported, since = _reporters_beyond.get(asked, (False, float("-inf")))
    if not has_reported and time.monotonic() - since > ONE_PAGE_SECONDS:
        found = Case.objects.filter(reporter=person).aggregate(first=Min("district"), last=Max("district"))
        has_reported = not {found["first"], found["last"]} <= {districts[0], None}
        _reporters_beyond[asked] = has_reported, time.monotonic()
    return has_reported


def _known_districts() -> frozenset[str]:
    """The districts there are, looked up every half minute: one is added once in a year."""
    global _districts_known
    known, since = _districts_known
    if time.monotonic() - since > REMEMBERED_SECONDS:
        known = frozenset(district_codes())
        _districts_known = known, time.monotonic()
    return known


def _outermost(areas: list[str]) -> list[str]:
    """Areas that lie in no other of these; `areas` in the order of their codes, so that an outer one comes first."""
    kept: list[str] = []
    for area in areas:
        if not kept or not area.startswith(kept[-1]):
            kept.append(area)
    return kept
