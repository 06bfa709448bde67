"""The gaps and doubles of one version of the matrix over the district's classes, areas and units of a day."""

from __future__ import annotations

from datetime import date
from functools import cache

from liandong.cases.matrices.checking import leaves_of, smallest_areas
from liandong.cases.rulebook import WORD_SIZES, Matrix, Rulebook
from liandong.cases.rules.coverage import ClassFacts, Coverage, Ground, coverage
from liandong.cases.rules.responsibility import EVERY
from liandong.people.rules.force import strength


def coverage_of(matrix: Matrix, book: Rulebook, *, day: date) -> Coverage:
    """What a matrix leaves uncovered, decides twice, or says in vain, on a day."""
    return coverage(matrix.rows, ground_of(book, day=day))


def ground_of(book: Rulebook, *, day: date) -> Ground:
    """Every leaf class and smallest area of the district, and what words mean there."""
    resolve = cache(book.resolver(day))

    def unit(word: str, area: str) -> str | None:
        # A unit's own code means the same everywhere: it is looked up once.
        return resolve(word, area if word.partition(":")[0] in WORD_SIZES else "")

    @cache
    def force(word: str, area: str) -> int:
        code = unit(word, area) if word else None
        return strength(book.units[code].force) if code else -1

    classes = [
        ClassFacts(kind.code, strength(kind.force), frozenset(book.conditions_of(kind.code)) - {EVERY})
        for kind in leaves_of(book)
    ]
    headings = {kind.code for kind in book.classes.values()} | {kind.code[:1] for kind in book.classes.values()}
    return Ground(
        classes,
        smallest_areas(EVERY, book, day=day),
        frozenset(headings | book.map.areas_on(day).keys()),
        force,
        unit,
    )
