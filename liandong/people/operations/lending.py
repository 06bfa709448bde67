"""Lending posts to joint teams, and calling them back: home unit and force stay what they are (`CASE.md` §4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.people.events import PostLent, PostRecalled
from liandong.people.models import Lending, Post, Unit, UnitKind
from liandong.people.operations.beats import (
    ORGANISE,
    THE_UNIT,
    about_person,
    post_within_reach,
    sees,
    spelt,
)
from liandong.people.operations.left_behind import left_empty, refuse_left_empty
from liandong.people.operations.posts import EndedInThePast, end_lending
from liandong.people.rules.force import carried
from liandong.people.rules.scope import Thing
from liandong.people.structure import day_of
from liandong.timeline.operations import record

_THE_LENDING = marked("这次借调")


class NotAJointTeam(Refusal):
    """A post lent to a unit that is no joint team, or one that has closed."""

    status = 422
    says = marked("“%(name)s”不是在设的联合执勤队。")
    remedy = marked("岗位只借调给联合执勤队；其他情况请直接任命。")


class LentAlready(Refusal):
    """A post that is lent to that team at that time already."""

    status = 409
    says = marked("该岗位在这段时间内已借调给此队。")
    remedy = marked("如需延长，请先召回再重新借调。")


class PostDoesNotStand(Refusal):
    """A post lent from a day on which nobody holds it, or a lending that ends before it begins."""

    status = 422
    says = marked("该岗位在借调期内没有人任职，或期限前后颠倒。")
    remedy = marked("请核对岗位的起止日期和借调的起止日期。")


@transaction.atomic
def lend_post(post: int, *, team: str, since_on: date, until_on: date | None, actor: Actor, at: datetime) -> Lending:
    """Lend a post to a joint team for a time, or until it is called back.

    :raises NotFound: the actor sees no such post or team
    :raises Forbidden: the actor may not organise the post's unit, or the team
    :raises NotAJointTeam: the unit is none
    :raises LentAlready: it is lent there already
    """
    held = post_within_reach(post, actor)
    unit = Unit.objects.filter(pk=team, district=held.unit.district).first()
    if unit is None or not sees(actor, unit.area):
        raise NotFound(what=THE_UNIT)
    require(actor, ORGANISE, Thing(unit.area))
    if unit.kind != UnitKind.JOINT or (unit.until_on is not None and unit.until_on < since_on):
        raise NotAJointTeam(name=unit.name)
    _check_term(held, since_on, until_on)
    begun = Q(since_on__lte=until_on) if until_on else Q()
    running = Lending.objects.filter(begun, Q(until_on__isnull=True) | Q(until_on__gte=since_on), post=held, team=unit)
    if running.exists():
        raise LentAlready
    lending = Lending.objects.create(post=held, team=unit, since_on=since_on, until_on=until_on)
    force = carried(held.force, of_the_unit=held.unit.force)
    told = PostLent(lending.pk, held.pk, held.unit_id, team, force, spelt(since_on), spelt(until_on))
    about = about_person(held.user, area=unit.area, units=(held.unit_id, team))
    record(told, about=about, actor=actor.key, at=at)
    return lending


@transaction.atomic
def recall_post(lending: int, *, until_on: date, actor: Actor, at: datetime) -> None:
    """Call a lent post back after a day: yesterday calls it back at once.

    :raises NotFound: the actor sees no such lending
    :raises Forbidden: the actor may organise neither the post's unit nor the team
    :raises UnitLeftEmpty: open work of the team would be left to nobody
    """
    found = Lending.objects.filter(pk=lending).select_related("post__unit", "team").first()
    if found is None or not (sees(actor, found.post.unit.area) or sees(actor, found.team.area)):
        raise NotFound(what=_THE_LENDING)
    if not actor.may(ORGANISE, Thing(found.post.unit.area)):
        require(actor, ORGANISE, Thing(found.team.area))
    held = Post.objects.select_for_update(of=("self",)).select_related("user").get(pk=found.post_id)
    if until_on < day_of(at) - timedelta(days=1):
        raise EndedInThePast(on=until_on.isoformat())
    refuse_left_empty(left_empty((), [found], after=until_on + timedelta(days=1)))
    about = about_person(held.user, area=found.team.area, units=(held.unit_id, found.team_id))
    told = PostRecalled(found.pk, held.pk, found.team_id, until_on.isoformat())
    end_lending(found, until_on)
    record(told, about=about, actor=actor.key, at=at)


def _check_term(held: Post, since_on: date, until_on: date | None) -> None:
    begins_late = since_on < held.since_on
    ends_early = held.until_on is not None and held.until_on < since_on
    if begins_late or ends_early or (until_on is not None and until_on < since_on):
        raise PostDoesNotStand
