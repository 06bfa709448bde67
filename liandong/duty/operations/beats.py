"""What the verbs of a roster share: lock it, ask for permission, see whether a watch and a person fit, record."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from liandong.duty.models import Absence, Roster
from liandong.duty.queries.rosters import THE_ROSTER, thing_of, watches_of
from liandong.duty.rules.rotation import Slot, span_of
from liandong.duty.schedules import Book, book_of, holdings, names_of, serves_throughout
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.timeline.operations import Subject, record

LONGEST_WORD = 200


class NoSuchWatch(Refusal):
    """A day and shift for which the plan has no watch."""

    status = 422
    says = marked("%(day)s 没有“%(shift)s”这一班。")
    remedy = marked("请从值班表中选择班次；编排可能刚刚改过，请刷新。")


class WatchBegun(Refusal):
    """A watch that has begun can no longer be given to somebody else this way."""

    status = 409
    says = marked("这一班已经开始，不能再调换。")
    remedy = marked("请由编排人直接安排顶班。")


class UnfitForDuty(Refusal):
    """Somebody who does not hold what the duty needs."""

    status = 422
    says = marked("%(names)s 没有承担此项值班所需的岗位或授权。")
    remedy = marked("请选择本单位持有相应岗位的人员，或先请管理员授权。")


class BusyThen(Refusal):
    """Somebody who stands another watch at that time."""

    status = 409
    says = marked("%(name)s 在这一时段已有值班。")
    remedy = marked("请换一个人或换一个班次。")


class AwayThen(Refusal):
    """Somebody who is away at that time."""

    status = 409
    says = marked("%(name)s 在这一时段请假或外出。")
    remedy = marked("请换一个人，或先撤销该时段的请假。")


def locked_roster(pk: int, *, actor: Actor) -> Roster:
    """The roster, locked, for somebody who works in its district.

    :raises NotFound: there is none, or not for this actor
    """
    roster = Roster.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=pk).first()
    if roster is None or not (actor.may("duty.view") or actor.may("duty.roster", thing_of(roster.unit))):
        raise NotFound(what=THE_ROSTER)
    if actor.posts and roster.district not in {post.area[:6] for post in actor.posts} and actor.user_id is not None:
        raise NotFound(what=THE_ROSTER)
    return roster


def plans_for(actor: Actor, roster: Roster) -> None:
    """Return when `actor` may plan this roster.

    :raises Forbidden: they may not
    """
    require(actor, "duty.roster", thing_of(roster.unit))


def book_with(roster: Roster) -> Book:
    """The one roster, ready to be asked."""
    return book_of(roster.district, Roster.objects.filter(pk=roster.pk))


def watch_ahead(book: Book, roster: Roster, slot: Slot, *, at: datetime) -> tuple[datetime, datetime]:
    """When a watch begins and ends that has not begun.

    :raises NoSuchWatch: the plan has none
    :raises WatchBegun: it has begun
    """
    span = watch_of(book, roster, slot)
    if span[0] <= at:
        raise WatchBegun
    return span


def watch_of(book: Book, roster: Roster, slot: Slot) -> tuple[datetime, datetime]:
    """When a watch begins and ends.

    :raises NoSuchWatch: the plan has none
    """
    span = span_of(book.schedules[roster.pk], slot)
    if span is None:
        raise NoSuchWatch(day=slot[0].isoformat(), shift=slot[1])
    return span


def fits(
    person: int,
    book: Book,
    roster: Roster,
    slot: Slot,
    *,
    giving: Collection[Slot] = (),
    since: datetime | None = None,
) -> None:
    """Return when a person may take a watch; `giving` are watches of this roster they give away for it.

    Of a watch that has begun only what comes after `since` counts.

    :raises UnfitForDuty: they do not hold what it needs
    :raises AwayThen: they are away
    :raises BusyThen: they stand another watch, of whatever roster
    """
    begins, over = watch_of(book, roster, slot)
    begins = max(begins, since) if since else begins
    name = names_of([person]).get(person, "")
    held = holdings(roster.district, [person], zone=book.zone).get(person, [])
    if not serves_throughout(held, roster, begins, over):
        raise UnfitForDuty(names=name)
    if _is_away(person, begins, over):
        raise AwayThen(name=name)
    for other, watch in watches_of(person, starts_at=begins, ends_at=over):
        if other.pk != roster.pk or (watch.slot != slot and watch.slot not in giving):
            raise BusyThen(name=name)


def record_of(roster: Roster, event: Any, *, actor: Actor, at: datetime, hearers: Collection[int] = ()) -> None:
    """Put something that happened to a roster on the record, for its unit and the people concerned."""
    people = tuple(f"person/{person}" for person in sorted(set(hearers)))
    about = Subject("roster", roster.pk, area=roster.unit.area, hearers=(roster.unit_id, *people))
    record(event, about=about, actor=actor.key, at=at)


def said(text: str, *, most: int = LONGEST_WORD) -> str:
    """A text as it may be stored: as long as it may be, and without the character no database keeps."""
    return text.replace("\x00", "").strip()[:most]


def today_of(book: Book, at: datetime) -> date:
    """The day an instant falls on where the roster holds."""
    return at.astimezone(book.zone).date()


def _is_away(person: int, begins: datetime, over: datetime) -> bool:
    return Absence.objects.filter(user=person, since_at__lt=over, until_at__gt=begins).exists()
