"""What speaks against a photo as proof of work (`CASE.md` §2): staff's own proofs only, never a citizen's photo.

Each check gives reasons with the numbers behind them; none blocks anything. People decide.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from liandong.kernel.refusal import marked

CLOCK_SLACK: Final = timedelta(minutes=10)
"""Cameras' clocks differ from ours by so much without anybody meaning it."""
OWN_REPORT_SLACK: Final = timedelta(hours=24)
"""Who reports what they found took the photo first, and may have been offline."""
BEFORE_ARRIVAL: Final = timedelta(hours=1)
FAR_METRES: Final = 300
FASTEST_KMH: Final = 120
LEAST_JUMP_METRES: Final = 1000
JUMP_WITHIN: Final = timedelta(hours=12)
PROOF_PURPOSES: Final = frozenset({"before", "after", "evidence"})
_EARTH_METRES: Final = 6_371_000


class Doubt(StrEnum):
    """Why a photo is flagged."""

    BEFORE_REPORT = "before_report"
    BEFORE_ARRIVAL = "before_arrival"
    FAR_AWAY = "far_away"
    SAME_BEFORE_AFTER = "same_before_after"
    OTHER_CASE = "other_case"
    TOO_FAST = "too_fast"


DOUBT_WORDS: Final = {
    Doubt.BEFORE_REPORT: marked("拍摄时间早于上报"),
    Doubt.BEFORE_ARRIVAL: marked("拍摄时间远早于到场"),
    Doubt.FAR_AWAY: marked("拍摄地点远离案件位置"),
    Doubt.SAME_BEFORE_AFTER: marked("处置前、后为同一张照片"),
    Doubt.OTHER_CASE: marked("与其他案件的照片相同"),
    Doubt.TOO_FAST: marked("同一账号短时间内出现在相距过远的两处"),
}


@dataclass(frozen=True, slots=True)
class Capture:
    """When and where a photo says it was taken (WGS-84); None where it says nothing."""

    at: datetime | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known of the case a photo is to prove work on."""

    reported_at: datetime
    is_own_report: bool
    arrived_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A proof that was there before: its case, what it was for, by how many bits its print differs; 0 for the same."""

    number: str
    purpose: str
    differs: int
    is_same_case: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """Where and when the same account's other proof was: the place of its case, not the position of a person."""

    number: str
    at: datetime
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Doubted:
    """One reason, with the facts it rests on."""

    reason: Doubt
    facts: dict[str, Any] = field(default_factory=dict)


def is_proof(purpose: str, roles: frozenset[str]) -> bool:
    """Whether a photo is staff's proof of work: not what came with a report, and not by a citizen or the platform."""
    return purpose in PROOF_PURPOSES and bool(roles - {"citizen", "citizen_app", "platform"})


def doubts_of_capture(capture: Capture, scene: Scene, *, metres: int | None) -> Iterator[Doubted]:
    """What the time and place of capture say against the case's own history."""
    if capture.at is not None:
        slack = OWN_REPORT_SLACK if scene.is_own_report else CLOCK_SLACK
        early = scene.reported_at - capture.at
        if early > slack:
            yield Doubted(Doubt.BEFORE_REPORT, {"minutes": _minutes(early)})
        elif scene.arrived_at is not None and scene.arrived_at - capture.at > BEFORE_ARRIVAL:
            yield Doubted(Doubt.BEFORE_ARRIVAL, {"minutes": _minutes(scene.arrived_at - capture.at)})
    if metres is not None and metres > FAR_METRES:
        yield Doubted(Doubt.FAR_AWAY, {"metres": metres})


def doubts_of_copies(purpose: str, earlier: Iterable[Earlier], *, near: int, same_shot: int) -> Iterator[Doubted]:
    """What earlier proofs that look the same say: the other half of the pair, or another case."""
    counterpart = {"before": "after", "after": "before"}.get(purpose)
    others: set[str] = set()
    is_told = False
    for one in earlier:
        if one.is_same_case:
            if one.purpose == counterpart and one.differs <= same_shot and not is_told:
                is_told = True
                yield Doubted(Doubt.SAME_BEFORE_AFTER, {"bits": one.differs})
        elif one.differs <= near and one.number not in others:
            others.add(one.number)
            yield Doubted(Doubt.OTHER_CASE, {"number": one.number, "bits": one.differs})


def doubts_of_movement(at: datetime, lon: float, lat: float, stops: Iterable[Stop]) -> Iterator[Doubted]:
    """What the same account's other proofs say: farther apart than anybody travels in the time between.

    At most one: the fastest.
    """
    found: list[tuple[float, Doubted]] = []
    for stop in stops:
        metres = metres_between(lon, lat, stop.lon, stop.lat)
        hours = max(abs(at - stop.at), timedelta(minutes=1)) / timedelta(hours=1)
        speed = metres / 1000 / hours
        if metres >= LEAST_JUMP_METRES and speed > FASTEST_KMH:
            facts = {"number": stop.number, "metres": metres, "minutes": _minutes(abs(at - stop.at))}
            found.append((speed, Doubted(Doubt.TOO_FAST, facts)))
    if found:
        yield max(found, key=lambda pair: pair[0])[1]


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> int:
    """The distance of two points on the ground, in whole metres (haversine)."""
    north, south = math.radians(lat), math.radians(other_lat)
    half = math.sin((south - north) / 2) ** 2
    half += math.cos(north) * math.cos(south) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return round(2 * _EARTH_METRES * math.asin(math.sqrt(min(1.0, half))))


def _minutes(span: timedelta) -> int:
    return round(span.total_seconds() / 60)
