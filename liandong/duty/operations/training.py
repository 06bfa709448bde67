"""Training: what was held, who took part, who passed; and its corrections, which stand beside what they correct."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from liandong.areas.queries import district_map
from liandong.duty.events import TrainingCorrected, TrainingHeld
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
LONGEST_REASON = 200
NOBODY_IN_IT = marked("参加者")
THE_RECORD = marked("这份培训记录")


class TrainingUnclear(Refusal):
    """A training without a title or length, in the future, or with people who are not of the unit."""

    status = 422
    says = marked("培训登记不完整：%(what)s。")
    remedy = marked("请填写名称、日期（不晚于今天）、学时（一百以内），并从本单位人员中选择参加者。")


class TrainingCorrectedBefore(Refusal):
    """A training that has been corrected: then its correction is to be corrected."""

    status = 409
    says = marked("这份培训记录已经更正过。")
    remedy = marked("请刷新页面，在最新的一份上更正。")


class CorrectionUnreasoned(Refusal):
    """A correction that does not say why, or at too great a length."""

    status = 422
    says = marked("更正须写明原因，最多 200 字。")
    remedy = marked("请写明哪里登记错了、依据是什么。")


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
    if not attended:
        raise TrainingUnclear(what=NOBODY_IN_IT)
    training = Training.objects.create(
        unit=place, title=title, held_on=held_on, hours=hours, made_by=actor.key, made_at=at
    )
    _note_who_attended(training, attended)
    event = TrainingHeld(training.pk, held_on, len(attended))
    record(event, about=_about(place, training), actor=actor.key, at=at)
    return training


@transaction.atomic
def correct_training(
    number: int,
    *,
    title: str,
    held_on: date,
    hours: Decimal,
    attended: Mapping[int, bool | None],
    reason: str,
    actor: Actor,
    at: datetime,
) -> Training:
    """Put a training on record as it should have been; the wrong record stays beside it, marked as corrected.

    With nobody in `attended` the training was put on record by mistake.

    :raises NotFound: there is no such training for this actor
    :raises TrainingCorrectedBefore: it is not the newest of its kind
    :raises TrainingUnclear, CorrectionUnreasoned: something is missing or cannot be so
    """
    wrong = Training.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=number).first()
    if wrong is None or not actor.may("duty.train", thing_of(wrong.unit)):
        raise NotFound(what=THE_RECORD)
    if Training.objects.filter(corrects=wrong).exists():
        raise TrainingCorrectedBefore
    title, reason = title.strip(), reason.replace("\x00", "").strip()
    before = set(Attendance.objects.filter(training=wrong).values_list("user", flat=True))
    _check(wrong.unit, title, held_on, hours, attended, at=at, besides=before)
    if not 0 < len(reason) <= LONGEST_REASON:
        raise CorrectionUnreasoned
    training = Training.objects.create(
        unit=wrong.unit, title=title, held_on=held_on, hours=hours, made_by=actor.key, made_at=at,
        corrects=wrong, reason=reason,
    )  # fmt: skip
    _note_who_attended(training, attended)
    event = TrainingCorrected(training.pk, wrong.pk, held_on, len(attended), reason)
    record(event, about=_about(wrong.unit, training), actor=actor.key, at=at)
    return training


def _note_who_attended(training: Training, attended: Mapping[int, bool | None]) -> None:
    Attendance.objects.bulk_create(
        Attendance(training=training, user_id=person, passed=passed) for person, passed in attended.items()
    )


def _about(unit: Unit, training: Training) -> Subject:
    return Subject("training", training.pk, area=unit.area, hearers=(unit.code,))


def _check(
    unit: Unit,
    title: str,
    held_on: date,
    hours: Decimal,
    attended: Mapping[int, bool | None],
    *,
    at: datetime,
    besides: Collection[int] = (),
) -> None:
    """Return when a training can have been so; `besides` may have taken part though they are not of the unit.

    :raises TrainingUnclear: it cannot
    """
    today = at.astimezone(district_map(unit.district).calendar.zone).date()
    known = {person for day in (held_on, today) for person, _name, _title in staff_below(unit, on=day)}
    faults = [
        (marked("名称"), bool(title) and len(title) <= 80),
        (marked("日期"), held_on <= today),
        (marked("学时"), hours.is_finite() and 0 < hours < MOST_HOURS),
        (NOBODY_IN_IT, attended.keys() <= known | set(besides)),
    ]
    for what, fine in faults:
        if not fine:
            raise TrainingUnclear(what=what)
