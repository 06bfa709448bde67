"""Numbers of a day: in order, none twice, none left out, and nobody waits for another's commit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from liandong.cases.numbers import LANES, next_numbers
from liandong.cases.rulebook import rulebook_for
from liandong.kernel.numbering import parse_number
from tests.world import DISTRICT, World

DAY = date(2026, 3, 2)


class Undone(Exception):
    """The transaction was taken back."""


def take(count: int = 1, day: date = DAY) -> list[int]:
    """The sequences of the next numbers."""
    numbers = next_numbers(rulebook_for(DISTRICT).map.district, day, count=count)
    return [parse_number(number).sequence for number in numbers]


def test_a_day_without_haste_counts_one_two_three(shared_world: World) -> None:
    assert [take()[0] for _ in range(20)] == list(range(1, 21))
    assert take(day=DAY + timedelta(days=1)) == [1]


def test_many_at_once_are_counted_on_and_after_them_one_by_one_goes_on(shared_world: World) -> None:
    first = [take()[0] for _ in range(3)]
    with transaction.atomic():
        many = take(30)
    assert first + many + take() + take(5) + take() == list(range(1, 41))


def test_a_number_that_was_taken_back_is_given_to_the_next(shared_world: World) -> None:
    take(3)
    with suppress(Undone), transaction.atomic():
        assert take() == [4]
        raise Undone
    assert take() == [4]


def test_one_transaction_may_take_several(shared_world: World) -> None:
    with transaction.atomic():
        assert [take()[0] for _ in range(2 * LANES)] == list(range(1, 2 * LANES + 1))


class Holder(threading.Thread):
    """Somebody who took a number and has not committed yet."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        super().__init__(daemon=True)
        self.number, self.then = 0, then
        self.took, self.may_end = threading.Event(), threading.Event()
        self.start()

    def run(self) -> None:
        try:
            with suppress(Undone), transaction.atomic():
                self.number = take()[0]
                self.took.set()
                self.may_end.wait(20)
                self.then()
        finally:
            connection.close()

    def end(self) -> None:
        """Commit, or take it back."""
        self.may_end.set()
        self.join(20)


def _undo() -> None:
    raise Undone


@pytest.mark.parametrize("then", [lambda: None, _undo], ids=["committed", "taken back"])
def test_eight_open_cases_side_by_side_and_a_ninth_waits_for_one_of_them(shared_world: World, then: Any) -> None:
    take()  # the day has begun
    holders = []
    for _ in range(LANES):
        holders.append(Holder(then))
        assert holders[-1].took.wait(20), "nobody waits while a lane is free"
    assert sorted(holder.number for holder in holders) == list(range(2, LANES + 2))
    ninth = Holder()
    assert not ninth.took.wait(0.3)
    for holder in holders:
        holder.end()
    assert ninth.took.wait(20)
    ninth.end()
    kept = {ninth.number} | ({holder.number for holder in holders} if then is not _undo else set())
    later = [take()[0] for _ in range(2 * LANES)]
    assert not kept & set(later)
    assert {1} | kept | set(later) >= set(range(1, max(later) - LANES))
