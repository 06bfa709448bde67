"""Sending what the simulator tells, signed as an exchange signs, and the accounts of what came back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final
from urllib import request
from urllib.error import HTTPError

from liandong.intake_channels.hotline.rules.contract import lane_of
from liandong.intake_channels.hotline.simulator.scenarios import KNOWN, NEW, Shot
from liandong.intake_channels.rules.signing import signature

Post = Callable[[bytes, Mapping[str, str]], tuple[int, Mapping[str, object]]]
"""Sends a body with headers; returns the status and the JSON that came back."""

Clock = Callable[[], datetime]
_HOUR: Final = timedelta(hours=1)


@dataclass
class Exchange:
    """One telephone system: its district and secret, the speed of its time, and what was answered so far.

    `speed` None: everything at once, in calls that are over already.
    """

    district: str
    secret: str
    post: Post
    clock: Clock
    random: Random
    name: str
    speed: float | None = None
    sleep: Callable[[float], None] = lambda seconds: None
    came: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _sent: dict[tuple[int, int], tuple[bytes, dict[str, str]]] = field(default_factory=dict)

    def tell(self, shots: Iterable[Shot]) -> None:
        """Send the shots of one call in their order."""
        told = list(shots)
        longest = max(shot.seconds for shot in told)
        began = self.clock() if self.speed else self.clock() - timedelta(seconds=longest + 1)
        passed = 0.0
        for shot in told:
            due = shot.seconds / self.speed if self.speed else shot.seconds
            if self.speed and due > passed:
                self.sleep(due - passed)
                passed = due
            status, answer = self._send(shot, began + timedelta(seconds=due))
            self.came[shot.manner or "well", shot.expected, _outcome(status, answer)] += 1

    @property
    def faults(self) -> int:
        """How many requests were not answered as they must be."""
        return sum(count for (_manner, expected, came), count in self.came.items() if expected != came)

    def accounts(self) -> list[tuple[str, str, str, int]]:
        """Manner, what was expected, what came, how often."""
        return [(*key, count) for key, count in sorted(self.came.items())]

    def _send(self, shot: Shot, at: datetime) -> tuple[int, Mapping[str, object]]:
        if shot.manner == "replay":
            return self.post(*self._sent[shot.call, shot.number])
        body = self._body(shot, at)
        headers = self._headers(shot, body)
        self._sent[shot.call, shot.number] = (body, headers)
        return self.post(body, headers)

    def _body(self, shot: Shot, at: datetime) -> bytes:
        moment = at + _HOUR if shot.manner == "future" else at
        told = {
            "event_id": f"{self.name}-{shot.call}-{shot.number}",
            "call_id": f"{self.name}-{shot.call}",
            "event": shot.event,
            "at": f"{moment:%Y-%m-%dT%H:%M:%S}" if shot.manner == "no_zone" else moment.isoformat(),
            "caller": shot.caller,
            "called": "12345",
            "agent": "<script>alert(1)</script>" if shot.manner == "script" else shot.agent,
            "to": shot.to,
        }
        if shot.manner == "duplicate" or shot.manner == "changed":
            told["at"] = json.loads(self._sent[shot.call, shot.number][0])["at"]
        if shot.manner == "no_json":
            return b"call=" + told["call_id"].encode()
        if shot.manner == "gbk":
            return json.dumps({**told, "note": "来电"}, ensure_ascii=False).encode("gbk")
        return json.dumps(told).encode()

    def _headers(self, shot: Shot, body: bytes) -> dict[str, str]:
        sent_at = self.clock() + (_HOUR if shot.manner == "clock_wrong" else timedelta())
        moment, nonce = f"{sent_at.timestamp():.3f}", f"{self.random.getrandbits(128):032x}"
        secret = "somebody-else" if shot.manner == "forged" else self.secret
        headers = {
            "Content-Type": "application/json",
            "X-Timestamp": moment,
            "X-Nonce": nonce,
            "X-Signature": signature(secret, moment=moment, nonce=nonce, lane=lane_of(self.district), body=body),
        }
        if shot.manner == "unsigned":
            del headers["X-Signature"]
        return headers


def poster(address: str) -> Post:
    """Send by HTTP to an address, past every proxy: an exchange stands in the same network."""
    opener = request.build_opener(request.ProxyHandler({}))

    def post(body: bytes, headers: Mapping[str, str]) -> tuple[int, Mapping[str, object]]:
        asked = request.Request(address, data=body, headers=dict(headers), method="POST")  # noqa: S310
        try:
            with opener.open(asked, timeout=10) as answer:
                return answer.status, json.loads(answer.read())
        except HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"{}")

    return post


def _outcome(status: int, answer: Mapping[str, object]) -> str:
    if status == 200:
        return NEW if answer.get("new") else KNOWN
    return str(answer.get("title", status))
