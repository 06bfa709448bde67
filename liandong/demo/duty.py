"""Who is on duty when in the demo district, whose posts are lent to the joint team, and what is delegated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from liandong.demo import words
from liandong.demo.staff import SHIFTS
from liandong.people.operations import UnitRow

ROSTER_COLUMNS = ("unit", "duty", "name", "shifts", "turns", "anchor", "every", "by")
LENDING_COLUMNS = ("account", "unit", "team", "since", "until")
DELEGATION_COLUMNS = ("department", "town", "classes", "area", "basis", "since", "until")

_ANCHOR = "2026-01-05"
_CENTRE = (
    ("operator", "接线受理", "morning 08:00-16:00;evening 16:00-00:00;night 00:00-08:00"),
    ("dispatcher", "派遣调度", "day 08:00-20:00;night 20:00-08:00"),
    ("supervisor", "值班长", "day 08:00-20:00;night 20:00-08:00"),
)
# account → its unit: the posts that make up the district's joint team, service, management and enforcement together
_LENT = {
    "department01": "D01",
    "department02": "D02",
    "department03": "D03",
    "department15": "D15",
    "bureau002": "B002",
    "station001": "S001",
}


def demo_rosters(units: Sequence[UnitRow]) -> Iterator[tuple[object, ...]]:
    """The centre's desks in turns, and a duty person of every department and town, head and deputy day by day."""
    for duty, name, shifts in _CENTRE:
        turns = ";".join([duty, *(f"{duty}{number}" for number in range(2, SHIFTS[duty] + 1))])
        yield "DC", duty, name, shifts, turns, _ANCHOR, 1, "watch"
    for unit in units:
        if unit.kind in ("department", "town"):
            second = "deputy" if unit.kind == "department" else "vice"
            turns = f"{unit.kind}{unit.code[1:]};{second}{unit.code[1:]}"
            yield unit.code, "duty_person", "值班", "whole 08:00-08:00", turns, _ANCHOR, 1, "day"


def demo_lendings() -> Iterator[tuple[object, ...]]:
    """The posts lent to the joint team, for good."""
    for account, unit in _LENT.items():
        yield account, unit, "J01", "2026-01-01", ""


def demo_delegations() -> Iterator[tuple[object, ...]]:
    """The police let the first town order its police station in matters of street order; the second asks each time."""
    area = f"{words.DISTRICT_CODE}001"
    yield "D01", "T01", "M09", area, "临江区街面秩序先期指挥权委托书（演示）", "2026-01-01", "2030-12-31"
