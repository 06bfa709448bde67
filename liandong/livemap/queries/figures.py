"""What the wall and the leaders' page say: every figure with the question whose list has the cases behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from liandong.areas.queries import district_map
from liandong.cases.queries import CaseFilter, permitted_by_area
from liandong.livemap.queries.days import Days, days_of
from liandong.livemap.queries.picture import by_stage, shares
from liandong.people.access import Actor

FUNNEL_DAYS: Final = 30
FLOW_DAYS: Final = 14
CLASS_DAYS: Final = 7
MOST_CLASSES: Final = 8
OPEN: Final = CaseFilter(is_open=True)
_KINDS: Final = ("reported", "ended", "class", "level", "closing", "called", "content", "contact")
_LEVELS: Final = ("grid", "station", "town", "district")
_SATISFIED: Final = 4


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and the question of the list behind it; nothing where no list can be asked for."""

    code: str
    count: int
    asked: CaseFilter | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """A share `of` a whole, 0 to 1, nothing where the whole is nothing, with the list of what fell short."""

    code: str
    met: int
    of: int
    short: CaseFilter

    @property
    def share(self) -> float | None:
        """The share met."""
        return self.met / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class DayFlow:
    """What came in and what ended on one day."""

    day: date
    reported: Figure
    ended: Figure


@dataclass(frozen=True, slots=True)
class TownLoad:
    """Open cases of a town, and the late ones."""

    area: str
    open: Figure
    late: Figure


@dataclass(frozen=True, slots=True)
class ClassHeat:
    """How often a class was reported lately, and in as many days before."""

    class_code: str
    lately: Figure
    before: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All of a wall at one instant, within what one person may see."""

    at: datetime
    today: tuple[Figure, ...]
    stages: tuple[Figure, ...]
    flow: tuple[DayFlow, ...]
    funnel: tuple[Figure, ...]
    towns: tuple[TownLoad, ...]
    classes: tuple[ClassHeat, ...]
    rates: tuple[Rate, ...]


def figures(actor: Actor, district: str, *, at: datetime) -> Figures:
    """The figures of what somebody may see, counted at `at`: a handful of statements, however many cases.

    What stands open is all they may see; what came and went is that of the areas they reach whole.
    """
    reach = permitted_by_area(actor)
    book = district_map(district)
    at = at.astimezone(book.calendar.zone)
    today = at.date()
    days = days_of(reach, _KINDS, since=today - timedelta(days=FUNNEL_DAYS - 1), until=today)
    span = _Span(at, today)
    stages = by_stage(OPEN, actor)
    towns = shares(OPEN, actor, level="town")
    return Figures(
        at=at,
        today=_today(days, stages, span),
        stages=tuple(
            Figure(stage, count, CaseFilter(stages=(stage,))) for stage, (count, _late) in sorted(stages.items())
        ),
        flow=tuple(
            DayFlow(
                day,
                Figure("reported", days.of("reported", since=day, until=day), span.reported(day, day)),
                Figure("ended", days.of("ended", since=day, until=day), span.ended(day, day)),
            )
            for day in days.each_day()[-FLOW_DAYS:]
        ),
        funnel=tuple(Figure(level, days.of("level", level), _solved(span, level)) for level in _LEVELS),
        towns=tuple(
            TownLoad(
                town.area,
                Figure("open", town.cases, replace(OPEN, area_prefix=town.area)),
                Figure("late", town.late, CaseFilter(is_late=True, area_prefix=town.area)),
            )
            for town in sorted(towns, key=lambda town: (-town.late, -town.cases, town.area))
        ),
        classes=_classes(days, span),
        rates=_rates(days, span),
    )


@dataclass(frozen=True, slots=True)
class _Span:
    """Questions about days, as instants in the district's zone."""

    at: datetime
    today: date

    def reported(self, first: date, last: date, **more: str) -> CaseFilter:
        return CaseFilter(reported_from=self._begin(first), reported_until=self._end(last), **more)  # type: ignore[arg-type]

    def ended(self, first: date, last: date, **more: str) -> CaseFilter:
        return CaseFilter(ended_from=self._begin(first), ended_until=self._end(last), **more)  # type: ignore[arg-type]

    def _begin(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.at.tzinfo)

    def _end(self, day: date) -> datetime:
        return self._begin(day + timedelta(days=1))


def _today(days: Days, stages: dict[str, tuple[int, int]], span: _Span) -> tuple[Figure, ...]:
    today = span.today
    return (
        Figure("reported", days.of("reported", since=today), span.reported(today, today)),
        Figure("ended", days.of("ended", since=today), span.ended(today, today)),
        Figure("open", sum(count for count, _late in stages.values()), OPEN),
        Figure("late", sum(late for _count, late in stages.values()), CaseFilter(is_late=True)),
    )


def _solved(span: _Span, level: str) -> CaseFilter:
    return span.ended(span.today - timedelta(days=FUNNEL_DAYS - 1), span.today, solved_level=level)


def _classes(days: Days, span: _Span) -> tuple[ClassHeat, ...]:
    since = span.today - timedelta(days=CLASS_DAYS - 1)
    before = days.by_code("class", since=since - timedelta(days=CLASS_DAYS), until=since - timedelta(days=1))
    lately = days.by_code("class", since=since)
    return tuple(
        ClassHeat(code, Figure("class", count, span.reported(since, span.today, class_prefix=code)), before[code])
        for code, count in lately.most_common(MOST_CLASSES)
        if count
    )


def _rates(days: Days, span: _Span) -> tuple[Rate, ...]:
    """三率: contacted in time, solved and satisfied, of those asked (`CASE.md` §2)."""
    since = span.today - timedelta(days=FUNNEL_DAYS - 1)
    in_time, late = days.of("contact", "in_time"), days.of("contact", "late")
    solved, unsolved = days.of("called", "solved"), days.of("called", "not_solved")
    content = days.by_code("content")
    satisfied = sum(count for points, count in content.items() if points.isdecimal() and int(points) >= _SATISFIED)
    return (
        Rate("response", in_time, in_time + late, CaseFilter(missed="contact", reported_from=span._begin(since))),
        Rate("solution", solved, solved + unsolved, span.ended(since, span.today, call_back_result="not_solved")),
        Rate("satisfaction", satisfied, content.total(), replace(span.ended(since, span.today), is_satisfied=False)),
    )
