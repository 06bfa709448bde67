"""What operations on the organisation share: the lock, the unit or post within reach, the telling, the subject."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound, require
from liandong.people.models import Post, Unit, User
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject

ORGANISE = "people.organise"
_LOCK = 0x6F7267  # "org": keeps these locks apart from whatever else is locked by number
THE_UNIT = marked("这个单位")
THE_POST = marked("这个岗位")


def lock_organisation(district: str) -> None:
    """Let one change of a district's organisation happen at a time, until the transaction ends.

    Neither a ring in the tree nor the last administrator can be seen by locking single rows.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, int(district)])


def tell(district: str) -> None:
    """Let those who remember a district's units read them again."""
    changed: Callable[[str], None] = import_string(settings.LIANDONG_ORGANISATION_CHANGED)
    changed(district)


def unit_within_reach(code: str, actor: Actor) -> Unit:
    """The unit of that code, locked with its whole organisation.

    :raises NotFound: there is none, or the actor sees none there
    :raises Forbidden: the actor sees it, and may not organise it
    """
    unit = Unit.objects.filter(pk=code).first()
    if unit is None or not (sees(actor, unit.area) or unit.code in actor.units):
        raise NotFound(what=THE_UNIT)
    lock_organisation(unit.district)
    unit = Unit.objects.select_for_update().get(pk=code)
    require(actor, ORGANISE, Thing(unit.area))
    return unit


def post_within_reach(post: int, actor: Actor) -> Post:
    """The post of that number, locked with its whole organisation.

    :raises NotFound: there is none, or the actor sees none there
    :raises Forbidden: the actor sees it, and may not organise its unit
    """
    found = Post.objects.filter(pk=post).select_related("unit").first()
    if found is None or not sees(actor, found.unit.area):
        raise NotFound(what=THE_POST)
    lock_organisation(found.unit.district)
    found = Post.objects.select_for_update(of=("self",)).select_related("unit", "user").get(pk=post)
    require(actor, ORGANISE, Thing(found.unit.area))
    return found


def sees(actor: Actor, area: str) -> bool:
    """Whether the organisation of an area is to be seen by the actor at all."""
    return any(actor.may(act, Thing(area)) for act in (ORGANISE, "people.see_access"))


def about_unit(unit: Unit) -> Subject:
    """How the timeline names a change of a unit: its district's organisation, heard where the unit answers."""
    return Subject("organisation", int(unit.district), area=unit.area, hearers=(unit.code,))


def about_person(user: User, *, area: str = "", units: tuple[str, ...] = ()) -> Subject:
    """How the timeline names a change of what somebody holds."""
    return Subject("account", user.pk, area=area, hearers=units)


def spelt(day: date | None) -> str:
    """A day as events write it; nothing for no day."""
    return day.isoformat() if day else ""
