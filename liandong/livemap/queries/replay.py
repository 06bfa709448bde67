"""One day as it went: which cases were reported, where, and when each of them ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from liandong.cases.queries import CaseFilter, permitted_cases
from liandong.people.access import Actor

MOST_REPLAYED: Final = 6_000


@dataclass(frozen=True, slots=True)
class Happened:
    """A case of the day; minutes since the day began. `ended` and `late` are nothing where they came later or never."""

    lon: float
    lat: float
    number: str
    minute: int
    ended: int | None
    late: int | None


def cases_of_day(asked: CaseFilter, actor: Actor, *, begins: datetime) -> tuple[list[Happened], int]:
    """The placed cases this person may see that were reported within the day from `begins`, and how many there are.

    At most `MOST_REPLAYED`, the first of the day: the count says what is missing.
    """
    ends = begins + timedelta(days=1)
    of_day = replace(asked, is_open=None, is_late=None, reported_from=begins, reported_until=ends)
    cases = of_day.apply(permitted_cases(actor)).filter(lon__isnull=False)
    rows = cases.order_by("reported_at", "id").values_list(
        "lon", "lat", "number", "reported_at", "ended_at", "late_since"
    )[: MOST_REPLAYED + 1]
    found = [
        Happened(lon, lat, number, _minutes(begins, at), _within(begins, ended), _within(begins, late))
        for lon, lat, number, at, ended, late in rows
        if lon is not None and lat is not None
    ]
    count = len(found) if len(found) <= MOST_REPLAYED else cases.count()
    return found[:MOST_REPLAYED], count


def _minutes(begins: datetime, at: datetime) -> int:
    return int((at - begins).total_seconds() // 60)


def _within(begins: datetime, at: datetime | None) -> int | None:
    minute = _minutes(begins, at) if at else None
    return minute if minute is not None and minute < 24 * 60 else None
