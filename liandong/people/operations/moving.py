"""Posts and units whose area has ended go over to the areas that took it over, from a day on.

Which area took over from which is told by the caller: areas stand above people.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, require, roles
from liandong.people.events import PostEnded, PostLent, UnitChanged
from liandong.people.models import Lending, Post, Source, Unit
from liandong.people.operations.beats import (
    ORGANISE,
    about_person,
    about_unit,
    post_within_reach,
    spelt,
    tell,
    unit_within_reach,
)
from liandong.people.operations.posts import end_row, home_of, may_give, taken
from liandong.people.operations.units import tree_of
from liandong.people.rules.force import carried
from liandong.people.rules.posts import PostFacts, faults_of_post
from liandong.people.rules.scope import Thing
from liandong.people.rules.unit_tree import Node, faults_of_place
from liandong.people.structure import areas_of, day_of
from liandong.timeline.operations import record

_DAY = timedelta(days=1)

Successors = Mapping[str, Collection[str]]
"""An area that ended, and those that took it over."""


class PostMovedAlready(Refusal):
    """A post that ends before the day from which it was to be over another area."""

    status = 409
    says = marked("%(name)s的岗位在 %(on)s 前已终止，或已改写。")
    remedy = marked("请刷新页面，看还有哪些没有改写。")


class NotASuccessor(Refusal):
    """An area that did not take over from the one a post or unit names."""

    status = 422
    says = marked("“%(area)s”不是“%(old)s”的新编码。")
    remedy = marked("请从编码对照中选择。")


@transaction.atomic
def move_post(
    post: int, *, areas: Sequence[str], since_on: date, successors: Successors, actor: Actor, at: datetime
) -> list[Post]:
    """Let a post be over the areas that took over its own from a day on, today at the earliest; return the new ones.

    The old one ends the day before. What of it is lent goes over to the first of the new ones. A post that the person
    holds already is not given twice.

    :raises NotFound, Forbidden: the actor sees no such post, or may not organise its unit
    :raises PostMovedAlready: it ends before that day
    :raises NotASuccessor, PostFault: it cannot be over such an area
    """
    held = post_within_reach(post, actor)
    since_on = max(since_on, day_of(at))
    if held.until_on is not None and held.until_on < since_on:
        raise PostMovedAlready(name=held.user.name, on=since_on.isoformat())
    wanted = [_over(held, area, since_on=since_on, successors=successors, actor=actor) for area in dict.fromkeys(areas)]
    if not wanted:
        raise NotASuccessor(area="", old=held.area)
    lent = Lending.objects.filter(Q(until_on__isnull=True) | Q(until_on__gte=since_on), post=held)
    lendings = list(lent.select_related("team").order_by("id"))
    terms = [(one.team, max(one.since_on, since_on), one.until_on) for one in lendings]
    told = PostEnded(held.pk, held.unit_id, held.role, (since_on - _DAY).isoformat())
    record(told, about=about_person(held.user, area=held.area, units=(held.unit_id,)), actor=actor.key, at=at)
    end_row(held, since_on - _DAY)
    moved = [new for facts in wanted if (new := _given(held, facts, actor=actor, at=at))]
    for team, since, until in terms if moved else ():
        _lend(moved[0], team, since=since, until=until, actor=actor, at=at)
    return moved


@transaction.atomic
def move_unit(code: str, *, area: str, successors: Successors, actor: Actor, at: datetime) -> Unit:
    """Let a unit answer for an area that took over its own, at once: a unit has no days for its area.

    What stands below it or in it is moved by itself, and may lie outside until then.

    :raises NotFound, Forbidden: the actor sees no such unit, or may not organise it or that area
    :raises NotASuccessor, TreeFault: it cannot answer for such an area
    """
    unit = unit_within_reach(code, actor)
    before = unit.area
    if area not in successors.get(before, ()):
        raise NotASuccessor(area=area, old=before)
    require(actor, ORGANISE, Thing(area))
    node = Node(unit.code, unit.parent_id or "", unit.kind, area)
    for fault in faults_of_place(node, tree={**tree_of(unit.district), unit.code: node}, district=unit.district):
        raise fault
    unit.area = area
    unit.save(update_fields=["area"])
    record(UnitChanged(unit.code, {"area": (before, area)}), about=about_unit(unit), actor=actor.key, at=at)
    tell(unit.district)
    return unit


def _over(held: Post, area: str, *, since_on: date, successors: Successors, actor: Actor) -> PostFacts:
    """The post as it would be over `area`.

    :raises NotASuccessor, PostFault: it cannot be
    """
    if area not in successors.get(held.area, ()):
        raise NotASuccessor(area=area[:20], old=held.area)
    facts = PostFacts(
        held.user.username, held.user.name, held.unit_id, held.role, area, held.title, held.rank, held.force,
        max(since_on, held.since_on), held.until_on,
    )  # fmt: skip
    # The unit may still name the area that ended: then whatever took it over counts as its own.
    own = home_of(held.unit)
    homes = [own, *(replace(own, area=code) for code in successors.get(own.area, ()))]
    known = areas_of(held.unit.district)
    faults = [next(faults_of_post(facts, home, roles=roles(), areas=known), None) for home in homes]
    if all(faults):
        assert faults[0] is not None
        raise faults[0]
    may_give(actor, facts)
    return facts


def _given(held: Post, facts: PostFacts, *, actor: Actor, at: datetime) -> Post | None:
    """The new post; None where the person holds it already."""
    assert facts.since_on is not None
    begun = Q(since_on__lte=facts.until_on) if facts.until_on else Q()
    same = Post.objects.filter(begun, user=held.user, unit=held.unit, role=facts.role, area=facts.area)
    if same.filter(Q(until_on__isnull=True) | Q(until_on__gte=facts.since_on)).exists():
        return None
    new = Post.objects.create(
        user=held.user, unit=held.unit, role=facts.role, area=facts.area, title=facts.title, rank=facts.rank,
        force=facts.force, source=Source.HAND, since_on=facts.since_on, until_on=facts.until_on,
    )  # fmt: skip
    record(taken(new), about=about_person(new.user, area=new.area, units=(new.unit_id,)), actor=actor.key, at=at)
    return new


def _lend(post: Post, team: Unit, *, since: date, until: date | None, actor: Actor, at: datetime) -> None:
    lending = Lending.objects.create(post=post, team=team, since_on=since, until_on=until)
    force = carried(post.force, of_the_unit=post.unit.force)
    told = PostLent(lending.pk, post.pk, post.unit_id, team.code, force, spelt(since), spelt(until))
    about = about_person(post.user, area=team.area, units=(post.unit_id, team.code))
    record(told, about=about, actor=actor.key, at=at)
