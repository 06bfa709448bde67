"""Requests as a badly behaving platform sends them, each with what must become of it, and the account of what did.

Manners: `duplicates` (the same again, later), `out_of_order` (what is about an order before it), `late` (days old),
`gbk` (honestly), `gbk_as_utf8` and `utf8_as_gbk` (lies, then sent again rightly), `truncated` (then sent again whole),
`no_answer` (accepted, but it never heard so, and sends again), `contradictions` (another content under a used number),
`unmapped` (codes nobody knows), `persons` (sheets of people), `bombs` (XML entities), `forged` (a wrong key),
`played_back` (the very same signed request again).
"""

from __future__ import annotations

import http.client
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final
from urllib.parse import urlsplit
from xml.etree.ElementTree import fromstring

from liandong.intake_channels.rules.signing import signature
from liandong.intake_channels.simulators.messages import (
    FOLLOW_UPS,
    FORMS,
    Fields,
    Place,
    follow_up,
    labelled,
    order,
    packed,
    person_record,
)

MANNERS: Final = (
    "duplicates",
    "out_of_order",
    "late",
    "gbk",
    "gbk_as_utf8",
    "utf8_as_gbk",
    "truncated",
    "no_answer",
    "contradictions",
    "unmapped",
    "persons",
    "bombs",
    "forged",
    "played_back",
)
_BOMB: Final = (
    b'<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY x SYSTEM "file:///etc/hostname">]><messages><message><kind>order</kind>'
    b"<order_id>BOMB-1</order_id><content>&b;&x;</content></message></messages>"
)
SHARE: Final = 0.05
"""How often each bad manner shows, of all orders, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Request:
    """One body, what it claims to be, and how many messages of it must come to which fate in the end.

    `is_forged` and `is_played_back` never get in: nothing is counted for them.
    """

    body: bytes
    content_type: str
    expects: Mapping[str, int] = field(default_factory=dict)
    is_forged: bool = False
    is_played_back: bool = False


@dataclass(frozen=True, slots=True)
class Headers:
    """Who signs, for which lane, and the source of nonces."""

    key: str
    lane: str
    random: Random

    def of(self, request: Request, *, at: datetime) -> dict[str, str]:
        """The signed headers of a request sent now."""
        moment, nonce = str(int(at.timestamp())), f"{self.random.getrandbits(128):032x}"
        key = "not-the-key" if request.is_forged else self.key
        signed = signature(key, moment=moment, nonce=nonce, lane=self.lane, body=request.body)
        return {
            "Content-Type": request.content_type,
            "X-Timestamp": moment,
            "X-Nonce": nonce,
            "X-Signature": signed,
        }


@dataclass(slots=True)
class Account:
    """What was sent, by what must become of it, and how it was answered."""

    sent: int = 0
    expected: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    turned_away: int = 0

    def line(self) -> str:
        """The last line of a simulation."""
        told = ", ".join(f"{fate} {count}" for fate, count in sorted(self.answered.items()))
        return f"{self.sent} messages sent, {self.turned_away} requests turned away; answered: {told}"


def planned(
    channel: str,
    count: int,
    *,
    manners: Sequence[str],
    place: Place,
    at: datetime,
    seed: int = 7,
    batch: int = 1,
    prefix: str = "SIM",
    share: float = SHARE,
) -> list[Request]:
    """The requests by which about `count` messages are sent, in the order of sending; same seed, same requests."""
    plan = _Plan(channel, frozenset(manners), place, at, Random(seed), prefix, share)
    return plan.requests(count, batch=batch)


@dataclass(slots=True)
class _Plan:
    channel: str
    manners: frozenset[str]
    place: Place
    at: datetime
    random: Random
    prefix: str
    share: float
    _bad: list[tuple[float, Request]] = field(default_factory=list)

    def requests(self, count: int, *, batch: int) -> list[Request]:
        """All of them: good messages in batches, each bad body by itself in its place."""
        placed: list[tuple[float, Fields, str]] = []
        number = 0
        while len(placed) + sum(sum(one.expects.values()) for _, one in self._bad) < count:
            number += 1
            placed += self._about_one_order(number)
        placed.sort(key=lambda item: item[0])
        return [request for _, request in self._in_order(placed, batch)]

    def _in_order(self, placed: list[tuple[float, Fields, str]], batch: int) -> list[tuple[float, Request]]:
        made = list(self._bad)
        for start in range(0, len(placed), batch):
            part = placed[start : start + batch]
            made.append((part[0][0], self._request([row for _, row, _ in part], Counter(fate for _, _, fate in part))))
        # What repeats an order must never overtake its first sending: a batch is placed by its first message.
        return sorted(made, key=lambda item: item[0])

    def _about_one_order(self, number: int) -> Iterator[tuple[float, Fields, str]]:
        """An order with what belongs to it: (place in time, message, fate)."""
        when = self.at - timedelta(days=3) if self._shows("late") else self.at
        first = order(
            self.channel, number, place=self.place, at=when, random=self.random, prefix=self.prefix
        )  # fmt: skip
        place = float(number)
        if self._shows("unmapped"):
            yield place, {**first, "category": "无此分类"}, "refused"
            return
        yield place, first, "taken"
        self._send_badly_first(place, first)
        for way in ("duplicates", "no_answer"):
            if self._shows(way):
                yield place + self.random.uniform(600, 1200), first, "duplicate"
        if self._shows("contradictions"):
            yield place + self.random.uniform(600, 1200), {**first, "content": "完全是另一件事情。"}, "refused"
        if self.random.random() < 0.3:
            kind = self.random.choice(FOLLOW_UPS[self.channel])
            gap = -self.random.uniform(1, 50) if self._shows("out_of_order", 0.5) else self.random.uniform(600, 900)
            yield place + gap, follow_up(kind, first, 1, at=when), "taken"
        self._send_what_never_gets_in(place, number)

    def _send_badly_first(self, place: float, first: Fields) -> None:
        """A body of which nothing can be read, before the same is sent rightly."""
        form = FORMS[self.channel]
        utf8, gbk = packed([first], form=form), packed([first], form=form, charset="gbk")
        bodies = {
            "gbk_as_utf8": (gbk, labelled(form, "utf-8")),
            "utf8_as_gbk": (utf8, labelled(form, "gbk")),
            "truncated": (utf8[: len(utf8) * 2 // 3].decode("utf-8", "ignore").encode(), labelled(form, "utf-8")),
        }
        for manner, (body, content_type) in bodies.items():
            if self._shows(manner):
                self._bad.append((place - 0.5, Request(body, content_type, {"refused": 1})))

    def _send_what_never_gets_in(self, place: float, number: int) -> None:
        form = FORMS[self.channel]
        if self._shows("persons"):
            self._bad.append((place, self._request([person_record(number)], {"refused": 1})))
        if self._shows("bombs", 0.01):
            self._bad.append((place, Request(_BOMB, "application/xml", {"refused": 1})))
        row = {"kind": "order", "order_id": f"FORGED-{number}", "content": "伪造的工单"}
        if self._shows("forged", 0.01):
            self._bad.append((place, Request(packed([row], form=form), labelled(form, "utf-8"), is_forged=True)))
        if self._shows("played_back", 0.01):
            self._bad.append((place, Request(b"", "", is_played_back=True)))

    def _request(self, rows: list[Fields], expects: Mapping[str, int]) -> Request:
        form = FORMS[self.channel]
        charset = "gbk" if self._shows("gbk", 0.2) else "utf-8"
        return Request(packed(rows, form=form, charset=charset), labelled(form, charset), dict(expects))

    def _shows(self, manner: str, share: float = 0.0) -> bool:
        return manner in self.manners and self.random.random() < (share or self.share)


Post = Callable[[bytes, Mapping[str, str]], tuple[int, bytes]]


def send_all(requests: Sequence[Request], post: Post, *, headers: Headers, now: Callable[[], datetime]) -> Account:
    """Send the requests one after the other by `post`, and account for them."""
    account, last = Account(), None
    for request in requests:
        if request.is_played_back:
            if last is None:
                continue
            body, signed = last
        else:
            body, signed = request.body, headers.of(request, at=now())
        status, answer = post(body, signed)
        if not request.expects:
            account.turned_away += status in (401, 409)
            continue
        last = (body, signed)
        account.sent += sum(request.expects.values())
        account.expected.update(request.expects)
        account.answered.update(_fates(answer))
    return account


def over_http(url: str, *, seconds: float = 60.0) -> Post:
    """A `post` over a connection of its own to an address such as `http://127.0.0.1:8000/hooks/channels/…/`."""
    parts = urlsplit(url)

    def post(body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        with closing(kind(parts.hostname or "", parts.port, timeout=seconds)) as connection:
            connection.request("POST", parts.path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()

    return post


def _fates(answer: bytes) -> Counter[str]:
    if answer.lstrip()[:1] == b"<":
        return Counter(row.findtext("state") or "" for row in fromstring(answer))
    return Counter(row["state"] for row in json.loads(answer).get("results", []))
