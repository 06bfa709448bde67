"""Handing over to 110, 119, 120 by one key, the three-way note, and the receipt that is asked after until it comes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from liandong.cases.rules.redaction import TextTooLong
from liandong.intake_channels.hotline.models import HandOver
from liandong.intake_channels.hotline.operations import (
    hand_over,
    note_case_of_call,
    note_three_way,
    receipt_hand_over,
    remind_of_hand_overs,
)
from liandong.intake_channels.hotline.queries import (
    hand_overs_at_desk,
    hand_overs_of,
    is_overdue,
    latest_hand_overs,
    open_hand_overs,
)
from liandong.intake_channels.hotline.rules.handing_over import (
    MOST_REMINDERS,
    RECEIPT_WITHIN,
    OutcomeUnknown,
    PartyUnknown,
    ReceiptGiven,
    ReceiptUnclear,
    StaysUnknown,
)
from liandong.people.access import Forbidden, NotFound
from liandong.timeline.queries import trace
from tests.hotline.exchange import Line, call_named
from tests.world import DISTRICT, World


def _over(world: World, party: str = "119", by: str = "operator", **more: object) -> HandOver:
    return hand_over(DISTRICT, party=party, actor=world.actor(by), at=world.at, **more)


def test_whom_is_enough_to_hand_over_and_the_words_may_follow(world: World) -> None:
    row = _over(world)
    assert (row.party, row.case, row.told, row.receipt_at) == ("119", "", "", None)
    note_three_way(row.pk, told="三楼冒烟，沪A12345堵在门口", stays="both", actor=world.actor("operator"), at=world.at)
    row.refresh_from_db()
    assert (row.told, row.stays) == ("三楼冒烟，［车牌］堵在门口", "both")
    assert [entry.event for entry in trace("hand_over", row.pk)] == ["HandedOver", "HandOverNoted"]
    assert "冒烟" not in str([entry.data for entry in trace("hand_over", row.pk)])


def test_a_receipt_says_under_which_number_or_from_whom_once(world: World) -> None:
    row, operator = _over(world, party="110"), world.actor("operator")
    with pytest.raises(ReceiptUnclear):
        receipt_hand_over(row.pk, outcome="taken", actor=operator, at=world.at)
    with pytest.raises(OutcomeUnknown):
        receipt_hand_over(row.pk, outcome="", receipt="J1", actor=operator, at=world.at)
    at = world.later(minutes=2)
    receipt_hand_over(row.pk, outcome="taken", receipt="J20260302-77", receipt_from="王警官", actor=operator, at=at)
    row.refresh_from_db()
    assert (row.outcome, row.receipt, row.receipt_from, row.receipt_at, row.remind_at) == (
        "taken",
        "J20260302-77",
        "王警官",
        at,
        None,
    )
    with pytest.raises(ReceiptGiven):
        receipt_hand_over(row.pk, outcome="declined", receipt="J1", actor=operator, at=at)


def test_an_unanswered_hand_over_is_overdue_and_asked_after_again_and_again(world: World) -> None:
    row = _over(world, party="120")
    assert not is_overdue(row, at=row.at + RECEIPT_WITHIN)
    assert is_overdue(row, at=row.at + RECEIPT_WITHIN + timedelta(seconds=1))
    assert remind_of_hand_overs(at=world.later(minutes=2)) == 0
    assert remind_of_hand_overs(at=world.later(minutes=1)) == 1
    assert remind_of_hand_overs(at=world.later(minutes=1)) == 0
    assert remind_of_hand_overs(at=world.later(minutes=2)) == 1
    row.refresh_from_db()
    assert row.reminded == 2
    for _time in range(MOST_REMINDERS):
        remind_of_hand_overs(at=world.later(minutes=3))
    row.refresh_from_db()
    assert (row.reminded, row.remind_at) == (MOST_REMINDERS, None)
    assert hand_overs_at_desk(world.actor("operator"), district=DISTRICT, at=world.at) == [row]


def test_an_answered_hand_over_is_asked_after_no_more(world: World) -> None:
    row = _over(world)
    receipt_hand_over(row.pk, outcome="taken", receipt="X1", actor=world.actor("supervisor"), at=world.at)
    assert remind_of_hand_overs(at=world.later(minutes=30)) == 0


def test_everybody_at_the_desk_sees_what_waits_and_each_what_they_handed_over_lately(world: World) -> None:
    waiting = _over(world, party="110")
    answered = _over(world, party="119")
    receipt_hand_over(answered.pk, outcome="taken", receipt="X1", actor=world.actor("operator"), at=world.at)
    at = world.later(minutes=1)
    assert hand_overs_at_desk(world.actor("operator"), district=DISTRICT, at=at) == [waiting, answered]
    assert hand_overs_at_desk(world.actor("supervisor"), district=DISTRICT, at=at) == [waiting]
    assert hand_overs_at_desk(world.actor("lin"), district=DISTRICT, at=at) == []
    assert hand_overs_at_desk(world.actor("operator"), district=DISTRICT, at=world.later(hours=2)) == [waiting]
    assert set(latest_hand_overs(DISTRICT, since=world.at - timedelta(days=1))) == {waiting, answered}


def test_what_waits_for_its_receipt_is_handed_over_at_the_end_of_a_shift(world: World) -> None:
    row = _over(world, party="110")
    receipt_hand_over(_over(world).pk, outcome="taken", receipt="X", actor=world.actor("operator"), at=world.at)
    items = open_hand_overs(world.actor("operator"), world.at)
    assert [(item.key, item.due_at) for item in items] == [(f"hand_over/{row.pk}", row.at + RECEIPT_WITHIN)]
    assert open_hand_overs(world.actor("lin"), world.at) == []


def test_a_case_that_is_filed_during_the_call_is_linked_to_its_hand_overs(line: Line, world: World) -> None:
    line.tell("answered")
    call, operator = call_named(), world.actor("operator")
    row = _over(world, call=call.pk, place="东桥路12号")
    case = world.report()
    note_case_of_call(call.pk, number=case.number, actor=operator, at=world.at)
    assert list(hand_overs_of(case.number)) == [row]
    assert list(hand_overs_of("")) == []


@pytest.mark.parametrize("party", ["", "112", "<script>", "other"])
def test_it_goes_to_a_party_we_know_and_another_desk_is_named(party: str, world: World) -> None:
    with pytest.raises(PartyUnknown):
        _over(world, party=party)
    assert _over(world, party="other", to_name="供水热线").to_name == "供水热线"


def test_what_nobody_knows_or_may_is_refused(world: World) -> None:
    operator = world.actor("operator")
    row = _over(world)
    with pytest.raises(Forbidden):
        _over(world, by="lin")
    with pytest.raises(StaysUnknown):
        note_three_way(row.pk, told="", stays="nobody", actor=operator, at=world.at)
    with pytest.raises(TextTooLong):
        note_three_way(row.pk, told="长" * 2_001, stays="", actor=operator, at=world.at)
    with pytest.raises(NotFound):
        note_three_way(row.pk, told="", stays="", case="XA-20260302-000009-9", actor=operator, at=world.at)
    with pytest.raises(NotFound):
        receipt_hand_over(row.pk, outcome="taken", receipt="X", actor=world.actor("lin"), at=world.at)
    with pytest.raises(NotFound):
        _over(world, call=999)


def test_the_database_holds_no_receipt_without_a_word_from_whom(world: World) -> None:
    row = _over(world)
    with pytest.raises(IntegrityError, match="a_receipt_says_what_became_and_from_whom"), transaction.atomic():
        HandOver.objects.filter(pk=row.pk).update(receipt_at=world.at, outcome="taken", remind_at=None)
