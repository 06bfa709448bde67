"""Open Baltimore's 311 requests. Areas, units and services by the names in `districts/baltimore/names.csv`."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from liandong.cases.changes import Report
from liandong.cases.operations import Life, Move
from liandong.cases.rules.words import Closing
from liandong.intake_channels.replay.mappings import (
    EndsBeforeItBegins,
    UnknownValue,
    UnreadableInstant,
    UnreadablePoint,
    ValueMissing,
)
from liandong.people.access import platform

DISTRICT = "240510"
PLACEHOLDER = (-77.0, 39.0)
"""Longitude and latitude that the source writes where it has no point."""

CENTRE, NEAR = (-76.612, 39.3), 0.4
"""Points up to so many degrees from the centre are the suburbs; beyond, the source wrote something else."""

_ZONE = ZoneInfo("America/New_York")
_INSTANT = "%m/%d/%Y %I:%M:%S %p"
_WAITING = frozenset({"New", "New (Duplicate)"})
_OPEN = frozenset({"Open", "Pending", "Open (Duplicate)"})
_AT_WORK = frozenset({"In Progress"})
_CLOSED = frozenset({"Closed"})
_CLOSED_OTHERWISE = frozenset({"Closed (Duplicate)", "Closed (Transferred)"})
_STATUSES = _WAITING | _OPEN | _AT_WORK | _CLOSED | _CLOSED_OTHERWISE


class Baltimore:
    """Rows of the Open Baltimore file."""

    name = "baltimore"
    channel = "replay_baltimore"
    key = "ServiceRequestNum"
    columns = frozenset(
        [
            "ServiceRequestNum",
            "SRType",
            "MethodReceived",
            "CreatedDate",
            "SRStatus",
            "StatusDate",
            "CloseDate",
            "Agency",
            "Address",
            "Neighborhood",
            "CouncilDistrict",
            "Latitude",
            "Longitude",
        ]
    )

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names = _names(folder / "names.csv")
        self._actor = platform("replay_baltimore")

    def life_of(self, row: Mapping[str, str]) -> Life:
        """The life a request lived: taken on and sent to its agency at once, closed when the agency closed it.

        :raises RowRefused: a cell is missing, unreadable or unknown
        """
        created = _instant(row, "CreatedDate")
        status = row["SRStatus"]
        if status not in _STATUSES:
            raise UnknownValue(column="SRStatus", value=status)
        lon, lat = _point(row)
        report = Report(
            class_code=self._named("class", row, "SRType"),
            description=f"{row['SRType']} ({row['MethodReceived']})",
            channel=self.channel,
            lon=lon,
            lat=lat,
            area=self._area(row) or _suburb(lon, lat),
            address=row["Address"][:200],
            external_id=_wanted(row, self.key),
        )
        return Life(report, created, self._actor, self._moves(row, status, created))

    def _moves(self, row: Mapping[str, str], status: str, created: datetime) -> tuple[Move, ...]:
        if status in _WAITING:
            return ()
        unit = f"{DISTRICT}-{self._named('unit', row, 'Agency')}"
        moves = [
            self._move("accept", created),
            self._move("file", created),
            self._move("dispatch", created, to=unit),
        ]
        if status in _OPEN:
            return tuple(moves)
        moves.append(self._move("receive", created))
        if status in _AT_WORK:
            return tuple(moves)
        closed = _instant(row, "CloseDate" if row["CloseDate"] else "StatusDate")
        if closed < created:
            raise EndsBeforeItBegins(closed=closed.isoformat(), created=created.isoformat())
        moves.append(self._move("hand_in", closed, result=f"{row['Agency']}: {status}"))
        otherwise = {"closing": Closing.SPECIAL.value, "reason": status} if status in _CLOSED_OTHERWISE else {}
        moves.append(self._move("close", closed, **otherwise))
        return tuple(moves)

    def _move(self, step: str, at: datetime, **details: Any) -> Move:
        return Move(step, at, self._actor, details)

    def _named(self, kind: str, row: Mapping[str, str], column: str) -> str:
        value = _wanted(row, column)
        try:
            return self._names[kind, value]
        except KeyError:
            raise UnknownValue(column=column, value=value) from None

    def _area(self, row: Mapping[str, str]) -> str:
        """The neighbourhood, else the council district; empty when the file names neither or one we do not know."""
        for column in ("Neighborhood", "CouncilDistrict"):
            found = self._names.get(("area", row[column]))
            if found:
                return found
        return ""


def _suburb(lon: float | None, lat: float | None) -> str:
    """The city as a whole for a point just outside of it, for its agencies go there too; empty for one far away."""
    if lon is None or lat is None or abs(lon - CENTRE[0]) > NEAR or abs(lat - CENTRE[1]) > NEAR:
        return ""
    return DISTRICT


def _names(file: Path) -> dict[tuple[str, str], str]:
    with file.open(encoding="utf-8", newline="") as lines:
        return {(row["kind"], row["source"]): row["code"] for row in csv.DictReader(lines)}


def _wanted(row: Mapping[str, str], column: str) -> str:
    if not row[column]:
        raise ValueMissing(column=column)
    return row[column]


def _instant(row: Mapping[str, str], column: str) -> datetime:
    text = _wanted(row, column)
    try:
        # The zone is the city's: the file gives wall-clock time.
        return datetime.strptime(text, _INSTANT).replace(tzinfo=_ZONE).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnreadableInstant(column=column, value=text[:40]) from None


def _point(row: Mapping[str, str]) -> tuple[float | None, float | None]:
    east, north = row["Longitude"], row["Latitude"]
    if not east and not north:
        return None, None
    try:
        point = float(east), float(north)
    except ValueError:
        raise UnreadablePoint(value=f"{east[:20]}, {north[:20]}") from None
    return (None, None) if point == PLACEHOLDER else point
