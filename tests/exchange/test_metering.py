"""How often a key may call in a minute, whichever process answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from liandong.exchange.metering import METER, Meter
from liandong.exchange.operations import set_key_rate
from liandong.people.access import platform
from liandong.people.backend import LOCAL
from liandong.people.keys import forget_keys
from liandong.people.models import ApiKey, User
from liandong.people.operations import issue_key
from tests.api.conftest import Caller
from tests.world import GRID_1, World


@pytest.fixture
def key(world: World, settings: Settings) -> Iterator[ApiKey]:
    """A key whose calls are counted: its account is none of the demo's."""
    settings.LIANDONG_API_PER_MINUTE = 3
    forget_keys()
    METER.forget()
    user = User.objects.get(username="integrator")
    User.objects.filter(pk=user.pk).update(is_demo=False)
    user.refresh_from_db()
    made = issue_key(user, secret="counted", label="x", scopes="*", actor=platform("test"), at=world.at)
    with time_machine.travel(world.at, tick=False):
        yield made
    forget_keys()
    METER.forget()


def test_every_answer_says_what_is_left_and_one_too_many_is_refused(key: ApiKey, world: World) -> None:
    api = Caller("counted")
    left = [api.get("/me")["RateLimit"] for _call in range(3)]
    assert left == ['"key";r=2;t=60', '"key";r=1;t=60', '"key";r=0;t=60']
    refused = api.get("/me")
    assert (refused.status_code, refused.json()["title"]) == (429, "too_many_calls")
    assert refused["Content-Type"] == "application/problem+json"
    assert (refused["Retry-After"], refused["RateLimit"]) == ("60", '"key";r=0;t=60')
    assert refused["RateLimit-Policy"] == '"key";q=3;w=60'


def test_the_next_minute_begins_anew(key: ApiKey, world: World) -> None:
    api = Caller("counted")
    for _call in range(4):
        api.get("/me")
    with time_machine.travel(world.later(seconds=59), tick=False):
        assert api.get("/me")["Retry-After"] == "1"
    with time_machine.travel(world.later(seconds=1), tick=False):
        assert api.get("/me").status_code == 200


def test_two_processes_together_never_let_through_more(key: ApiKey, world: World) -> None:
    set_key_rate(key.pk, per_minute=100, actor=platform("test"), at=world.at)
    one, other = Meter(), Meter()
    let = [not meter.count(key.pk, at=world.at).is_spent for _call in range(90) for meter in (one, other)]
    assert sum(let) == 100


def test_one_call_in_twenty_costs_a_statement(key: ApiKey, world: World) -> None:
    set_key_rate(key.pk, per_minute=400, actor=platform("test"), at=world.at)
    meter = Meter()
    with CaptureQueriesContext(connection) as statements:
        for _call in range(200):
            meter.count(key.pk, at=world.at)
    assert len(statements) == 11, "the limit once, and a handful of twenty each"


def test_a_process_whose_clock_is_behind_takes_of_the_same_minute(key: ApiKey, world: World) -> None:
    ahead, behind = Meter(), Meter()
    at = world.at
    later = world.later(seconds=60)
    let = [not meter.count(key.pk, at=at_).is_spent for _call in range(3) for meter, at_ in
           ((ahead, later), (behind, at))]  # fmt: skip
    assert sum(let) == 3


def test_sessions_and_the_demo_key_are_not_counted(key: ApiKey, world: World) -> None:
    client = Client()
    client.force_login(User.objects.get(username="operator"), backend=LOCAL)
    for _call in range(5):
        answer = client.get("/api/v1/me")
        assert answer.status_code == 200
        assert "RateLimit" not in answer
    User.objects.filter(username="integrator").update(is_demo=True)
    forget_keys()
    assert [Caller("counted").get("/me").status_code for _call in range(5)] == [200] * 5


def test_open311_counts_the_same_calls(key: ApiKey, world: World) -> None:
    form = {"api_key": "counted", "service_code": "M06010", "lat": GRID_1[1], "long": GRID_1[0]}
    statuses = [Client().post("/open311/v2/requests.json", form).status_code for _call in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = Client().post("/open311/v2/requests.json", form)
    assert refused.json()[0]["code"] == "429"
    assert refused["Retry-After"] == "60"


def test_a_wrong_key_takes_from_nobody(key: ApiKey) -> None:
    for _call in range(5):
        assert Caller("wrong").get("/me").status_code == 401
    assert Caller("counted").get("/me").status_code == 200
