"""A list's address and its `CaseFilter`, each from the other: one table of the names an address may use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from liandong.cases.queries.filters import CaseFilter
from liandong.cases.rules.words import Stage
from liandong.kernel.datum import is_plausible
from liandong.kernel.refusal import Refusal, marked

if TYPE_CHECKING:
    from django.http import QueryDict

LONGEST_TEXT: Final = 100
ORDERS: Final = ("newest", "due", "best")
MOST_CORNERS: Final = 200
_MOST: Final = 999
_FLAGS: Final = {"yes": True, "no": False}
_FLAG_WORDS: Final = {value: word for word, value in _FLAGS.items()}


class BadShape(Refusal):
    """What was drawn is no polygon of a size that can be asked for."""

    status = 400
    says = marked("圈选的范围不是 3 到 %(most)s 个顶点的多边形。")
    remedy = marked("请在地图上重新圈选，顶点少一些。")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One name of the address: the field it fills, how its text is read, and how a value is written."""

    name: str
    field: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str


def _code(text: str) -> str:
    return text.replace("\x00", "")[:40]


def _words(text: str) -> str:
    return text.replace("\x00", "")[:LONGEST_TEXT]


def _count(text: str) -> int:
    return min(int(text), _MOST) if text.isdecimal() and len(text) < 8 else 0


def _zone() -> tzinfo:
    return timezone.get_default_timezone()


def _day(text: str) -> datetime | None:
    """The beginning of a day in the district's zone; nothing for what is no day."""
    try:
        return datetime.combine(date.fromisoformat(text), time.min, _zone())
    except ValueError:
        return None


def _day_after(text: str) -> datetime | None:
    begins = _day(text)
    try:
        return begins + timedelta(days=1) if begins else None
    except OverflowError:  # the last day there is
        return None


def _day_of(at: datetime) -> str:
    return at.astimezone(_zone()).date().isoformat()


def _shape(text: str) -> tuple[tuple[float, float], ...]:
    """Corners as `lon,lat;lon,lat;…`.

    :raises BadShape: fewer than three, too many, or something that is no corner
    """
    pairs = [pair.split(",") for pair in text.split(";", MOST_CORNERS)]
    if not 3 <= len(pairs) <= MOST_CORNERS:
        raise BadShape(most=MOST_CORNERS)
    try:
        corners = tuple((float(lon), float(lat)) for lon, lat in pairs)
    except ValueError:
        raise BadShape(most=MOST_CORNERS) from None
    if not all(is_plausible(lon, lat) for lon, lat in corners):
        raise BadShape(most=MOST_CORNERS)
    return corners


def _corners(shape: tuple[tuple[float, float], ...]) -> str:
    return ";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in shape)


PARAMETERS: Final = (
    Parameter("text", "text", _words),
    Parameter("class_code", "class_prefix", _code),
    Parameter("area", "area_prefix", _code),
    Parameter("unit", "unit", _code),
    Parameter("below", "with_units_below", lambda text: text == "yes", lambda _flag: "yes"),
    *(Parameter(name, name, _code) for name in ("channel", "urgency", "nature", "force", "run_by", "closing")),
    *(Parameter(name, name, _code) for name in ("solved_level", "call_back_result", "missed")),
    Parameter("open", "is_open", _FLAGS.get, lambda flag: _FLAG_WORDS[flag]),
    Parameter("late", "is_late", lambda text: True if text == "yes" else None, lambda flag: _FLAG_WORDS[flag]),
    Parameter("placed", "is_placed", _FLAGS.get, lambda flag: _FLAG_WORDS[flag]),
    Parameter("satisfied", "is_satisfied", _FLAGS.get, lambda flag: _FLAG_WORDS[flag]),
    Parameter("mine", "is_mine", lambda text: text == "yes", lambda _flag: "yes"),
    *(Parameter(name, name, _count) for name in ("returns", "reworks", "reopenings")),
    Parameter("due_hours", "due_within_hours", _count),
    Parameter("days", "reported_within_days", _count),
    Parameter("from", "reported_from", _day, _day_of),
    Parameter("until", "reported_until", _day_after, lambda at: _day_of(at - timedelta(seconds=1))),
    Parameter("due_from", "due_from", _day, _day_of),
    Parameter("due_until", "due_until", _day_after, lambda at: _day_of(at - timedelta(seconds=1))),
    Parameter("ended_from", "ended_from", _day, _day_of),
    Parameter("ended_until", "ended_until", _day_after, lambda at: _day_of(at - timedelta(seconds=1))),
    Parameter("shape", "shape", _shape, _corners),
)
NAMES: Final = frozenset({"stage", *(parameter.name for parameter in PARAMETERS)})
MORE: Final = (
    *("nature", "force", "run_by", "closing", "below", "mine", "returns", "reworks", "reopenings", "due_hours"),
    *("days", "from", "until", "due_from", "due_until", "placed", "urgency", "ended_from", "ended_until", "shape"),
    *("solved_level", "call_back_result", "satisfied", "missed"),
)
"""The names whose fields stand folded away."""


def question_in(asked: QueryDict) -> CaseFilter:
    """The question an address asks; words it does not know narrow nothing.

    :raises BadShape: what it says was drawn is no shape; leaving it out would show all there is
    """
    given = {one.field: one.read(str(asked[one.name])) for one in PARAMETERS if asked.get(one.name)}
    stages = tuple(stage for stage in asked.getlist("stage") if stage in set(Stage))
    return CaseFilter(stages=stages, **given)


def address_of(question: CaseFilter) -> list[tuple[str, str]]:
    """The names and values of an address that asks this question."""
    asked = [("stage", stage) for stage in question.stages]
    blank = CaseFilter()
    for one in PARAMETERS:
        value = getattr(question, one.field)
        if value != getattr(blank, one.field):
            asked.append((one.name, one.write(value)))
    return asked


def order_in(asked: QueryDict, question: CaseFilter, *, usual: str = "newest") -> str:
    """The order an address asks for, or its reader's usual one, where an index of these cases answers it."""
    order = asked.get("order", "") or usual
    is_open = question.is_open or question.is_late or question.due_within_hours > 0
    possible: Iterable[str] = {"newest", *(["due"] if is_open else []), *(["best"] if question.text.strip() else [])}
    return order if order in possible else "newest"
