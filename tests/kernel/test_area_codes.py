"""A code says its level and the areas around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.kernel.area_codes import AreaLevel, MalformedCode, is_within, level_of, parent_of, validate

CHAIN = ("310112", "310112001", "310112001003", "31011200100300B")
GROUPS = st.lists(st.sampled_from("0123456789ABCXYZ"), min_size=3, max_size=3).map("".join)
CODES = st.builds(
    lambda district, groups: f"{district:06d}" + "".join(groups),
    st.integers(0, 999_999),
    st.lists(GROUPS, max_size=3),
)


def test_the_length_of_a_code_tells_its_level() -> None:
    assert [level_of(code) for code in CHAIN] == list(AreaLevel)


def test_the_parent_of_a_code_is_the_code_without_its_last_group() -> None:
    assert [parent_of(code) for code in CHAIN] == [None, *CHAIN[:-1]]


def test_a_valid_code_is_returned_as_it_is() -> None:
    assert [validate(code) for code in CHAIN] == list(CHAIN)


def test_an_area_is_within_itself_and_all_around_it_and_nothing_else() -> None:
    grid = CHAIN[-1]
    assert all(is_within(grid, around) for around in CHAIN)
    assert not is_within(CHAIN[0], grid)
    assert not is_within(grid, "310112002")


@pytest.mark.parametrize(
    "text",
    [
        "", "3101", "3101120", "31011200", "310112001003001001", "31011A", "310112a01", "310112 01",
        "310112\n", "３１０１１２", "٣١٠١١٢", "310112\x00", "310112🚧🚧🚧", "*", "9" * 1_000_000,
    ],
)  # fmt: skip
def test_a_text_that_is_no_code_is_refused(text: str) -> None:
    for refusing in (validate, level_of, parent_of):
        with pytest.raises(MalformedCode) as refused:
            refusing(text)
        assert len(str(refused.value)) < 200


def test_neither_side_of_within_may_be_malformed() -> None:
    for code, prefix in ((CHAIN[1], "3101"), ("3101", CHAIN[0])):
        with pytest.raises(MalformedCode):
            is_within(code, prefix)


@given(code=CODES)
def test_climbing_from_any_code_ends_at_its_district(code: str) -> None:
    climbed = [code]
    while (around := parent_of(climbed[-1])) is not None:
        assert is_within(code, around)
        climbed.append(around)
    assert climbed[-1] == code[:6]
    assert [level_of(step) for step in reversed(climbed)] == list(AreaLevel)[: len(climbed)]
