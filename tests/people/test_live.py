"""The live stream, spoken to as a server speaks to it: what arrives, for whom, and what is made up for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.test import Client

from liandong.people import live
from liandong.people.models import Grant, Post, User
from liandong.people.operations import cover_post, grant_role, revoke_grant
from tests.world import World

Message = MutableMapping[str, Any]
WITHIN_SECONDS = 5.0


@pytest.fixture(autouse=True)
def database_is_left(shared_world: World) -> Iterator[None]:
    """No stream's connection may outlive its test: the test database could not be dropped."""
    yield
    asyncio.run(live.leave_database())


class Console:
    """One open page: its stream, and what has come over it."""

    def __init__(self, account: str, *, query: str = "") -> None:
        self.account = account
        self.query = query
        self.status = 0
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.names: list[str] = []
        self.news = asyncio.Event()
        self.leaving = asyncio.Event()

    async def open(self) -> None:
        """Connect, and return when the stream stands."""
        cookie = await _in_thread(lambda: _cookie(self.account))
        scope = {"type": "http", "query_string": self.query.encode(), "headers": [(b"cookie", cookie.encode())]}
        self.task = asyncio.create_task(live.stream_app(scope, self._receive, self._send))
        async with asyncio.timeout(WITHIN_SECONDS):
            while not self.names and not self.task.done():
                await asyncio.sleep(0.01)

    async def hears(self, event: str) -> dict[str, Any]:
        """Return the next message of that kind."""
        async with asyncio.timeout(WITHIN_SECONDS):
            while True:
                for _id, data in self.events:
                    if data.get("event") == event:
                        return data
                self.news.clear()
                await self.news.wait()

    async def close(self) -> None:
        """Leave, as a closed tab does."""
        self.leaving.set()
        async with asyncio.timeout(WITHIN_SECONDS):
            await self.task

    async def _receive(self) -> Message:
        await self.leaving.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        for block in message["body"].decode().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and line[0] != ":")
            self.names.append(fields.get("event", "open"))
            if "id" in fields:
                self.events.append((fields["id"], orjson.loads(fields["data"])))
        self.news.set()


def test_a_change_reaches_the_consoles_that_may_see_it_and_no_other(shared_world: World) -> None:
    async def story() -> None:
        operator, own_town, other_town = Console("operator"), Console("town01"), Console("town02")
        for console in (operator, own_town, other_town):
            await console.open()
        case = await _in_thread(shared_world.report)
        heard = await operator.hears("CaseReported")
        await own_town.hears("CaseReported")
        assert heard == {"about": "case", "id": case.pk, "event": "CaseReported"}
        await _in_thread(lambda: shared_world.report(lon=121.445, lat=31.01))
        await other_town.hears("CaseReported")
        assert [data["id"] for _id, data in other_town.events] != [case.pk]
        assert case.pk not in {data["id"] for _id, data in other_town.events}
        for console in (operator, own_town, other_town):
            await console.close()

    asyncio.run(story())


def test_a_handler_hears_of_a_case_from_its_dispatch_to_its_return(shared_world: World) -> None:
    async def story() -> None:
        console = Console("bureau002")
        await console.open()
        case = await _in_thread(shared_world.dispatched)
        await console.hears("CaseDispatched")
        await _in_thread(lambda: shared_world.do("return_case", case, "bureau002", reason="不属本单位职责"))
        await console.hears("CaseReturned")
        await console.close()
        assert [data["event"] for _id, data in console.events] == ["CaseDispatched", "CaseReturned"]

    asyncio.run(story())


def test_a_console_that_was_away_is_told_what_it_missed(shared_world: World) -> None:
    async def story() -> None:
        console = Console("operator")
        await console.open()
        await _in_thread(shared_world.report)
        await console.hears("CaseReported")
        last = console.events[-1][0]
        await console.close()
        case = await _in_thread(shared_world.report)
        back = Console("operator", query=f"after={last}")
        await back.open()
        heard = await back.hears("CaseReported")
        await back.close()
        assert heard["id"] == case.pk

    asyncio.run(story())


def test_a_console_asleep_too_long_is_told_to_reload(shared_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LONGEST_REPLAY", 2)

    async def story() -> None:
        await _in_thread(shared_world.filed)
        console = Console("operator", query="after=1-1")
        await console.open()
        async with asyncio.timeout(WITHIN_SECONDS):
            while "reset" not in console.names:
                await asyncio.sleep(0.01)
        await console.close()

    asyncio.run(story())


def test_a_right_that_ends_while_the_page_is_open_ends_the_hearing(
    shared_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RECHECK_SECONDS", 0.0)

    async def story() -> None:
        console = Console("town01")
        await console.open()
        await _in_thread(shared_world.report)
        await console.hears("CaseReported")
        await _in_thread(lambda: Post.objects.filter(user__username="town01").delete())
        await _in_thread(shared_world.report)
        await asyncio.sleep(0.3)
        unheard = await _in_thread(shared_world.report)
        await asyncio.sleep(0.3)
        await console.close()
        assert unheard.pk not in {data["id"] for _id, data in console.events}

    asyncio.run(story())


def test_a_grant_that_ends_while_the_page_is_open_ends_the_hearing_at_once(
    shared_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without waiting for the next look at the session, and a new grant is heard of and opens it again."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: shared_world.at)

    async def story() -> None:
        await _in_thread(lambda: _give(shared_world, hours=1))
        console, other = Console("mediator"), Console("operator")
        for one in (console, other):
            await one.open()
        heard = await _in_thread(shared_world.report)
        await console.hears("CaseReported")
        shared_world.later(hours=1)
        missed = await _in_thread(shared_world.report)
        await _heard(other, missed.pk)
        given = await _in_thread(lambda: _give(shared_world, hours=2))
        assert (await console.hears("RoleGranted"))["id"] == given.user_id
        again = await _in_thread(shared_world.report)
        await _heard(console, again.pk)
        await _in_thread(
            lambda: revoke_grant(given.pk, reason="撤", actor=shared_world.actor("admin"), at=shared_world.at)
        )
        await console.hears("RoleRevoked")
        last = await _in_thread(shared_world.report)
        await _heard(other, last.pk)
        for one in (console, other):
            await one.close()
        assert [data["id"] for _id, data in console.events if data["about"] == "case"] == [heard.pk, again.pk]

    asyncio.run(story())


def test_both_sides_of_a_stand_in_are_told_and_nobody_else(shared_world: World) -> None:
    async def story() -> None:
        consoles = {name: Console(name) for name in ("grid001", "grid002", "grid003")}
        for console in consoles.values():
            await console.open()
        await _in_thread(lambda: _cover(shared_world))
        await consoles["grid001"].hears("PostCovered")
        await consoles["grid002"].hears("PostCovered")
        for console in consoles.values():
            await console.close()
        assert consoles["grid003"].events == []

    asyncio.run(story())


def test_nobody_hears_anything_without_signing_in(shared_world: World) -> None:
    async def story() -> None:
        console = Console("")
        await console.open()
        await console.task
        assert console.status == 401

    asyncio.run(story())


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


def _cookie(account: str) -> str:
    if not account:
        return ""
    client = Client()
    client.force_login(User.objects.get(username=account), backend="django.contrib.auth.backends.ModelBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


async def _in_thread(work: Callable[[], Any]) -> Any:
    """Do what needs the database in a thread: the event loop must not be held up."""
    from django.db import connection

    def _work() -> Any:
        try:
            return work()
        finally:
            connection.close()

    answer: Awaitable[Any] = asyncio.get_running_loop().run_in_executor(None, _work)
    return await answer
