"""Units where they sit, and who is on duty there now. Nobody is tracked: a person stands where their unit does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from liandong.duty.queries import on_duty_in, persons, seats_of
from liandong.kernel.cells import Box
from liandong.kernel.refusal import marked
from liandong.people.access import Actor
from liandong.people.layers import Feature, MapLayer, point
from liandong.web.names import listed, name_of

if TYPE_CHECKING:
    from liandong.duty.queries import Place
    from liandong.people.models import Unit


def _units(actor: Actor, box: Box, at: datetime) -> Iterator[Feature]:
    for unit, seat in _within(actor, box, at):
        lines = (unit.get_kind_display(), unit.phone)
        yield Feature(unit.code, point(*seat), name_of(unit), tuple(str(line) for line in lines if line))


def _on_duty(actor: Actor, box: Box, at: datetime) -> Iterator[Feature]:
    seats = {unit.code: (unit, seat) for unit, seat in _within(actor, box, at)}
    for district in sorted({code.district for code, _seat in seats.values()}):
        rows = [row for row in on_duty_in(district, at=at) if row[0].unit_id in seats and row[1]]
        people = persons(watch.person for _roster, now, _next in rows for watch in now if watch.person is not None)
        for roster, now, _next in rows:
            names = listed(people[one.person].name for one in now if one.person in people)
            if names:
                unit, seat = seats[roster.unit_id]
                lines = (name_of(unit), _("值班：%(names)s") % {"names": names}, unit.phone)
                yield Feature(f"{roster.pk}", point(*seat), roster.name, tuple(line for line in lines if line))


def _within(actor: Actor, box: Box, at: datetime) -> Iterator[tuple[Unit, Place]]:
    for district in sorted({post.area[:6] for post in actor.posts}):
        for unit, seat in seats_of(district, at=at).values():
            if box[0] <= seat[0] <= box[2] and box[1] <= seat[1] <= box[3]:
                yield unit, seat


UNITS: Final = MapLayer("units", marked("单位"), "building", "indigo", _units)
ON_DUTY: Final = MapLayer("duty", marked("值班人员"), "person-badge", "green", _on_duty, acts=("duty.view",))
