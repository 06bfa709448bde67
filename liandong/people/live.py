"""Live screens: one LISTEN per process, one stream per browser, ids only.

A stream says that something changed; the page asks again for what it may see, so permission is checked where it
always is. Whoever listens is looked up again as soon as a right of theirs has ended, is given or is taken, before
anything more is offered to them.

A stream starts where the page stood, told by `?after=` or `Last-Event-ID`, or else at this moment; `event: here` names
the place, so that the next stream of this browser starts there. It catches up by itself until it is abreast of the one
reader of the process, and only then joins it: nothing falls between the two. Too old a place gets `event: reset`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

import orjson
import psycopg
import structlog
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from liandong.people.access import NOBODY, Actor, actor_for
from liandong.people.backend import open_account
from liandong.people.obligations import due_first
from liandong.people.rules.hearing import may_hear
from liandong.people.session_store import SessionStore
from liandong.timeline.queries import START, Entry, Position, entries_after, newest_settled

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = structlog.get_logger("live")

PING_SECONDS = 15.0
# Looked at when there is something to send, so at the latest with the next ping: within half a minute.
RECHECK_SECONDS = 14.0
SETTLE_SECONDS = 0.02
LONGEST_REPLAY = 1000
LONGEST_QUEUE = 1000

TO_THOSE_NAMED = frozenset({"roster", "message", "call"})
"""What is told to the people an entry names, and to nobody else."""

TO_WHOEVER_MAY = {"case": "cases.view", "hand_over": "hotline.hand_over"}
"""What is told to everybody who may do an act where it happened."""

_CONNECTION = ("dbname", "host", "port", "user", "password", "sslmode", "connect_timeout")
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"content-encoding", b"identity"),
    (b"x-accel-buffering", b"no"),
]


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream: whom it is for, and what waits to be sent."""

    actor: Actor
    session_key: str = ""
    reached: Position = START
    queue: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(LONGEST_QUEUE))

    async def refresh(self) -> bool:
        """Look up again who listens; whether anybody still does. Who has signed out hears nothing more."""
        actor = await _in_thread(_actor_of, self.session_key)
        self.actor = actor or NOBODY
        return actor is not None

    def offer(self, entry: Entry) -> None:
        """Queue an entry once, if this listener may hear it. A listener too slow to keep up is told to reload."""
        if entry.position <= self.reached:
            return
        self.reached = entry.position
        if not _is_for(self.actor, entry):
            return
        try:
            self.queue.put_nowait(_message(entry))
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.start_again(entry.position)

    def start_again(self, position: Position) -> None:
        """Tell the page to ask for everything anew: what came before `position` is not told one by one."""
        self.reached = position
        self.queue.put_nowait(_place("reset", position))


class Announcer:
    """Reads what is new on the timeline once per process and hands it to every open stream."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self.reached: Position | None = None
        self._read = START
        self._task: asyncio.Task[None] | None = None

    def join(self, listener: Listener) -> bool:
        """Add a stream that is not behind what was announced; the first one starts the reading where it stands."""
        if self._task is None or self._task.done():
            self.reached = self._read = listener.reached
            self._task = asyncio.get_running_loop().create_task(self._run())
        if self.reached and self.reached > listener.reached:
            return False
        self.listeners.add(listener)
        return True

    @property
    def place(self) -> str:
        """How far was announced, as a page carries it; empty where nobody listens."""
        return "-".join(map(str, self.reached)) if self.reached else ""

    def leave(self, listener: Listener) -> None:
        """Remove a stream."""
        self.listeners.discard(listener)

    async def _run(self) -> None:
        try:
            while self.listeners:
                try:
                    await self._follow()
                except (psycopg.Error, DatabaseError, OSError) as error:
                    log.warning("live.database_gone", error=str(error))
                    await asyncio.sleep(1)
                if not self.listeners:
                    # Whoever joins while the connection is closed is read for in the next turn.
                    await leave_database()
        finally:
            self.reached = None

    async def _follow(self) -> None:
        parameters = connection.get_connection_params()
        wanted = {name: parameters[name] for name in _CONNECTION if name in parameters}
        database = await psycopg.AsyncConnection.connect(autocommit=True, **wanted)
        async with database:
            await database.execute("LISTEN timeline")
            while self.listeners:
                await self._announce_what_is_new()
                async for _note in database.notifies(timeout=1.0, stop_after=1):
                    pass

    async def _announce_what_is_new(self) -> None:
        """Announce until nothing is new; what is still being committed is asked for again at once.

        Where the database breaks off, the entries it broke off in are announced again; nobody is told twice.
        """
        while True:
            entries = await _in_thread(entries_after, self._read, limit=500)
            for entry in entries:
                self.reached = entry.position
                await self._announce(entry)
            if entries:
                self._read = entries[-1].position
            elif not await _in_thread(_something_is_coming, self._read):
                return
            else:
                await asyncio.sleep(SETTLE_SECONDS)

    async def _announce(self, entry: Entry) -> None:
        """Offer one entry to every stream, each to whom it is for at this moment."""
        at = timezone.now()
        for listener in tuple(self.listeners):
            if listener.actor.has_lapsed(at=at) or _tells_of_rights(listener.actor, entry):
                await listener.refresh()
            listener.offer(entry)


ANNOUNCER = Announcer()


async def stream_app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application behind `/events/`."""
    listener = Listener(NOBODY, _session_key(scope))
    if not await listener.refresh():
        await _refuse(send)
        return
    newest = await _in_thread(newest_settled)
    after = _after(scope) or newest
    if after > newest:
        listener.start_again(newest)  # of another time: the database was restored since
    listener.reached = max(START, min(after, newest))
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _place("here", listener.reached), "more_body": True})
    try:
        await _catch_up(listener)
        gone = asyncio.create_task(_disconnected(receive))
        sending = asyncio.create_task(_send_all(listener, send))
        _done, pending = await asyncio.wait({gone, sending}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
    finally:
        ANNOUNCER.leave(listener)


async def leave_database() -> None:
    """Close the connection the streams share; the next question opens it again."""
    await _in_thread(lambda: connection.close())


async def _send_all(listener: Listener, send: Send) -> None:
    loop = asyncio.get_running_loop()
    checked = loop.time()
    while True:
        try:
            message = await asyncio.wait_for(listener.queue.get(), PING_SECONDS)
        except TimeoutError:
            message = b"event: ping\ndata: {}\n\n"
        if loop.time() - checked > RECHECK_SECONDS:
            checked = loop.time()
            if not await listener.refresh():
                break
        await send({"type": "http.response.body", "body": message, "more_body": True})
    await send({"type": "http.response.body", "body": b"event: signed-out\ndata: {}\n\n", "more_body": False})


async def _catch_up(listener: Listener) -> None:
    """Offer what the listener missed, until it is abreast of what is announced; then it hears with the others."""
    missed = await _in_thread(entries_after, listener.reached, limit=LONGEST_REPLAY)
    if len(missed) == LONGEST_REPLAY:
        listener.start_again(await _in_thread(newest_settled))
        missed = []
    while True:
        for entry in missed:
            listener.offer(entry)
        if ANNOUNCER.join(listener):
            return
        missed = await _in_thread(entries_after, listener.reached, limit=LONGEST_REPLAY)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send) -> None:
    await send({"type": "http.response.start", "status": 401, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"sign in first\n"})


def _is_for(actor: Actor, entry: Entry) -> bool:
    if entry.about in TO_THOSE_NAMED:
        return f"person/{actor.user_id}" in entry.hearers
    if entry.about not in TO_WHOEVER_MAY:
        return _tells_of_rights(actor, entry)
    return may_hear(actor.scope(TO_WHOEVER_MAY[entry.about]), area=entry.area, hearers=entry.hearers)


def _tells_of_rights(actor: Actor, entry: Entry) -> bool:
    """Whether somebody gave this person a right, took it, or lets others stand in for them."""
    return entry.about == "account" and f"person/{actor.user_id}" in entry.hearers


def _message(entry: Entry) -> bytes:
    data = orjson.dumps({"about": entry.about, "id": entry.about_id, "event": entry.event})
    return b"id: %d-%d\ndata: %s\n\n" % (entry.written_in, entry.id, data)


def _place(event: str, position: Position) -> bytes:
    return b"retry: 2000\nid: %d-%d\nevent: %s\ndata: {}\n\n" % (*position, event.encode())


def _something_is_coming(position: Position) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM timeline_entry WHERE (written_in, id) > (%s, %s))", position)
        row = cursor.fetchone()
    return bool(row[0])


def _actor_of(session_key: str) -> Actor | None:
    stored = SessionStore(session_key).load() if session_key else {}
    if SESSION_KEY not in stored or BACKEND_SESSION_KEY not in stored:
        return None
    user = open_account(stored[SESSION_KEY])
    if user is None or not constant_time_compare(stored.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return None
    at = timezone.now()
    actor = actor_for(user, at=at)
    return None if due_first(user, actor, stored, at=at) else actor


def _session_key(scope: Scope) -> str:
    cookies = SimpleCookie(_header(scope, b"cookie"))
    morsel = cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else ""


def _after(scope: Scope) -> Position | None:
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    text = _header(scope, b"last-event-id") or next(iter(query.get("after", [])), "")
    written_in, _, entry_id = text.rpartition("-")
    try:
        return int(written_in), int(entry_id)
    except ValueError:
        return None


def _header(scope: Scope, name: bytes) -> str:
    headers: Iterable[tuple[bytes, bytes]] = scope.get("headers", [])
    return next((value.decode("latin-1") for key, value in headers if key == name), "")


async def _in_thread(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Ask the database in the one thread, and with the one connection, that all streams of the process share."""
    return await asyncio.get_running_loop().run_in_executor(_THREAD, _asked, function, args, kwargs)


def _asked(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    close_old_connections()
    try:
        return function(*args, **kwargs)
    except DatabaseError:
        connection.close()
        raise


_THREAD = ThreadPoolExecutor(1, thread_name_prefix="live")
