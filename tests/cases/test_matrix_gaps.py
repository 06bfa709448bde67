"""Gaps, doubles and vain rows of a matrix: found by groups, the same as by asking every class in every area."""

from __future__ import annotations

import random
from datetime import date
from itertools import product

import pytest

from liandong.cases.matrices import coverage_of
from liandong.cases.matrices.gaps import ground_of
from liandong.cases.rulebook import Matrix, Rulebook, rulebook_for
from liandong.cases.rules.coverage import Coverage, Ground
from liandong.cases.rules.responsibility import Row, RowTable, includes, suggest
from liandong.people.rules.force import covers
from tests.world import DISTRICT, World

DAY = date(2026, 3, 2)


def _matrix(*rows: Row) -> Matrix:
    return Matrix(1, 1, "试", DAY, RowTable(rows))


def _row(class_prefix: str, area: str, lead: str, fallback: str = "", condition: str = "*") -> Row:
    return Row(class_prefix, area, lead, (), fallback, "因", condition)


@pytest.fixture
def book(world: World) -> Rulebook:
    return rulebook_for(DISTRICT)


def _bare(matrix: Matrix, book: Rulebook, ground: Ground) -> set[tuple[str, str]]:
    """Ask for every class in every area."""
    found = set()
    for kind, area in product(ground.classes, ground.areas):
        force = book.classes[kind.code].force

        def strong(word: str, place: str, force: str = force) -> str | None:
            code = book.resolve(word, place, DAY)
            return code if code and covers(book.units[code].force, force) else None

        if suggest(matrix.rows, class_code=kind.code, area=area, resolve=strong) is None:
            found.add((kind.code, area))
    return found


def _unfolded(coverage: Coverage, ground: Ground) -> set[tuple[str, str]]:
    found = set()
    for gap in coverage.gaps:
        kinds = {kind.code for kind in ground.classes for name in gap.classes if name in ("*", kind.code[: len(name)])}
        areas = {area for area in ground.areas for place in gap.areas if place in ("*", area[: len(place)])}
        assert len(kinds) * len(areas) == gap.combinations
        assert not found & set(product(kinds, areas)), "a combination stands in one line only"
        found |= set(product(kinds, areas))
    return found


def test_the_small_districts_own_matrix_leaves_no_gap_but_what_nobody_is_strong_enough_for(book: Rulebook) -> None:
    ground = ground_of(book, day=DAY)
    found = coverage_of(book.matrix_on(DAY), book, day=DAY)
    assert _unfolded(found, ground) == _bare(book.matrix_on(DAY), book, ground)
    assert found.combinations == len(ground.classes) * len(ground.areas)
    assert {gap.lacks_force for gap in found.gaps} == {True}


def test_gaps_are_those_of_asking_every_class_in_every_area(book: Rulebook) -> None:
    ground = ground_of(book, day=DAY)
    dice = random.Random(5)
    prefixes = ["*", "M", "M06", "M06010", "M09", "A", "A02", "A0203", "C01", "C01001"]
    areas = ["*", "310198", "310198001", "310198001001", "310198002001001", "310198009"]
    words = ["town", "station", "grid", "bureau:城管中队", "bureau:没有", "D01", "D99", "office:D01", ""]
    for _round in range(12):
        rows = {
            (name, area): _row(name, area, dice.choice(words), dice.choice(words))
            for name, area in ((dice.choice(prefixes), dice.choice(areas)) for _row_ in range(8))
        }
        matrix = _matrix(*rows.values())
        found = coverage_of(matrix, book, day=DAY)
        assert _unfolded(found, ground) == _bare(matrix, book, ground)
        assert found.uncovered == sum(gap.combinations for gap in found.gaps)


def test_a_gap_is_told_in_the_widest_words(book: Rulebook) -> None:
    everything = coverage_of(_matrix(), book, day=DAY)
    assert [(gap.classes, gap.areas, gap.lacks_force) for gap in everything.gaps] == [(("*",), ("*",), False)]
    rows = [_row(name, "*", "D01") for name in ("C", "A", "M")]
    rows[2] = _row("M", "310198001", "D01")
    found = coverage_of(_matrix(*rows), book, day=DAY)
    assert [(gap.classes, gap.areas) for gap in found.gaps] == [(("M",), ("310198002",))]


def test_a_narrow_class_everywhere_and_a_wide_class_here_contend_and_the_class_wins(book: Rulebook) -> None:
    rows = [_row("*", "*", "D01"), _row("M06010", "*", "D02"), _row("M06", "310198001", "D03")]
    (double,) = coverage_of(_matrix(*rows), book, day=DAY).doubles
    assert (double.wins, double.loses) == (rows[1], rows[2])
    assert (double.class_code, double.area[:9], double.combinations) == ("M06010", "310198001", 8)
    settled = coverage_of(_matrix(*rows, _row("M06010", "310198001", "D02")), book, day=DAY)
    assert settled.doubles == (), "a row for the very place settles it"
    same = coverage_of(_matrix(*rows[:2], _row("M06", "310198001", "D02")), book, day=DAY)
    assert same.doubles == (), "two rows that name the same unit do not contend"


def test_a_condition_everywhere_and_a_place_for_every_condition_contend(book: Rulebook) -> None:
    rows = [_row("A0203", "*", "D01", condition="suspected"), _row("A0203", "310198001", "D03")]
    (double,) = coverage_of(_matrix(_row("*", "*", "D01"), *rows), book, day=DAY).doubles
    assert (double.wins, double.loses, double.condition) == (rows[1], rows[0], "suspected")


def test_every_double_is_a_pair_of_which_neither_includes_the_other(book: Rulebook) -> None:
    dice = random.Random(9)
    rows = {
        (name, area): _row(name, area, dice.choice(["D01", "D02", "D03", "town"]))
        for name in ("M", "M06", "M06010")
        for area in ("*", "310198001", "310198001001")
        if dice.random() < 0.7
    }
    found = coverage_of(_matrix(*rows.values()), book, day=DAY).doubles
    assert found
    for double in found:
        assert not includes(double.wins.key, double.loses.key)
        assert not includes(double.loses.key, double.wins.key)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (_row("X01", "*", "D01"), "class"),
        (_row("M06010", "310198009", "D01"), "area"),
        (_row("M06010", "*", "D01", condition="suspected"), "condition"),
        (_row("M06010", "*", "D99", "bureau:没有"), "unit"),
        (_row("M06", "310198001", "D01"), None),
        (_row("*", "310198", "D01"), "hidden"),
        (_row("*", "*", "D01"), None),
    ],
)
def test_a_row_that_decides_nothing_says_why(book: Rulebook, row: Row, why: str | None) -> None:
    others = [_row(name, "*", "D01") for name in ("*", "M", "C", "A")]
    found = coverage_of(_matrix(*others, row), book, day=DAY).idle
    assert {idle.row.key: idle.why for idle in found}.get(row.key) == why


def test_a_lead_with_too_little_force_is_listed_with_its_classes(book: Rulebook) -> None:
    demanding = {kind.code for kind in book.classes.values() if kind.is_leaf and kind.force == "enforcement"}
    found = coverage_of(_matrix(_row("*", "*", "G001", "D01")), book, day=DAY)
    assert found.gaps == ()
    (weak,) = found.weak
    assert demanding <= set(weak.classes)
