"""What a telephone system may tell us: `docs/channels/calls.md`. It signs as every channel does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from liandong.intake_channels.hotline.rules.calls import Kind, Telling
from liandong.kernel.refusal import Refusal, marked

LONGEST_BODY: Final = 16_384
"""Bytes; an event has about 300."""
LATEST: Final = timedelta(hours=24)
"""How late an event may be told of."""
AHEAD: Final = timedelta(seconds=60)

_NAME = re.compile(r"[\x21-\x7e]{1,80}")
_EXTENSION = re.compile(r"[0-9A-Za-z*#_-]{0,20}")
_NUMBER = re.compile(r"(\+?[0-9*#]{3,20})?")
_FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    "event_id": _NAME,
    "call_id": _NAME,
    "caller": _NUMBER,
    "called": _NUMBER,
    "agent": _EXTENSION,
    "to": _EXTENSION,
}
_NEEDED: Final[Mapping[Kind, str]] = {Kind.ANSWERED: "agent", Kind.TRANSFERRED: "to"}


class CallUnreadable(Refusal):
    """A body that is no JSON object in UTF-8."""

    status = 422
    says = marked("话务事件无法识别：应为 UTF-8 编码的 JSON 对象，不超过 %(most)s 字节。")
    remedy = marked("请检查编码；GBK 等编码须先转为 UTF-8。")


class CallEventUnclear(Refusal):
    """A field that is missing or has no form we know."""

    status = 422
    says = marked("话务事件的“%(field)s”缺失或格式不对。")
    remedy = marked("请按“话务事件接口”填写各字段。")


class CallTimeImplausible(Refusal):
    """An event that happened after it was told of, or days before."""

    status = 422
    says = marked("事件时间与发送时间不符：事件不能晚于发送，也不能早于发送 24 小时以上。")
    remedy = marked("请检查事件时间的时区与时钟。")


class CallHasEnded(Refusal):
    """Something that is said to have happened to a call after its end."""

    status = 409
    says = marked("该通话已经结束，之后的事件未被接受。")
    remedy = marked("新的来电请使用新的通话编号。")


class CallEventChanged(Refusal):
    """An event told again with other content."""

    status = 409
    says = marked("事件编号“%(event)s”已用于内容不同的事件。")
    remedy = marked("请为每个事件使用各自的编号；重发时内容须保持不变。")


@dataclass(frozen=True, slots=True)
class GivenEvent:
    """A call event as it was told. `caller` is a number, or empty when it was withheld."""

    call_id: str
    telling: Telling
    caller: str
    called: str


def lane_of(district: str) -> str:
    """What a telephone system of a district signs for, beside its words."""
    return f"{district}/calls"


def event_in(body: bytes, *, sent_at: datetime) -> GivenEvent:
    """Read an event that the exchange sent at `sent_at`, by its own clock.

    :raises CallUnreadable, CallEventUnclear, CallTimeImplausible: as they say
    """
    given = _object_in(body)
    texts = {name: _text(given, name, form) for name, form in _FORMS.items()}
    kind = _kind(given)
    needed = _NEEDED.get(kind)
    if needed and not texts[needed]:
        raise CallEventUnclear(field=needed)
    moment = _instant(given)
    if moment > sent_at + AHEAD or moment < sent_at - LATEST:
        raise CallTimeImplausible
    telling = Telling(kind, moment, texts["agent"], texts["to"], texts["event_id"])
    return GivenEvent(texts["call_id"], telling, texts["caller"], texts["called"])


def _object_in(body: bytes) -> Mapping[str, Any]:
    if len(body) > LONGEST_BODY:
        raise CallUnreadable(most=LONGEST_BODY)
    try:
        given = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise CallUnreadable(most=LONGEST_BODY) from None
    if not isinstance(given, dict):
        raise CallUnreadable(most=LONGEST_BODY)
    return given


def _text(given: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    value = given.get(name, "")
    if not isinstance(value, str) or not form.fullmatch(value):
        raise CallEventUnclear(field=name)
    return value


def _kind(given: Mapping[str, Any]) -> Kind:
    try:
        return Kind(given.get("event", ""))
    except ValueError:
        raise CallEventUnclear(field="event") from None


def _instant(given: Mapping[str, Any]) -> datetime:
    try:
        moment = datetime.fromisoformat(given["at"])
    except (KeyError, TypeError, ValueError):
        raise CallEventUnclear(field="at") from None
    if moment.tzinfo is None:
        raise CallEventUnclear(field="at")
    return moment
