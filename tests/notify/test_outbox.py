"""Sending by an HTTP gateway that accepts and fails, times out, answers twice, stumbles, talks nonsense or is away."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from pytest_django import Settings

from liandong.cases.models import Case, SealedReporter
from liandong.notify.channels import Report, transport_of, transports
from liandong.notify.models import Attempt, Message, Part, Receipt
from liandong.notify.operations import (
    LEASE,
    claim_messages,
    forget_old_words,
    hand_over,
    readdress_stranded,
    settle,
    take_report,
    take_up_abandoned,
)
from liandong.notify.operations.queueing import Outbox
from liandong.notify.rules.progress import News, Outcome
from liandong.notify.rules.words import Channel, State, Why
from tests.notify.conftest import Post, Scripted, instant, state_of
from tests.notify.gateways import Gateway
from tests.world import MRS_CHEN, World

PHONE = "13900001111"


@pytest.fixture
def short(post: Post, world: World, by_http: Gateway) -> Message:
    """A short message to the person responsible, waiting to be sent."""
    post.reach("bureau002", phone=PHONE)
    case = world.dispatched()
    post.follow()
    return post.told_of(case, notice="case_lands")


def report(message: Message, news: News, *, times: int = 1) -> list[bool]:
    part = Part.objects.get(message=message)
    told = Report(part.gateway_id, news)
    return [take_report(told, transport="sms_http", at=message.queued_at) for _ in range(times)]


def test_a_message_is_taken_delivered_and_paid_for(post: Post, short: Message, gateway: Gateway) -> None:
    post.send(transports()[0])
    [taken] = gateway.taken
    assert taken == {"ref": str(short.ref), "to": PHONE, "text": short.body}
    assert state_of(short) == State.SENT
    assert short.cost == Decimal("0.05") * short.segments
    assert report(short, News.DELIVERED, times=3) == [True, False, False]
    assert state_of(short) == State.DELIVERED
    post.send(transports()[0], hours=1)
    assert len(gateway.taken) == 1


def test_accepted_then_failed_ends_as_failed_and_goes_by_e_mail_instead(
    post: Post, short: Message, settings: Settings
) -> None:
    settings.LIANDONG_SMTP_URL, settings.LIANDONG_SMTP_FROM = "smtp://127.0.0.1:9", "a@example.gov"
    post.send(transports()[0])
    report(short, News.REFUSED, times=2)
    assert (state_of(short), short.why) == (State.FAILED, Why.REPORTED_FAILED)
    [instead] = Message.objects.filter(instead_of=short)
    assert (instead.channel, instead.state, instead.body) == (Channel.EMAIL, State.QUEUED, short.body)


def test_a_gateway_that_takes_it_and_never_answers_is_asked_and_it_is_sent_once(
    post: Post, short: Message, gateway: Gateway
) -> None:
    gateway.manner = "slow"
    post.send(transports()[0])
    assert (state_of(short), short.why) == (State.UNKNOWN, Why.NO_ANSWER)
    gateway.manner = "ok"
    post.send(transports()[0], minutes=1)
    assert state_of(short) == State.SENT
    assert gateway.asked == [str(short.ref)]
    post.send(transports()[0], hours=3)
    assert len(gateway.taken) == 1


@pytest.mark.parametrize("manner", ["failing", "garbage", "drop", "trickle"])
def test_what_may_have_been_taken_is_not_sent_again_where_nobody_can_be_asked(
    post: Post, short: Message, gateway: Gateway, settings: Settings, manner: str
) -> None:
    settings.LIANDONG_SMS_ASK_URL = ""
    gateway.manner = manner
    post.send(transports()[0])
    assert state_of(short) == State.UNKNOWN
    gateway.manner = "ok"
    for _ in range(3):
        post.send(transports()[0], hours=1)
    assert len(gateway.taken) == 1
    assert state_of(short) == State.UNKNOWN


def test_an_unknown_message_is_settled_by_its_receipt_under_our_reference(
    post: Post, short: Message, gateway: Gateway, settings: Settings
) -> None:
    settings.LIANDONG_SMS_ASK_URL = ""
    gateway.manner = "drop"
    post.send(transports()[0])
    told = Report("G77", News.DELIVERED, ref=str(short.ref))
    assert take_report(told, transport="sms_http", at=post.world.at)
    assert state_of(short) == State.DELIVERED


def test_a_gateway_that_answers_twice_is_harmless(post: Post, short: Message, gateway: Gateway) -> None:
    gateway.manner = "twice"
    post.send(transports()[0])
    post.send(transports()[0], minutes=5)
    assert len(gateway.taken) == 1
    assert state_of(short) == State.SENT
    assert Part.objects.filter(message=short).count() == 1


def test_a_busy_gateway_is_tried_again_later_and_a_refusal_is_final(
    post: Post, short: Message, gateway: Gateway
) -> None:
    gateway.manner = "busy"
    post.send(transports()[0])
    assert (state_of(short), short.why) == (State.QUEUED, Why.BUSY)
    assert instant(short) == post.world.at + timedelta(seconds=10)
    gateway.manner = "refuse"
    post.send(transports()[0], minutes=1)
    assert (state_of(short), short.why) == (State.FAILED, Why.REFUSED)
    assert PHONE not in short.detail
    assert not Attempt.objects.filter(detail__contains=PHONE).exists()
    assert gateway.taken == []


def test_a_gateway_that_is_away_is_tried_again_and_given_up_at_last(post: Post, short: Message) -> None:
    away = Scripted([Outcome(News.LATER, Why.UNREACHABLE)] * 20)
    for _ in range(20):
        post.send(away, hours=2)
    assert (state_of(short), short.why) == (State.FAILED, Why.GAVE_UP)
    assert short.attempts == 8
    assert [row.number for row in Attempt.objects.order_by("number")] == list(range(1, 9))


def test_a_message_nobody_could_send_for_a_day_is_not_sent_any_more(post: Post, short: Message) -> None:
    post.send(Scripted([Outcome(News.ACCEPTED)]), hours=25)
    assert (state_of(short), short.why) == (State.FAILED, Why.TOO_OLD)


def test_a_transport_that_breaks_its_contract_costs_one_message_its_certainty(post: Post, short: Message) -> None:
    post.send(Scripted([]))
    assert state_of(short) == State.UNKNOWN


def test_a_receipt_that_comes_before_the_answer_is_kept_and_applied(post: Post, short: Message) -> None:
    assert take_report(Report("G1", News.DELIVERED), transport="sms_http", at=post.world.at)
    assert not Receipt.objects.get().is_applied
    post.send(Scripted([Outcome(News.ACCEPTED, ids=("G1",))]))
    assert state_of(short) == State.DELIVERED
    assert Receipt.objects.get().is_applied


def test_who_died_before_handing_over_lost_nothing_and_who_died_after_it_may_have_sent(
    post: Post, short: Message, world: World
) -> None:
    way = Scripted([])
    [claim] = claim_messages("sms_http", at=world.at)
    assert claim_messages("sms_http", at=world.at) == []
    assert take_up_abandoned(way, at=world.at) == 0
    assert take_up_abandoned(way, at=world.later(minutes=3)) == 1
    assert state_of(short) == State.QUEUED
    assert hand_over(claim, at=world.at) is None, "the claim is over"
    [claim] = claim_messages("sms_http", at=world.at)
    assert hand_over(claim, at=world.at)
    world.later(seconds=LEASE.total_seconds() + 1)
    take_up_abandoned(way, at=world.at)
    assert (state_of(short), short.why) == (State.UNKNOWN, Why.BROKEN_OFF)
    assert claim_messages("sms_http", at=world.later(days=1)) == []


def test_a_gateway_that_knows_our_reference_is_simply_sent_the_same_again(
    post: Post, short: Message, world: World
) -> None:
    way = Scripted([Outcome(News.UNKNOWN, Why.NO_ANSWER), Outcome(News.ACCEPTED, ids=("G1",))], knows_ref=True)
    post.send(way)
    assert state_of(short) == State.QUEUED
    post.send(way, minutes=1)
    assert state_of(short) == State.SENT
    assert {parcel.ref for parcel in way.given} == {str(short.ref)}


def test_an_answer_that_comes_after_the_lease_still_counts(post: Post, short: Message, world: World) -> None:
    way = Scripted([])
    [claim] = claim_messages("sms_http", at=world.at)
    hand_over(claim, at=world.at)
    take_up_abandoned(way, at=world.later(minutes=3))
    settle(claim, outcome=Outcome(News.ACCEPTED, ids=("G9",)), transport=way, at=world.at)
    assert state_of(short) == State.SENT


def test_the_reporters_telephone_is_opened_at_the_instant_of_sending_and_stands_nowhere(
    post: Post, world: World, by_http: Gateway
) -> None:
    case = world.report(contact=MRS_CHEN, identity="confidential")
    world.do("refuse_case", case, "operator", reason="不属本区")
    post.follow()
    reply = post.told_of(case, notice="reply_refused")
    post.send(transports()[0])
    assert by_http.taken[0]["to"] == MRS_CHEN.phone
    for table in connection.introspection.table_names():
        if table.startswith("notify_"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {table} AS t WHERE t::text LIKE %s", [f"%{MRS_CHEN.phone}%"])
                assert cursor.fetchone() == (0,), table
    assert state_of(reply) == State.SENT


def test_a_reporter_who_was_made_anonymous_meanwhile_gets_nothing(post: Post, world: World, by_http: Gateway) -> None:
    case = world.report(contact=MRS_CHEN, identity="named")
    world.do("refuse_case", case, "operator", reason="不属本区")
    post.follow()
    SealedReporter.objects.filter(case=case).update(wrapped_key=None, sealed=None)
    post.send(transports()[0])
    reply = post.told_of(case, notice="reply_refused")
    assert (reply.state, reply.why) == (State.NOT_SENT, Why.ANONYMISED)
    assert by_http.taken == []


def test_somebody_without_a_number_is_on_record_as_not_reached(post: Post, world: World, by_http: Gateway) -> None:
    case = world.dispatched()
    post.follow()
    post.send(transports()[0])
    assert (post.told_of(case, notice="case_lands").why, by_http.taken) == (Why.NO_ADDRESS, [])


def test_urgent_messages_go_first(post: Post, world: World, by_http: Gateway) -> None:
    post.reach("bureau002", phone=PHONE)
    ordinary, urgent = world.dispatched(), world.dispatched(urgency="critical")
    post.follow()
    post.send(transports()[0])
    numbers = [next(case.number for case in (ordinary, urgent) if case.number in row["text"]) for row in by_http.taken]
    assert numbers == [urgent.number, ordinary.number]


def test_what_waits_for_a_way_that_is_no_longer_configured_goes_by_another_or_says_so(
    post: Post, short: Message
) -> None:
    assert readdress_stranded({"smpp": Channel.SMS}, at=post.world.at) == 1
    short.refresh_from_db()
    assert (short.state, short.transport) == (State.QUEUED, "smpp")
    readdress_stranded({}, at=post.world.at)
    assert (state_of(short), short.why) == (State.NOT_SENT, Why.NOT_CONFIGURED)


def test_smpp_comes_before_http_where_both_are_configured(by_http: Gateway, settings: Settings) -> None:
    assert transport_of(Channel.SMS) == "sms_http"
    settings.LIANDONG_SMPP_URL = "smpp://liandong:secret@127.0.0.1:2775?source=10690000"
    assert transport_of(Channel.SMS) == "smpp"


def test_old_words_are_forgotten_and_the_count_stays(post: Post, short: Message, world: World) -> None:
    assert forget_old_words(at=world.at) == 0
    assert forget_old_words(at=world.later(days=181)) > 0
    short.refresh_from_db()
    assert (short.body, short.subject) == ("", "")


def test_a_request_may_be_a_form_and_braces_in_a_text_stay_text(
    post: Post, short: Message, gateway: Gateway, settings: Settings
) -> None:
    Message.objects.filter(pk=short.pk).update(body="{to} & 你好")
    settings.LIANDONG_SMS_REQUEST = '{"ref": "{ref}", "to": "+86{to}", "text": "A {text} B", "more": [1, "{to}"]}'
    post.send(transports()[0])
    [taken] = gateway.taken
    assert taken["to"] == f"+86{PHONE}"
    assert taken["text"] == "A {to} & 你好 B"
    assert taken["more"] == [1, PHONE]


def test_nothing_is_written_twice_by_an_outbox_that_is_posted_twice(world: World) -> None:
    assert Outbox(world.at).post() == 0
    assert Case.objects.count() == 0
