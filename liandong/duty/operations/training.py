"""Training: what was held, who took part, who passed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from liandong.areas.queries import district_map
from liandong.duty.events import TrainingHeld
from liandong.duty.models import Attendance, Training
from liandong.duty.queries.people import staff_below
from liandong.duty.queries.resolver import THE_UNIT
from liandong.duty.queries.rosters import thing_of
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.people.queries import unit_named
from liandong.timeline.operations import Subject, record

if TYPE_CHECKING:
    from liandong.people.models import Unit

MOST_HOURS = Decimal(100)


class TrainingUnclear(Refusal):
    """A training without a title or length, in the future, or with people who are not of the unit."""

    status = 422
    says = marked("培训登记不完整：%(what)s。")
    remedy = marked("请填写名称、日期（不晚于今天）、学时（一百以内），并从本单位人员中选择参加者。")


@transaction.atomic
def record_training(
    unit: str,
    *,
    title: str,
    held_on: date,
    hours: Decimal,
    attended: Mapping[int, bool | None],
    actor: Actor,
    at: datetime,
) -> Training:
    """Put a training of a unit on record; `attended` says of each who took part whether they passed.

    :raises NotFound: there is no such unit
    :raises Forbidden: the actor keeps no records for it
    :raises TrainingUnclear: something is missing or cannot be so
    """
    place = unit_named(unit)
    if place is None:
        raise NotFound(what=THE_UNIT)
    require(actor, "duty.train", thing_of(place))
    title = title.strip()
    _check(place, title, held_on, hours, attended, at=at)
    training = Training.objects.create(
        unit=place, title=title, held_on=held_on, hours=hours, made_by=actor.key, made_at=at
    )
    Attendance.objects.bulk_create(
        Attendance(training=training, user_id=person, passed=passed) for person, passed in attended.items()
    )
    about = Subject("training", training.pk, area=place.area, hearers=(place.code,))
    record(TrainingHeld(training.pk, held_on, len(attended)), about=about, actor=actor.key, at=at)
    return training


def _check(
    unit: Unit, title: str, held_on: date, hours: Decimal, attended: Mapping[int, bool | None], *, at: datetime
) -> None:
    today = at.astimezone(district_map(unit.district).calendar.zone).date()
    known = {person for day in (held_on, today) for person, _name, _title in staff_below(unit, on=day)}
    faults = [
        (marked("名称"), bool(title) and len(title) <= 80),
        (marked("日期"), held_on <= today),
        (marked("学时"), hours.is_finite() and 0 < hours < MOST_HOURS),
        (marked("参加者"), bool(attended) and attended.keys() <= known),
    ]
    for what, fine in faults:
        if not fine:
            raise TrainingUnclear(what=what)
