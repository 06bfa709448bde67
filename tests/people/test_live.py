"""The live stream, spoken to as a server speaks to it: what arrives, for whom, and what is made up for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from liandong.people import live
from liandong.people.backend import LOCAL
from liandong.people.models import Grant, Post, User
from liandong.people.operations import cover_post, grant_role, revoke_grant
from tests.console import WITHIN_SECONDS, Console, in_thread, run_alone
from tests.world import World


def _page(account: str) -> str:
    client = Client()
    client.force_login(User.objects.get(username=account), backend=LOCAL)
    return client.get("/desk/").content.decode()


@pytest.fixture(autouse=True)
def database_is_left(shared_world: World) -> Iterator[None]:
    """No stream's connection may outlive its test: the test database could not be dropped."""
    yield
    run_alone(live.leave_database())


def test_a_change_reaches_the_consoles_that_may_see_it_and_no_other(shared_world: World) -> None:
    async def story() -> None:
        operator, own_town, other_town = Console("operator"), Console("town01"), Console("town02")
        for console in (operator, own_town, other_town):
            await console.open()
        case = await in_thread(shared_world.report)
        heard = await operator.hears("CaseReported")
        await own_town.hears("CaseReported")
        assert heard == {"about": "case", "id": case.pk, "event": "CaseReported"}
        await in_thread(lambda: shared_world.report(lon=121.445, lat=31.01))
        await other_town.hears("CaseReported")
        assert [data["id"] for _id, data in other_town.events] != [case.pk]
        assert case.pk not in {data["id"] for _id, data in other_town.events}
        for console in (operator, own_town, other_town):
            await console.close()

    run_alone(story())


def test_a_handler_hears_of_a_case_from_its_dispatch_to_its_return(shared_world: World) -> None:
    async def story() -> None:
        console = Console("bureau002")
        await console.open()
        case = await in_thread(shared_world.dispatched)
        await console.hears("CaseDispatched")
        await in_thread(lambda: shared_world.do("return_case", case, "bureau002", reason="不属本单位职责"))
        await console.hears("CaseReturned")
        await console.close()
        assert [data["event"] for _id, data in console.events] == ["CaseDispatched", "CaseReturned"]

    run_alone(story())


def test_a_console_that_was_away_is_told_what_it_missed(shared_world: World) -> None:
    async def story() -> None:
        console = Console("operator")
        await console.open()
        await in_thread(shared_world.report)
        await console.hears("CaseReported")
        last = console.events[-1][0]
        await console.close()
        case = await in_thread(shared_world.report)
        back = Console("operator", query=f"after={last}")
        await back.open()
        heard = await back.hears("CaseReported")
        await back.close()
        assert heard["id"] == case.pk

    run_alone(story())


def test_a_console_that_comes_while_the_last_one_leaves_hears_all_the_same(shared_world: World) -> None:
    """A page that is loaded anew closes its stream and opens the next one within the same moment."""

    async def story() -> None:
        console = Console("operator")
        await console.open()
        for _reload in range(6):
            closing, console = console, Console("operator")
            closing.leaving.set()
            await console.open()
            case = await in_thread(shared_world.report)
            assert (await console.hears("CaseReported"))["id"] == case.pk
            await closing.close()
        await console.close()

    run_alone(story())


def test_the_first_console_hears_what_happens_while_the_reading_starts(
    shared_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = live.psycopg.AsyncConnection.connect

    async def story() -> None:
        happened = asyncio.Event()

        async def in_a_while(**given: Any) -> object:
            await happened.wait()
            return await connect(**given)

        monkeypatch.setattr(live.psycopg.AsyncConnection, "connect", in_a_while)
        console = Console("operator")
        await console.open()
        case = await in_thread(shared_world.report)
        happened.set()
        assert (await console.hears("CaseReported"))["id"] == case.pk
        await console.close()

    run_alone(story())


def test_the_stream_of_an_idle_console_goes_on_where_it_stood(shared_world: World) -> None:
    async def story() -> None:
        console = Console("operator")
        await console.open()
        await console.close()
        assert console.events == []
        case = await in_thread(shared_world.report)
        back = Console("operator", query=f"after={console.place}")
        await back.open()
        assert (await back.hears("CaseReported"))["id"] == case.pk
        await back.close()

    run_alone(story())


def test_a_page_tells_its_stream_how_far_things_were_when_it_was_made(shared_world: World) -> None:
    async def story() -> None:
        console = Console("operator")
        await console.open()
        await in_thread(shared_world.report)
        await console.hears("CaseReported")
        page = await in_thread(lambda: _page("operator"))
        assert f'after="{console.events[-1][0]}"' in page
        await console.close()

    run_alone(story())


def test_what_happens_while_a_console_catches_up_is_told_once(
    shared_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = live.entries_after
    happened = []

    def slowly(position: live.Position, *, limit: int) -> object:
        missed = asked(position, limit=limit)
        if limit == live.LONGEST_REPLAY and len(happened) < 3:
            happened.append(shared_world.report().pk)
        return missed

    async def story() -> None:
        first, second = Console("operator"), Console("operator")
        await first.open()
        monkeypatch.setattr(live, "entries_after", slowly)
        await second.open()
        last = await in_thread(shared_world.report)
        async with asyncio.timeout(WITHIN_SECONDS):
            while not {*happened, last.pk} <= {data["id"] for _id, data in second.events}:
                await asyncio.sleep(0.01)
        told = [data["id"] for _id, data in second.events if data["event"] == "CaseReported"]
        assert sorted(told) == sorted([*happened, last.pk])
        await first.close()
        await second.close()

    run_alone(story())


def test_a_console_asleep_too_long_is_told_to_reload(shared_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LONGEST_REPLAY", 2)

    async def story() -> None:
        await in_thread(shared_world.filed)
        console = Console("operator", query="after=1-1")
        await console.open()
        async with asyncio.timeout(WITHIN_SECONDS):
            while "reset" not in console.names:
                await asyncio.sleep(0.01)
        await console.close()

    run_alone(story())


def test_a_console_from_before_a_restore_is_told_to_reload_and_hears_on(shared_world: World) -> None:
    async def story() -> None:
        console = Console("operator", query=f"after={2**70}-1")
        await console.open()
        case = await in_thread(shared_world.report)
        assert (await console.hears("CaseReported"))["id"] == case.pk
        assert "reset" in console.names
        await console.close()

    run_alone(story())


def test_a_right_that_ends_while_the_page_is_open_ends_the_hearing(
    shared_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RECHECK_SECONDS", 0.0)

    async def story() -> None:
        console = Console("town01")
        await console.open()
        await in_thread(shared_world.report)
        await console.hears("CaseReported")
        await in_thread(lambda: Post.objects.filter(user__username="town01").delete())
        await in_thread(shared_world.report)
        await asyncio.sleep(0.3)
        unheard = await in_thread(shared_world.report)
        await asyncio.sleep(0.3)
        await console.close()
        assert unheard.pk not in {data["id"] for _id, data in console.events}

    run_alone(story())


def test_a_grant_that_ends_while_the_page_is_open_ends_the_hearing_at_once(
    shared_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without waiting for the next look at the session, and a new grant is heard of and opens it again."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: shared_world.at)

    async def story() -> None:
        await in_thread(lambda: _give(shared_world, hours=1))
        console, other = Console("mediator"), Console("operator")
        for one in (console, other):
            await one.open()
        heard = await in_thread(shared_world.report)
        await console.hears("CaseReported")
        shared_world.later(hours=1)
        missed = await in_thread(shared_world.report)
        await _heard(other, missed.pk)
        given = await in_thread(lambda: _give(shared_world, hours=2))
        assert (await console.hears("RoleGranted"))["id"] == given.user_id
        again = await in_thread(shared_world.report)
        await _heard(console, again.pk)
        await in_thread(
            lambda: revoke_grant(given.pk, reason="撤", actor=shared_world.actor("admin"), at=shared_world.at)
        )
        await console.hears("RoleRevoked")
        last = await in_thread(shared_world.report)
        await _heard(other, last.pk)
        for one in (console, other):
            await one.close()
        assert [data["id"] for _id, data in console.events if data["about"] == "case"] == [heard.pk, again.pk]

    run_alone(story())


def test_both_sides_of_a_stand_in_are_told_and_nobody_else(shared_world: World) -> None:
    async def story() -> None:
        consoles = {name: Console(name) for name in ("grid001", "grid002", "grid003")}
        for console in consoles.values():
            await console.open()
        await in_thread(lambda: _cover(shared_world))
        await consoles["grid001"].hears("PostCovered")
        await consoles["grid002"].hears("PostCovered")
        for console in consoles.values():
            await console.close()
        assert consoles["grid003"].events == []

    run_alone(story())


def test_nobody_hears_anything_without_signing_in(shared_world: World) -> None:
    async def story() -> None:
        console = Console("")
        await console.open()
        await console.task
        assert console.status == 401

    run_alone(story())


def _give(world: World, *, hours: int) -> Grant:
    """Let the mediator watch the district for some hours."""
    return grant_role(
        User.objects.get(username="mediator"),
        role="leader",
        area="310198",
        since_at=world.at,
        until_at=world.at + timedelta(hours=hours),
        reason="值守",
        actor=world.actor("admin"),
        at=world.at,
    )


def _cover(world: World) -> None:
    user, colleague = (User.objects.get(username=name) for name in ("grid002", "grid001"))
    until = world.at + timedelta(hours=8)
    details = {"unit": "310198-G001", "since_at": world.at, "until_at": until, "reason": "就医"}
    cover_post(user, colleague=colleague, actor=world.actor("town01"), at=world.at, **details)


async def _heard(console: Console, case: int) -> None:
    """Return when the console has heard of a case."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while case not in {data["id"] for _id, data in console.events}:
            console.news.clear()
            await console.news.wait()
