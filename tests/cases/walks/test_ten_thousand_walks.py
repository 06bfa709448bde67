"""Ten thousand random walks: whatever is tried, product and law agree on what is allowed and what comes of it."""

from __future__ import annotations

import pytest

from tests.cases.walks.steps import FROM
from tests.cases.walks.walking import walks
from tests.world import World

WALKS, CHUNKS = 10_000, 40
RARE = {"lift_overdue"}
"""Needs a mark and time granted after it: `test_clock_jump` and `test_workflow` take it."""


@pytest.mark.parametrize("seed", range(CHUNKS))
def test_product_and_law_agree(world: World, seed: int) -> None:
    met = walks(world, seed=seed, count=WALKS // CHUNKS, steps=16)
    assert met["refused"] > 0.3 * met["taken"]


def test_walks_take_every_step_and_are_refused_it_too(world: World) -> None:
    met = walks(world, seed=CHUNKS, count=1_000, steps=16)
    refused = {name.partition(":")[0] for name in met if ":" in name}
    assert set(FROM) - set(met) <= RARE
    assert set(FROM) - refused == set()
