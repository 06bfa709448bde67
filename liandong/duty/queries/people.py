"""The people duty is about: who may stand which watch, who works in a unit, who was trained."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from liandong.duty.models import Attendance, Roster, Training
from liandong.duty.queries.rosters import may_plan
from liandong.duty.schedules import ROLE_OF_DUTY, Holding, holdings
from liandong.people.access import Actor
from liandong.people.queries import posts_in
from liandong.people.rules.scope import Reach

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from liandong.people.models import Unit

MOST_ROWS = 200


def staff_below(unit: Unit, *, on: date, duty: str = "") -> list[tuple[int, str, str]]:
    """People with a post in a unit or below it on a day: (id, name, title or unit); only those whose role `duty` needs.

    The unit's own people come first.
    """
    inside = Q(unit=unit) | Q(unit__parent=unit) | Q(unit__parent__parent=unit) | Q(lendings__team=unit)
    posts = posts_in(unit.district).filter(inside, since_on__lte=on, user__is_active=True).exclude(until_on__lt=on)
    role = ROLE_OF_DUTY.get(duty)
    rows = (posts.filter(role=role) if role else posts).values_list("user", "user__name", "unit", "title", "unit__name")
    found: dict[int, tuple[int, str, str]] = {}
    for person, name, code, title, unit_name in sorted(rows, key=lambda row: row[2] != unit.code):
        found.setdefault(person, (person, name, title if code == unit.code else unit_name))
    return list(found.values())


def serving(person: int, roster: Roster, *, zone: ZoneInfo) -> list[Holding]:
    """What a person holds that lets them stand the watches of a roster."""
    held = holdings(roster.district, [person], zone=zone).get(person, [])
    return [one for one in held if one.serves(roster)]


def trainings_seen(actor: Actor) -> QuerySet[Training]:
    """The trainings of the units an actor keeps records for, latest first."""
    seen = Q(pk__in=[])
    for ground in actor.scope("duty.train").grounds:
        match ground.reach:
            case Reach.EVERYWHERE:
                seen |= Q(pk__isnull=False)
            case Reach.AREA:
                seen |= Q(unit__area__startswith=ground.value)
            case Reach.UNIT:
                seen |= Q(unit=ground.value)
            case Reach.OWN:
                pass
    found = Training.objects.filter(seen).select_related("unit", "correction")
    return found.order_by("-held_on", "-id")[:MOST_ROWS]


def training_named(number: int) -> Training | None:
    """The training of that number, with who took part."""
    found = Training.objects.filter(pk=number).select_related("unit", "correction")
    return found.prefetch_related("attendances__user").first()


def trainings_of(person: int) -> QuerySet[Attendance]:
    """What one person was trained in, latest first."""
    own = Attendance.objects.filter(user=person).select_related("training__unit", "training__correction")
    return own.order_by("-training__held_on", "-id")


def keeps_records_of(actor: Actor, person: int, *, district: str, at: datetime) -> bool:
    """Whether an actor keeps the training records of a unit this person works in."""
    units = {post.unit for post in posts_in(district).filter(user=person).select_related("unit")}
    return any(may_plan(actor, unit, act="duty.train") for unit in units)
