"""The clocks of a case as its page shows them, each with the lines that say why it falls due when it does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from liandong.cases.rulebook import Rulebook
from liandong.kernel.refusal import marked
from liandong.kernel.working_time import Limit, TimeUnit, explain

if TYPE_CHECKING:
    from liandong.cases.models import Clock

_UNITS: Final = {
    "emergency_hour": marked("紧急工作时"),
    "working_hour": marked("工作时"),
    "working_day": marked("工作日"),
    "natural_hour": marked("小时"),
    "natural_day": marked("天"),
}
_NOTES: Final = {
    "start": marked("开始计时"),
    "any_time": marked("不分昼夜连续计时"),
    "working_time": marked("工作时间内计时"),
    "makeup_workday": marked("调休上班日计时"),
    "outside_hours": marked("非工作时间，不计"),
    "weekend": marked("周末，不计"),
    "holiday": marked("节假日，不计"),
    "due": marked("期限届满"),
}
LONGEST_WHY: Final = 12
"""Lines of an explanation shown whole; a longer one keeps its beginning and its end."""


@dataclass(frozen=True, slots=True)
class WhyLine:
    """One line of "why this time"."""

    when: str
    what: str
    minutes: str


@dataclass(frozen=True, slots=True)
class ClockShown:
    """A clock, ready to be shown."""

    kind: str
    limit: str
    clause: str
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    why: list[WhyLine]


def clocks_shown(clocks: Iterable[Clock], book: Rulebook) -> list[ClockShown]:
    """Return the clocks, running ones first, each explained."""
    found = [_shown(clock, book) for clock in clocks]
    return sorted(found, key=lambda clock: (clock.stopped_at is not None, clock.due_at))


def _shown(clock: Clock, book: Rulebook) -> ClockShown:
    zone = book.map.calendar.zone
    amount = f"{clock.amount.normalize():f}"
    return ClockShown(
        kind=clock.kind,
        limit=f"{amount} {_(_UNITS[clock.unit])}",
        clause=_(clock.clause) if clock.clause else "",
        started_at=clock.started_at.astimezone(zone),
        due_at=clock.due_at.astimezone(zone),
        stopped_at=clock.stopped_at.astimezone(zone) if clock.stopped_at else None,
        why=_why(clock, book),
    )


def _why(clock: Clock, book: Rulebook) -> list[WhyLine]:
    limit = Limit(Decimal(clock.amount), TimeUnit(clock.unit), clock.clause)
    lines = [
        WhyLine(
            _span(line.start, line.end),
            _(_NOTES[line.note_key]),
            _minutes(line.minutes) if line.kind == "count" else "",
        )
        for line in explain(limit, since=clock.started_at, calendar=book.map.calendar)
    ]
    if clock.moved_seconds:
        moved = timedelta(seconds=clock.moved_seconds)
        due = clock.due_at.astimezone(book.map.calendar.zone)
        lines.append(
            WhyLine(
                _span(due, due), _("核查占用的时间顺延，新的期限"), _minutes(Decimal(moved // timedelta(minutes=1)))
            )
        )
    if len(lines) <= LONGEST_WHY:
        return lines
    skipped = _("中间省略 %(count)s 行") % {"count": len(lines) - LONGEST_WHY + 1}
    return [*lines[: LONGEST_WHY - 3], WhyLine("…", skipped, ""), *lines[-2:]]


def _span(start: datetime, end: datetime) -> str:
    first = start.strftime("%m-%d %H:%M")
    if end == start:
        return first
    return f"{first} → {end.strftime('%H:%M' if start.date() == end.date() else '%m-%d %H:%M')}"


def _minutes(minutes: Decimal) -> str:
    whole = int(minutes)
    if whole < 60:
        return _("%(minutes)s 分钟") % {"minutes": whole}
    hours, rest = divmod(whole, 60)
    return (
        _("%(hours)s 小时 %(minutes)s 分") % {"hours": hours, "minutes": rest}
        if rest
        else _("%(hours)s 小时") % {"hours": hours}
    )
