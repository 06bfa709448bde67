"""Small cells: what is not told cannot be worked out from what is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from liandong.citizen.publishing.rules.cells import LEAST, SUM, Cell, untold, with_sums

CELLS = [(row, column) for row in "ABCD" for column in "wxyz"]
TABLES = st.lists(st.integers(0, 40), min_size=len(CELLS), max_size=len(CELLS)).map(
    lambda counts: dict(zip(CELLS, counts, strict=True))
)


def test_a_small_cell_takes_a_neighbour_of_its_row_and_of_its_column_along() -> None:
    whole = with_sums({("A", "x"): 2, ("A", "y"): 30, ("A", "z"): 9, ("B", "x"): 8, ("B", "y"): 20, ("B", "z"): 40})
    hidden = untold(whole)
    assert {("A", "x"), ("A", "z"), ("B", "x"), ("B", "z")} == hidden


def test_large_cells_and_zeros_are_told() -> None:
    assert untold(with_sums({("A", "x"): 50, ("A", "y"): 0, ("B", "x"): 5, ("B", "y"): 7})) == frozenset()


@given(TABLES, st.integers(2, 12))
def test_no_count_below_the_least_is_told(table: dict[Cell, int], least: int) -> None:
    whole = with_sums(table)
    hidden = untold(whole, least=least)
    assert all(cell in hidden for cell, count in whole.items() if 0 < count < least)


@given(TABLES)
def test_no_line_has_exactly_one_cell_that_is_not_told(table: dict[Cell, int]) -> None:
    whole = with_sums(table)
    hidden = untold(whole)
    rows, columns = {row for row, _ in whole}, {column for _, column in whole}
    for row in rows:
        assert len([column for column in columns if (row, column) in hidden]) != 1
    for column in columns:
        assert len([row for row in rows if (row, column) in hidden]) != 1


@given(TABLES)
def test_sums_are_those_of_the_cells_told_or_not(table: dict[Cell, int]) -> None:
    whole = with_sums(table)
    assert whole[SUM, SUM] == sum(table.values())
    for row in {row for row, _ in table}:
        assert whole[row, SUM] == sum(count for (at, _), count in table.items() if at == row)


def test_a_table_all_of_small_cells_tells_nothing_but_its_sums() -> None:
    whole = with_sums({(row, column): LEAST - 2 for row in "AB" for column in "xy"})
    assert untold(whole) == {(row, column) for row in "AB" for column in "xy"}
