"""What follows in messages when something happens: one row per event and audience. To add one, add a row.

Events are named by their class, as the timeline stores them. Which channels a row names is the default of whoever is
meant; a person may add or drop channels (`preferences`), and a unit's robots get what its duty person gets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from liandong.kernel.refusal import marked
from liandong.notify.rules.words import Audience, Channel, Kind, Pace

_IN_APP, _SMS, _EMAIL = Channel.IN_APP, Channel.SMS, Channel.EMAIL
_BY_ANY: Final = (_IN_APP, _SMS, _EMAIL)


@dataclass(frozen=True, slots=True)
class Notice:
    """One row: when `event` happens with data that fit `only`, `audience` is told with the wording of `code`.

    `least` asks for at least so much of a number in the data. `extra` are the placeholders its wording may use
    besides the common ones.
    """

    code: str
    word: str
    event: str
    audience: Audience
    channels: tuple[Channel, ...]
    kind: Kind
    only: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    least: tuple[str, int] | None = None
    pace: Pace = Pace.AS_THE_CASE
    extra: tuple[str, ...] = ()

    def follows(self, data: Mapping[str, Any]) -> bool:
        """Whether an event of this row's name with these data is meant."""
        if any(data.get(name) not in values for name, values in self.only):
            return False
        return self.least is None or int(data.get(self.least[0], 0)) >= self.least[1]


_HANDLING: Final = (("clock", ("receive", "contact", "arrive", "handle")),)
_DESK: Final = (("clock", ("accept", "file", "dispatch", "check")),)
_CALLING: Final = (("clock", ("call_back",)),)

NOTICES: Final[tuple[Notice, ...]] = (
    Notice("case_lands", marked("案件到达"), "CaseDispatched", Audience.DUTY_PERSON, (_IN_APP, _SMS), Kind.WORK),
    Notice("case_assists", marked("协办案件到达"), "CaseDispatched", Audience.ASSISTING, (_IN_APP, _SMS), Kind.WORK),
    Notice("case_handed_down", marked("案件下派"), "CaseHandedDown", Audience.DUTY_PERSON, (_IN_APP, _SMS), Kind.WORK),
    Notice("case_reopened", marked("案件重开"), "CaseReopened", Audience.DUTY_PERSON, (_IN_APP, _SMS), Kind.WORK,
           extra=("reason",)),
    Notice("case_returned", marked("退单"), "CaseReturned", Audience.DISPATCHER, (_IN_APP,), Kind.FOLLOW_UP,
           extra=("reason",)),
    Notice("case_returned_again", marked("再次退单"), "CaseReturned", Audience.SUPERVISOR, (_IN_APP, _SMS),
           Kind.FOLLOW_UP, least=("times", 2), extra=("reason",)),
    Notice("case_returned_up", marked("下级退单"), "CaseReturnedUp", Audience.DUTY_PERSON, (_IN_APP, _SMS),
           Kind.FOLLOW_UP, extra=("reason",)),
    Notice("case_sent_back", marked("返工"), "CaseSentBack", Audience.DUTY_PERSON, (_IN_APP, _SMS), Kind.FOLLOW_UP,
           extra=("reason",)),
    Notice("extension_granted", marked("延期获准"), "ExtensionGranted", Audience.DUTY_PERSON, (_IN_APP,),
           Kind.FOLLOW_UP),
    Notice("extension_refused", marked("延期未获准"), "ExtensionRefused", Audience.DUTY_PERSON, (_IN_APP,),
           Kind.FOLLOW_UP, extra=("reason",)),
    Notice("due_soon", marked("即将到期"), "ClockRemindedOf", Audience.DUTY_PERSON, (_IN_APP, _SMS), Kind.TIME,
           only=_HANDLING, extra=("clock",)),
    Notice("call_back_soon", marked("回访即将到期"), "ClockRemindedOf", Audience.OPERATOR, (_IN_APP,), Kind.TIME,
           only=_CALLING, extra=("clock",)),
    Notice("overdue", marked("已经超时"), "ClockFellDue", Audience.DUTY_PERSON, (_IN_APP, _SMS), Kind.TIME,
           only=_HANDLING, extra=("clock",)),
    Notice("overdue_at_desk", marked("中心环节超时"), "ClockFellDue", Audience.SUPERVISOR, (_IN_APP,), Kind.TIME,
           only=_DESK, extra=("clock",)),
    Notice("call_back_due", marked("回访到期"), "ClockFellDue", Audience.OPERATOR, (_IN_APP,), Kind.TIME,
           only=_CALLING, extra=("clock",)),
    Notice("supervised_1", marked("一级督办"), "CaseSupervised", Audience.DUTY_PERSON, (_IN_APP, _SMS),
           Kind.SUPERVISION, only=(("level", (1,)),), extra=("level",)),
    Notice("supervised_2", marked("二级督办"), "CaseSupervised", Audience.UNIT_HEAD, (_IN_APP, _SMS),
           Kind.SUPERVISION, only=(("level", (2,)),), extra=("level",)),
    Notice("supervised_3", marked("三级督办"), "CaseSupervised", Audience.LEADER, (_IN_APP, _SMS, _EMAIL),
           Kind.SUPERVISION, only=(("level", (3,)),), extra=("level",)),
    Notice("reply_accepted", marked("告知受理"), "CaseAccepted", Audience.REPORTER, _BY_ANY, Kind.REPLY),
    Notice("reply_refused", marked("告知不予受理"), "CaseRefused", Audience.REPORTER, _BY_ANY, Kind.REPLY,
           extra=("reason",)),
    Notice("reply_declined", marked("告知不予立案"), "CaseDeclined", Audience.REPORTER, _BY_ANY, Kind.REPLY,
           extra=("reason",)),
    Notice("reply_answered", marked("告知答复"), "CaseAnswered", Audience.REPORTER, _BY_ANY, Kind.REPLY,
           extra=("answer",)),
    Notice("reply_extended", marked("告知延期"), "ExtensionGranted", Audience.REPORTER, _BY_ANY, Kind.REPLY),
    Notice("reply_closed", marked("告知结案"), "CaseClosed", Audience.REPORTER, _BY_ANY, Kind.REPLY,
           extra=("answer",)),
    Notice("phone_code", marked("手机验证码"), "PhoneCodeAsked", Audience.REPORTER, (_SMS,), Kind.REPLY,
           pace=Pace.AT_ONCE, extra=("code", "minutes")),
    Notice("webhook_stopped", marked("推送已停用"), "WebhookStopped", Audience.KEEPER, (_IN_APP, _EMAIL),
           Kind.FOLLOW_UP, extra=("reason",)),
)  # fmt: skip

BY_CODE: Final[Mapping[str, Notice]] = {row.code: row for row in NOTICES}
EVENTS: Final[frozenset[str]] = frozenset(row.event for row in NOTICES)

COMMON: Final[tuple[str, ...]] = ("number", "class", "urgency", "area", "unit", "due", "centre", "centre_phone")
"""What every wording may use."""

PLACEHOLDER_WORDS: Final[Mapping[str, str]] = {
    "number": marked("案件编号"),
    "class": marked("类别"),
    "urgency": marked("紧急程度"),
    "area": marked("所在网格或居村，不含门牌"),
    "unit": marked("单位"),
    "due": marked("到期时间"),
    "centre": marked("联动中心名称"),
    "centre_phone": marked("联动中心电话"),
    "reason": marked("理由"),
    "answer": marked("答复内容"),
    "clock": marked("哪一个时限"),
    "level": marked("督办级别"),
    "code": marked("验证码，只在发送时填入"),
    "minutes": marked("几分钟内有效"),
}


def notices_for(event: str, data: Mapping[str, Any]) -> Iterator[Notice]:
    """Every row that follows from an event."""
    return (row for row in NOTICES if row.event == event and row.follows(data))


def placeholders_of(notice: Notice) -> tuple[str, ...]:
    """What the wording of a notice may use."""
    return (*COMMON, *notice.extra)
