"""Only who holds the key may post, only now, and only once with the same signature."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from pytest_django import Settings

from liandong.cases.models import Case
from liandong.intake_channels.models import Arrival, Nonce
from liandong.intake_channels.operations import forget_old_arrivals
from liandong.intake_channels.ways import ways
from liandong.notify.channels import Misconfigured
from tests.channels.conftest import DAY, KEY, ORDER, Lane, open_ways
from tests.world import World

BODY = json.dumps(ORDER).encode()


def test_a_signed_body_is_taken_with_the_new_key_and_with_the_one_before(lane: Lane) -> None:
    assert lane.post(BODY, "application/json").status_code == 200
    again = lane.post(BODY, "application/json", lane.signed(BODY, key="the key before"))
    assert again.json()["results"][0]["state"] == "duplicate"


def test_a_signed_request_that_is_played_back_is_refused(lane: Lane) -> None:
    headers = lane.signed(BODY)
    lane.post(BODY, "application/json", headers)
    lane.world.later(minutes=2)
    answer = lane.post(BODY, "application/json", headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "nonce_used")
    assert Arrival.objects.count() == 1


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24 * 365])
def test_a_clock_that_is_off_is_refused(lane: Lane, minutes: int) -> None:
    headers = lane.signed(BODY, at=lane.world.at + timedelta(minutes=minutes))
    assert lane.post(BODY, "application/json", headers).json()["code"] == "timestamp_off"


@pytest.mark.parametrize(
    "changed",
    [
        {"X-Signature": "0" * 64},
        {"X-Signature": ""},
        {"X-Timestamp": "yesterday"},
        {"X-Timestamp": "９９９"},
        {"X-Nonce": "short"},
        {"X-Nonce": "spaces are not allowed here"},
    ],
)
def test_a_forged_body_is_turned_away_and_leaves_nothing(lane: Lane, changed: dict[str, str]) -> None:
    answer = lane.post(BODY, "application/json", {**lane.signed(BODY), **changed})
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_wrong")
    assert not Arrival.objects.exists()
    assert not Nonce.objects.exists()


def test_a_signature_of_another_body_or_lane_is_worth_nothing(lane: Lane) -> None:
    headers = lane.signed(BODY)
    assert lane.post(BODY.replace(b"0001", b"0002"), "application/json", headers).status_code == 401
    headers = lane.signed(BODY)
    lane.channel = "police_110"
    assert lane.post(BODY, "application/json", headers).status_code == 401
    assert not Case.objects.exists()


@pytest.mark.parametrize(("district", "channel"), [("310198", "nothing"), ("999999", "city_12345")])
def test_a_channel_or_district_that_is_not_here_is_not_found(lane: Lane, district: str, channel: str) -> None:
    answer = lane.client.post(f"/hooks/channels/{district}/{channel}/", BODY, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (404, "channel_unknown")


def test_a_channel_without_a_key_is_closed(lane: Lane, settings: Settings) -> None:
    settings.LIANDONG_CHANNEL_WAYS = "{}"
    assert lane.post(BODY, "application/json").status_code == 404


def test_an_empty_key_opens_nothing(world: World, settings: Settings) -> None:
    open_ways(settings, **{"keys": [""]})  # type: ignore[arg-type]
    lane = Lane(world)
    assert lane.post(BODY, "application/json", lane.signed(BODY, key="")).status_code == 401


@pytest.mark.parametrize("text", ["[", "[]", '{"a": {}}', '{"a/b": {"kyes": []}}', '{"a/b": {"keys": "x"}}'])
def test_a_setting_that_cannot_be_read_is_told(settings: Settings, text: str) -> None:
    settings.LIANDONG_CHANNEL_WAYS = text
    with pytest.raises(Misconfigured):
        ways()


def test_used_signatures_are_forgotten_when_their_time_is_over(lane: Lane) -> None:
    lane.post(BODY, "application/json")
    assert Nonce.objects.count() == 1
    forget_old_arrivals(at=lane.world.at + DAY)
    assert not Nonce.objects.exists()


def test_the_key_is_kept_nowhere_in_the_database(lane: Lane) -> None:
    lane.post(BODY, "application/json")
    assert KEY not in repr(list(Arrival.objects.values())) + repr(list(Nonce.objects.values()))
