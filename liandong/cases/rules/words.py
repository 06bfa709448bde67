"""The codes of a case and their words. Codes are what is stored and sent; words are translated where shown."""

from __future__ import annotations

from enum import StrEnum

from liandong.kernel.refusal import marked


class Stage(StrEnum):
    REPORTED = "reported"
    ACCEPTED = "accepted"
    VERIFIED = "verified"
    REFUSED = "refused"
    ANSWERED = "answered"
    FILED = "filed"
    DECLINED = "declined"
    DISPATCHED = "dispatched"
    RECEIVED = "received"
    ON_SCENE = "on_scene"
    HANDLED = "handled"
    CLOSED = "closed"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    VOID = "void"


class ClockKind(StrEnum):
    """`hop` runs beside each assignment, lead and assisting alike; `handle` is the case's own (`CASE.md` §5)."""

    ACCEPT = "accept"
    VERIFY = "verify"
    FILE = "file"
    DISPATCH = "dispatch"
    RECEIVE = "receive"
    CONTACT = "contact"
    ARRIVE = "arrive"
    HOP = "hop"
    HANDLE = "handle"
    CHECK = "check"
    CALL_BACK = "call_back"
    COORDINATION = "coordination"
    SUPERVISION = "supervision"


class Part(StrEnum):
    """A unit's part in a case: it leads, assists with work of its own, or is merely told."""

    LEAD = "lead"
    ASSIST = "assist"
    TOLD = "told"


class WorkState(StrEnum):
    """How far a unit has come with what was assigned to it."""

    SENT = "sent"
    RECEIVED = "received"
    ON_SCENE = "on_scene"
    DONE = "done"


class Nature(StrEnum):
    CONSULTATION = "consultation"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"
    PRAISE = "praise"


class Urgency(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"
    CRITICAL = "critical"


class Identity(StrEnum):
    """How the reporter wants to be known: 保密 hides the contact from handlers, and the centre calls instead."""

    NAMED = "named"
    ANONYMOUS = "anonymous"
    CONFIDENTIAL = "confidential"


class RunBy(StrEnum):
    """The level that accepts, files and closes a case."""

    DISTRICT = "district"
    TOWN = "town"


class Closing(StrEnum):
    """How a case was closed: 正常, 超时, 特殊, 差错."""

    NORMAL = "normal"
    LATE = "late"
    SPECIAL = "special"
    ERROR = "error"


class Demand(StrEnum):
    """What a class demands before a case of it may close."""

    CHECK = "check"
    CALL_BACK = "call_back"
    BOTH = "both"
    NONE = "none"


class Force(StrEnum):
    """先服务、再管理、后执法: how a case is met, mildest first. Units and posts carry force in the same words."""

    SERVICE = "service"
    MANAGEMENT = "management"
    ENFORCEMENT = "enforcement"


STAGE_WORDS = {
    Stage.REPORTED: marked("待受理"),
    Stage.ACCEPTED: marked("待立案"),
    Stage.VERIFIED: marked("已核实"),
    Stage.REFUSED: marked("不予受理"),
    Stage.ANSWERED: marked("已答复"),
    Stage.FILED: marked("待派遣"),
    Stage.DECLINED: marked("不予立案"),
    Stage.DISPATCHED: marked("待签收"),
    Stage.RECEIVED: marked("已签收"),
    Stage.ON_SCENE: marked("处置中"),
    Stage.HANDLED: marked("待核查"),
    Stage.CLOSED: marked("已结案"),
    Stage.MERGED: marked("已并案"),
    Stage.WITHDRAWN: marked("已撤诉"),
    Stage.VOID: marked("已作废"),
}

CLOCK_WORDS = {
    ClockKind.ACCEPT: marked("受理时限"),
    ClockKind.VERIFY: marked("核实时限"),
    ClockKind.FILE: marked("立案时限"),
    ClockKind.DISPATCH: marked("派遣时限"),
    ClockKind.RECEIVE: marked("签收时限"),
    ClockKind.CONTACT: marked("联系时限"),
    ClockKind.ARRIVE: marked("到场时限"),
    ClockKind.HOP: marked("承办时限"),
    ClockKind.HANDLE: marked("处置时限"),
    ClockKind.CHECK: marked("核查时限"),
    ClockKind.CALL_BACK: marked("回访时限"),
    ClockKind.COORDINATION: marked("协调答复时限"),
    ClockKind.SUPERVISION: marked("督办回复时限"),
}

PART_WORDS = {
    Part.LEAD: marked("主办"),
    Part.ASSIST: marked("协办"),
    Part.TOLD: marked("抄告"),
}

WORK_WORDS = {
    WorkState.SENT: marked("待签收"),
    WorkState.RECEIVED: marked("已签收"),
    WorkState.ON_SCENE: marked("处置中"),
    WorkState.DONE: marked("已反馈"),
}

NATURE_WORDS = {
    Nature.CONSULTATION: marked("咨询"),
    Nature.HELP: marked("求助"),
    Nature.COMPLAINT: marked("投诉"),
    Nature.REPORT: marked("举报"),
    Nature.SUGGESTION: marked("建议"),
    Nature.PRAISE: marked("表扬"),
}

URGENCY_WORDS = {
    Urgency.NORMAL: marked("一般"),
    Urgency.URGENT: marked("紧急"),
    Urgency.CRITICAL: marked("特急"),
}

IDENTITY_WORDS = {
    Identity.NAMED: marked("实名"),
    Identity.ANONYMOUS: marked("匿名"),
    Identity.CONFIDENTIAL: marked("保密"),
}

CLOSING_WORDS = {
    Closing.NORMAL: marked("正常结案"),
    Closing.LATE: marked("超时结案"),
    Closing.SPECIAL: marked("特殊结案"),
    Closing.ERROR: marked("差错结案"),
}

FORCE_WORDS = {
    Force.SERVICE: marked("服务"),
    Force.MANAGEMENT: marked("管理"),
    Force.ENFORCEMENT: marked("执法"),
}

CHANNEL_WORDS = {
    "hotline": marked("热线"),
    "desk": marked("中心登记"),
    "staff": marked("巡查上报"),
    "citizen": marked("市民上报"),
    "open311": marked("Open311"),
    "api": marked("接口"),
    "city_12345": marked("12345 工单"),
    "police_110": marked("110 联动"),
    "urban_management": marked("数字城管"),
    "social_governance": marked("综治平台"),
    "alarm": marked("设备告警"),
    "mail": marked("电子邮箱"),
    "instruction": marked("领导批示"),
    "bulk": marked("批量文件"),
    "replay_baltimore": marked("回放（巴尔的摩）"),
    "replay_tipdm": marked("回放（网络问政）"),
}

RUN_BY_WORDS = {RunBy.DISTRICT: marked("区中心"), RunBy.TOWN: marked("街镇分中心")}
