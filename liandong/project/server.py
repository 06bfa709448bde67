"""Between ASGI and Django: one synchronous chain in a fixed pool of long-lived threads; live streams beside it.

Django's own ASGI handler hops threads for each middleware and costs several times the CPU of the work (measured:
3.5 ms against 0.5 ms for an empty request). Here a request's whole body is received by the event loop, the chain
runs in one thread with that thread's own database connection, and the answer goes out from the event loop.
Leaves out processes and sockets: see `web_process`.
"""

from __future__ import annotations

import asyncio
import io
import os
import select
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, cast

import psycopg
import structlog
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.db import close_old_connections, connections
from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import ResolverMatch

from liandong.project import metrics

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BYTES_IN_MEMORY = 1_000_000
# Files up to this size are read at once in the thread that found them; a thread of their own costs more.
BYTES_OF_A_SMALL_FILE = 1_000_000
BYTES_OF_A_CHUNK = 65_536

_END = object()
_log = structlog.get_logger("liandong.web")


class Gone(Exception):
    """The client left before its request was complete."""


class Application(BaseHandler):
    """The ASGI application of a web process. Django must be set up before one is made."""

    def __init__(self, *, live: App, live_prefix: str = "/events/", threads: int = 4) -> None:
        super().__init__()
        self.load_middleware(is_async=False)
        self._live = live
        self._live_prefix = live_prefix
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._streams: set[asyncio.Future[None]] = set()
        self._stopping = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI scope."""
        if scope["type"] == "lifespan":
            await self._live_through(receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
        elif scope["path"].startswith(self._live_prefix):
            await self._stream_live(scope, receive, send)
        else:
            await self._respond(scope, receive, send)

    def stop_streams(self) -> None:
        """End every live stream, so that open pages do not hold up the end of the process."""
        self._stopping = True
        for stream in self._streams:
            stream.cancel()

    async def _live_through(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                self._pool.shutdown(wait=False, cancel_futures=True)
                await send({"type": "lifespan.shutdown.complete"})
                return
            await send({"type": "lifespan.startup.complete"})

    async def _stream_live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the live stream until it ends, its client leaves or the process stops; end it cleanly."""
        started = False

        async def note_start(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        stream = asyncio.ensure_future(self._live(scope, receive, note_start))
        self._streams.add(stream)
        metrics.STREAMS.inc()
        if self._stopping:
            stream.cancel()
        try:
            await asyncio.wait({stream})
        finally:
            stream.cancel()
            self._streams.discard(stream)
            metrics.STREAMS.dec()
        if not stream.cancelled():
            stream.result()
            return
        if not started:
            await send({"type": "http.response.start", "status": 503, "headers": [(b"retry-after", b"1")]})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        try:
            body = await _receive_body(scope, receive, limit=settings.LIANDONG_MAX_UPLOAD)
        except Gone:
            return
        response = await loop.run_in_executor(self._pool, self._serve, scope, body)
        if isinstance(response, StreamingHttpResponse):
            await _send_stream(response, receive, send, is_head=scope["method"] == "HEAD")
        else:
            await _send_start(response, send)
            content = b"" if scope["method"] == "HEAD" else response.content
            await send({"type": "http.response.body", "body": content})

    def _serve(self, scope: Scope, body: IO[bytes] | None) -> HttpResponse | StreamingHttpResponse:
        """Run the chain for one request, in a thread of the pool."""
        began = time.perf_counter()
        request_id = _request_id(scope)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=request_id)
        request_started.send(sender=type(self), scope=scope)
        _close_broken_connections()
        path, route = scope["path"], "none"
        try:
            request = ASGIRequest(scope, body or io.BytesIO())
        except UnicodeDecodeError:
            response: HttpResponseBase = HttpResponse(
                b"The address is not valid UTF-8.\n", status=400, content_type="text/plain"
            )
        else:
            if body is None:
                request.urlconf = "liandong.project.uploads"
            response = self.get_response(request)
            if match := request.resolver_match:
                path, route = path_to_log(path, match), match.view_name
        response["X-Request-ID"] = request_id
        finished = _finish_in_this_thread(response)
        seconds = time.perf_counter() - began
        metrics.observe_request(method=scope["method"], route=route, status=response.status_code, seconds=seconds)
        _log.info(
            "request",
            method=scope["method"],
            path=path,
            route=route,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )
        return finished


async def _receive_body(scope: Scope, receive: Receive, *, limit: int) -> IO[bytes] | None:
    """Return the whole body as a file, on disk when large; None when it is over `limit` bytes.

    Raises Gone when the client leaves first.
    """
    if _announced_length(scope) > limit:
        return None
    body: Any = tempfile.SpooledTemporaryFile(max_size=BYTES_IN_MEMORY)  # noqa: SIM115 - closed with the request
    received = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            body.close()
            raise Gone
        chunk = message.get("body", b"")
        received += len(chunk)
        if received > limit:
            body.close()
            return None
        if chunk:
            body.write(chunk)
        if not message.get("more_body", False):
            body.seek(0)
            return body  # type: ignore[no-any-return]


def path_to_log(path: str, match: ResolverMatch) -> str:
    """The path without a secret in it: whoever reads the log must not read somebody's calendar with it."""
    secret = match.kwargs.get("secret")
    return path.replace(str(secret), "…") if secret else path


def _announced_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def _request_id(scope: Scope) -> str:
    """Return the id a proxy gave the request, if it is a short word, or a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and len(value) <= 64 and value.replace(b"-", b"").isalnum():
            return str(value.decode("ascii"))
    return uuid.uuid4().hex


def _close_broken_connections() -> None:
    """Close connections whose server went away since this thread last used them.

    An idle connection has nothing to read; one that does was closed by the other side. Asking the socket costs
    microseconds, where asking the database (`CONN_HEALTH_CHECKS`) costs a round trip per request.
    """
    for connection in connections.all(initialized_only=True):
        if connection.connection is None:
            continue
        poll = select.poll()
        try:
            poll.register(connection.connection.fileno(), select.POLLIN)
            is_quiet = not poll.poll(0)
        except (psycopg.Error, OSError, ValueError):
            is_quiet = False
        if not is_quiet and not connection.is_usable():
            connection.close()


def _finish_in_this_thread(response: HttpResponseBase) -> HttpResponse | StreamingHttpResponse:
    """Close what belongs to the request here, where its database connection lives; streams close when they end."""
    if isinstance(response, FileResponse) and _is_small(response):
        content = b"".join(response)
        headers, cookies = dict(response.items()), response.cookies
        response.close()
        whole = HttpResponse(content, status=response.status_code, headers=headers)
        whole.cookies = cookies
        return whole
    if isinstance(response, StreamingHttpResponse):
        close_old_connections()
        return response
    response.close()
    return cast("HttpResponse", response)


def _is_small(response: FileResponse) -> bool:
    length = response.get("Content-Length", "")
    return length.isdigit() and int(length) <= BYTES_OF_A_SMALL_FILE


async def _send_start(response: HttpResponseBase, send: Send) -> None:
    headers = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    headers += [(b"set-cookie", cookie.OutputString().encode("ascii")) for cookie in response.cookies.values()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})


async def _send_stream(response: StreamingHttpResponse, receive: Receive, send: Send, *, is_head: bool) -> None:
    """Send a streaming response chunk by chunk, each made when the one before has gone out.

    A synchronous iterator runs in one thread of its own, so that what it opens stays in that thread and slow
    readers cannot use up the pool. It is closed at once when the client leaves.
    """
    await _send_start(response, send)
    thread = ThreadPoolExecutor(1, thread_name_prefix="stream")
    loop = asyncio.get_running_loop()
    departure = asyncio.ensure_future(_departure(receive))
    try:
        if not is_head:
            async for chunk in _chunks(response, thread):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                if departure.done():
                    break
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        departure.cancel()
        loop.run_in_executor(thread, _close_stream, response)
        thread.shutdown(wait=False)


async def _chunks(response: StreamingHttpResponse, thread: ThreadPoolExecutor) -> Any:
    if response.is_async:
        async for part in response:
            yield part
        return
    if isinstance(response, FileResponse):
        response.block_size = BYTES_OF_A_CHUNK
    loop = asyncio.get_running_loop()
    iterator: Iterator[bytes] = iter(response)
    while (chunk := await loop.run_in_executor(thread, next, iterator, _END)) is not _END:
        yield chunk


async def _departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _close_stream(response: StreamingHttpResponse) -> None:
    try:
        response.close()
    finally:
        connections.close_all()


def default_threads() -> int:
    """How many requests a web process works on at once: `LIANDONG_THREADS`, 4 unless set."""
    return int(os.environ.get("LIANDONG_THREADS", "4"))
