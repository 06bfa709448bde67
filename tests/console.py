"""One open page at the live stream, spoken to as a server speaks to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any

import orjson
from django.conf import settings
from django.test import Client

from liandong.people import live
from liandong.people.backend import LOCAL
from liandong.people.models import User

Message = MutableMapping[str, Any]
WITHIN_SECONDS = 5.0


def run_alone(story: Coroutine[Any, Any, None]) -> None:
    """Run it as if no browser were open: that one's loop rests in this thread, and two may not run at once."""
    resting = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        asyncio.run(story)
    finally:
        asyncio._set_running_loop(resting)


class Console:
    """One open page: its stream, and what has come over it."""

    def __init__(self, account: str, *, query: str = "") -> None:
        self.account = account
        self.query = query
        self.status = 0
        self.place = ""
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.names: list[str] = []
        self.news = asyncio.Event()
        self.leaving = asyncio.Event()

    async def open(self) -> None:
        """Connect, and return when the stream stands."""
        cookie = await in_thread(lambda: _cookie(self.account))
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
            if "event" in fields:
                self.place = fields.get("id", self.place)
            elif "id" in fields:
                self.events.append((fields["id"], orjson.loads(fields["data"])))
        self.news.set()


async def in_thread(work: Callable[[], Any]) -> Any:
    """Do what needs the database in a thread: the event loop must not be held up."""
    from django.db import connection

    def _work() -> Any:
        try:
            return work()
        finally:
            connection.close()

    answer: Awaitable[Any] = asyncio.get_running_loop().run_in_executor(None, _work)
    return await answer


def _cookie(account: str) -> str:
    if not account:
        return ""
    client = Client()
    client.force_login(User.objects.get(username=account), backend=LOCAL)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
