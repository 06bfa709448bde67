"""Pages of the toy project: one per thing the server must be able to do."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path

from liandong.project.health import healthz, metrics_page, readyz


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"")


def process(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"pid": os.getpid(), "thread": threading.current_thread().name})


def length(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.body)))


def query(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return HttpResponse(str(cursor.fetchone()[0]))


def numbers(request: HttpRequest) -> StreamingHttpResponse:
    """Three lines out of one database cursor, which only the thread that opened it may use."""

    def lines() -> Iterator[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT generate_series(1, 3)")
            for (number,) in cursor:
                yield f"{number} {threading.current_thread().name}\n"

    return StreamingHttpResponse(lines())


def endless(request: HttpRequest) -> StreamingHttpResponse:
    """Lines without end; says in a file when it was closed."""
    note = Path(os.environ["LIANDONG_HOME"]) / "closed"

    def lines() -> Iterator[bytes]:
        try:
            while True:
                yield b"x" * 100_000
        finally:
            note.touch()

    return StreamingHttpResponse(lines())


def file(request: HttpRequest) -> FileResponse:
    return FileResponse((Path(os.environ["LIANDONG_HOME"]) / request.GET["name"]).open("rb"))


async def live(
    scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
) -> None:
    """A live stream that never ends by itself."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    await send({"type": "http.response.body", "body": b"data: hello\n\n", "more_body": True})
    await asyncio.Event().wait()


FOLLOWERS = ()
SCHEDULE = ()

urlpatterns = [
    path("", empty, name="empty"),
    path("process", process, name="process"),
    path("length", length, name="length"),
    path("query", query, name="query"),
    path("numbers", numbers, name="numbers"),
    path("endless", endless, name="endless"),
    path("file", file, name="file"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics_page, name="metrics"),
]
