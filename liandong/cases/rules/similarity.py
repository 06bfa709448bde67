"""How alike two matters are, and why: one table of weights over place, class, time and text.

What is compared is a `Matter`: class, place, time and words (PRODUCT §14). Who reported has no field here, so that no
score can depend on it. Scores are whole numbers from 0 to 100, the same in both directions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from unicodedata import normalize

from liandong.kernel.bigrams import query_terms
from liandong.kernel.refusal import marked

COMPARED_CHARACTERS: Final = 200
"""How much of a description is compared. On the real messages (see `TEXT_STEPS`) the first 200 characters told pairs
of one topic from unrelated ones better than whole texts did (area under the curve 0.993 against 0.981)."""

FEWEST_TERMS: Final = 4
"""Below so many terms nothing can be said about a text: it is left out of the score."""

SMALLEST_TEXT: Final = 8
"""A shared word of a very short text must not count for half of it."""


class Aspect(StrEnum):
    """What two matters are compared in."""

    PLACE = "place"
    CLASS = "class"
    TIME = "time"
    TEXT = "text"


WEIGHTS: Final[Mapping[Aspect, int]] = {Aspect.PLACE: 45, Aspect.CLASS: 20, Aspect.TIME: 10, Aspect.TEXT: 25}
"""Of a hundred. No public record states weights; these are ours, from three demands of the desk (PRODUCT §2): the same
class within 30 m is shown whatever is written; another class there only with like words; nothing is shown for its
class, day and words alone, without a place."""

METRE_STEPS: Final[tuple[tuple[float, float], ...]] = ((30, 1.0), (100, 0.8), (200, 0.5), (300, 0.25))
"""Up to so many metres → how near. A phone's point is off by 5 to 30 m, a caller's house number by a building or two;
beyond 300 m an operator's desk of before these rules looked no further either."""

TEXT_STEPS: Final[tuple[tuple[float, float], ...]] = ((0.27, 1.0), (0.12, 0.6), (0.06, 0.2))
"""From so much overlap of terms on → how alike. Measured on 4,326 real messages to a city (TipDM 2020, problem C) and
six topics in them: of unrelated pairs, a subject line against a whole text, one in a hundred overlaps by 0.27 and one
in ten by 0.12; of whole texts one in ten by 0.06. Half of the pairs of one topic overlap by 0.15 or more."""

HOUR_STEPS: Final[tuple[tuple[float, float], ...]] = ((2, 1.0), (24, 0.9), (72, 0.7), (168, 0.5), (720, 0.25))
"""Up to so many hours between two reports → how close: an afternoon, a day, a long weekend, a week, a month."""

SAME_ADDRESS, SAME_GRID, SAME_COMMUNITY = 1.0, 0.5, 0.25
"""How near, where one of two matters has no point. A grid holds some 300 households (GB/T 34300-2017, 5.2)."""

SAME_BRANCH: Final = 0.5
"""How alike two classes of one branch (`M06…`) are."""

SHOWN_FROM: Final = 60
"""The score from which a matter is shown as perhaps the same."""

SAME_PLACE: Final = 0.8
"""How near two matters must be to lie at one place: within 100 m, or at the same address."""

RADIUS_M: Final = METRE_STEPS[-1][0]
SAME_PLACE_M: Final = 100.0
_METRES_PER_DEGREE: Final = 111_320
_GRID, _COMMUNITY, _BRANCH, _SHORTEST_ADDRESS = 15, 12, 3, 4


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter as far as it is compared. Degrees in WGS-84; `terms` of the beginning of its redacted text."""

    class_code: str
    area: str
    at: datetime
    lon: float | None = None
    lat: float | None = None
    address: str = ""
    terms: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing in which two matters agree; `value` is metres or minutes where the words have a place for it."""

    code: str
    value: int = 0


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two matters are, 0 to 100, and in what."""

    score: int
    reasons: tuple[Reason, ...]

    @property
    def is_shown(self) -> bool:
        """Whether it is worth an operator's look."""
        return self.score >= SHOWN_FROM


REASON_WORDS: Final[Mapping[str, str]] = {
    "metres": marked("相距 %(value)s 米"),
    "same_address": marked("地址相同"),
    "same_grid": marked("同一网格"),
    "same_community": marked("同一居村"),
    "same_class": marked("同一小类"),
    "same_branch": marked("同一大类"),
    "minutes": marked("相隔 %(value)s 分钟"),
    "hours": marked("相隔 %(value)s 小时"),
    "days": marked("相隔 %(value)s 天"),
    "like_words": marked("文字相近"),
    "some_words": marked("文字略有相近"),
}


def likeness(one: Matter, other: Matter) -> Likeness:
    """How alike two matters are. A class or text that one of them lacks is left out, a place counts as elsewhere."""
    near, where = _place(one, other)
    found: dict[Aspect, tuple[float, Reason | None]] = {
        Aspect.PLACE: (near, where),
        Aspect.TIME: _time(abs(one.at - other.at)),
    }
    if one.class_code and other.class_code:
        found[Aspect.CLASS] = _class(one.class_code, other.class_code)
    if min(len(one.terms), len(other.terms)) >= FEWEST_TERMS:
        found[Aspect.TEXT] = _text(one.terms, other.terms)
    asked = sum(WEIGHTS[aspect] for aspect in found)
    score = sum(WEIGHTS[aspect] * value for aspect, (value, _reason) in found.items())
    reasons = (found[aspect][1] for aspect in (Aspect.PLACE, Aspect.CLASS, Aspect.TIME, Aspect.TEXT) if aspect in found)
    return Likeness(round(100 * score / asked), tuple(reason for reason in reasons if reason))


def is_same_place(one: Matter, other: Matter) -> bool:
    """Whether two matters lie at one place."""
    return _place(one, other)[0] >= SAME_PLACE


def overlap(one: Iterable[str], other: Iterable[str]) -> float:
    """How much of the shorter of two texts stands in the other, 0 to 1."""
    mine, theirs = frozenset(one), frozenset(other)
    return len(mine & theirs) / max(min(len(mine), len(theirs)), SMALLEST_TEXT)


def compared_terms(text: str) -> frozenset[str]:
    """The terms of a text by which it is compared. The text has been redacted."""
    return frozenset(query_terms(text[:COMPARED_CHARACTERS]))


def metres_between(one: Matter, other: Matter) -> float | None:
    """The distance of two matters; None where one of them has no point."""
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    across = math.cos(math.radians((one.lat + other.lat) / 2))
    return math.hypot((one.lon - other.lon) * across, one.lat - other.lat) * _METRES_PER_DEGREE


def box_around(lon: float, lat: float, metres: float) -> tuple[float, float, float, float]:
    """West, south, east and north of the square that holds everything within so many metres of a point."""
    up = metres / _METRES_PER_DEGREE
    across = up / max(math.cos(math.radians(lat)), 0.01)
    return lon - across, lat - up, lon + across, lat + up


def _place(one: Matter, other: Matter) -> tuple[float, Reason | None]:
    metres = metres_between(one, other)
    if metres is not None:
        value = next((value for limit, value in METRE_STEPS if metres <= limit), 0.0)
        return value, Reason("metres", round(metres)) if value else None
    mine = _bare(one.address)
    if len(mine) >= _SHORTEST_ADDRESS and mine == _bare(other.address):
        return SAME_ADDRESS, Reason("same_address")
    if len(one.area) == _GRID and one.area == other.area:
        return SAME_GRID, Reason("same_grid")
    if len(one.area) >= _COMMUNITY and one.area[:_COMMUNITY] == other.area[:_COMMUNITY]:
        return SAME_COMMUNITY, Reason("same_community")
    return 0.0, None


def _class(mine: str, other: str) -> tuple[float, Reason | None]:
    if mine == other:
        return 1.0, Reason("same_class")
    if mine[:_BRANCH] == other[:_BRANCH]:
        return SAME_BRANCH, Reason("same_branch")
    return 0.0, None


def _time(gap: timedelta) -> tuple[float, Reason | None]:
    hours = gap.total_seconds() / 3600
    value = next((value for limit, value in HOUR_STEPS if hours <= limit), 0.0)
    if hours < 1:
        return value, Reason("minutes", round(hours * 60))
    return value, Reason("hours", round(hours)) if hours < 48 else Reason("days", round(hours / 24))


def _text(mine: frozenset[str], other: frozenset[str]) -> tuple[float, Reason | None]:
    shared = overlap(mine, other)
    value = next((value for limit, value in TEXT_STEPS if shared >= limit), 0.0)
    if value >= TEXT_STEPS[1][1]:
        return value, Reason("like_words")
    return value, Reason("some_words") if value else None


def _bare(address: str) -> str:
    return "".join(normalize("NFKC", address).split()).lower()
