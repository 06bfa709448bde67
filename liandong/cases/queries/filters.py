"""What a list is asked for: one meaning, for pages, the interface, exports, saved filters and counts alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from liandong.cases.models import OPEN, Case, Clock
from liandong.cases.queries.points import in_shape
from liandong.cases.queries.search import with_words
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.redaction import storable
from liandong.kernel.refusal import Refusal
from liandong.people.access import Actor

_EXACT: Final = (
    *("channel", "urgency", "nature", "force", "run_by", "closing", "handled_by", "solved_level", "call_back_result"),
)
_AT_LEAST: Final = ("returns", "reworks", "reopenings")
_SATISFIED: Final = 4
"""So many of five points, or more, are satisfied."""
_MISSED: Final = Q(overdue_at__isnull=False)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list is asked for; everything given must hold.

    `unit` is a unit alone, or with all units below it (`with_units_below`). What is said of the reader and of now
    (`is_mine`, `due_within_hours`, `reported_within_days`) means nothing until `settled` has put both in: that is how
    a saved filter means the same next week.
    """

    stages: tuple[str, ...] = ()
    class_prefix: str = ""
    area_prefix: str = ""
    unit: str = ""
    with_units_below: bool = False
    channel: str = ""
    urgency: str = ""
    nature: str = ""
    force: str = ""
    run_by: str = ""
    closing: str = ""
    handled_by: str = ""
    solved_level: str = ""
    call_back_result: str = ""
    missed: str = ""
    """A kind of clock that a case has missed."""
    text: str = ""
    is_open: bool | None = None
    is_late: bool | None = None
    is_placed: bool | None = None
    is_satisfied: bool | None = None
    returns: int = 0
    reworks: int = 0
    reopenings: int = 0
    reported_from: datetime | None = None
    reported_until: datetime | None = None
    due_from: datetime | None = None
    due_until: datetime | None = None
    ended_from: datetime | None = None
    ended_until: datetime | None = None
    is_mine: bool = False
    due_within_hours: int = 0
    reported_within_days: int = 0
    shape: tuple[tuple[float, float], ...] = ()
    """Corners of what was drawn on the map, as longitude and latitude; what lies within it."""

    def settled(self, actor: Actor, *, at: datetime) -> CaseFilter:
        """The same question with the reader and the present put in."""
        found = self
        if self.is_mine:
            found = replace(found, is_mine=False, handled_by=actor.key)
        if self.due_within_hours:
            soon = at + timedelta(hours=self.due_within_hours)
            found = replace(found, due_within_hours=0, is_open=True, due_from=at, due_until=soon)
        if self.reported_within_days:
            since = at - timedelta(days=self.reported_within_days)
            found = replace(found, reported_within_days=0, reported_from=since)
        return found

    def apply(self, cases: QuerySet[Case]) -> QuerySet[Case]:
        """Return `cases` narrowed to what is asked for."""
        return self.sought_among(self.narrowed(cases))

    def narrowed(self, cases: QuerySet[Case]) -> QuerySet[Case]:
        """Return `cases` narrowed to what is asked for but for the words."""
        conditions = self._conditions()
        return cases.filter(*conditions) if conditions else cases

    def sought_among(self, seen: QuerySet[Case]) -> QuerySet[Case]:
        """Return those of `seen`, which are `narrowed` already, that answer the words."""
        return with_words(seen, self.text) if self.text.strip() else seen

    def as_asked(self) -> dict[str, Any]:
        """The fields that narrow anything, as plain values to be stored."""
        blank = {field.name: field.default for field in fields(self)}
        return {name: _plain(value) for name, value in asdict(self).items() if value != blank[name]}

    def _conditions(self) -> list[Q]:
        asked: list[Q] = []
        if self.stages:
            asked.append(Q(stage__in=[storable(stage) for stage in self.stages]))
        if storable(self.unit):
            asked.append(Q(unit__in=units_below(self.unit)) if self.with_units_below else Q(unit=storable(self.unit)))
        asked += [Q(**{name: value}) for name in _EXACT if (value := storable(getattr(self, name)))]
        prefixes = (("class_code", self.class_prefix), ("area", self.area_prefix))
        asked += [Q(**{f"{column}__startswith": storable(value)}) for column, value in prefixes if value]
        asked += [Q(**{f"{name}__gte": least}) for name in _AT_LEAST if (least := getattr(self, name))]
        asked += [condition for name, mean in _FLAGS.items() if (flag := getattr(self, name)) is not None
                  for condition in mean(flag)]  # fmt: skip
        if self.missed:
            asked.append(Q(Exists(Clock.objects.filter(_MISSED, case=OuterRef("pk"), kind=storable(self.missed)))))
        times = (
            ("reported_at", self.reported_from, self.reported_until),
            ("due_at", self.due_from, self.due_until),
            ("ended_at", self.ended_from, self.ended_until),
        )
        for column, since, until in times:
            asked += [Q(**{f"{column}__gte": since})] if since else []
            asked += [Q(**{f"{column}__lt": until})] if until else []
        return [*asked, Q(lon__isnull=False), Q(in_shape(self.shape))] if self.shape else asked


_FLAGS: Final[dict[str, Callable[[bool], tuple[Q, ...]]]] = {
    "is_open": lambda flag: (OPEN if flag else ~OPEN,),
    "is_late": lambda flag: (OPEN, Q(late_since__isnull=not flag)),
    "is_placed": lambda flag: (Q(lon__isnull=not flag),),
    "is_satisfied": lambda flag: (Q(satisfaction__gte=_SATISFIED) if flag else Q(satisfaction__lt=_SATISFIED),),
}


def filter_of(asked: Mapping[str, Any]) -> CaseFilter:
    """The filter that was stored by `as_asked`; what a later version no longer knows narrows nothing."""
    known = {field.name: field.type for field in fields(CaseFilter)}
    given: dict[str, Any] = {name: value for name, value in asked.items() if name in known}
    for name, value in given.items():
        if name == "stages":
            given[name] = tuple(value)
        elif name == "shape":
            given[name] = tuple((lon, lat) for lon, lat in value)
        elif str(known[name]).startswith("datetime"):
            given[name] = datetime.fromisoformat(value)
    return CaseFilter(**given)


def units_below(code: str) -> list[str]:
    """A unit with every unit below it, at work or closed; itself alone where its district is not known."""
    code = storable(code)
    try:
        units = rulebook_for(code[:6]).units
    except Refusal:
        return [code]
    found, below = [code], [code]
    while below:
        below = [unit.code for unit in units.values() if unit.parent in below and unit.code not in found]
        found += below
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
