"""Who answers for a duty at an instant, and everybody who is on duty in a district."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Q

from liandong.duty.models import Roster
from liandong.duty.rules.resolve import Answer, By, Station, resolve
from liandong.duty.rules.rotation import Watch
from liandong.duty.schedules import Book, absent_at, book_of
from liandong.kernel.refusal import marked
from liandong.people.access import NotFound
from liandong.people.queries import posts_in, unit_named

if TYPE_CHECKING:
    from liandong.people.models import Unit

AHEAD = timedelta(days=7)
"""How far ahead it is looked when the next watch begins."""

THE_UNIT = marked("这个单位")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on duty."""

    id: int
    account: str
    name: str


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who answers, under which telephone, by what, and until when. `unit` is where they were found."""

    duty: str
    asked: str
    persons: tuple[Person, ...]
    phone: str
    by: By
    unit: Unit
    shift: str
    until: datetime | None

    @property
    def names(self) -> str:
        """Everybody on duty, in one line."""
        return "、".join(person.name for person in self.persons)


def who(role: str, *, unit: str, at: datetime) -> OnDuty:
    """Who answers for the duty `role` of a unit at an instant: the one resolver.

    Roster with its swaps, covers and absences, then the unit's head, its deputies, its telephone, then its parent.

    :raises NotFound: there is no such unit
    """
    chain = _chain(unit)
    district, codes = chain[0].district, [one.code for one in chain]
    book = book_of(district, Roster.objects.filter(unit__in=codes, duty=role))
    watches = _watches_by_unit(book, at)
    heads, deputies = _stand_ins(district, codes, book, at=at)
    stations = [
        Station(one.code, one.phone, tuple(watches[one.code]), heads[one.code], deputies[one.code]) for one in chain
    ]
    answer = resolve(stations, at=at)
    people = persons(answer.persons)
    found = next(one for one in chain if one.code == answer.unit)
    return _told(role, unit, answer, found, people)


def on_duty_in(
    district: str, *, at: datetime, kinds: Collection[str] = ()
) -> list[tuple[Roster, list[Watch], list[Watch]]]:
    """Every roster of a district with the watches at an instant and those that come next; statements do not grow.

    `kinds` narrows it to units of these kinds.
    """
    rosters = Roster.objects.filter(unit__kind__in=kinds) if kinds else Roster.objects.all()
    book = book_of(district, rosters.order_by("unit__area", "unit", "duty", "name"))
    rows = []
    for pk, roster in book.rosters.items():
        watches = book.watches(pk, at, at + timedelta(days=2))
        now = [watch for watch in watches if watch.starts_at <= at < watch.ends_at]
        later = [watch for watch in watches if watch.starts_at > at]
        if watches:
            rows.append((roster, now, later[:1]))
    return rows


def serving_in(units: Collection[str], *, district: str, at: datetime) -> set[int]:
    """Everybody on duty at an instant by a roster of one of these units."""
    book = book_of(district, Roster.objects.filter(unit__in=units))
    watches = (watch for pk in book.rosters for watch in book.watches(pk, at, at + timedelta(seconds=1)))
    return {watch.person for watch in watches if watch.person is not None and watch.starts_at <= at < watch.ends_at}


def persons(people: Iterable[int]) -> dict[int, Person]:
    """Accounts as people on duty."""
    rows = get_user_model().objects.filter(pk__in=set(people)).values_list("pk", "username", "name")
    return {pk: Person(pk, username, name or username) for pk, username, name in rows}


def _told(role: str, asked: str, answer: Answer, unit: Unit, people: dict[int, Person]) -> OnDuty:
    found = tuple(people[pk] for pk in answer.persons if pk in people)
    return OnDuty(role, asked, found, answer.phone, answer.by, unit, answer.shift, answer.until)


def _chain(code: str) -> list[Unit]:
    """A unit and those above it.

    :raises NotFound: there is no such unit
    """
    unit = unit_named(code.replace("\x00", ""))
    if unit is None:
        raise NotFound(what=THE_UNIT)
    chain = [unit]
    while (above := chain[-1].parent) is not None and above not in chain:
        chain.append(above)
    return chain


def _watches_by_unit(book: Book, at: datetime) -> dict[str, list[Watch]]:
    found: dict[str, list[Watch]] = defaultdict(list)
    for pk, roster in book.rosters.items():
        found[roster.unit_id] += book.watches(pk, at, at + AHEAD)
    return found


def _stand_ins(
    district: str, units: list[str], book: Book, *, at: datetime
) -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]:
    """The heads and the deputies of each unit who are not away."""
    on = at.astimezone(book.zone).date()
    posts = posts_in(district).filter(
        Q(until_on__isnull=True) | Q(until_on__gte=on),
        unit__in=units,
        since_on__lte=on,
        rank__in=("head", "deputy"),
        user__is_active=True,
    )
    rows = list(posts.values_list("unit", "rank", "user"))
    gone = absent_at((person for _unit, _rank, person in rows), at=at)
    found: dict[str, dict[str, tuple[int, ...]]] = {"head": defaultdict(tuple), "deputy": defaultdict(tuple)}
    for unit, rank, person in rows:
        if person not in gone and person not in found[rank][unit]:
            found[rank][unit] += (person,)
    return found["head"], found["deputy"]
