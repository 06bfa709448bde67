"""Versions of a district's matrix: drafts, the one in force, those to come and those that were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, QuerySet

from liandong.cases.models import MatrixVersion, Responsibility
from liandong.cases.rulebook import Matrix, Rulebook, table_of
from liandong.cases.rules.responsibility import Row, RowKey, RowTable
from liandong.kernel.refusal import marked
from liandong.people.access import NotFound
from liandong.timeline.queries import Entry, trace

THE_VERSION = marked("这一版责任矩阵")
MATRIX = "matrix"
"""How the timeline names a version of a matrix."""


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """A version as a list shows it; `state` is draft, coming, in_force or past, `until_on` its last day."""

    id: int
    number: int
    title: str
    state: str
    rows: int
    revision: int
    based_on: int | None
    made_by: str
    made_at: datetime
    published_at: datetime | None
    since_on: date | None
    until_on: date | None

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.state == "draft"


@dataclass(frozen=True, slots=True)
class RowChange:
    """What differs at one place of two matrices; `before` or `after` is missing where a row was added or removed."""

    key: RowKey
    before: Row | None
    after: Row | None


def versions_of(district: str, *, day: date) -> list[VersionFacts]:
    """Every version of a district's matrix: drafts first, then those to come, the one in force, and the past."""
    found = list(MatrixVersion.objects.filter(district=district).select_related("based_on"))
    rows = Responsibility.objects.filter(district=district).values_list("version").annotate(Count("pk")).order_by()
    counts = dict(rows)
    published = sorted(
        (version for version in found if version.published_at),
        key=lambda version: (version.since_on, version.published_at, version.number),
        reverse=True,
    )
    in_force = next((version.pk for version in published if version.since_on and version.since_on <= day), 0)
    ends = _last_days(published)
    drafts = sorted((version for version in found if not version.published_at), key=lambda version: -version.number)
    return [
        VersionFacts(
            version.pk,
            version.number,
            version.title,
            _state(version, in_force=in_force, day=day),
            counts.get(version.pk, 0),
            version.revision,
            version.based_on.number if version.based_on else None,
            version.made_by,
            version.made_at,
            version.published_at,
            version.since_on,
            ends.get(version.pk),
        )
        for version in (*drafts, *published)
    ]


def version_numbered(district: str, number: int) -> MatrixVersion:
    """The version of that number in a district.

    :raises NotFound: there is none
    """
    found = MatrixVersion.objects.filter(district=district, number=number).first()
    if found is None:
        raise NotFound(what=THE_VERSION)
    return found


def version_for(version: int) -> MatrixVersion:
    """The version of that id.

    :raises NotFound: there is none
    """
    found = MatrixVersion.objects.filter(pk=version).first()
    if found is None:
        raise NotFound(what=THE_VERSION)
    return found


def matrix_for(version: MatrixVersion, book: Rulebook) -> Matrix:
    """The rows of a version: remembered when it is published, read when it is a draft."""
    known = next((matrix for matrix in book.matrices if matrix.version == version.pk), None)
    if known is not None:
        return known
    rows = table_of(Responsibility.objects.filter(version=version))
    return Matrix(version.pk, version.number, version.title, version.since_on or date.max, rows)


def changes_between(before: RowTable, after: RowTable) -> list[RowChange]:
    """Where two matrices differ, in the order of their places."""
    return sorted(_changes(before, after), key=lambda change: change.key)


def record_of(version: MatrixVersion) -> QuerySet[Entry]:
    """Everything that was done to a version, oldest first."""
    return trace(MATRIX, version.pk)


def _changes(before: RowTable, after: RowTable) -> Iterator[RowChange]:
    for key, row in after.items():
        stood = before.get(key)
        if stood is None or stood != row:
            yield RowChange(key, stood, row)
    for key, row in before.items():
        if key not in after:
            yield RowChange(key, row, None)


def _state(version: MatrixVersion, *, in_force: int, day: date) -> str:
    if version.published_at is None:
        return "draft"
    if version.pk == in_force:
        return "in_force"
    return "coming" if version.since_on and version.since_on > day else "past"


def _last_days(newest_first: list[MatrixVersion]) -> dict[int, date]:
    """The last day of each version that another one follows; one that was overruled on its own day never held."""
    ends: dict[int, date] = {}
    for later, earlier in zip(newest_first, newest_first[1:], strict=False):
        if later.since_on and earlier.since_on:
            ends[earlier.pk] = date.fromordinal(later.since_on.toordinal() - 1)
    return ends
