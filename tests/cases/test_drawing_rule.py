"""The draw itself: fair within bounds, excludes always, and the same number gives the same person."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.cases.rules.drawing import MOST_WEIGHT, Candidate, Lot, draw, lots_of, proof_of

CANDIDATES = st.lists(
    st.builds(
        Candidate,
        key=st.text("abcdefgh", min_size=1, max_size=3),
        lately=st.integers(0, 200),
        was_here_last=st.booleans(),
        is_on_duty=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda one: one.key,
)
NUMBER = st.floats(0, 1, exclude_max=True, allow_subnormal=True)


@given(CANDIDATES, NUMBER)
def test_somebody_is_drawn_exactly_when_there_is_anybody_and_always_the_same(
    candidates: list[Candidate], drawn: float
) -> None:
    lots = lots_of(candidates)
    found = draw(lots, drawn)
    assert bool(found) == bool(candidates)
    assert found in {"", *(one.key for one in candidates)}
    assert draw(lots_of(reversed(candidates)), drawn) == found


@given(CANDIDATES, NUMBER)
def test_nobody_comes_to_one_grid_twice_running_while_another_is_there(
    candidates: list[Candidate], drawn: float
) -> None:
    found = draw(lots_of(candidates), drawn)
    by_key = {one.key: one for one in candidates}
    if any(not one.was_here_last for one in candidates):
        assert not by_key[found].was_here_last


@given(CANDIDATES, NUMBER)
def test_those_on_duty_come_first(candidates: list[Candidate], drawn: float) -> None:
    fresh = [one for one in candidates if not one.was_here_last] or candidates
    if any(one.is_on_duty for one in fresh):
        assert {one.key: one for one in fresh}[draw(lots_of(candidates), drawn)].is_on_duty


@given(CANDIDATES)
def test_who_was_drawn_less_has_no_less_weight_and_everybody_some(candidates: list[Candidate]) -> None:
    lately = {one.key: one.lately for one in candidates}
    lots = lots_of(candidates)
    assert all(1 <= lot.weight <= MOST_WEIGHT for lot in lots)
    for one in lots:
        for other in lots:
            assert lately[one.key] > lately[other.key] or one.weight >= other.weight


@pytest.mark.parametrize("drawn", [-0.001, 1.0, 7.0, float("nan")])
def test_a_number_outside_draws_nobody(drawn: float) -> None:
    with pytest.raises(ValueError, match="no number"):
        draw([Lot("a", 1)], drawn)


def test_every_share_of_the_numbers_is_as_wide_as_its_weight() -> None:
    lots = [Lot("a", 1), Lot("b", 3), Lot("c", 4)]
    found = Counter(draw(lots, n / 800) for n in range(800))
    assert found == {"a": 100, "b": 300, "c": 400}


def test_the_proof_changes_with_every_lot_and_number() -> None:
    lots = [Lot("a", 1), Lot("b", 3)]
    assert len({proof_of(lots, 0.5), proof_of(lots, 0.25), proof_of(lots[:1], 0.5), proof_of([Lot("a", 2)], 0.5)}) == 4
    assert proof_of(lots, 0.5) == proof_of(tuple(lots), 0.5)


def test_over_a_year_rotation_keeps_seven_people_within_a_few_draws_and_nobody_can_be_foretold() -> None:
    """A fixed seed, 2,000 checks in 20 grids: counts stay within 3 % of each other, yet any of six may come next."""
    dice = random.Random(20261130)
    people = [f"user/{name}" for name in "abcdefg"]
    drawn: Counter[str] = Counter()
    last: dict[int, str] = {}
    repeated, guessed = 0, 0
    for _ in range(2_000):
        grid = dice.randrange(20)
        lots = lots_of(Candidate(key, drawn[key], was_here_last=last.get(grid) == key) for key in people)
        likeliest = max(lots, key=lambda lot: (lot.weight, lot.key)).key
        found = draw(lots, dice.random())
        guessed += found == likeliest
        repeated += last.get(grid) == found
        last[grid] = found
        drawn[found] += 1
    assert repeated == 0
    assert max(drawn.values()) - min(drawn.values()) <= 9, drawn
    assert guessed / 2_000 < 0.5
