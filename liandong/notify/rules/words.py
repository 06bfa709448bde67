"""The codes of a message and their words."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from liandong.kernel.refusal import marked


class Channel(StrEnum):
    """By which way a person is reached."""

    IN_APP = "in_app"
    SMS = "sms"
    EMAIL = "email"
    WECOM = "wecom"
    DINGTALK = "dingtalk"


class State(StrEnum):
    """How far a message has come. `unknown`: a gateway may have taken it, and nobody has said so yet."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"


class Why(StrEnum):
    """Why a message waits, failed, is unknown or was not sent."""

    NONE = ""
    NOT_CONFIGURED = "not_configured"
    NO_ADDRESS = "no_address"
    ANONYMISED = "anonymised"
    NOBODY = "nobody"
    NO_WORDING = "no_wording"
    QUIET = "quiet"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNCLEAR = "unclear"
    BROKEN_OFF = "broken_off"
    NEVER_ARRIVED = "never_arrived"
    REPORTED_FAILED = "reported_failed"
    TOO_OLD = "too_old"
    GAVE_UP = "gave_up"


class Audience(StrEnum):
    """Who is meant; `cases.notices` finds out who that is."""

    DUTY_PERSON = "duty_person"
    ASSISTING = "assisting"
    UNIT_HEAD = "unit_head"
    LEADER = "leader"
    SUPERVISOR = "supervisor"
    DISPATCHER = "dispatcher"
    OPERATOR = "operator"
    REPORTER = "reporter"
    KEEPER = "keeper"
    """Who keeps webhooks; `exchange.telling` finds out who that is."""


class Pace(StrEnum):
    """Whether quiet hours hold: as the case's urgency says, or never."""

    AS_THE_CASE = "as_the_case"
    AT_ONCE = "at_once"


class Kind(StrEnum):
    """What a person may choose channels for."""

    WORK = "work"
    TIME = "time"
    SUPERVISION = "supervision"
    FOLLOW_UP = "follow_up"
    REPLY = "reply"


CHANNEL_WORDS: Final = {
    Channel.IN_APP: marked("站内消息"),
    Channel.SMS: marked("短信"),
    Channel.EMAIL: marked("电子邮件"),
    Channel.WECOM: marked("企业微信群"),
    Channel.DINGTALK: marked("钉钉群"),
}

STATE_WORDS: Final = {
    State.QUEUED: marked("待发送"),
    State.SENDING: marked("发送中"),
    State.SENT: marked("已提交网关"),
    State.DELIVERED: marked("已送达"),
    State.FAILED: marked("失败"),
    State.UNKNOWN: marked("结果不明"),
    State.NOT_SENT: marked("未发送"),
}

WHY_WORDS: Final = {
    Why.NONE: "",
    Why.NOT_CONFIGURED: marked("此渠道未配置"),
    Why.NO_ADDRESS: marked("没有登记号码或地址"),
    Why.ANONYMISED: marked("报告人信息已匿名化"),
    Why.NOBODY: marked("没有找到应通知的人"),
    Why.NO_WORDING: marked("没有可用的模板"),
    Why.QUIET: marked("免打扰时段，稍后发送"),
    Why.REFUSED: marked("网关拒收"),
    Why.UNREACHABLE: marked("连接不上网关"),
    Why.BUSY: marked("网关繁忙或鉴权未通过"),
    Why.NO_ANSWER: marked("提交后网关没有应答"),
    Why.UNCLEAR: marked("网关的应答无法识别"),
    Why.BROKEN_OFF: marked("发送进程中断，可能已提交"),
    Why.NEVER_ARRIVED: marked("网关表示没有收到"),
    Why.REPORTED_FAILED: marked("网关回执：未送达"),
    Why.TOO_OLD: marked("超过时效，不再发送"),
    Why.GAVE_UP: marked("多次重试仍未成功"),
}

AUDIENCE_WORDS: Final = {
    Audience.DUTY_PERSON: marked("承办单位值班员"),
    Audience.ASSISTING: marked("协办单位值班员"),
    Audience.UNIT_HEAD: marked("单位负责人"),
    Audience.LEADER: marked("区领导"),
    Audience.SUPERVISOR: marked("值班长"),
    Audience.DISPATCHER: marked("派遣员"),
    Audience.OPERATOR: marked("接线员"),
    Audience.REPORTER: marked("报告人"),
    Audience.KEEPER: marked("推送管理员"),
}

KIND_WORDS: Final = {
    Kind.WORK: marked("案件到达"),
    Kind.TIME: marked("时限提醒"),
    Kind.SUPERVISION: marked("督办"),
    Kind.FOLLOW_UP: marked("退单、返工与延期"),
    Kind.REPLY: marked("答复报告人"),
}
