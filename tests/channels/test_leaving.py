"""What a channel hears of its orders: written once with its cause, sent in order, never blindly twice."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from liandong.cases.operations import suspend_case
from liandong.cases.rules.words import Identity
from liandong.intake_channels.models import Departure
from liandong.intake_channels.operations import (
    claim_departures,
    departures_to_ask,
    hand_over_case,
    let_go,
    retry_departure,
    settle_asked,
    settle_departure,
    take_up_left,
    tell_channels,
)
from liandong.intake_channels.operations.desk import MayBeThereAlready, NotToBeSentAgain, ReasonToSendAgain
from liandong.intake_channels.operations.leaving import (
    AboutAUnit,
    HandedOverAlready,
    NotHandedOverThere,
    ReasonForHandOver,
)
from liandong.intake_channels.queries import ChannelUnknown
from liandong.intake_channels.rules.telling import TELLINGS, next_departure, telling_for
from liandong.intake_channels.rules.words import Tell
from liandong.intake_channels.simulators.peer import Peer
from liandong.intake_channels.ways import way_of
from liandong.notify.rules.progress import News, Outcome
from liandong.people.access import Forbidden, NotFound
from liandong.timeline.models import Entry
from tests.channels.conftest import DAY, Lane, open_ways
from tests.world import DISTRICT, MRS_CHEN, World


@pytest.fixture
def lane(world: World, peer: Peer) -> Lane:
    """12345, which hears from us."""
    return Lane(world)


def told(rows: list[Departure]) -> list[tuple[str, str]]:
    return [(row.tell, row.step) for row in rows]


def test_an_order_hears_of_its_receipt_its_progress_and_its_answer(lane: Lane, peer: Peer) -> None:
    world, case = lane.world, lane.case()
    world.do("accept_case", case, "operator")
    world.do("file_case", case, "operator")
    world.do("dispatch_case", case, "lin")
    world.do("receive_case", case, "bureau002")
    world.do("hand_in_case", case, "bureau002", result="清运了两车", answer="垃圾已经清运，欢迎监督。")
    world.do("check_case", case, "verifier", ok=True)
    world.do("call_back_reporter", case, "operator", reached=True, solved=True, satisfaction=5)
    world.do("close_case", case, "operator")
    assert told(lane.follow()) == [
        ("receipt", "report"), ("progress", "accept"), ("progress", "file"), ("progress", "dispatch"),
        ("progress", "receive"), ("progress", "hand_in"), ("answer", "close"),
    ]  # fmt: skip
    lane.carry(turns=8)
    assert [row["kind"] for row in peer.in_order] == ["receipt", *["progress"] * 5, "answer"]
    answer = peer.in_order[-1]
    assert (answer["order_id"], answer["case_number"], answer["text"]) == (
        "SH12345-0001", case.number, "垃圾已经清运，欢迎监督。",
    )  # fmt: skip
    assert peer.in_order[3]["unit"]
    assert peer.unsigned == 0
    assert set(peer.came.values()) == {1}
    assert "13812345678" not in repr(peer.in_order)


@pytest.mark.parametrize(
    ("verb", "details", "said"),
    [
        ("refuse_case", {"reason": "不属本区管辖"}, ("return", "refuse", "不属本区管辖")),
        ("answer_case", {"answer": "请拨打 96XXX"}, ("answer", "answer", "请拨打 96XXX")),
    ],
)
def test_what_is_refused_or_answered_goes_back_with_its_words(
    lane: Lane, verb: str, details: dict[str, str], said: tuple[str, str, str]
) -> None:
    lane.world.do(verb, lane.case(), "operator", **details)
    row = lane.follow()[-1]
    assert (row.tell, row.step, row.text) == said


def test_an_extension_and_a_suspension_are_told_with_their_dates(lane: Lane) -> None:
    world, case = lane.world, lane.case()
    for verb, by in (("accept_case", "operator"), ("file_case", "operator"), ("dispatch_case", "lin"),
                     ("receive_case", "bureau002")):  # fmt: skip
        world.do(verb, case, by)
    world.do("request_extension", case, "bureau002", amount="1", reason="等设备")
    world.do("grant_extension", case, "supervisor")
    suspend_case(
        case.number, awaited="配件到货", wake_on=(world.at + 5 * DAY).date(), reason="等配件",
        actor=world.actor("supervisor"), at=world.later(minutes=1),
    )  # fmt: skip
    extension, suspension = lane.follow()[-2:]
    assert extension.tell == "extension"
    assert extension.facts["after"] > extension.facts["before"]
    assert (suspension.tell, suspension.text, suspension.facts["wake_on"][:7]) == ("progress", "配件到货", "2026-03")


def test_a_merged_order_hears_the_answer_of_its_main_case(lane: Lane) -> None:
    world = lane.world
    main, case = world.received(), lane.case(reporter_phone="", reporter_name="")
    world.do("accept_case", case, "operator")
    world.do("file_case", case, "operator")
    world.do("merge_case", case, "lin", into=main.number, reason="同一件事")
    world.do("hand_in_case", main, "bureau002", result="清运了两车")
    world.do("check_case", main, "verifier", ok=True)
    world.do("close_case", main, "operator")
    row = lane.follow()[-1]
    assert (row.tell, row.step, row.text) == ("answer", "close", "清运了两车")


def test_a_case_of_no_channel_or_of_one_that_wants_nothing_is_told_to_nobody(lane: Lane) -> None:
    lane.world.closed()
    assert lane.follow() == []
    assert telling_for("CaseChecked", {}) is None
    assert telling_for("MergedCaseFollowed", {"step": "hand_in"}) is None


def test_every_event_that_is_told_exists(lane: Lane) -> None:
    from liandong.cases import events

    assert set(TELLINGS) <= set(vars(events))


def test_reading_the_same_entries_again_is_refused_by_the_database(lane: Lane) -> None:
    lane.case()
    entries = list(Entry.objects.all())
    assert tell_channels(entries, at=lane.world.at) == 1
    with pytest.raises(Exception, match="cause"):
        tell_channels(entries, at=lane.world.at)


@pytest.mark.parametrize("manner", ["drop", "failing", "slow", "garbage"])
def test_what_may_have_been_taken_is_asked_about_and_not_sent_again(lane: Lane, peer: Peer, manner: str) -> None:
    peer.manner_of = lambda _row: manner
    lane.case()
    [row] = lane.follow()
    lane.carry()
    row.refresh_from_db()
    assert row.state == "unknown"
    lane.carry(turns=3, gap=60)
    row.refresh_from_db()
    assert (row.state, peer.came[str(row.ref)], peer.asked) == ("sent", 1, 1)


def test_what_never_came_is_sent_again_once_they_say_so(lane: Lane, peer: Peer) -> None:
    lane.case()
    [row] = lane.follow()
    way = way_of(DISTRICT, "city_12345")
    [claim] = claim_departures(way, at=lane.world.later(seconds=1))
    assert let_go(claim, at=lane.world.at) is not None
    settle_departure(claim, outcome=Outcome(News.UNKNOWN), way=way, at=lane.world.at)
    lane.carry(gap=20)
    lane.carry()
    row.refresh_from_db()
    assert (row.state, row.attempts, peer.came[str(row.ref)]) == ("sent", 2, 1)


def test_without_an_address_to_ask_the_unknown_waits_for_a_person(lane: Lane, peer: Peer, settings: Settings) -> None:
    open_ways(settings, peer.address, ask_url="")
    peer.manner_of = lambda _row: "drop"
    lane.case()
    [row] = lane.follow()
    lane.carry(turns=5, gap=3600)
    row.refresh_from_db()
    assert (row.state, row.next_at, peer.came[str(row.ref)]) == ("unknown", None, 1)


def test_a_platform_that_is_busy_is_tried_again_later_and_later(lane: Lane, peer: Peer) -> None:
    peer.manner_of = lambda _row: "busy"
    lane.case()
    [row] = lane.follow()
    lane.carry()
    row.refresh_from_db()
    assert (row.state, row.why, (row.next_at - lane.world.at).total_seconds()) == ("queued", "busy", 10)
    lane.carry(gap=11)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("sent", 2)


def test_a_platform_that_is_gone_is_given_up_after_a_week(lane: Lane, settings: Settings) -> None:
    open_ways(settings, "http://127.0.0.1:1")
    lane.case()
    [row] = lane.follow()
    lane.carry(turns=100, gap=7200)
    row.refresh_from_db()
    assert (row.state, row.why) == ("failed", "gave_up")
    assert next_departure(3, since=lane.world.at, at=lane.world.at) is not None


def test_a_later_message_waits_for_an_earlier_one_about_the_same_order(lane: Lane, peer: Peer) -> None:
    peer.manner_of = lambda row: "busy" if row["kind"] == "receipt" else "ok"
    case = lane.case()
    lane.world.do("accept_case", case, "operator")
    lane.follow()
    lane.carry(turns=2)
    assert peer.in_order == []
    lane.carry(turns=3, gap=11)
    assert [row["kind"] for row in peer.in_order] == ["receipt", "progress"]


def test_what_a_dead_sender_left_is_taken_up(lane: Lane) -> None:
    case = lane.case()
    lane.world.do("accept_case", case, "operator")
    first, second = lane.follow()
    way = way_of(DISTRICT, "city_12345")
    [claim] = claim_departures(way, at=lane.world.later(seconds=1))
    assert take_up_left(way, at=lane.world.later(minutes=3)) == 1
    first.refresh_from_db()
    assert (first.state, first.attempts) == ("queued", 0)
    assert let_go(claim, at=lane.world.at) is None, "it is no longer that sender's"
    [claim] = claim_departures(way, at=lane.world.later(seconds=1))
    assert let_go(claim, at=lane.world.at) is not None
    take_up_left(way, at=lane.world.later(minutes=3))
    first.refresh_from_db()
    assert (first.state, first.why) == ("unknown", "broken_off")
    settle_departure(claim, outcome=Outcome(News.REFUSED), way=way, at=lane.world.at)
    first.refresh_from_db()
    assert first.state == "unknown", "too late: somebody else looks after it now"
    [(asked, _ref)] = departures_to_ask(way, at=lane.world.later(minutes=1))
    settle_asked(asked, outcome=Outcome(News.UNKNOWN), at=lane.world.at)
    settle_asked(asked, outcome=Outcome(News.ACCEPTED, ids=("P-1",)), at=lane.world.at)
    settle_asked(asked, outcome=Outcome(News.REFUSED), at=lane.world.at)
    first.refresh_from_db()
    assert (first.state, first.outside_id) == ("sent", "P-1")


def test_a_person_may_have_it_sent_again_saying_why(lane: Lane, peer: Peer) -> None:
    supervisor, at = lane.world.actor("supervisor"), lane.world.at
    peer.manner_of = lambda _row: "refuse"
    lane.case()
    [row] = lane.follow()
    lane.carry()
    with pytest.raises(ReasonToSendAgain):
        retry_departure(row.pk, reason=" ", actor=supervisor, at=at)
    with pytest.raises(NotFound):
        retry_departure(row.pk, reason="已沟通", actor=lane.world.actor("town01"), at=at)
    with pytest.raises(Forbidden):
        retry_departure(row.pk, reason="已沟通", actor=lane.world.actor("auditor"), at=at)
    retry_departure(row.pk, reason="已沟通", actor=supervisor, at=at)
    lane.carry()
    row.refresh_from_db()
    assert row.state == "sent"
    with pytest.raises(NotToBeSentAgain):
        retry_departure(row.pk, reason="再来", actor=supervisor, at=at)
    Departure.objects.filter(pk=row.pk).update(state="unknown")
    with pytest.raises(MayBeThereAlready):
        retry_departure(row.pk, reason="再来", actor=supervisor, at=at)
    retry_departure(row.pk, reason="再来", may_double=True, actor=supervisor, at=at)
    assert Entry.objects.filter(event="DepartureRetried").count() == 2


def test_a_police_matter_is_handed_over_with_its_reporter_and_receipted(lane: Lane, peer: Peer) -> None:
    world = lane.world
    lane.channel, peer.lane = "police_110", f"{DISTRICT}/police_110"
    case = world.report(identity="named", contact=MRS_CHEN, description="有人在小区里打架")
    row = hand_over_case(
        case.number, channel="police_110", reason="打架，应由公安处置", actor=world.actor("operator"), at=world.at
    )
    assert "13812345678" not in repr(Departure.objects.values().get())
    lane.carry()
    [sent] = peer.in_order
    assert (sent["kind"], sent["matter_phone"], sent["matter_text"]) == ("hand_over", "13812345678", "有人在小区里打架")
    row.refresh_from_db()
    assert (row.state, row.outside_id, row.receipted_at) == ("sent", "PEER-1", None)
    receipt = {"kind": "receipt", "message_id": "JQ-7788", "order_id": str(row.ref)}
    assert [lane.send(receipt)[0]["state"] for _ in range(2)] == ["taken", "duplicate"]
    row.refresh_from_db()
    assert (row.outside_id, row.receipted_at) == ("JQ-7788", world.at)
    events = list(Entry.objects.filter(about="case", about_id=case.pk).values_list("event", flat=True))
    assert events.count("HandOverReceipted") == 1
    assert "ReporterRevealed" in events, "showing who reported stands on the record"


@pytest.mark.parametrize("identity", [Identity.CONFIDENTIAL, Identity.ANONYMOUS])
def test_who_asked_for_confidence_is_handed_over_to_nobody(lane: Lane, peer: Peer, identity: Identity) -> None:
    lane.channel, peer.lane = "police_110", f"{DISTRICT}/police_110"
    case = lane.world.report(identity=identity, contact=MRS_CHEN)
    hand_over_case(
        case.number, channel="police_110", reason="应由公安处置", actor=lane.world.actor("operator"), at=lane.world.at
    )
    lane.carry()
    assert "matter_phone" not in peer.in_order[0]
    assert "陈女士" not in repr(peer.in_order)


def test_a_receipt_that_names_the_case_settles_what_was_unknown(lane: Lane, peer: Peer) -> None:
    lane.channel, peer.lane = "police_110", f"{DISTRICT}/police_110"
    peer.manner_of = lambda _row: "drop"
    case = lane.world.report()
    row = hand_over_case(
        case.number, channel="police_110", reason="应由公安处置", actor=lane.world.actor("operator"), at=lane.world.at
    )
    lane.carry()
    lane.send({"kind": "receipt", "message_id": "JQ-1", "order_id": case.number})
    row.refresh_from_db()
    assert (row.state, row.outside_id) == ("sent", "JQ-1")


def test_a_hand_over_is_refused_by_name(lane: Lane) -> None:
    world, case = lane.world, lane.world.report()
    operator, to = world.actor("operator"), {"channel": "police_110", "reason": "应由公安处置", "at": world.at}
    with pytest.raises(ChannelUnknown):
        hand_over_case(case.number, actor=operator, **{**to, "channel": "nobody"})
    with pytest.raises(NotHandedOverThere):
        hand_over_case(case.number, actor=operator, **{**to, "channel": "city_12345"})
    with pytest.raises(ReasonForHandOver):
        hand_over_case(case.number, actor=operator, **{**to, "reason": " "})
    with pytest.raises(Forbidden):
        hand_over_case(case.number, actor=world.actor("verifier"), **to)
    with pytest.raises(NotFound):
        hand_over_case(case.number, actor=world.actor("department03"), **to)
    about = world.report(class_code="A1504", about_unit="310198-D01")
    with pytest.raises(AboutAUnit):
        hand_over_case(about.number, actor=operator, **to)
    hand_over_case(case.number, actor=operator, **to)
    with pytest.raises(HandedOverAlready):
        hand_over_case(case.number, actor=operator, **to)
    Departure.objects.update(state="failed")
    hand_over_case(case.number, actor=operator, **to)


def test_a_hand_over_of_a_case_that_was_anonymised_meanwhile_fails_by_name(lane: Lane) -> None:
    case = lane.world.report()
    row = hand_over_case(
        case.number, channel="police_110", reason="应由公安处置", actor=lane.world.actor("operator"), at=lane.world.at
    )
    Departure.objects.update(number="XA-nothing")
    lane.channel = "police_110"
    lane.carry()
    row.refresh_from_db()
    assert (row.state, row.why) == ("failed", "anonymised")


def test_urban_management_hears_in_xml(lane: Lane, peer: Peer) -> None:
    lane.channel, peer.lane = "urban_management", f"{DISTRICT}/urban_management"
    lane.send_xml({"order_id": "CG-1", "category": "M06010", "content": "暴露垃圾"})
    lane.follow()
    lane.carry()
    assert [(row["kind"], row["order_id"]) for row in peer.in_order] == [("receipt", "CG-1")]
    assert Tell.HAND_OVER not in {Tell(row["kind"]) for row in peer.in_order}
