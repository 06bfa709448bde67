"""Group robots of WeCom (企业微信群机器人) and DingTalk (钉钉自定义机器人): a text to the group of a unit.

The documented requests: `{"msgtype": "text", "text": {"content": …}}`, answered by `{"errcode": 0, "errmsg": "ok"}`.
DingTalk signs: base64(HMAC-SHA256(secret, "<milliseconds>\\n<secret>")) beside the milliseconds in the address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from liandong.notify.channels.contract import Fleeting, Misconfigured, Parcel
from liandong.notify.channels.posting import NoAnswer, NotConnected, post, reaches
from liandong.notify.channels.sms_http import request_from
from liandong.notify.rules.progress import News, Outcome
from liandong.notify.rules.words import Channel, Why

ANY_UNIT = "*"
_BUSY_CODES = {45009, 45033, 130101, 410100, -1}
"""Too often in a minute, or the platform itself is busy (WeCom 45009, 45033, -1; DingTalk 130101, 410100)."""


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Robot:
    """The address of a group's robot, and what it signs with."""

    url: str
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Robots(Fleeting):
    """The robots of one messenger by unit; `*` is for every unit without its own."""

    channel: Channel
    by_unit: Mapping[str, Robot]
    seconds: float = 10.0
    milliseconds: Callable[[], int] = _milliseconds

    @property
    def name(self) -> str:
        """As its channel."""
        return self.channel.value

    def robot_for(self, unit: str) -> Robot | None:
        """The robot of a unit."""
        return self.by_unit.get(unit) or self.by_unit.get(ANY_UNIT)

    def send(self, parcel: Parcel) -> Outcome:
        """Say it in the group; `address` is the unit's code."""
        robot = self.robot_for(parcel.address)
        if robot is None:
            return Outcome(News.REFUSED, Why.NO_ADDRESS)
        content = json.dumps({"msgtype": "text", "text": {"content": parcel.body}}, ensure_ascii=False).encode()
        try:
            answer = post(self._signed(robot), content, {"Content-Type": "application/json"}, seconds=self.seconds)
        except NotConnected as error:
            return Outcome(News.LATER, Why.UNREACHABLE, detail=str(error))
        except NoAnswer as error:
            return Outcome(News.UNKNOWN, Why.NO_ANSWER, detail=str(error))
        detail = f"{answer.status} {answer.body.decode('utf-8', 'replace')[:180]}"
        try:
            code = json.loads(answer.body)["errcode"]
        except (ValueError, KeyError, TypeError):
            return Outcome(News.UNKNOWN, Why.UNCLEAR, detail=detail)
        if code == 0:
            return Outcome(News.ACCEPTED)
        if code in _BUSY_CODES:
            return Outcome(News.LATER, Why.BUSY, detail=detail)
        return Outcome(News.REFUSED, Why.REFUSED, detail=detail)

    def probe(self) -> str:
        """Whether each robot's host takes connections."""
        for robot in self.by_unit.values():
            if why := reaches(robot.url, seconds=self.seconds):
                return why
        return ""

    def _signed(self, robot: Robot) -> str:
        if not robot.secret:
            return robot.url
        moment = self.milliseconds()
        joint = "&" if "?" in robot.url else "?"
        return f"{robot.url}{joint}timestamp={moment}&sign={quote(dingtalk_sign(robot.secret, moment), safe='')}"


def dingtalk_sign(secret: str, milliseconds: int) -> str:
    """DingTalk's signature of an instant."""
    text = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.digest(secret.encode(), text, hashlib.sha256)).decode()


def robots_from(text: str, channel: Channel, *, setting: str, seconds: float) -> Robots | None:
    """The robots of a setting: `{"unit": "https://…"}`, or `{"unit": {"url": …, "secret": …}}`; none when empty.

    :raises Misconfigured: it is no such object
    """
    robots = {}
    for unit, told in request_from(text or "{}", setting=setting).items():
        row = {"url": told} if isinstance(told, str) else told
        if not isinstance(row, dict) or not str(row.get("url", "")).startswith(("https://", "http://")):
            raise Misconfigured(f"{setting}: {unit} has no address")
        robots[unit] = Robot(row["url"], str(row.get("secret", "")))
    return Robots(channel, robots, seconds) if robots else None
