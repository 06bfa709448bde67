"""Figures of days, from the counts: what came, what ended and how, within what somebody may see."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

from liandong.areas.queries import district_codes
from liandong.cases.queries import AreaReach

_DAYS: Final = """
SELECT what, code, day, sum(cases) FROM livemap_daycount
WHERE district = ANY(%(districts)s) AND what = ANY(%(kinds)s) AND day BETWEEN %(since)s AND %(until)s AND {conditions}
GROUP BY 1, 2, 3 HAVING sum(cases) <> 0
"""


@dataclass(frozen=True, slots=True)
class Days:
    """Counts of some days: `what` → code → day → cases."""

    since: date
    until: date
    counts: Mapping[str, Mapping[str, Mapping[date, int]]]

    def of(self, what: str, code: str | None = None, *, since: date | None = None, until: date | None = None) -> int:
        """How many there were, of one code or of all, within these days or some of them."""
        first, last = since or self.since, until or self.until
        codes = self.counts.get(what, {})
        lots = codes.values() if code is None else [codes.get(code, {})]
        return sum(count for lot in lots for day, count in lot.items() if first <= day <= last)

    def by_code(self, what: str, *, since: date | None = None, until: date | None = None) -> Counter[str]:
        """How many of each code."""
        return Counter({code: self.of(what, code, since=since, until=until) for code in self.counts.get(what, {})})

    def each_day(self) -> list[date]:
        """The days, the first one first."""
        return [self.since + timedelta(days=step) for step in range((self.until - self.since).days + 1)]


def days_of(reach: AreaReach, kinds: Iterable[str], *, since: date, until: date) -> Days:
    """What was counted in the areas somebody reaches whole. What is finer than a town is not told apart: left out."""
    counts: dict[str, dict[str, dict[date, int]]] = defaultdict(lambda: defaultdict(dict))
    for what, code, day, cases in _ask(reach, list(kinds), since, until):
        counts[str(what)][str(code)][day] = int(cases)
    return Days(since, until, counts)


def _ask(reach: AreaReach, kinds: list[str], since: date, until: date) -> list[tuple[Any, ...]]:
    everywhere = "" in reach.areas
    districts = district_codes() if everywhere else sorted({area[:6] for area in reach.areas})
    values: dict[str, Any] = {"districts": list(districts), "kinds": kinds, "since": since, "until": until}
    conditions = ["true"]
    if not everywhere:
        # A district takes in what has no town; a town only its own.
        conditions.append("town LIKE ANY(%(areas)s)")
        values["areas"] = [f"{area}%" for area in reach.areas if len(area) <= 9]
    if reach.own_units:
        conditions.append("(about_unit <> ALL(%(own_units)s) OR district = ANY(%(centres)s))")
        values |= {"own_units": sorted(reach.own_units), "centres": sorted(reach.centres)}
    with connection.cursor() as cursor:
        cursor.execute(_DAYS.format(conditions=" AND ".join(conditions)), values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
