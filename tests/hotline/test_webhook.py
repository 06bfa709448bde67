"""The webhook of telephone systems: each event once, in whatever order, and nobody else's."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from liandong.intake_channels.hotline.models import Call, CallEvent, RefusedEvents
from liandong.intake_channels.hotline.operations import take_seat
from liandong.intake_channels.hotline.queries import health_of
from liandong.timeline.queries import trace
from tests.hotline.exchange import Line, call_named
from tests.world import DISTRICT, World


def test_a_call_rings_is_answered_and_ends_and_whoever_sits_there_hears_of_it(line: Line, world: World) -> None:
    operator = world.actor("operator").user_id
    assert line.tell("ringing") == {"state": "ringing", "new": True, "unknown_agent": ""}
    line.pass_by(seconds=7)
    line.tell("answered")
    line.pass_by(seconds=90)
    assert line.tell("ended", agent="")["state"] == "ended"
    call = call_named()
    assert (call.agent_id, call.extension, call.ended_by) == (operator, "8001", "exchange")
    assert call.answered_at is not None
    assert call.answered_at - call.rang_at == timedelta(seconds=7)
    told = list(trace("call", call.pk))
    assert [entry.data["kind"] for entry in told] == ["ringing", "answered", "ended"]
    assert all(entry.hearers == [f"person/{operator}"] for entry in told)


def test_an_event_told_again_changes_nothing(line: Line) -> None:
    line.tell("ringing", event_id="same")
    line.pass_by(seconds=2)
    again = line.tell("ringing", event_id="same", at=(line.at - timedelta(seconds=2)).isoformat())
    assert again == {"state": "ringing", "new": False, "unknown_agent": ""}
    assert CallEvent.objects.count() == 1


def test_an_event_told_again_with_other_content_is_refused(line: Line) -> None:
    line.tell("ringing", event_id="same")
    assert line.tell("ringing", event_id="same", agent="8002", status=409)["title"] == "call_event_changed"


def test_a_request_sent_once_more_as_it_was_is_refused(line: Line) -> None:
    body = json.dumps({"event_id": "e", "call_id": "c", "event": "ringing", "at": line.at.isoformat()}).encode()
    headers = line.signed(body)
    line.send(body, headers=headers)
    assert line.send(body, headers=headers, status=409)["title"] == "nonce_used"
    assert Call.objects.count() == 1


def test_the_later_may_overtake_the_earlier(line: Line) -> None:
    began = line.at
    line.pass_by(seconds=100)
    line.tell("ended", at=(began + timedelta(seconds=60)).isoformat(), agent="")
    line.tell("answered", at=(began + timedelta(seconds=5)).isoformat())
    line.tell("ringing", at=began.isoformat())
    call = call_named()
    assert (call.state, call.rang_at, call.answered_at) == ("ended", began, began + timedelta(seconds=5))


def test_nothing_happens_to_a_call_after_its_end(line: Line) -> None:
    line.tell("ringing")
    line.pass_by(seconds=5)
    line.tell("ended")
    line.pass_by(seconds=5)
    assert line.tell("answered", status=409)["title"] == "call_has_ended"
    assert call_named().state == "ended"


def test_an_extension_nobody_sits_at_is_named_and_whoever_sits_down_there_gets_the_call(
    line: Line, world: World
) -> None:
    assert line.tell("ringing", agent="8009")["unknown_agent"] == "8009"
    assert health_of(DISTRICT, at=line.at).unknown == {"8009": 1}
    assert call_named().agent_id is None
    take_seat(DISTRICT, extension="8009", actor=world.actor("supervisor"), at=line.at)
    assert call_named().agent_id == world.actor("supervisor").user_id
    assert health_of(DISTRICT, at=line.at).unknown == {}


def test_a_call_that_is_transferred_goes_to_whoever_sits_there_and_both_hear(line: Line, world: World) -> None:
    first, second = world.actor("operator").user_id, world.actor("supervisor").user_id
    take_seat(DISTRICT, extension="8002", actor=world.actor("supervisor"), at=line.at)
    line.tell("answered")
    line.pass_by(seconds=30)
    line.tell("transferred", to="8002")
    call = call_named()
    assert (call.agent_id, call.extension) == (second, "8002")
    last = list(trace("call", call.pk))[-1]
    assert last.hearers == sorted([f"person/{first}", f"person/{second}"])


@pytest.mark.parametrize("behind", [timedelta(seconds=200), timedelta(seconds=-200)])
def test_a_clock_that_is_a_little_off_is_corrected(behind: timedelta, line: Line) -> None:
    line.behind = behind
    began = line.at
    line.tell("ringing")
    line.pass_by(seconds=9)
    line.tell("answered")
    call = call_named()
    assert (call.rang_at, call.answered_at) == (began, began + timedelta(seconds=9))
    assert call.shift_ms == behind.total_seconds() * 1000


def test_a_clock_that_is_a_year_off_is_refused_with_how_much_and_counted(line: Line) -> None:
    line.behind = timedelta(days=365)
    refused = line.tell("ringing", status=401)
    assert refused["title"] == "timestamp_off"
    assert "31536000" in refused["detail"]
    assert health_of(DISTRICT, at=line.at).refused == {"timestamp_off": 1}


@pytest.mark.parametrize("secret", ["somebody-else", "0"])
def test_a_forged_event_is_refused_and_nothing_of_it_is_kept(secret: str, line: Line) -> None:
    body = b'{"call_id": "forged", "caller": "13900000000"}'
    assert line.send(body, secret=secret, status=401)["title"] == "signature_wrong"
    assert not Call.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(r::text, '') FROM hotline_refusedevents r")
        assert "13900000000" not in cursor.fetchone()[0]


def test_a_district_without_a_secret_hears_no_exchange_and_keeps_no_count(line: Line, settings: Settings) -> None:
    answer = Client().post("/hooks/calls/310199/", b"{}", content_type="application/json")
    assert answer.status_code == 401
    settings.LIANDONG_CALL_SECRETS = '{"310198": ""}'
    assert line.tell("ringing", status=401)["title"] == "signature_wrong"
    assert not RefusedEvents.objects.exists()


def test_a_district_may_have_two_secrets_while_one_is_exchanged(line: Line, settings: Settings) -> None:
    settings.LIANDONG_CALL_SECRETS = '{"310198": ["new", "old"]}'
    body = json.dumps({"event_id": "e", "call_id": "c", "event": "ringing", "at": line.at.isoformat()}).encode()
    line.send(body, secret="old")
    line.send(body, secret="new")
    line.send(body, status=401)


def test_gbk_is_refused_by_name_and_utf_8_is_taken_whatever_the_header_says(line: Line) -> None:
    told = {"event_id": "e", "call_id": "c", "event": "ringing", "at": line.at.isoformat(), "note": "来电"}
    body = json.dumps(told, ensure_ascii=False)
    assert line.send(body.encode("gbk"), status=422)["title"] == "call_unreadable"
    answer = Client().generic(
        "POST",
        f"/hooks/calls/{DISTRICT}/",
        body.encode(),
        content_type="application/json; charset=gbk",
        headers=line.signed(body.encode()),
    )
    assert answer.status_code == 200


def test_a_withheld_number_is_no_number(line: Line) -> None:
    line.tell("ringing", caller="")
    assert call_named().sealed is None


def test_no_table_holds_the_number_in_the_clear_nor_a_hash_of_it(line: Line) -> None:
    line.tell("ringing")
    line.tell("answered")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(c::text, '') FROM hotline_call c UNION ALL"
            " SELECT string_agg(e::text, '') FROM hotline_callevent e UNION ALL"
            " SELECT string_agg(t::text, '') FROM timeline_entry t WHERE about = 'call'"
        )
        stored = "".join(row[0] for row in cursor.fetchall())
        cursor.execute(
            "SELECT count(*) FROM information_schema.columns WHERE table_name = 'hotline_call' AND column_name ~ 'hash'"
        )
        assert cursor.fetchone()[0] == 0
    assert len(stored) > 300
    assert "13812345678" not in stored


def test_two_calls_of_one_number_have_nothing_in_common_but_their_extension(line: Line) -> None:
    line.tell("ringing", call="c1")
    line.tell("ringing", call="c2")
    first, second = call_named("c1"), call_named("c2")
    assert bytes(first.sealed or b"") != bytes(second.sealed or b"")
    assert bytes(first.wrapped_key or b"") != bytes(second.wrapped_key or b"")
