"""Swaps: by consent of the other, of the planner where the roster demands it, and never once a watch has begun."""

from __future__ import annotations

import pytest

from liandong.duty import operations
from liandong.duty.models import SwapState
from liandong.duty.operations.beats import AwayThen, BusyThen, NoSuchWatch, UnfitForDuty, WatchBegun
from liandong.duty.operations.swaps import AlreadyOffered, NotYourWatch, SwapSettled, SwapWithOneself
from liandong.duty.queries import swaps_of, swaps_to_confirm, who
from liandong.people.access import Forbidden, NotFound, platform
from liandong.timeline.queries import Entry
from tests.duty.conftest import CENTRE, DAY, MONDAY, Rota, local

TUESDAY = MONDAY + DAY
TO_HUA = {"day": TUESDAY, "shift": "day"}
BACK = (TUESDAY + DAY, "night")


def on(rota: Rota, day: object, hour: int) -> str:
    return who("operator", unit=CENTRE, at=local(day, hour)).names  # type: ignore[arg-type]


def test_an_agreed_exchange_moves_both_watches_and_tells_both(rota: Rota) -> None:
    roster = rota.roster("operator", "hua")
    swap = rota.ask(roster, "operator", "hua", back=BACK, **TO_HUA)
    assert on(rota, TUESDAY, 10) == "欧阳静"
    operations.agree_swap(swap.pk, actor=rota.actor("hua"), at=rota.at)
    assert (on(rota, TUESDAY, 10), on(rota, BACK[0], 22)) == ("华清", "欧阳静")
    told = Entry.objects.filter(about="roster", about_id=roster.pk).order_by("seq")
    assert [entry.event for entry in told] == ["RosterPlanned", "SwapAsked", "SwapAgreed"]
    assert {f"person/{rota.pk('operator')}", f"person/{rota.pk('hua')}"} <= set(told[2].hearers)


def test_a_refused_or_withdrawn_swap_changes_nothing(rota: Rota) -> None:
    roster = rota.roster("operator", "hua")
    refused = rota.ask(roster, "operator", "hua", **TO_HUA)
    operations.refuse_swap(refused.pk, answer="当天有事", actor=rota.actor("hua"), at=rota.at)
    withdrawn = rota.ask(roster, "operator", "hua", **TO_HUA)
    operations.withdraw_swap(withdrawn.pk, actor=rota.actor("operator"), at=rota.at)
    assert on(rota, TUESDAY, 10) == "欧阳静"
    assert {swap.state for swap in swaps_of(rota.pk("hua"), at=rota.at)} == {"refused", "withdrawn"}
    with pytest.raises(SwapSettled):
        operations.agree_swap(refused.pk, actor=rota.actor("hua"), at=rota.at)


def test_a_roster_may_demand_that_the_planner_confirms(rota: Rota) -> None:
    roster = rota.roster("operator", "hua", needs_confirmation=True)
    swap = rota.ask(roster, "operator", "hua", **TO_HUA)
    assert swaps_to_confirm(rota.actor("supervisor"), at=rota.at) == []
    operations.agree_swap(swap.pk, actor=rota.actor("hua"), at=rota.at)
    assert on(rota, TUESDAY, 10) == "欧阳静"
    assert swaps_to_confirm(rota.actor("supervisor"), at=rota.at) == [swap]
    with pytest.raises(Forbidden):
        operations.confirm_swap(swap.pk, actor=rota.actor("hua"), at=rota.at)
    operations.confirm_swap(swap.pk, actor=rota.actor("supervisor"), at=rota.at)
    assert on(rota, TUESDAY, 10) == "华清"


def test_the_planner_may_refuse_what_both_agreed(rota: Rota) -> None:
    roster = rota.roster("operator", "hua", needs_confirmation=True)
    swap = rota.ask(roster, "operator", "hua", **TO_HUA)
    operations.agree_swap(swap.pk, actor=rota.actor("hua"), at=rota.at)
    refused = operations.refuse_swap(swap.pk, answer="人手不够", actor=rota.actor("supervisor"), at=rota.at)
    assert (refused.state, refused.answer) == (SwapState.REFUSED, "人手不够")


def test_only_the_one_asked_agrees_and_strangers_see_nothing(rota: Rota) -> None:
    swap = rota.ask(rota.roster("operator", "hua"), "operator", "hua", **TO_HUA)
    with pytest.raises(Forbidden):
        operations.agree_swap(swap.pk, actor=rota.actor("operator"), at=rota.at)
    with pytest.raises(Forbidden):
        operations.withdraw_swap(swap.pk, actor=rota.actor("hua"), at=rota.at)
    with pytest.raises(Forbidden):
        operations.refuse_swap(swap.pk, actor=rota.actor("supervisor"), at=rota.at)
    for stranger in ("grid001", "lin"):
        with pytest.raises(NotFound):
            operations.agree_swap(swap.pk, actor=rota.actor(stranger), at=rota.at)


def test_nobody_gives_away_what_is_not_theirs_or_to_themselves(rota: Rota) -> None:
    roster = rota.roster("operator", "hua")
    with pytest.raises(NotYourWatch):
        rota.ask(roster, "operator", "hua", day=TUESDAY, shift="night")
    with pytest.raises(NotYourWatch):
        rota.ask(roster, "operator", "hua", back=(TUESDAY + DAY, "day"), **TO_HUA)
    with pytest.raises(SwapWithOneself):
        rota.ask(roster, "operator", "operator", **TO_HUA)
    with pytest.raises(NoSuchWatch):
        rota.ask(roster, "operator", "hua", day=TUESDAY, shift="whole")


def test_the_platform_itself_stands_no_watch_and_swaps_none(rota: Rota) -> None:
    roster = rota.roster("operator", "hua")
    with pytest.raises(Forbidden):
        operations.ask_swap(roster.pk, other=rota.pk("hua"), actor=platform("test"), at=rota.at, **TO_HUA)


def test_a_watch_is_offered_to_one_colleague_at_a_time(rota: Rota) -> None:
    roster = rota.roster("operator", "hua")
    rota.ask(roster, "operator", "hua", **TO_HUA)
    with pytest.raises(AlreadyOffered):
        rota.ask(roster, "operator", "hua", **TO_HUA)


def test_a_watch_that_has_begun_is_not_swapped_and_a_late_answer_finds_it_expired(rota: Rota) -> None:
    roster = rota.roster("operator", "hua")
    with pytest.raises(WatchBegun):
        rota.ask(roster, "operator", "hua", day=MONDAY, shift="day")
    swap = rota.ask(roster, "operator", "hua", **TO_HUA)
    rota.world.later(days=1)
    with pytest.raises(SwapSettled):
        operations.agree_swap(swap.pk, actor=rota.actor("hua"), at=rota.at)


def test_the_other_must_be_free_present_and_fit_for_the_duty(rota: Rota) -> None:
    roster = rota.roster("operator", "hua")
    with pytest.raises(UnfitForDuty):
        rota.ask(roster, "operator", "lin", **TO_HUA)
    rota.roster("hua", duty="duty_person", name="另一席")
    with pytest.raises(BusyThen):
        rota.ask(roster, "operator", "hua", **TO_HUA)


def test_who_became_busy_or_absent_since_can_no_longer_agree(rota: Rota) -> None:
    roster = rota.roster("operator", "hua")
    swap = rota.ask(roster, "operator", "hua", **TO_HUA)
    operations.note_absence(
        rota.pk("hua"),
        district="310198",
        since_at=local(TUESDAY, 9),
        until_at=local(TUESDAY, 10),
        actor=rota.actor("hua"),
        at=rota.at,
    )
    with pytest.raises(AwayThen):
        operations.agree_swap(swap.pk, actor=rota.actor("hua"), at=rota.at)
