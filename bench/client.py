"""A load generator of few instructions: raw keep-alive HTTP over asyncio, outside every server process."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Call:
    """One request, ready to be sent."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def wire(self, host: str) -> bytes:
        """The request as bytes."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body


@dataclass(slots=True)
class Driven:
    """What a run of calls gave."""

    seconds: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answered calls per second."""
        return len(self.latencies_ms) / self.seconds


def drive(port: int, calls: list[Call], *, concurrency: int, keep_bodies: bool = False) -> Driven:
    """Send all calls over `concurrency` connections, each sending its next when the last is answered."""
    return asyncio.run(_drive(port, calls, concurrency=concurrency, keep_bodies=keep_bodies))


async def _drive(port: int, calls: list[Call], *, concurrency: int, keep_bodies: bool) -> Driven:
    driven = Driven()
    waiting = iter(calls)
    began = time.perf_counter()
    await asyncio.gather(*(_worker(port, waiting, driven, keep_bodies=keep_bodies) for _ in range(concurrency)))
    driven.seconds = time.perf_counter() - began
    return driven


async def _worker(port: int, waiting: Iterator[Call], driven: Driven, *, keep_bodies: bool) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for call in waiting:
        sent = time.perf_counter()
        writer.write(call.wire(f"127.0.0.1:{port}"))
        status, body = await _answer(reader)
        driven.latencies_ms.append((time.perf_counter() - sent) * 1000)
        driven.statuses[status] = driven.statuses.get(status, 0) + 1
        if keep_bodies:
            driven.bodies.append(body)
    writer.close()
    await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status = int(head.split(" ", 2)[1])
    headers = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head.split("\r\n")[1:] if line)
    }
    if headers.get("transfer-encoding", "") == "chunked":
        return status, await _chunks(reader)
    return status, await reader.readexactly(int(headers.get("content-length", "0")))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    whole = b""
    while size := int(await reader.readline(), 16):
        whole += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return whole


@dataclass(frozen=True, slots=True)
class Asked:
    """One page asked for again and again, by one reader: a median a run, all latencies, and what came last."""

    medians: tuple[float, ...]
    latencies: list[float]
    body: bytes


def ask(port: int, path: str, cookie: str, *, runs: int, each: int) -> Asked:
    """Ask `each` times in every run, after a fifth of that to warm up.

    :raises RuntimeError: an answer was not 200
    """
    call = Call("GET", path, (("Cookie", cookie),))
    drive(port, [call] * max(10, each // 5), concurrency=1)
    medians, latencies, body = [], [], b""
    for _ in range(runs):
        driven = drive(port, [call] * each, concurrency=1, keep_bodies=True)
        if set(driven.statuses) != {200}:
            raise RuntimeError(f"{path}: {driven.statuses}")
        medians.append(statistics.median(driven.latencies_ms))
        latencies += driven.latencies_ms
        body = driven.bodies[-1]
    return Asked(tuple(medians), latencies, body)
