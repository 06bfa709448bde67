"""Sessions: one's own list, ending them from elsewhere, and what ends them all."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings

from liandong.people import live
from liandong.people.access import Forbidden
from liandong.people.models import Session
from liandong.people.operations import forget_ended_sessions, revoke_session, revoke_sessions
from liandong.people.operations.sessions import SessionOver
from liandong.people.queries import session_mark, sessions_of
from liandong.timeline.queries import trace
from tests.people.hired import BETTER, GOOD, hire, now
from tests.world import World

PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604"}


def test_my_page_lists_my_sessions_with_device_address_and_times(world: World) -> None:
    sun = hire(world)
    sun.enter()
    sun.elsewhere().enter(**PHONE)
    page = sun.client.get("/desk/me/").content.decode()
    assert "Safari · iPhone" in page
    assert page.count("本次登录") == 1
    assert "127.0.0.1" in page
    key = sun.client.cookies[settings.SESSION_COOKIE_NAME].value
    assert key not in page, "the key opens the session"


def test_one_other_session_is_ended_from_my_page(world: World) -> None:
    sun = hire(world)
    sun.enter()
    phone = sun.elsewhere()
    phone.enter(**PHONE)
    page = sun.client.get("/desk/me/").content.decode()
    [mark] = re.findall(r'name="mark" value="(\w+)"', page)
    sun.client.post("/desk/me/sessions/end/", {"mark": mark})
    assert phone.client.get("/desk/").status_code == 302
    assert sun.client.get("/desk/").status_code == 200
    assert sun.events()[-1] == "SessionRevoked"
    sun.client.post("/desk/me/sessions/end/", {"mark": mark})
    assert "已经结束" in sun.client.get("/desk/me/").content.decode()


def test_all_other_sessions_end_at_once_and_mine_goes_on(world: World) -> None:
    sun = hire(world)
    others = [sun.elsewhere() for _browser in range(2)]
    for other in others:
        other.enter()
    sun.enter()
    sun.client.post("/desk/me/sessions/end/")
    assert [other.client.get("/desk/").status_code for other in others] == [302, 302]
    assert sun.client.get("/desk/").status_code == 200


def test_a_new_password_ends_the_other_sessions(world: World) -> None:
    sun = hire(world)
    other = sun.elsewhere()
    other.enter()
    sun.enter()
    sun.client.post("/desk/me/password/", {"old": GOOD, "new": BETTER, "again": BETTER})
    assert other.client.get("/desk/").status_code == 302
    assert sun.client.get("/desk/").status_code == 200
    assert sessions_of(sun.user, at=now()).count() == 1


def test_an_administrator_ends_sessions_within_the_area_and_nobody_else(world: World) -> None:
    sun = hire(world)
    sun.enter()
    with pytest.raises(Forbidden):
        revoke_sessions(sun.user, actor=world.actor("lin"), at=world.at)
    mark = session_mark(Session.objects.get(user=sun.user).session_key)
    revoke_session(sun.user, mark=mark, actor=world.actor("admin"), at=world.at)
    assert sun.client.get("/desk/").status_code == 302
    with pytest.raises(SessionOver):
        revoke_session(sun.user, mark=mark, actor=world.actor("admin"), at=world.at)
    assert revoke_sessions(sun.user, actor=world.actor("admin"), at=world.at) == 0
    sun.enter()
    assert revoke_sessions(sun.user, actor=world.actor("admin"), at=world.at) == 1


def test_a_session_is_noted_as_seen_every_five_minutes_and_not_at_every_page(world: World) -> None:
    sun = hire(world)
    sun.enter()
    row = Session.objects.get(user=sun.user)
    assert row.since_at is not None
    assert row.seen_at == row.since_at
    sun.client.get("/desk/")
    assert Session.objects.get(user=sun.user).seen_at == row.seen_at
    session = sun.client.session
    session["seen"] -= 400
    session.save()
    sun.client.get("/desk/")
    seen = Session.objects.get(user=sun.user).seen_at
    assert seen is not None
    assert seen >= row.seen_at


def test_sessions_that_ran_out_are_forgotten(world: World) -> None:
    sun = hire(world)
    sun.enter()
    assert forget_ended_sessions(at=now()) == 0
    assert forget_ended_sessions(at=now() + timedelta(hours=13)) == 1
    assert sun.client.get("/desk/").status_code == 302


def test_an_open_stream_ends_within_half_a_minute_of_its_session(world: World) -> None:
    sun = hire(world)
    sun.enter()
    key = sun.client.session.session_key
    assert live._actor_of(key) is not None
    revoke_sessions(sun.user, actor=world.actor("admin"), at=world.at)
    assert live._actor_of(key) is None
    assert live.RECHECK_SECONDS + live.PING_SECONDS < 30


def test_who_must_change_the_password_hears_nothing(world: World) -> None:
    sun = hire(world, first=True)
    sun.enter()
    assert live._actor_of(sun.client.session.session_key) is None


def test_a_persons_open_pages_hear_at_once_that_a_session_ended(world: World) -> None:
    sun = hire(world)
    sun.enter()
    revoke_sessions(sun.user, actor=world.actor("admin"), at=world.at)
    entry = trace("account", sun.user.pk).last()
    assert entry is not None
    assert entry.hearers == [f"person/{sun.user.pk}"]
