"""What is handed over to the police, the fire brigade, the ambulance or another desk, and when it is asked after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from liandong.kernel.refusal import Refusal, marked

PARTY_WORDS: Final[Mapping[str, str]] = {
    "110": marked("110 公安"),
    "119": marked("119 消防"),
    "120": marked("120 急救"),
    "other": marked("其他热线"),
}
STAYS_WORDS: Final[Mapping[str, str]] = {
    "": marked("未转接"),
    "both": marked("三方通话，接线员在线"),
    "caller": marked("转接后接线员退出"),
    "operator": marked("来电人已挂断，接线员转述"),
}
"""三方转接: who stays on the line."""

OUTCOME_WORDS: Final[Mapping[str, str]] = {
    "": marked("待回执"),
    "taken": marked("已接收"),
    "declined": marked("未接收"),
}
RECEIPT_WITHIN: Final = timedelta(minutes=3)
"""How long a hand-over may wait for its receipt before it stands in red and is asked after, again and again."""
MOST_REMINDERS: Final = 20
LONGEST_TOLD: Final = 2_000
LONGEST_PLACE: Final = 200


class PartyUnknown(Refusal):
    """A hand-over to somebody we know no number of."""

    status = 422
    says = marked("不能转交给“%(party)s”。")
    remedy = marked("可转交：110、119、120；其他热线请写明名称。")


class OutcomeUnknown(Refusal):
    """A receipt that says neither that the matter was taken nor that it was not."""

    status = 422
    says = marked("回执应为“已接收”或“未接收”。")
    remedy = marked("请选择其一，并写明对方的警单号或接收人。")


class ReceiptUnclear(Refusal):
    """A receipt without a number and without a name."""

    status = 422
    says = marked("回执要写明对方的受理编号或接收人。")
    remedy = marked("请至少填写一项。")


class ReceiptGiven(Refusal):
    """A second receipt of one hand-over."""

    status = 409
    says = marked("这次转交已经有回执。")
    remedy = marked("对方又有新情况的，请再转交一次或在案件上补充。")


class StaysUnknown(Refusal):
    """A three-way note that says nothing we know of who stays on the line."""

    status = 422
    says = marked("转接方式应从列表中选择。")
    remedy = marked("请选择三方通话、接线员退出或接线员转述。")


def next_reminder(at: datetime, reminded: int) -> datetime | None:
    """When somebody must be reminded after `reminded` reminders, the last of them at `at`; never when it is enough."""
    return at + RECEIPT_WITHIN if reminded < MOST_REMINDERS else None
