"""Deliveries over real sockets, to receivers that behave well and badly."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from pytest_django import Settings

from liandong.cases import operations as case_operations
from liandong.exchange.models import Attempt, Delivery, Webhook
from liandong.exchange.operations import (
    change_webhook,
    claim_webhook,
    forget_old_deliveries,
    pause_webhook,
    ping_webhook,
    release_webhook,
    remove_webhook,
    renew_claim,
    replay_deliveries,
    replay_delivery,
    resume_webhook,
    rotate_secret,
)
from liandong.exchange.rules.signing import bytes_of, is_genuine
from liandong.notify.models import Message
from liandong.people.models import User
from liandong.timeline.models import Entry
from tests.exchange.conftest import Exchange
from tests.world import GRID_9


def test_a_receiver_is_told_what_happened_signed_and_once(exchange: Exchange) -> None:
    made = exchange.make()
    case = exchange.told()
    exchange.send(turns=3)
    (got,) = exchange.receiver.got
    told = json.loads(got.body)
    assert (got.path, told["type"]) == ("/hook", "CaseReported")
    assert told["data"]["number"] == told["data"]["case"]["number"] == case.number
    assert told["data"]["case"]["stage"] == "reported"
    now = int(exchange.world.at.timestamp())
    assert is_genuine(got.headers, got.body, secret=bytes_of(made.secret), now=now)
    assert not is_genuine(got.headers, got.body + b" ", secret=bytes_of(made.secret), now=now)
    assert not is_genuine(got.headers, got.body, secret=bytes_of(made.secret), now=now + 301)
    assert exchange.states(made.webhook) == ["delivered"]


@pytest.mark.parametrize(
    ("manner", "why", "status"),
    [
        ("failing", "broken", 500),
        ("slow", "no_answer", 0),
        ("drop", "no_answer", 0),
        ("garbage", "no_answer", 0),
        ("trickle", "no_answer", 0),
        ("redirect", "redirected", 302),
        ("busy", "busy", 503),
    ],
)
def test_a_receiver_that_does_not_say_it_has_it_gets_it_again_under_the_same_id(
    exchange: Exchange, manner: str, why: str, status: int
) -> None:
    made = exchange.make()
    exchange.told()
    exchange.receiver.manner = manner
    exchange.send()
    attempt = Attempt.objects.get()
    assert (attempt.why, attempt.status) == (why, status)
    assert exchange.states(made.webhook) == ["waiting"]
    exchange.receiver.manner = "ok"
    exchange.send(turns=2, seconds=4)
    assert len(exchange.receiver.got) == 1, "it rests first"
    exchange.send(hours=1)
    assert len(set(exchange.receiver.marks)) == 1
    assert len(exchange.receiver.got) == 2
    assert exchange.states(made.webhook) == ["delivered"]


@pytest.mark.parametrize("manner", ["twice", "flood"])
def test_a_receiver_that_answers_too_much_has_it(exchange: Exchange, manner: str) -> None:
    made = exchange.make()
    exchange.told()
    exchange.receiver.manner = manner
    exchange.send()
    assert exchange.states(made.webhook) == ["delivered"]


def test_what_a_receiver_says_is_logged_without_numbers(exchange: Exchange) -> None:
    exchange.make()
    exchange.told()
    exchange.receiver.manner = "failing"
    exchange.send()
    assert Attempt.objects.get().detail == "call … now"


def test_a_receiver_is_waited_for_as_long_as_it_asks(exchange: Exchange) -> None:
    exchange.make()
    exchange.told()
    exchange.receiver.manner = "busy"
    exchange.send()
    exchange.send(seconds=1799)
    assert len(exchange.receiver.got) == 1
    exchange.send(seconds=2)
    assert len(exchange.receiver.got) == 2


def test_a_redirect_is_followed_nowhere(exchange: Exchange) -> None:
    exchange.make()
    exchange.told()
    exchange.receiver.manner = "redirect"
    exchange.send()
    assert [one.path for one in exchange.receiver.got] == ["/hook"]


def test_one_receiver_that_fails_does_not_stall_another(exchange: Exchange) -> None:
    bad = exchange.make(label="坏的", url=f"{exchange.receiver.address}/bad")
    good = exchange.make(label="好的")
    change_webhook(
        bad.webhook.pk, url="https://nowhere.invalid/", label="坏的", actor=exchange.world.actor("integrator"),
        at=exchange.world.at,
    )  # fmt: skip
    exchange.told()
    exchange.told(description="路灯不亮")
    exchange.send(turns=2)
    assert exchange.states(good.webhook) == ["delivered", "delivered"]
    assert exchange.states(bad.webhook) == ["waiting", "waiting"]
    assert Attempt.objects.filter(delivery__webhook=bad.webhook).count() == 1, "the first failure ends its turn"


def test_deliveries_go_out_in_the_order_of_what_happened(exchange: Exchange) -> None:
    exchange.make()
    exchange.world.dispatched()
    exchange.follow()
    exchange.send()
    told = [json.loads(one.body)["type"] for one in exchange.receiver.got]
    assert told[:4] == ["CaseReported", "CaseAccepted", "CaseFiled", "CaseDispatched"]


def test_after_days_of_failure_nothing_is_sent_and_those_who_keep_webhooks_are_told(exchange: Exchange) -> None:
    made = exchange.make()
    exchange.told()
    exchange.receiver.manner = "failing"
    for _attempt in range(12):
        exchange.send(hours=8)
        exchange.told()
    row = Webhook.objects.get(pk=made.webhook.pk)
    assert (row.standing, row.stopped_why) == ("stopped", "broken")
    assert "waiting" not in exchange.states(row)
    told = Message.objects.filter(notice="webhook_stopped", channel="in_app")
    assert {message.person.username for message in told} == {"admin"}  # type: ignore[union-attr]
    assert "区城运平台" in told[0].body
    exchange.receiver.manner = "ok"
    before = len(exchange.receiver.got)
    exchange.send(hours=24)
    assert len(exchange.receiver.got) == before
    resume_webhook(row.pk, actor=exchange.world.actor("integrator"), at=exchange.world.at)
    count = replay_deliveries(row.pk, since=row.made_at, actor=exchange.world.actor("integrator"), at=exchange.world.at)
    exchange.send(turns=3)
    assert exchange.states(row) == ["delivered"] * count


def test_a_receiver_that_is_gone_is_stopped_at_once(exchange: Exchange) -> None:
    made = exchange.make()
    exchange.told()
    exchange.receiver.manner = "gone"
    exchange.send()
    row = Webhook.objects.get(pk=made.webhook.pk)
    assert (row.standing, row.stopped_why) == ("stopped", "gone")


def test_a_single_delivery_is_given_up_after_three_days_of_trying(exchange: Exchange) -> None:
    made = exchange.make()
    exchange.told()
    first = Delivery.objects.get()
    exchange.receiver.manner = "failing"
    exchange.send()
    for _day in range(11):
        Webhook.objects.update(failing_since=exchange.world.at)  # others were taken in between
        exchange.send(hours=30)
    first.refresh_from_db()
    assert (first.state, first.attempts, first.why) == ("failed", 11, "broken")
    exchange.receiver.manner = "ok"
    replay_delivery(made.webhook.pk, delivery=first.pk, actor=exchange.world.actor("integrator"), at=exchange.world.at)
    exchange.send(hours=1)
    first.refresh_from_db()
    assert first.state == "delivered"


def test_what_happens_while_it_is_paused_is_held_and_replayed(exchange: Exchange) -> None:
    made, me = exchange.make(), exchange.world.actor("integrator")
    pause_webhook(made.webhook.pk, actor=me, at=exchange.world.at)
    exchange.told()
    exchange.send()
    assert (exchange.states(made.webhook), exchange.receiver.got) == (["held"], [])
    resume_webhook(made.webhook.pk, actor=me, at=exchange.world.at)
    exchange.send()
    assert exchange.receiver.got == []
    assert replay_deliveries(made.webhook.pk, since=made.webhook.made_at, actor=me, at=exchange.world.at) == 1
    exchange.send()
    assert exchange.states(made.webhook) == ["delivered"]


def test_what_waits_for_a_removed_webhook_is_never_sent_and_that_it_was_there_stays_on_the_record(
    exchange: Exchange,
) -> None:
    made = exchange.make()
    exchange.told()
    remove_webhook(made.webhook.pk, actor=exchange.world.actor("integrator"), at=exchange.world.at)
    exchange.send()
    assert (exchange.receiver.got, Delivery.objects.count()) == ([], 0)
    assert {"WebhookMade", "WebhookRemoved"} <= set(Entry.objects.values_list("event", flat=True))


def test_both_secrets_sign_for_a_day_after_a_rotation(exchange: Exchange) -> None:
    made, me = exchange.make(), exchange.world.actor("integrator")
    again = rotate_secret(made.webhook.pk, actor=me, at=exchange.world.at)
    assert again.secret != made.secret
    exchange.told()
    exchange.send()
    got, now = exchange.receiver.got[-1], int(exchange.world.at.timestamp())
    for secret in (made.secret, again.secret):
        assert is_genuine(got.headers, got.body, secret=bytes_of(secret), now=now)
    exchange.world.later(hours=25)
    exchange.told()
    exchange.send()
    got, now = exchange.receiver.got[-1], int(exchange.world.at.timestamp())
    assert not is_genuine(got.headers, got.body, secret=bytes_of(made.secret), now=now)
    assert is_genuine(got.headers, got.body, secret=bytes_of(again.secret), now=now)


def test_a_trial_tells_of_nothing_that_happened(exchange: Exchange) -> None:
    made = exchange.make()
    ping_webhook(made.webhook.pk, actor=exchange.world.actor("integrator"), at=exchange.world.at)
    exchange.send()
    assert json.loads(exchange.receiver.got[0].body)["type"] == "Ping"


def test_nothing_is_sent_to_an_account_that_may_not_see_the_case_any_more(exchange: Exchange) -> None:
    made = exchange.make()
    exchange.told()
    user = User.objects.get(username="integrator")
    user.posts.update(area="310198002")  # type: ignore[attr-defined]
    exchange.send()
    assert (exchange.states(made.webhook), exchange.receiver.got) == (["withheld"], [])
    assert Delivery.objects.get().why == "not_permitted"


def test_nothing_is_sent_to_an_account_that_was_stopped(exchange: Exchange) -> None:
    made = exchange.make()
    exchange.told()
    User.objects.filter(username="integrator").update(is_active=False)
    exchange.send()
    assert (exchange.states(made.webhook), exchange.receiver.got) == (["withheld"], [])


def test_an_address_that_is_allowed_no_more_is_not_sent_to(exchange: Exchange, settings: Settings) -> None:
    exchange.make()
    exchange.told()
    settings.LIANDONG_WEBHOOK_ORIGINS = []
    exchange.send()
    assert exchange.receiver.got == []
    assert Attempt.objects.get().why == "address_refused"


def test_only_what_is_asked_for_is_told(exchange: Exchange) -> None:
    closings = exchange.make(label="结案", events=["CaseClosed"])
    far = exchange.make(label="另一街镇", area="310198002")
    unit = exchange.make(label="一个单位", unit="310198-D02")
    exchange.world.closed()
    exchange.follow()
    assert Delivery.objects.filter(webhook=closings.webhook).count() == 1
    assert Delivery.objects.filter(webhook=far.webhook).count() == 0
    assert Delivery.objects.filter(webhook=unit.webhook).count() == 0
    exchange.told(lon=GRID_9[0], lat=GRID_9[1])
    assert Delivery.objects.filter(webhook=far.webhook).count() == 1


def test_who_reported_is_never_told_nor_who_looked(exchange: Exchange) -> None:
    exchange.make()
    case = exchange.told()
    case_operations.reveal_reporter(
        case.number, purpose="核实地址", actor=exchange.world.actor("operator"), at=exchange.world.at
    )
    assert exchange.follow() == []


def test_what_happened_before_it_was_made_is_not_told(exchange: Exchange) -> None:
    exchange.world.report()
    exchange.world.later(minutes=1)
    exchange.make()
    assert exchange.follow() == []


def test_only_one_courier_sends_to_a_receiver_at_a_time(exchange: Exchange) -> None:
    made = exchange.make()
    exchange.told()
    at = exchange.world.later(seconds=1)
    claim = claim_webhook(at=at)
    assert claim is not None
    assert claim.webhook == made.webhook.pk
    assert claim_webhook(at=at) is None
    kept = renew_claim(claim, at=at + timedelta(seconds=1))
    assert kept is not None
    later = at + timedelta(seconds=10)
    taken = claim_webhook(at=later)
    assert taken is not None, "a courier that died leaves a lease that ends"
    assert renew_claim(kept, at=later) is None
    release_webhook(kept, at=later)
    assert claim_webhook(at=later) is None, "who lost it lets nobody else in"
    release_webhook(taken, at=later)
    assert claim_webhook(at=later) is not None


def test_deliveries_are_forgotten_after_thirty_days(exchange: Exchange) -> None:
    exchange.make()
    exchange.told()
    exchange.send()
    assert forget_old_deliveries(at=exchange.world.at + timedelta(days=29)) == 0
    assert forget_old_deliveries(at=exchange.world.at + timedelta(days=31)) == 1
    assert Attempt.objects.count() == 0


def test_a_peer_of_open311_is_told_the_state_of_what_it_brought(exchange: Exchange) -> None:
    peer = exchange.make(kind="open311", peer_key="theirs", url=f"{exchange.receiver.address}/updates.xml")
    assert peer.secret == ""
    exchange.world.report()
    own = exchange.world.report("integrator", channel="open311")
    exchange.world.do("accept_case", own, "operator")
    exchange.follow()
    exchange.send()
    (got,) = exchange.receiver.got
    assert b"api_key=theirs" in got.body
    assert f"service_request_id={own.number}".encode() in got.body
    assert b"status=open" in got.body
    assert got.headers["content-type"].startswith("application/x-www-form-urlencoded")
