"""How alike two matters are: properties of the score, and the table it is made of."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.cases.rules.similarity import (
    METRE_STEPS,
    REASON_WORDS,
    WEIGHTS,
    Aspect,
    Matter,
    compared_terms,
    is_same_place,
    likeness,
    overlap,
)

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
GRID = "310198001001001"
WORDS = compared_terms("小区门口垃圾堆了三天没人清")

_TERMS = st.frozensets(st.sampled_from(["垃圾", "小区", "门口", "噪声", "施工", "夜间", "无证", "油烟"]))
_MATTERS = st.builds(
    Matter,
    class_code=st.sampled_from(["", "M06010", "M06011", "A0203"]),
    area=st.sampled_from(["310198", "310198001001", GRID, "310198001001002"]),
    at=st.integers(0, 90 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    lon=st.none(),
    lat=st.none(),
    address=st.sampled_from(["", "东桥路", "东桥路12号", "东桥路 12 号", "西桥路9号"]),
    terms=_TERMS,
)
_PLACED = st.builds(
    lambda matter, lon, lat: replace(matter, lon=lon, lat=lat),
    _MATTERS,
    st.floats(121.40, 121.41),
    st.floats(31.00, 31.01),
)
_ANY = st.one_of(_MATTERS, _PLACED)


@given(_ANY, _ANY)
def test_the_score_is_the_same_in_both_directions_and_within_a_hundred(one: Matter, other: Matter) -> None:
    there, back = likeness(one, other), likeness(other, one)
    assert there == back
    assert 0 <= there.score <= 100
    assert is_same_place(one, other) == is_same_place(other, one)


@given(_PLACED, st.floats(0, 0.01), st.floats(0, 0.01))
def test_what_lies_farther_away_is_never_more_alike(matter: Matter, gap: float, more: float) -> None:
    assert matter.lon is not None
    near = replace(matter, lon=matter.lon + gap)
    far = replace(matter, lon=matter.lon + gap + more)
    assert likeness(matter, near).score >= likeness(matter, far).score


@given(_ANY, st.integers(0, 2000), st.integers(0, 2000))
def test_what_was_reported_longer_ago_is_never_more_alike(matter: Matter, hours: int, more: int) -> None:
    sooner = replace(matter, at=matter.at - timedelta(hours=hours))
    later = replace(matter, at=matter.at - timedelta(hours=hours + more))
    assert likeness(matter, sooner).score >= likeness(matter, later).score


@given(_ANY)
def test_nothing_is_more_alike_than_a_placed_matter_and_itself(matter: Matter) -> None:
    if matter.lon is not None:
        assert likeness(matter, matter).score == 100 or 0 < len(matter.terms) < 8


@given(_TERMS, _TERMS)
def test_the_overlap_of_words_is_a_share_and_symmetric(one: frozenset[str], other: frozenset[str]) -> None:
    assert overlap(one, other) == overlap(other, one)
    assert 0 <= overlap(one, other) <= 1


def test_a_matter_holds_class_place_time_and_words_and_nothing_of_a_person() -> None:
    assert {field.name for field in fields(Matter)} == {"class_code", "area", "at", "lon", "lat", "address", "terms"}


def test_the_tables_are_whole() -> None:
    assert sum(WEIGHTS.values()) == 100
    assert set(WEIGHTS) == set(Aspect)
    values = [value for _limit, value in METRE_STEPS]
    assert values == sorted(values, reverse=True)


def _here(**changes: object) -> Matter:
    return replace(Matter("M06010", GRID, NOON, 121.405, 31.01, "", WORDS), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("other", "shown", "codes"),
    [
        (_here(), True, ["metres", "same_class", "minutes", "like_words"]),
        (_here(terms=frozenset()), True, ["metres", "same_class", "minutes"]),
        (_here(class_code="A0203"), True, ["metres", "minutes", "like_words"]),
        (_here(class_code="A0203", terms=compared_terms("夜间施工噪声扰民")), False, ["metres", "minutes"]),
        (_here(lon=121.408), True, ["metres", "same_class", "minutes", "like_words"]),
        (_here(lon=121.408, terms=compared_terms("夜间施工噪声扰民")), False, ["metres", "same_class", "minutes"]),
        (_here(lon=121.409), False, ["same_class", "minutes", "like_words"]),
        (_here(lon=None, lat=None), True, ["same_grid", "same_class", "minutes", "like_words"]),
        (_here(lon=None, lat=None, area="310198"), False, ["same_class", "minutes", "like_words"]),
        (
            _here(class_code="M06011", at=NOON - timedelta(days=3)),
            True,
            ["metres", "same_branch", "days", "like_words"],
        ),
    ],
)
def test_a_matter_is_shown_for_the_reasons_it_gives(other: Matter, shown: bool, codes: list[str]) -> None:  # noqa: FBT001
    found = likeness(_here(), other)
    assert [reason.code for reason in found.reasons] == codes
    assert found.is_shown is shown, found
    assert set(codes) <= set(REASON_WORDS)


def test_an_address_stands_for_a_point_where_there_is_none() -> None:
    told = _here(lon=None, lat=None, area="310198", address="东桥路 12号")
    known = _here(address="东桥路12号")
    assert is_same_place(told, known)
    assert not is_same_place(replace(told, address="东桥路13号"), known)
    assert not is_same_place(replace(told, address="12号"), replace(known, address="12号"))
