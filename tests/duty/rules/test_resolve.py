"""Who answers: the order of the walk, and that it ends empty-handed only where there is nothing at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from liandong.duty.rules.items import MOST_ITEMS, Item, most_urgent
from liandong.duty.rules.resolve import By, Station, resolve
from liandong.duty.rules.rotation import Watch, Why

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def watch(person: int | None, starts: int, ends: int, why: Why = Why.ROTATION) -> Watch:
    return Watch(date(2026, 3, 2), "day", AT + starts * HOUR, AT + ends * HOUR, person, why)


def test_the_watch_comes_before_the_head_the_deputy_and_the_telephone() -> None:
    own = Station("T", "", (watch(1, -1, 3),), heads=(2,), deputies=(3,))
    above = Station("C", "021-1")
    found = resolve([own, above], at=AT)
    assert (found.persons, found.by, found.phone, found.until) == ((1,), By.ROTATION, "021-1", AT + 3 * HOUR)


def test_a_gap_falls_to_the_head_until_the_next_watch_begins() -> None:
    own = Station("T", "021-2", (watch(None, -1, 2, Why.ABSENT), watch(4, 2, 9)), heads=(2,), deputies=(3,))
    found = resolve([own], at=AT)
    assert (found.persons, found.by, found.until) == ((2,), By.HEAD, AT + 2 * HOUR)


def test_without_a_head_a_deputy_answers_then_the_telephone_then_the_parent() -> None:
    assert resolve([Station("T", "1", deputies=(3,))], at=AT).by is By.DEPUTY
    assert resolve([Station("T", "1"), Station("C", "2", heads=(9,))], at=AT).by is By.PHONE
    above = resolve([Station("T", ""), Station("C", "2", heads=(9,))], at=AT)
    assert (above.by, above.unit, above.persons) == (By.HEAD, "C", (9,))
    assert resolve([Station("T", ""), Station("C", "")], at=AT).by is By.NOBODY


def test_two_seats_are_answered_by_both() -> None:
    own = Station("T", "", (watch(1, -1, 3), watch(2, -2, 2, Why.SWAP)))
    found = resolve([own], at=AT)
    assert (found.persons, found.until) == ((1, 2), AT + 2 * HOUR)


stations = st.builds(
    Station,
    unit=st.sampled_from("TC"),
    phone=st.sampled_from(["", "021"]),
    watches=st.lists(
        st.builds(watch, st.sampled_from([None, 1, 2]), st.integers(-5, 5), st.integers(6, 9)), max_size=3
    ).map(tuple),
    heads=st.sampled_from([(), (5,)]),
)


@given(chain=st.lists(stations, min_size=1, max_size=4))
def test_a_unit_with_a_telephone_up_the_tree_never_leaves_one_empty_handed(chain: list[Station]) -> None:
    found = resolve(chain, at=AT)
    if any(station.phone for station in chain):
        assert found.persons or found.phone
    if found.until is not None:
        assert found.until > AT


@given(dues=st.lists(st.none() | st.integers(-99, 99), max_size=250))
def test_items_are_handed_over_late_first_and_no_more_than_can_be_read(dues: list[int | None]) -> None:
    items = [Item("case", str(n), "", None if due is None else AT + due * HOUR, "") for n, due in enumerate(dues)]
    kept = most_urgent(items)
    assert len(kept) == min(len(items), MOST_ITEMS)
    known = [item.due_at for item in kept if item.due_at]
    assert known == sorted(known)
    assert all(item.due_at is None for item in kept[len(known) :])
