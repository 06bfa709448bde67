"""Numbers survive being written and read, and wrong ones are noticed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.kernel.numbering import (
    MalformedNumber,
    MiscopiedNumber,
    MisshapenNumber,
    MisshapenPrefix,
    Number,
    NumberWithoutDay,
    SequenceOutOfRange,
    format_number,
    parse_number,
)

DAY = date(2026, 11, 22)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PREFIXES = st.lists(st.sampled_from(LETTERS), min_size=1, max_size=8).map("".join)
NUMBERS = st.builds(Number, prefix=PREFIXES, day=st.dates(), sequence=st.integers(1, 999_999))


def with_any_check_digit(text: str) -> list[str]:
    """Return the text with each of the ten check digits."""
    return [f"{text}-{digit}" for digit in range(10)]


def test_a_number_reads_as_the_handbook_shows_it() -> None:
    number = format_number("LD", DAY, 123)
    assert number[:-1] == "LD-20261122-000123-"
    assert number[-1].isdigit()
    assert parse_number(number) == Number(prefix="LD", day=DAY, sequence=123)


@given(number=NUMBERS)
def test_a_number_written_and_read_is_the_same_number(number: Number) -> None:
    assert parse_number(str(number)) == number


@given(number=NUMBERS)
def test_small_letters_full_width_forms_and_spaces_are_forgiven(number: Number) -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in str(number))
    assert parse_number(f"\u3000{wide.lower()} ") == number


@given(number=NUMBERS)
def test_every_single_wrong_digit_is_caught(number: Number) -> None:
    text = str(number)
    for place, right in enumerate(text):
        if right.isdigit():
            for wrong in set("0123456789") - {right}:
                with pytest.raises(MiscopiedNumber):
                    parse_number(text[:place] + wrong + text[place + 1 :])


@given(number=NUMBERS)
def test_every_exchange_of_neighbouring_digits_is_caught_also_across_a_dash(number: Number) -> None:
    text = str(number)
    places = [place for place, character in enumerate(text) if character.isdigit()]
    for left, right in zip(places, places[1:], strict=False):
        swapped = list(text)
        swapped[left], swapped[right] = swapped[right], swapped[left]
        if swapped != list(text):
            with pytest.raises(MiscopiedNumber):
                parse_number("".join(swapped))


def test_most_wrong_letters_of_the_prefix_are_caught() -> None:
    tail = format_number("LD", DAY, 123)[2:]
    taken = 0
    for letter in LETTERS:
        try:
            parse_number(f"L{letter}{tail}")
        except MiscopiedNumber:
            continue
        taken += 1
    assert taken <= 4


@pytest.mark.parametrize(
    "text",
    [
        "",
        "LD",
        "LD-20261122-000123",
        "LD-2026112-000123-7",
        "LD-20261122-0000123-7",
        "20261122-000123-7",
        "LD-20261122-000123-X",
        "LD—20261122—000123—7",
        "\x00LD-20261122-000123-7",
        "🚧-20261122-000123-7",
        "LD-20261122-000123-7\n-",
        "LD-２０２６११२२-000123-7",
        "9" * 1_000_000,
    ],
)
def test_a_text_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(MisshapenNumber) as refused:
        parse_number(text)
    assert len(str(refused.value)) < 200


def test_a_day_that_is_none_is_refused() -> None:
    faults = set()
    for text in with_any_check_digit("LD-20261301-000123"):
        with pytest.raises(MalformedNumber) as refused:
            parse_number(text)
        faults.add(type(refused.value))
    assert faults == {NumberWithoutDay, MiscopiedNumber}


def test_a_sequence_of_nought_is_refused_when_read() -> None:
    faults = set()
    for text in with_any_check_digit("LD-20261122-000000"):
        with pytest.raises(MalformedNumber) as refused:
            parse_number(text)
        faults.add(type(refused.value))
    assert faults == {SequenceOutOfRange, MiscopiedNumber}


@pytest.mark.parametrize("sequence", [0, -1, 1_000_000])
def test_a_sequence_out_of_range_is_refused_when_written(sequence: int) -> None:
    with pytest.raises(SequenceOutOfRange):
        format_number("LD", DAY, sequence)


@pytest.mark.parametrize("prefix", ["", "ld", "L1", "ABCDEFGHI", "联动", "L\x00", "L" * 100_000])
def test_a_prefix_that_is_not_capital_letters_is_refused(prefix: str) -> None:
    with pytest.raises(MisshapenPrefix):
        format_number(prefix, DAY, 1)


@given(text=st.lists(st.sampled_from("LD-0123456789 \n\x00🚧") | st.integers(0, 0x10FFFF).map(chr)).map("".join))
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    try:
        number = parse_number(text)
    except MalformedNumber:
        return
    assert parse_number(str(number)) == number
