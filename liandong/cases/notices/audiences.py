"""Who is meant by an audience, about a case, at an instant. Nobody is told of a case they may not see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db.models import Q

from liandong.cases.docket import thing_of
from liandong.cases.models import Case
from liandong.cases.notices.facts import centre_of
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.words import Identity, RunBy
from liandong.duty.queries import who
from liandong.notify.operations import Recipient
from liandong.notify.rules.words import Audience, Channel, Why
from liandong.people.access import Actor, NotFound, actor_for
from liandong.people.queries import posts_in

MOST_MEMBERS: Final = 10
"""Of a unit without roster, head and deputies, so many of its people are told."""

_TAKEN_DOWN_BY_OTHERS: Final = frozenset({"hotline", "desk"})
"""Channels by which an operator reports for somebody else."""

_WRITTEN_BY_MAIL: Final = "mail"
"""The channel of which everybody has an address, sealed with their case."""


@dataclass
class Audiences:
    """Answers who is meant, remembering for one batch whom it has looked up."""

    at: datetime
    _duties: dict[tuple[str, str], tuple[tuple[int, ...], str]] = field(default_factory=dict)
    _actors: dict[int, tuple[Actor, str] | None] = field(default_factory=dict)

    def of(self, audience: Audience, case: Case, data: Mapping[str, Any]) -> Iterator[Recipient]:
        """Everybody who is meant."""
        return _FOUND_BY[audience](self, case, data)

    def duty_person(self, case: Case, data: Mapping[str, Any]) -> Iterator[Recipient]:
        """The duty person of the unit the event names, else of the one that holds the case; and the unit's groups."""
        unit = str(data.get("unit") or case.unit)
        if unit:
            yield from self._on_duty("duty_person", unit, case)
            yield Recipient("group", unit=unit)

    def assisting(self, case: Case, data: Mapping[str, Any]) -> Iterator[Recipient]:
        """The duty persons of the assisting units."""
        for unit in data.get("assisting") or ():
            yield from self._on_duty("duty_person", unit, case)

    def unit_head(self, case: Case, data: Mapping[str, Any]) -> Iterator[Recipient]:
        """The head of the unit, or who stands in."""
        unit = str(data.get("unit") or case.unit)
        if unit:
            yield from self._on_duty("unit_head", unit, case)

    def leader(self, case: Case, data: Mapping[str, Any]) -> Iterator[Recipient]:
        """The leaders of the district."""
        found = self._working(case.district, Q(role="leader", area=case.district))
        yield from self._people(found, case, unit="") if found else self._nobody(centre_of(rulebook_for(case.district)))

    def at_desk(self, duty: str, case: Case) -> Iterator[Recipient]:
        """Who stands a duty of the centre, or is on duty in the town that runs the case."""
        book = rulebook_for(case.district)
        town = book.by_place.get(("town", case.area[:9]), ())
        if case.run_by == RunBy.TOWN and town:
            yield from self._on_duty("duty_person", town[0], case)
        elif unit := centre_of(book):
            yield from self._on_duty(duty, unit, case)

    def reporter(self, case: Case, data: Mapping[str, Any]) -> Iterator[Recipient]:
        """Who reported: by the telephone sealed with the case, or else by the way they wrote; and in the inbox of an
        account that reported itself.
        """
        if case.identity != Identity.ANONYMOUS:
            if case.has_phone:
                yield Recipient("reporter")
            elif case.channel == _WRITTEN_BY_MAIL:
                yield Recipient("reporter", only=(Channel.EMAIL,))
        if case.reporter and case.channel not in _TAKEN_DOWN_BY_OTHERS and self._account(case.reporter):
            yield from self._people((case.reporter,), case, unit="", only=(Channel.IN_APP,))

    def _on_duty(self, duty: str, unit: str, case: Case) -> Iterator[Recipient]:
        persons, phone_of = self._answering(duty, unit, case.district)
        told = list(self._people(persons, case, unit=unit))
        if told:
            yield from told
        elif phone_of and not persons:
            yield Recipient("unit", unit=phone_of)
        else:
            yield from self._nobody(unit)

    def _answering(self, duty: str, unit: str, district: str) -> tuple[tuple[int, ...], str]:
        """Who answers: (persons, unit whose telephone answers). A unit's own people come before those of one above."""
        if (duty, unit) not in self._duties:
            self._duties[duty, unit] = self._asked(duty, unit, district)
        return self._duties[duty, unit]

    def _asked(self, duty: str, unit: str, district: str) -> tuple[tuple[int, ...], str]:
        try:
            answer = who(duty, unit=unit, at=self.at)
        except NotFound:
            return (), ""
        persons = tuple(person.id for person in answer.persons)
        if persons and answer.unit.code == unit:
            return persons, ""
        own = self._working(district, Q(unit=unit))[:MOST_MEMBERS]
        return (own or persons), answer.unit.code if answer.phone else ""

    def _working(self, district: str, which: Q) -> tuple[int, ...]:
        """The people who hold such a post today, in the order of their making."""
        day = rulebook_for(district).day_of(self.at)
        posts = posts_in(district).filter(which, Q(until_on__isnull=True) | Q(until_on__gte=day), since_on__lte=day)
        return tuple(dict.fromkeys(posts.filter(user__is_active=True).values_list("user", flat=True)))

    def _people(
        self, persons: tuple[int, ...], case: Case, *, unit: str, only: tuple[Channel, ...] = ()
    ) -> Iterator[Recipient]:
        thing = thing_of(case)
        for person in persons:
            found = self._account(person)
            if found is not None and found[0].may("cases.view", thing):
                yield Recipient("person", person=person, unit=unit, language=found[1], only=only)

    def _account(self, person: int) -> tuple[Actor, str] | None:
        """Somebody as an actor, and their language; nothing for services and accounts that are closed."""
        if person not in self._actors:
            user = get_user_model().objects.filter(pk=person, is_active=True, is_service=False).first()
            self._actors[person] = (actor_for(user, at=self.at), user.language) if user else None
        return self._actors[person]

    @staticmethod
    def _nobody(unit: str) -> Iterator[Recipient]:
        if unit:
            yield Recipient("unit", unit=unit, why_not=Why.NOBODY)


_Find = Callable[[Audiences, Case, Mapping[str, Any]], Iterator[Recipient]]

_FOUND_BY: Final[Mapping[Audience, _Find]] = {
    Audience.DUTY_PERSON: Audiences.duty_person,
    Audience.ASSISTING: Audiences.assisting,
    Audience.UNIT_HEAD: Audiences.unit_head,
    Audience.LEADER: Audiences.leader,
    Audience.SUPERVISOR: lambda found, case, data: found.at_desk("supervisor", case),
    Audience.DISPATCHER: lambda found, case, data: found.at_desk("dispatcher", case),
    Audience.OPERATOR: lambda found, case, data: found.at_desk("operator", case),
    Audience.REPORTER: Audiences.reporter,
}
