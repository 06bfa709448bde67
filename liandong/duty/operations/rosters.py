"""Planning: rosters, the plans they follow, covers of single watches, turns of people who left."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from liandong.areas.queries import district_map
from liandong.duty.events import RosterEnded, RosterPlanned, TurnsHandedOn, WatchCovered
from liandong.duty.models import Cover, Duty, PlanVersion, Roster, Turn
from liandong.duty.operations.beats import (
    UnfitForDuty,
    WatchBegun,
    book_with,
    fits,
    locked_roster,
    plans_for,
    record_of,
    said,
    today_of,
    watch_of,
)
from liandong.duty.queries.resolver import THE_UNIT, persons
from liandong.duty.queries.rosters import thing_of
from liandong.duty.rules.rotation import Plan, Schedule, Shift, TurnBy, Watch, instant, occurrences
from liandong.duty.rules.wording import checked, stored
from liandong.duty.schedules import holdings, in_effect, names_of, serves_throughout
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.people.queries import unit_named

if TYPE_CHECKING:
    from liandong.people.models import Unit

LONGEST_TURN = 60
MOST_TURNS = 100
LONGEST_ROSTER_NAME = 40


class RosterExists(Refusal):
    """A roster of that name covers that duty of the unit already."""

    status = 409
    says = marked("该单位的这项值班已有名为“%(name)s”的值班表。")
    remedy = marked("请另取名称，或直接修改原有的值班表。")


class PlanFromThePast(Refusal):
    """A plan that would change who was on duty on days gone by."""

    status = 422
    says = marked("编排不能从过去的日子（%(day)s）起生效。")
    remedy = marked("请把生效日期改为今天或以后；过去的值班记录保持不变。")


class RosterIsOver(Refusal):
    """A plan for days after the last one of a roster."""

    status = 409
    says = marked("值班表止于 %(day)s，此后的编排不会生效。")
    remedy = marked("请先把值班表的最后一天改到以后，再修改编排。")


class TurnUnclear(Refusal):
    """A turn of no, or of an unreasonable, length; or a line of more people than anybody plans."""

    status = 422
    says = marked("轮换方式不清楚：每轮应为一至六十，轮值最多一百人次。")
    remedy = marked("请更正每轮的天数或班数，以及轮值人员。")


class RosterUnnamed(Refusal):
    """A roster without a name, with too long a one, or for no duty we know."""

    status = 422
    says = marked("值班表缺少名称（至多四十字）或值班事项不在列表中。")
    remedy = marked("请填写名称并选择值班事项。")


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What a planner says: shifts, the line of people, and from which day it holds."""

    shifts: tuple[Shift, ...]
    turns: tuple[int, ...]
    anchor: date
    since_on: date
    every: int = 1
    by: TurnBy = field(default=TurnBy.DAY)

    @property
    def plan(self) -> Plan:
        """The plan as the rules read it."""
        return Plan(self.since_on, self.shifts, self.turns, self.anchor, self.every, self.by)


@transaction.atomic
def make_roster(
    unit: str, *, duty: str, name: str, plan: PlanFacts, needs_confirmation: bool = False, actor: Actor, at: datetime
) -> Roster:
    """Make a roster for a duty of a unit, with its first plan.

    :raises NotFound: there is no such unit
    :raises Forbidden: the actor may not plan for it
    :raises RosterExists, RosterUnnamed, ShiftsUnclear, TurnUnclear, PlanFromThePast, UnfitForDuty: it cannot be so
    """
    place = unit_named(unit)
    if place is None:
        raise NotFound(what=THE_UNIT)
    require(actor, "duty.roster", thing_of(place))
    name = said(name, most=LONGEST_ROSTER_NAME + 1)
    if not name or len(name) > LONGEST_ROSTER_NAME or duty not in Duty.values:
        raise RosterUnnamed
    roster, created = Roster.objects.get_or_create(
        unit=place,
        duty=duty,
        name=name,
        defaults={"district": place.district, "needs_confirmation": needs_confirmation},
    )
    if not created:
        raise RosterExists(name=name)
    _check(roster, plan, at=at)
    save_plan(roster, plan, actor=actor, at=at)
    return roster


@transaction.atomic
def change_plan(
    roster: int, *, plan: PlanFacts, needs_confirmation: bool | None = None, actor: Actor, at: datetime
) -> PlanVersion:
    """Let a roster follow another plan from a day on; earlier days keep the plan they had.

    :raises NotFound: there is no such roster for this actor
    :raises Forbidden: the actor may not plan it
    :raises ShiftsUnclear, TurnUnclear, PlanFromThePast, RosterIsOver, UnfitForDuty: it cannot be so
    """
    found = locked_roster(roster, actor=actor)
    plans_for(actor, found)
    _check(found, plan, at=at)
    if found.until_on is not None and plan.since_on > found.until_on:
        raise RosterIsOver(day=found.until_on.isoformat())
    if needs_confirmation is not None and needs_confirmation != found.needs_confirmation:
        found.needs_confirmation = needs_confirmation
        found.save(update_fields=["needs_confirmation"])
    return save_plan(found, plan, actor=actor, at=at)


@transaction.atomic
def end_roster(roster: int, *, until_on: date, actor: Actor, at: datetime) -> Roster:
    """Give a roster its last day, today or later.

    :raises NotFound, Forbidden: it is not for this actor, or not to plan
    :raises PlanFromThePast: the day is over
    """
    found = locked_roster(roster, actor=actor)
    plans_for(actor, found)
    if until_on < today_of(book_with(found), at):
        raise PlanFromThePast(day=until_on.isoformat())
    found.until_on = until_on
    found.save(update_fields=["until_on"])
    record_of(found, RosterEnded(found.unit_id, found.name, until_on), actor=actor, at=at)
    return found


@transaction.atomic
def cover_watch(
    roster: int, *, day: date, shift: str, person: int, reason: str = "", actor: Actor, at: datetime
) -> Cover:
    """Put somebody on one watch that is not over, whoever has it: how a gap is filled. One that has begun they take
    from now on; who stood it until then stays on record.

    :raises NotFound, Forbidden: the roster is not for this actor, or not to plan
    :raises NoSuchWatch, WatchBegun: there is no such watch, or it is over
    :raises UnfitForDuty, AwayThen, BusyThen: the person cannot take it
    """
    found = locked_roster(roster, actor=actor)
    plans_for(actor, found)
    book = book_with(found)
    if watch_of(book, found, (day, shift))[1] <= at:
        raise WatchBegun
    fits(person, book, found, (day, shift), since=at)
    cover = Cover.objects.create(
        roster=found,
        day=day,
        shift=shift,
        user_id=person,
        reason=said(reason),
        made_by=actor.key,
        made_at=at,
    )
    account = persons([person])[person].account
    record_of(found, WatchCovered(day, shift, f"user/{account}"), actor=actor, at=at, hearers=[person])
    return cover


@transaction.atomic
def hand_on_turns(left: int, *, successor: int | None, since_on: date, actor: Actor, at: datetime) -> int:
    """Give the turns of somebody who left to their successor from a day on. Returns how many rosters changed.

    Without a successor nothing changes: the watches have nobody, and stand in the list of gaps.

    :raises Forbidden: the actor may not plan one of the rosters
    """
    if successor is None:
        return 0
    concerned = Roster.objects.filter(plans__turns__user=left).distinct().order_by("pk")
    changed = 0
    for pk in concerned.values_list("pk", flat=True):
        roster = Roster.objects.select_for_update(of=("self",)).select_related("unit").get(pk=pk)
        plans_for(actor, roster)
        # Days gone by keep whoever was on duty, however late it is known that somebody left.
        first = max(since_on, at.astimezone(district_map(roster.district).calendar.zone).date())
        if roster.until_on is None or roster.until_on >= first:
            changed += _hand_on(roster, left, successor, since_on=first, actor=actor, at=at)
    return changed


def _hand_on(roster: Roster, left: int, successor: int, *, since_on: date, actor: Actor, at: datetime) -> bool:
    """Write every plan that holds on or after a day anew, with the successor in the place of who left."""
    plans = in_effect(roster.plans.order_by("number"))
    plans = [plan for plan, after in zip(plans, [*plans[1:], None], strict=True)
             if after is None or after.since_on > since_on]  # fmt: skip
    lines = [list(plan.turns.order_by("position").values_list("user", flat=True)) for plan in plans]
    if not any(left in line for line in lines):
        return False
    people = persons([left, successor])
    for plan, line in zip(plans, lines, strict=True):
        turns = [successor if person == left else person for person in line]
        first = max(since_on, plan.since_on)
        version = _add_version(roster, plan, turns, since_on=first, actor=actor, at=at)
        event = TurnsHandedOn(people[left].account, people[successor].account, version.number, first)
        record_of(roster, event, actor=actor, at=at, hearers=[left, successor])
    return True


def preview_of(unit: Unit, plan: PlanFacts, *, days: int = 30) -> tuple[Schedule, list[Watch]]:
    """The first days of a plan, before anybody follows it: nothing is written.

    :raises ShiftsUnclear, TurnUnclear: it cannot be so
    """
    _check_shape(plan)
    zone = district_map(unit.district).calendar.zone
    schedule = Schedule(zone, (plan.plan,))
    starts = instant(zone, datetime.combine(plan.since_on, datetime.min.time()))
    return schedule, occurrences(schedule, starts, starts + timedelta(days=days))


def save_plan(roster: Roster, plan: PlanFacts, *, actor: Actor, at: datetime) -> PlanVersion:
    """Write a checked plan as the next version, on the record."""
    version = PlanVersion(
        shifts=stored(plan.shifts), anchor=plan.anchor, every=plan.every, turn_by=plan.by.value, roster=roster
    )
    version = _add_version(roster, version, list(plan.turns), since_on=plan.since_on, actor=actor, at=at)
    people = persons(plan.turns)
    accounts = tuple(people[person].account for person in dict.fromkeys(plan.turns))
    event = RosterPlanned(roster.unit_id, roster.duty, roster.name, version.number, plan.since_on, accounts)
    record_of(roster, event, actor=actor, at=at, hearers=plan.turns)
    return version


def _add_version(
    roster: Roster, like: PlanVersion, turns: list[int], *, since_on: date, actor: Actor, at: datetime
) -> PlanVersion:
    number = (roster.plans.aggregate(Max("number"))["number__max"] or 0) + 1
    version = PlanVersion.objects.create(
        roster=roster,
        number=number,
        since_on=since_on,
        shifts=like.shifts,
        anchor=like.anchor,
        every=like.every,
        turn_by=like.turn_by,
        made_by=actor.key,
        made_at=at,
    )
    Turn.objects.bulk_create(Turn(plan=version, position=place, user_id=user) for place, user in enumerate(turns))
    return version


def _check(roster: Roster, plan: PlanFacts, *, at: datetime) -> None:
    _check_shape(plan)
    zone = district_map(roster.district).calendar.zone
    if plan.since_on < at.astimezone(zone).date():
        raise PlanFromThePast(day=plan.since_on.isoformat())
    starts = instant(zone, datetime.combine(plan.since_on, datetime.min.time()))
    held = holdings(roster.district, plan.turns, zone=zone)
    unfit = [
        person
        for person in dict.fromkeys(plan.turns)
        if not serves_throughout(held.get(person, []), roster, starts, starts + timedelta(days=1))
    ]
    if unfit:
        names = names_of(unfit)
        raise UnfitForDuty(names="、".join(names.get(person, str(person)) for person in unfit))


def _check_shape(plan: PlanFacts) -> None:
    checked(plan.shifts)
    if not 1 <= plan.every <= LONGEST_TURN or len(plan.turns) > MOST_TURNS:
        raise TurnUnclear
