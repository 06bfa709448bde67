"""Swaps by consent: ask, agree or refuse, confirm where the roster demands it, withdraw."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction

from liandong.duty.events import SwapAgreed, SwapAsked, SwapConfirmed, SwapRefused, SwapWithdrawn
from liandong.duty.models import Roster, Swap, SwapState
from liandong.duty.operations.beats import (
    WatchBegun,
    book_with,
    fits,
    locked_roster,
    plans_for,
    record_of,
    said,
    watch_ahead,
)
from liandong.duty.queries.resolver import persons
from liandong.duty.queries.rosters import THE_SWAP, may_plan
from liandong.duty.rules.rotation import Slot, holder_of
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, Forbidden, NotFound, act_word, require


class NotYourWatch(Refusal):
    """A watch that somebody else has: nobody gives away what is not theirs."""

    status = 409
    says = marked("%(day)s“%(shift)s”不是%(name)s的班。")
    remedy = marked("值班表可能刚刚改过，请刷新后从值班表中重新选择。")


class SwapWithOneself(Refusal):
    """A swap with nobody else."""

    status = 422
    says = marked("不能与自己换班。")
    remedy = marked("请选择另一位同事。")


class AlreadyOffered(Refusal):
    """A watch that another colleague is being asked to take."""

    status = 409
    says = marked("这一班已向别人提出换班，尚未答复。")
    remedy = marked("请等待对方答复，或先撤回原来的请求。")


class SwapSettled(Refusal):
    """A swap that was decided already, or whose watch has begun."""

    status = 409
    says = marked("这次换班已经了结或已过期。")
    remedy = marked("请刷新页面查看结果；需要时重新提出。")


@transaction.atomic
def ask_swap(
    roster: int,
    *,
    day: date,
    shift: str,
    other: int,
    back: Slot | None = None,
    note: str = "",
    actor: Actor,
    at: datetime,
) -> Swap:
    """Ask a colleague to take one's own watch, in exchange for the watch `back` of theirs or for nothing.

    :raises NotFound: there is no such roster for this actor
    :raises Forbidden: the actor is not on any duty
    :raises SwapWithOneself, NotYourWatch, NoSuchWatch, WatchBegun, AlreadyOffered: it cannot be offered
    :raises UnfitForDuty, AwayThen, BusyThen: one of the two cannot take the other's watch
    """
    found = locked_roster(roster, actor=actor)
    require(actor, "duty.view")
    me = actor.user_id
    if me is None:
        raise Forbidden(act=act_word("duty.view"))
    if me == other:
        raise SwapWithOneself
    _make_room(found, (day, shift), at=at)
    swap = Swap(
        roster=found,
        day=day,
        shift=shift,
        asker_id=me,
        other_id=other,
        **({"back_day": back[0], "back_shift": back[1]} if back else {}),
        note=said(note),
        asked_at=at,
    )
    swap.starts_at = _check(swap, at=at)
    swap.save(force_insert=True)
    _tell(swap, _asked(swap), actor=actor, at=at)
    return swap


def agree_swap(swap: int, *, actor: Actor, at: datetime) -> Swap:
    """Agree to a swap one was asked for. In force at once, unless the planner must confirm.

    :raises NotFound: there is no such swap for this actor
    :raises Forbidden: somebody else was asked
    :raises SwapSettled: it was decided, or a watch of it has begun
    :raises NotYourWatch, UnfitForDuty, AwayThen, BusyThen: it has become impossible since
    """
    with _undecided(swap, (SwapState.ASKED,), actor=actor, at=at) as found:
        if actor.user_id != found.other_id:
            raise Forbidden(act=marked("同意换班"))
        _check(found, at=at)
        is_final = not found.roster.needs_confirmation
        found.state = SwapState.IN_FORCE if is_final else SwapState.AGREED
        found.settled_at = at if is_final else None
        found.save(update_fields=["state", "settled_at"])
        _tell(found, SwapAgreed(found.pk, is_final), actor=actor, at=at)
    return found


def confirm_swap(swap: int, *, actor: Actor, at: datetime) -> Swap:
    """Confirm, as the planner, a swap to which both agreed: it is in force.

    :raises NotFound: there is no such swap for this actor
    :raises Forbidden: the actor does not plan this roster
    :raises SwapSettled: it was decided, or a watch of it has begun
    :raises NotYourWatch, UnfitForDuty, AwayThen, BusyThen: it has become impossible since
    """
    with _undecided(swap, (SwapState.AGREED,), actor=actor, at=at) as found:
        plans_for(actor, found.roster)
        _check(found, at=at)
        _settle(found, SwapState.IN_FORCE, at=at)
        _tell(found, SwapConfirmed(found.pk), actor=actor, at=at)
    return found


def refuse_swap(swap: int, *, answer: str = "", actor: Actor, at: datetime) -> Swap:
    """Refuse a swap: as the colleague who was asked, or as the planner who must confirm.

    :raises NotFound: there is no such swap for this actor
    :raises Forbidden: it is neither theirs to refuse
    :raises SwapSettled: it was decided already
    """
    with _undecided(swap, (SwapState.ASKED, SwapState.AGREED), actor=actor, at=at) as found:
        if found.state == SwapState.AGREED:
            plans_for(actor, found.roster)
        elif actor.user_id != found.other_id:
            raise Forbidden(act=marked("答复换班"))
        found.answer = said(answer)
        _settle(found, SwapState.REFUSED, at=at)
        _tell(found, SwapRefused(found.pk), actor=actor, at=at)
    return found


def withdraw_swap(swap: int, *, actor: Actor, at: datetime) -> Swap:
    """Take back a request that was not decided yet.

    :raises NotFound: there is no such swap for this actor
    :raises Forbidden: somebody else asked
    :raises SwapSettled: it was decided already
    """
    with _undecided(swap, (SwapState.ASKED, SwapState.AGREED), actor=actor, at=at) as found:
        if actor.user_id != found.asker_id:
            raise Forbidden(act=marked("撤回换班"))
        _settle(found, SwapState.WITHDRAWN, at=at)
        _tell(found, SwapWithdrawn(found.pk), actor=actor, at=at)
    return found


def _asked(swap: Swap) -> SwapAsked:
    people = persons([swap.asker_id, swap.other_id])
    asker, other = people[swap.asker_id].account, people[swap.other_id].account
    return SwapAsked(swap.pk, swap.day, swap.shift, asker, other, swap.back_day, swap.back_shift)


def _make_room(roster: Roster, slot: Slot, *, at: datetime) -> None:
    """See that a watch is not on offer; a request nobody answered in time makes room for a new one.

    :raises AlreadyOffered: another colleague is being asked
    """
    waiting = [SwapState.ASKED, SwapState.AGREED]
    offered = Swap.objects.filter(roster=roster, day=slot[0], shift=slot[1], state__in=waiting)
    if offered.filter(starts_at__gt=at).exists():
        raise AlreadyOffered
    offered.update(state=SwapState.WITHDRAWN, settled_at=at)


@contextmanager
def _undecided(pk: int, states: tuple[SwapState, ...], *, actor: Actor, at: datetime) -> Iterator[Swap]:
    """Lock a swap and its roster, and see that it is still to be decided."""
    with transaction.atomic():
        # The roster first, as everywhere: two who decide at once wait for each other instead of locking up.
        roster_id = Swap.objects.filter(pk=pk).values_list("roster", flat=True).first()
        if roster_id is None:
            raise NotFound(what=THE_SWAP)
        roster = Roster.objects.select_for_update(of=("self",)).select_related("unit").get(pk=roster_id)
        swap = Swap.objects.select_for_update(of=("self",)).get(pk=pk)
        swap.roster = roster
        if actor.user_id not in (swap.asker_id, swap.other_id) and not may_plan(actor, roster.unit):
            raise NotFound(what=THE_SWAP)
        if swap.state not in states or swap.starts_at <= at:
            raise SwapSettled
        yield swap


def _check(swap: Swap, *, at: datetime) -> datetime:
    """See that each still has what they give and may take what they get; return when the first watch begins."""
    roster = swap.roster
    book = book_with(roster)
    given: Slot = (swap.day, swap.shift)
    moves = [(given, swap.asker_id, swap.other_id)]
    if swap.back_day is not None:
        moves.append(((swap.back_day, swap.back_shift), swap.other_id, swap.asker_id))
    slots = [slot for slot, _giver, _taker in moves]
    begins = [watch_ahead(book, roster, slot, at=at)[0] for slot in slots]
    for slot, giver, taker in moves:
        if holder_of(book.schedules[roster.pk], slot) != giver:
            name = persons([giver])[giver].name
            raise NotYourWatch(day=slot[0].isoformat(), shift=slot[1], name=name)
        fits(taker, book, roster, slot, giving=slots)
    if any(start <= at for start in begins):
        raise WatchBegun
    return min(begins)


def _settle(swap: Swap, state: SwapState, *, at: datetime) -> None:
    swap.state, swap.settled_at = state, at
    swap.save(update_fields=["state", "settled_at", "answer"])


def _tell(swap: Swap, event: object, *, actor: Actor, at: datetime) -> None:
    record_of(swap.roster, event, actor=actor, at=at, hearers=[swap.asker_id, swap.other_id])
