"""All rules of a district in memory: its catalogue, limits, matrix, units and working time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from liandong.areas.queries import DistrictMap, current_map, edition_of
from liandong.cases.models import CaseClass, ClassPolicy, FilingCondition, MatrixVersion, Responsibility, TimeLimit
from liandong.cases.rules.limits import Dated, LimitKey, limit_for
from liandong.cases.rules.policies import Policy, PolicyKey, parse_policy, policy_for
from liandong.cases.rules.responsibility import Resolve, Row, RowTable, Suggestion, suggest
from liandong.cases.rules.words import ClockKind
from liandong.kernel.refusal import Refusal, marked
from liandong.kernel.working_time import Limit, TimeUnit, due
from liandong.people.queries import units_of
from liandong.web.remembered import Remembered


class UnknownClass(Refusal):
    """A class code that this district's catalogue does not hold, or that is only a heading."""

    status = 422
    says = marked("类别“%(code)s”不在本区目录中。")
    remedy = marked("请从类别目录中选择一个小类。")


class ClassRetired(Refusal):
    """A class that was in use until a day in the past."""

    status = 422
    says = marked("类别“%(code)s”已于 %(day)s 停用，不能用于新的报告。")
    remedy = marked("请从现行目录中选择接替它的小类。")


class UnknownCondition(Refusal):
    """A filing condition that the class does not have."""

    status = 422
    says = marked("类别“%(class)s”没有立案条件“%(code)s”。")
    remedy = marked("请选择该类别列出的立案条件。")


class UnknownUnit(Refusal):
    """A unit code that this district does not have."""

    status = 422
    says = marked("没有代码为“%(code)s”的单位。")
    remedy = marked("请从单位列表中选择。")


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit as the rules see it."""

    code: str
    parent: str
    kind: str
    level: str
    force: str
    name: str
    name_en: str
    area: str
    since_on: date | None = None
    until_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the unit is at work on that day."""
        return (self.since_on is None or self.since_on <= day) and (self.until_on is None or day <= self.until_on)


@dataclass(frozen=True, slots=True)
class Matrix:
    """One version of the responsibility matrix. One published on its first day holds from `since_at` of that day."""

    version: int
    number: int
    title: str
    since_on: date
    rows: RowTable
    since_at: datetime | None = None
    is_loaded: bool = False
    """Whether it came with the district's folder."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """One district's rules. Frozen: a new edition makes a new book."""

    map: DistrictMap
    classes: dict[str, CaseClass]
    conditions: dict[str, dict[str, FilingCondition]]
    limits: dict[LimitKey, Dated]
    policies: dict[PolicyKey, Any]
    matrices: tuple[Matrix, ...]
    units: dict[str, UnitFacts]
    by_place: dict[tuple[str, str], str]
    all_by_place: dict[tuple[str, str], tuple[str, ...]]

    def class_of(self, code: str) -> CaseClass:
        """The class of a leaf code.

        :raises UnknownClass: no such leaf
        """
        found = self.classes.get(code)
        if found is None or not found.is_leaf:
            raise UnknownClass(code=code)
        return found

    def class_on(self, code: str, day: date) -> CaseClass:
        """The class of a leaf code that new reports may bear on a day; older cases keep theirs.

        :raises UnknownClass: no such leaf
        :raises ClassRetired: it is no longer used
        """
        found = self.class_of(code)
        if found.until_on is not None and found.until_on < day:
            raise ClassRetired(code=code, day=found.until_on.isoformat())
        return found

    def conditions_of(self, class_code: str) -> dict[str, FilingCondition]:
        """The filing conditions of a class, the district's default where it names none."""
        return self.conditions.get(class_code) or self.conditions.get("*", {})

    def condition_of(self, class_code: str, code: str) -> str:
        """Return `code` when the class has that condition, its first one when `code` is empty.

        :raises UnknownCondition: the class has no such condition
        """
        known = self.conditions_of(class_code)
        if not code:
            return next(iter(known), "*")
        if code not in known:
            raise UnknownCondition(**{"class": class_code, "code": code})
        return code

    def limit(self, clock: ClockKind, *, class_code: str, condition: str, at: datetime | None = None) -> Limit:
        """The limit that governs a clock of this class and condition that starts at `at`; without, the latest."""
        day = self.day_of(at) if at else date.max
        return limit_for(self.limits, class_code=class_code, condition=condition, clock=clock, day=day)

    def policy(self, class_code: str) -> Policy:
        """How cases of a class are dealt with here."""
        return policy_for(self.policies, class_code)

    def due(self, limit: Limit, *, since: datetime) -> datetime:
        """When a limit that starts at `since` falls due in this district's working time."""
        return due(limit, since=since, calendar=self.map.calendar)

    def unit(self, code: str) -> UnitFacts:
        """The unit of that code.

        :raises UnknownUnit: no such unit here
        """
        found = self.units.get(code)
        if found is None:
            raise UnknownUnit(code=code)
        return found

    def matrix_on(self, day: date) -> Matrix:
        """The matrix in force at the end of a day: the version that began last. Empty before the first."""
        return next((matrix for matrix in self.matrices if matrix.since_on <= day), NO_MATRIX)

    def matrix_at(self, at: datetime) -> Matrix:
        """The matrix in force at an instant: in the morning of a publication, that is still the one before."""
        day = self.day_of(at)
        begun = (matrix for matrix in self.matrices if matrix.since_on <= day)
        return next((matrix for matrix in begun if matrix.since_at is None or matrix.since_at <= at), NO_MATRIX)

    def day_of(self, at: datetime) -> date:
        """The day an instant falls on in this district."""
        return at.astimezone(self.map.calendar.zone).date()

    def suggest(self, *, class_code: str, area: str, at: datetime, condition: str = "*") -> Suggestion | None:
        """Who should solve a case of this class and condition here, by the matrix in force at `at`."""
        day, rows = self.day_of(at), self.matrix_at(at).rows
        return suggest(rows, class_code=class_code, area=area, condition=condition, resolve=self.resolver(day))

    def resolver(self, day: date) -> Resolve:
        """What turns the words of the matrix into the units at work on a day."""
        return lambda word, area: self.resolve(word, area, day)

    def resolve(self, word: str, area: str, day: date | None = None) -> str | None:
        """The unit at work on a day that a word stands for in an area, or the code's own; None where there is none.

        Without a day, units that have closed count too.
        """
        found = self.named(word, area)
        return next((code for code in found if day is None or self.units[code].holds_on(day)), None)

    def named(self, word: str, area: str) -> tuple[str, ...]:
        """Every unit that a word has ever stood for in an area.

        Words are unit codes, with or without the district's, or `town`, `station`, `grid`, `bureau:<name>` and
        `office:<department>`, its local office: whatever stands where the case lies.
        """
        kind, _, name = word.partition(":")
        if kind in WORD_SIZES and bool(name) == (kind in NAMED):
            place = area[: WORD_SIZES[kind]]
            # An area newly drawn without units of its own has those of the area it came from.
            places = (place, *self.map.forerunners(place))
            return tuple(unit for place in places for unit in self.all_by_place.get((word, place), ()))
        code = word if word in self.units else f"{self.map.district.code}-{word}"
        return (code,) if code in self.units else ()


WORD_SIZES = {"town": 9, "bureau": 9, "office": 9, "station": 12, "grid": 15}
"""How much of an area's code says which town, station or grid is meant."""
NAMED = frozenset({"bureau", "office"})
"""The words that a name follows."""
NO_MATRIX = Matrix(0, 0, "", date.min, RowTable())


def rulebook_for(district: str) -> Rulebook:
    """The rules of a district, reread when it was loaded anew.

    :raises UnknownDistrict: the district is not loaded
    """
    return _books.get(district)


def forget_rules() -> None:
    """Drop what is remembered of every district: for loaders and tests."""
    _books.forget()


def _read(district: str) -> Rulebook:
    units = {
        row[0]: UnitFacts(row[0], row[1] or "", *row[2:])
        for row in units_of(district).values_list(
            *("code", "parent_id", "kind", "level", "force", "name", "name_en", "area", "since_on", "until_on")
        )
    }
    conditions: dict[str, dict[str, FilingCondition]] = {}
    for condition in FilingCondition.objects.filter(district=district).order_by("id"):
        conditions.setdefault(condition.class_code, {})[condition.code] = condition
    places = _by_place(units)
    district_map = current_map(district)
    return Rulebook(
        map=district_map,
        classes={row.code: row for row in CaseClass.objects.filter(district=district).order_by("code")},
        conditions=conditions,
        limits=_limits(district),
        policies={
            (row.class_code, row.name): parse_policy(row.name, row.value)
            for row in ClassPolicy.objects.filter(district=district)
        },
        matrices=_matrices(district, zone=district_map.calendar.zone),
        units=units,
        by_place={place: codes[0] for place, codes in places.items()},
        all_by_place=places,
    )


def _limits(district: str) -> dict[LimitKey, Dated]:
    """Every limit by what it governs, the one that holds from the latest day first."""
    found: dict[LimitKey, list[tuple[date, Limit]]] = {}
    for row in TimeLimit.objects.filter(district=district).order_by("-since_on"):
        limit = Limit(row.amount, TimeUnit(row.unit), row.clause)
        found.setdefault((row.class_code, row.condition, row.clock), []).append((row.since_on, limit))
    return {key: tuple(limits) for key, limits in found.items()}


def table_of(rows: QuerySet[Responsibility]) -> RowTable:
    """Stored rows of one version as the rules read them."""
    return RowTable(row for _version, row in _rows_in(rows))


def _rows_in(rows: QuerySet[Responsibility]) -> Iterator[tuple[int, Row]]:
    """Each row with the version it stands in. Equal words are kept once: a large matrix repeats few of them."""
    helpers: dict[tuple[str, ...], tuple[str, ...]] = {}
    columns = ("version", "assisting", "class_prefix", "area_prefix", "lead", "fallback", "reason", "condition")
    for version, assisting, *words in rows.values_list(*columns).iterator(chunk_size=10_000):
        name, place, lead, fallback, reason, condition = map(sys.intern, words)
        helping = helpers.setdefault(tuple(assisting), tuple(assisting))
        yield version, Row(name, place, lead, helping, fallback, reason, condition)


def _matrices(district: str, *, zone: ZoneInfo) -> tuple[Matrix, ...]:
    """The published versions of the matrix, the one that takes over last first."""
    rows: dict[int, list[Row]] = {}
    for version, row in _rows_in(Responsibility.objects.filter(district=district, version__published_at__isnull=False)):
        rows.setdefault(version, []).append(row)
    published = MatrixVersion.objects.filter(district=district, published_at__isnull=False)
    return tuple(
        Matrix(
            version.pk,
            version.number,
            version.title,
            version.since_on or date.min,
            RowTable(rows.get(version.pk, ())),
            version.published_at
            if version.published_at and version.published_at.astimezone(zone).date() == version.since_on
            else None,
            version.is_loaded,
        )
        for version in published.order_by("-since_on", "-published_at", "-number")
    )


def _by_place(units: dict[str, UnitFacts]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Every unit that `town`, `bureau:<name>` and the like may mean, by the area it answers for; open ones first."""
    found: dict[tuple[str, str], list[str]] = {}
    for unit in sorted(units.values(), key=lambda unit: (unit.until_on is not None, unit.code)):
        for word in (unit.kind, *_words_for(unit, units)):
            size = WORD_SIZES.get(word.partition(":")[0], len(unit.area))
            found.setdefault((word, unit.area[:size]), []).append(unit.code)
    return {place: tuple(codes) for place, codes in found.items()}


def _words_for(unit: UnitFacts, units: dict[str, UnitFacts]) -> set[str]:
    """The words with a name that mean this unit in its town."""
    if unit.kind == "bureau":
        town = units.get(unit.parent)
        return {f"bureau:{name}" for name in (unit.name, unit.name.removeprefix(town.name) if town else unit.name)}
    if unit.kind == "office" and (department := units.get(unit.parent)):
        return {f"office:{department.code}", f"office:{department.code.partition('-')[2]}"}
    return set()


_books: Remembered[str, Rulebook] = Remembered(_read, edition_of)
