"""Messages to a city's online mailbox (泰迪杯 2020): text, time and likes. Places and writers are anonymised.

The file holds messages only, no answers: every row becomes a report of unknown place that waits to be accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from liandong.cases.changes import Report
from liandong.cases.operations import Life
from liandong.intake_channels.replay.mappings import UnreadableInstant, ValueMissing
from liandong.people.access import platform

_ZONE = ZoneInfo("Asia/Shanghai")
_INSTANTS = ("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M")

UNCLASSIFIED = "T0108"
KEYWORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("T0105", ("工资", "社保", "劳动", "养老保险", "公积金", "工伤", "退休", "就业", "编制")),
    ("T0104", ("学校", "小学", "中学", "幼儿园", "教育", "老师", "学生", "高考", "培训", "体育", "学位")),
    ("T0107", ("医院", "医疗", "医保", "卫生院", "疫苗", "医生", "生育", "药")),
    ("T0103", ("公交", "地铁", "出租车", "红绿灯", "拥堵", "停车", "道路", "公路", "高速", "车站", "网约车")),
    ("T0102", ("噪音", "噪声", "污染", "油烟", "扬尘", "臭", "垃圾", "污水", "排放", "搅拌站")),
    ("T0106", ("市场监管", "诈骗", "消费", "商家", "食品", "旅游", "传销", "超市", "退款", "税")),
    ("T0101", ("小区", "物业", "业主", "房", "拆迁", "规划", "施工", "工地", "电梯", "供水", "停水", "燃气", "建设")),
)
"""Class → words of the subject line; the first class with a fitting word is taken. A rule of thumb, not a model."""


class Tipdm:
    """Rows of the file of hot topics."""

    name = "tipdm"
    channel = "replay_tipdm"
    key = "留言编号"
    columns = frozenset({"留言编号", "留言主题", "留言时间", "留言详情", "反对数", "点赞数"})

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._actor = platform("replay_tipdm")

    def life_of(self, row: Mapping[str, str]) -> Life:
        """A message as a report nobody has accepted yet.

        :raises RowRefused: number, time or text is missing or unreadable
        """
        if not row[self.key]:
            raise ValueMissing(column=self.key)
        subject, text = row["留言主题"], row["留言详情"]
        if not subject and not text:
            raise ValueMissing(column="留言详情")
        report = Report(
            class_code=class_of(subject),
            description=f"{subject}\n{text}".strip(),
            channel=self.channel,
            external_id=row[self.key],
            attributes={"likes": _count(row["点赞数"]), "dislikes": _count(row["反对数"])},
        )
        return Life(report, _instant(row), self._actor)


def class_of(subject: str) -> str:
    """The class whose words the subject line holds; the unclassified one when it holds none."""
    return next((code for code, words in KEYWORDS if any(word in subject for word in words)), UNCLASSIFIED)


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _instant(row: Mapping[str, str]) -> datetime:
    text = row["留言时间"]
    for form in _INSTANTS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=_ZONE).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise UnreadableInstant(column="留言时间", value=text[:40])
