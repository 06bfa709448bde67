"""Which cells of a table of counts are not told, so that no single matter and no single opinion can be worked out.

A count below the least is not told. What would let one work it out from the sums of its row or column is not told
either: wherever a line has one untold cell, the next smallest of the line joins it (complementary suppression).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

Cell = tuple[str, str]
"""(row, column); `SUM` stands for the sums."""

SUM: Final = "*"
LEAST: Final = 5
"""Below this a count is not told, where the district does not say otherwise."""


def with_sums(counts: Mapping[Cell, int]) -> dict[Cell, int]:
    """A table with its sums, and a zero in every cell that nothing was counted in."""
    rows, columns = {row for row, _column in counts}, {column for _row, column in counts}
    whole: dict[Cell, int] = {(row, column): 0 for row in {*rows, SUM} for column in {*columns, SUM}}
    for (row, column), count in counts.items():
        for cell in ((row, column), (row, SUM), (SUM, column), (SUM, SUM)):
            whole[cell] += count
    return whole


def untold(whole: Mapping[Cell, int], *, least: int = LEAST) -> frozenset[Cell]:
    """The cells of a table with sums that are not told; no line has exactly one of them."""
    hidden = {cell for cell, count in whole.items() if 0 < count < least}
    lines = _lines(whole)
    while True:
        alone = next((line for line in lines if len(hidden.intersection(line)) == 1), None)
        joining = _next(alone, whole, hidden) if alone else None
        if joining is None:
            return frozenset(hidden)
        hidden.add(joining)


def _lines(whole: Iterable[Cell]) -> list[tuple[Cell, ...]]:
    lines: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in sorted(whole):
        lines["row", cell[0]].append(cell)
        lines["column", cell[1]].append(cell)
    return [tuple(lines[key]) for key in sorted(lines)]


def _next(line: tuple[Cell, ...], whole: Mapping[Cell, int], hidden: set[Cell]) -> Cell | None:
    """The cell that joins the untold one of a line: the smallest, but one that leaves no other line alone before it.

    Counted cells come before zeros, single ones before sums.
    """

    def rank(cell: Cell) -> tuple[bool, bool, bool, int, Cell]:
        across = [other for other in hidden if (other[0] == cell[0]) != (other[1] == cell[1]) and other not in line]
        return SUM in cell, whole[cell] == 0, len(across) != 1, whole[cell], cell

    return min((cell for cell in line if cell not in hidden), key=rank, default=None)
