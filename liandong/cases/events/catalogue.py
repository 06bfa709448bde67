"""What happens to the rules of a district: its catalogue and its responsibility matrix."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CatalogueLoaded:
    classes: int
    conditions: int
    limits: int
    responsibilities: int


@dataclass(frozen=True, slots=True)
class MatrixRowWords:
    """Whom a row of the matrix names, as it stood before or after a change."""

    lead: str
    assisting: tuple[str, ...]
    fallback: str
    reason: str


@dataclass(frozen=True, slots=True)
class MatrixDraftOpened:
    number: int
    title: str
    based_on: int


@dataclass(frozen=True, slots=True)
class MatrixRowSet:
    """A row of a draft was stated or changed; `before` is missing where there was none. `revision` is the draft's."""

    class_prefix: str
    area_prefix: str
    condition: str
    revision: int
    after: MatrixRowWords
    before: MatrixRowWords | None = None


@dataclass(frozen=True, slots=True)
class MatrixRowRemoved:
    class_prefix: str
    area_prefix: str
    condition: str
    revision: int
    before: MatrixRowWords


@dataclass(frozen=True, slots=True)
class MatrixDraftCaughtUp:
    """A draft took over what was published since it was opened, but for the rows it had changed itself."""

    number: int
    onto: int
    revision: int
    taken: int
    kept: int


@dataclass(frozen=True, slots=True)
class MatrixPublished:
    number: int
    title: str
    since_on: date
    rows: int
    changes: int = 0


@dataclass(frozen=True, slots=True)
class MatrixDraftDropped:
    number: int
    title: str
    revision: int
