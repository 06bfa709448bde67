"""Whether a row may stand in a matrix: its places and words are known, and what to mind about the units it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from liandong.cases.models import CaseClass
from liandong.cases.rulebook import Rulebook
from liandong.cases.rules.responsibility import EVERY, Row, includes_area, includes_class
from liandong.kernel.refusal import Refusal, marked
from liandong.people.rules.force import covers

MOST_ASSISTING: Final = 6
LONGEST_REASON: Final = 160


class NoSuchClassBelow(Refusal):
    """A class or prefix under which the catalogue has no class."""

    status = 422
    says = marked("类别目录中没有以“%(prefix)s”开头的类别。")
    remedy = marked("请填写类别代码、其前几位，或用 * 表示全部类别。")


class AreaNotInForce(Refusal):
    """An area that the district does not have on that day."""

    status = 422
    says = marked("区域“%(area)s”不在本区现行区划中。")
    remedy = marked("请选择现行的街镇、居村或网格，或用 * 表示全区。")


class ConditionNotBelow(Refusal):
    """A filing condition that no class under the prefix has."""

    status = 422
    says = marked("“%(prefix)s”下的类别没有立案条件“%(condition)s”。")
    remedy = marked("请选择该类别列出的立案条件，或用 * 表示各种情形。")


class LeadMissing(Refusal):
    """A row that names nobody."""

    status = 422
    says = marked("这一格没有主办单位。")
    remedy = marked("请选择主办单位；要取消这一格自己的规则，请用“移除”。")


class WordUnknown(Refusal):
    """A unit code or word that stands for no unit of the district."""

    status = 422
    says = marked("“%(word)s”不是本区的单位，也不是可用的泛称。")
    remedy = marked("请从列表中选择单位，或使用：属地街镇、居村工作站、网格、街镇科室、派驻机构。")


class UnitClosed(Refusal):
    """A unit that no longer works."""

    status = 422
    says = marked("%(unit)s已于%(day)s撤销，不能再承担职责。")
    remedy = marked("请选择接替它的单位。")


class TooManyAssisting(Refusal):
    """More assisting units than anybody can bring together."""

    status = 422
    says = marked("协办单位有 %(count)s 个，最多 %(most)s 个。")
    remedy = marked("请只列必须到场或会签的单位。")


class ReasonTooLong(Refusal):
    """A reason that does not fit."""

    status = 422
    says = marked("依据有 %(length)s 字，最多 %(longest)s 字，且不能空着。")
    remedy = marked("请用一句话写明为什么由该单位负责，派遣员和承办单位都会看到。")


@dataclass(frozen=True, slots=True)
class RowNote:
    """Something to mind about a row that may stand all the same: a msgid with its values."""

    says: str
    values: dict[str, object]


def check_row(row: Row, book: Rulebook, *, day: date) -> None:
    """Return when `row` may stand in a matrix of a day.

    :raises NoSuchClassBelow, AreaNotInForce, ConditionNotBelow: it stands nowhere
    :raises LeadMissing, WordUnknown, UnitClosed, TooManyAssisting: it names nobody, or somebody who cannot
    :raises ReasonTooLong: its reason is missing or too long
    """
    below = list(_leaves_below(row, book))
    if not row.class_prefix or not below:
        raise NoSuchClassBelow(prefix=row.class_prefix)
    if row.area_prefix != EVERY and row.area_prefix not in book.map.areas_on(day):
        raise AreaNotInForce(area=row.area_prefix)
    if row.condition != EVERY and not any(row.condition in book.conditions_of(kind.code) for kind in below):
        raise ConditionNotBelow(prefix=row.class_prefix, condition=row.condition)
    if not row.lead:
        raise LeadMissing
    if len(row.assisting) > MOST_ASSISTING:
        raise TooManyAssisting(count=len(row.assisting), most=MOST_ASSISTING)
    for word in (row.lead, *row.assisting, row.fallback):
        if word:
            _check_word(word, row, book, day=day)
    if not row.reason or len(row.reason) > LONGEST_REASON:
        raise ReasonTooLong(length=len(row.reason), longest=LONGEST_REASON)


def notes_on(row: Row, book: Rulebook, *, day: date) -> list[RowNote]:
    """What to mind about a row: classes that demand more force than its lead has, towns where nobody is meant."""
    return [*_too_weak(row, book, day=day), *_nobody_there(row, book, day=day)]


def _too_weak(row: Row, book: Rulebook, *, day: date) -> Iterator[RowNote]:
    resolve = book.resolver(day)
    leads = {code for area in smallest_areas(row.area_prefix, book, day=day) if (code := resolve(row.lead, area))}
    for force in ("enforcement", "management"):
        weak = sorted(code for code in leads if not covers(book.units[code].force, force))
        demanding = [kind.code for kind in _leaves_below(row, book) if kind.force == force] if weak else []
        if demanding:
            values = {"unit": book.units[weak[0]].name, "class": demanding[0], "count": len(demanding)}
            yield RowNote(
                marked(
                    "%(unit)s的处置权限低于 %(class)s 等 %(count)s 个小类的要求，这些案件会改派兜底或更宽规则的单位。"
                ),
                values,
            )
            return


def _nobody_there(row: Row, book: Rulebook, *, day: date) -> Iterator[RowNote]:
    resolve = book.resolver(day)
    areas = smallest_areas(row.area_prefix, book, day=day)
    bare = sorted({area[:9] for area in areas if not resolve(row.lead, area) and not resolve(row.fallback, area)})
    if bare:
        first = book.map.areas.get(bare[0])
        values = {"area": first.name if first else bare[0], "count": len(bare)}
        yield RowNote(marked("在%(area)s等 %(count)s 个街镇没有对应单位，这些地方由更宽的规则决定。"), values)


def smallest_areas(prefix: str, book: Rulebook, *, day: date) -> list[str]:
    """The areas of a day within `prefix` that hold no smaller ones."""
    areas = book.map.areas_on(day)
    around = {area.parent for area in areas.values()}
    return [code for code in areas if code not in around and includes_area(prefix, code)]


def leaves_of(book: Rulebook) -> list[CaseClass]:
    """The classes under which cases are filed."""
    return [kind for kind in book.classes.values() if kind.is_leaf]


def _leaves_below(row: Row, book: Rulebook) -> Iterator[CaseClass]:
    return (kind for kind in leaves_of(book) if includes_class(row.class_prefix, kind.code))


def _check_word(word: str, row: Row, book: Rulebook, *, day: date) -> None:
    """A word must mean a unit in some part of the row's area, and one that still works.

    :raises WordUnknown, UnitClosed: it means none
    """
    ever: set[str] = set()
    for area in smallest_areas(row.area_prefix, book, day=day):
        named = book.named(word, area)
        if any(book.units[code].holds_on(day) for code in named):
            return
        ever.update(named)
    if not ever:
        raise WordUnknown(word=word)
    unit = book.units[min(ever)]
    raise UnitClosed(unit=unit.name, day=unit.until_on or unit.since_on)
