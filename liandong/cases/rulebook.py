"""All rules of a district in memory: its catalogue, limits, matrix, units and working time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from liandong.areas.queries import DistrictMap, current_map, edition_of
from liandong.cases.models import CaseClass, FilingCondition, MatrixVersion, Responsibility, TimeLimit
from liandong.cases.rules.limits import LimitKey, limit_for
from liandong.cases.rules.responsibility import Row, RowKey, Suggestion, suggest
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


@dataclass(frozen=True, slots=True)
class Matrix:
    """One version of the responsibility matrix."""

    version: int
    number: int
    title: str
    since_on: date
    rows: Mapping[RowKey, Row]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """One district's rules. Frozen: a new edition makes a new book."""

    map: DistrictMap
    classes: dict[str, CaseClass]
    conditions: dict[str, dict[str, FilingCondition]]
    limits: dict[LimitKey, Limit]
    matrices: tuple[Matrix, ...]
    units: dict[str, UnitFacts]
    by_place: dict[tuple[str, str], str]

    def class_of(self, code: str) -> CaseClass:
        """The class of a leaf code.

        :raises UnknownClass: no such leaf
        """
        found = self.classes.get(code)
        if found is None or not found.is_leaf:
            raise UnknownClass(code=code)
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

    def limit(self, clock: ClockKind, *, class_code: str, condition: str) -> Limit:
        """The limit that governs a clock of this class and condition."""
        return limit_for(self.limits, class_code=class_code, condition=condition, clock=clock)

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
        """The matrix in force on a day: the published version that began last. Empty before the first."""
        return next((matrix for matrix in self.matrices if matrix.since_on <= day), NO_MATRIX)

    def day_of(self, at: datetime) -> date:
        """The day an instant falls on in this district."""
        return at.astimezone(self.map.calendar.zone).date()

    def suggest(self, *, class_code: str, area: str, at: datetime, condition: str = "*") -> Suggestion | None:
        """Who should solve a case of this class and condition here, by the matrix in force at `at`."""
        rows = self.matrix_on(self.day_of(at)).rows
        return suggest(rows, class_code=class_code, area=area, condition=condition, resolve=self.resolve)

    def resolve(self, word: str, area: str) -> str | None:
        """A unit code, or a word the area resolves: `town`, `station`, `grid`, `bureau:<name>`."""
        kind, _, name = word.partition(":")
        if kind == "bureau":
            return self.by_place.get((f"bureau:{name}", area[:9]))
        size = {"town": 9, "station": 12, "grid": 15}.get(kind)
        if size is not None:
            return self.by_place.get((kind, area)) if len(area) == size else self.by_place.get((kind, area[:size]))
        code = word if word in self.units else f"{self.map.district.code}-{word}"
        return code if code in self.units else None


NO_MATRIX = Matrix(0, 0, "", date.min, {})


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
            "code", "parent_id", "kind", "level", "force", "name", "name_en", "area"
        )
    }
    conditions: dict[str, dict[str, FilingCondition]] = {}
    for condition in FilingCondition.objects.filter(district=district).order_by("id"):
        conditions.setdefault(condition.class_code, {})[condition.code] = condition
    return Rulebook(
        map=current_map(district),
        classes={row.code: row for row in CaseClass.objects.filter(district=district).order_by("code")},
        conditions=conditions,
        limits={
            (row.class_code, row.condition, row.clock): Limit(row.amount, TimeUnit(row.unit), row.clause)
            for row in TimeLimit.objects.filter(district=district)
        },
        matrices=_matrices(district),
        units=units,
        by_place=_by_place(units),
    )


def _matrices(district: str) -> tuple[Matrix, ...]:
    """The published versions of the matrix, newest first."""
    rows: dict[int, dict[RowKey, Row]] = {}
    for row in Responsibility.objects.filter(district=district, version__published_at__isnull=False):
        built = Row(
            row.class_prefix, row.area_prefix, row.lead, tuple(row.assisting), row.fallback, row.reason, row.condition
        )
        rows.setdefault(row.version_id, {})[built.key] = built
    published = MatrixVersion.objects.filter(district=district, published_at__isnull=False)
    return tuple(
        Matrix(version.pk, version.number, version.title, version.since_on or date.min, rows.get(version.pk, {}))
        for version in published.order_by("-since_on", "-number")
    )


def _by_place(units: dict[str, UnitFacts]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for unit in sorted(units.values(), key=lambda unit: unit.code):
        found.setdefault((unit.kind, unit.area), unit.code)
        if unit.kind == "bureau":
            town = units.get(unit.parent)
            short = unit.name.removeprefix(town.name) if town else unit.name
            for name in (unit.name, short):
                found.setdefault((f"bureau:{name}", unit.area[:9]), unit.code)
    return found


_books: Remembered[str, Rulebook] = Remembered(_read, edition_of)
