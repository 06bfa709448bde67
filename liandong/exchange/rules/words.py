"""The codes of webhooks and deliveries, and their words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from liandong.kernel.refusal import marked


class Kind(StrEnum):
    """What a receiver understands."""

    EVENTS = "events"
    """Signed JSON, as Standard Webhooks has it."""
    OPEN311 = "open311"
    """Status of the requests it brought, as `servicerequestupdates` of Open311."""


class Standing(StrEnum):
    """Whether a webhook is sent to."""

    ON = "on"
    PAUSED = "paused"
    STOPPED = "stopped"


class State(StrEnum):
    """How far a delivery has come."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    WITHHELD = "withheld"
    """The subscriber may not see the case any more: nothing left us."""
    HELD = "held"
    """It happened while the webhook was paused or stopped: replay sends it."""


class Why(StrEnum):
    """Why an attempt did not succeed, or why nothing was sent."""

    NONE = ""
    NOT_PERMITTED = "not_permitted"
    ADDRESS_REFUSED = "address_refused"
    NOT_CONNECTED = "not_connected"
    NO_ANSWER = "no_answer"
    REDIRECTED = "redirected"
    REFUSED = "refused"
    BUSY = "busy"
    GONE = "gone"
    BROKEN = "broken"


KIND_WORDS: Final[Mapping[Kind, str]] = {
    Kind.EVENTS: marked("事件推送"),
    Kind.OPEN311: marked("Open311 状态推送"),
}
STANDING_WORDS: Final[Mapping[Standing, str]] = {
    Standing.ON: marked("推送中"),
    Standing.PAUSED: marked("已暂停"),
    Standing.STOPPED: marked("已停用"),
}
STATE_WORDS: Final[Mapping[State, str]] = {
    State.WAITING: marked("等待投递"),
    State.DELIVERED: marked("已投递"),
    State.FAILED: marked("投递失败"),
    State.WITHHELD: marked("无权限，未投递"),
    State.HELD: marked("暂停期间积存"),
}
WHY_WORDS: Final[Mapping[Why, str]] = {
    Why.NONE: "",
    Why.NOT_PERMITTED: marked("订阅账号已无权查看该案件"),
    Why.ADDRESS_REFUSED: marked("接收地址指向未经允许的内网"),
    Why.NOT_CONNECTED: marked("连接不上接收方"),
    Why.NO_ANSWER: marked("接收方没有按时应答"),
    Why.REDIRECTED: marked("接收方要求跳转，未跟随"),
    Why.REFUSED: marked("接收方拒收"),
    Why.BUSY: marked("接收方请求稍后再发"),
    Why.GONE: marked("接收方表示不再接收"),
    Why.BROKEN: marked("接收方内部出错"),
}
