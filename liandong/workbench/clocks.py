"""The clocks of a case as its page shows them, each with the lines that say why it falls due when it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from liandong.cases.rulebook import Rulebook
from liandong.cases.rules.words import ClockKind
from liandong.kernel.refusal import marked
from liandong.kernel.working_time import Limit, TimeUnit, explain

if TYPE_CHECKING:
    from liandong.cases.models import Case, Clock, ClockMove

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
_MOVES: Final = {
    "send_back": marked("核查占用的时间顺延"),
    "resume": marked("挂账期间不计时"),
    "grant_extension": marked("批准延期"),
    "calendar": marked("节假日日历更正"),
    "unmerge": marked("并案期间不计时"),
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
    unit: str
    limit: str
    clause: str
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    paused_at: datetime | None
    why: list[WhyLine]


def clocks_shown(
    clocks: Iterable[Clock],
    book: Rulebook,
    *,
    moves: Mapping[int, Sequence[ClockMove]] | None = None,
    units: Mapping[int, str] | None = None,
) -> list[ClockShown]:
    """Return the clocks, running ones first, each explained by its moves. `units` names units by assignment."""
    moves, units = moves or {}, units or {}
    found = [_shown(clock, book, moves.get(clock.pk, ()), units) for clock in clocks]
    return sorted(found, key=lambda clock: (clock.stopped_at is not None, clock.due_at))


def limit_word(kind: ClockKind, case: Case, book: Rulebook) -> str:
    """The limit now in force for a clock of a case, in words."""
    limit = book.limit(kind, class_code=case.class_code, condition=case.condition)
    return _amount_word(limit.amount, limit.unit.value)


def _amount_word(amount: Decimal, unit: str) -> str:
    return f"{amount.normalize():f} {_(_UNITS[unit])}"


def _shown(clock: Clock, book: Rulebook, moves: Sequence[ClockMove], units: Mapping[int, str]) -> ClockShown:
    zone = book.map.calendar.zone
    return ClockShown(
        kind=clock.kind,
        unit=units.get(clock.assignment_id or 0, ""),
        limit=_amount_word(clock.amount, clock.unit),
        clause=_(clock.clause) if clock.clause else "",
        started_at=clock.started_at.astimezone(zone),
        due_at=clock.due_at.astimezone(zone),
        stopped_at=clock.stopped_at.astimezone(zone) if clock.stopped_at else None,
        paused_at=clock.paused_at.astimezone(zone) if clock.paused_at else None,
        why=_why(clock, book, moves),
    )


def _why(clock: Clock, book: Rulebook, moves: Sequence[ClockMove]) -> list[WhyLine]:
    limit = Limit(Decimal(clock.amount), TimeUnit(clock.unit), clock.clause)
    lines = [
        WhyLine(
            _span(line.start, line.end),
            _(_NOTES[line.note_key]),
            _minutes(line.minutes) if line.kind == "count" else "",
        )
        for line in explain(limit, since=clock.started_at, calendar=book.map.calendar)
    ]
    zone = book.map.calendar.zone
    first = moves[0].before if moves else clock.due_at - timedelta(seconds=clock.moved_seconds)
    # By a calendar corrected since, the lines above give another time than the clock first had: that is told below.
    is_corrected = any(move.by == "calendar" for move in moves)
    if not is_corrected and first < explain(limit, since=clock.started_at, calendar=book.map.calendar)[-1].end:
        lines.append(WhyLine(_instant(first, zone), _("不晚于案件的处置时限（捆绑时限）"), ""))
    for move in moves:
        lines += _moved(move, zone)
    if clock.moved_seconds and not moves:
        moved = _minutes(Decimal(clock.moved_seconds // 60))
        lines.append(WhyLine(_instant(clock.due_at, zone), _("核查占用的时间顺延，新的期限"), moved))
    if len(lines) <= LONGEST_WHY:
        return lines
    skipped = _("中间省略 %(count)s 行") % {"count": len(lines) - LONGEST_WHY + 1}
    return [*lines[: LONGEST_WHY - 3], WhyLine("…", skipped, ""), *lines[-2:]]


def _moved(move: ClockMove, zone: tzinfo) -> list[WhyLine]:
    """What moved a clock: when it stood still, or how much was granted, and the new due time."""
    word = _(_MOVES.get(move.by, marked("期限调整")))
    if move.since_at is not None:
        word = f"{word}{_('：')}{_span(move.since_at.astimezone(zone), move.at.astimezone(zone))}"
    elif move.amount is not None:
        word = f"{word}{_('：')}{_amount_word(move.amount, move.unit)}"
    seconds = int((move.after - move.before).total_seconds())
    return [WhyLine(_instant(move.after, zone), f"{word}{_('，新的期限')}", _minutes(Decimal(seconds // 60)))]


def _instant(instant: datetime, zone: tzinfo) -> str:
    return instant.astimezone(zone).strftime("%m-%d %H:%M")


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
