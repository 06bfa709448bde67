"""Templates are checked when saved and never fail when sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.kernel.refusal import Refusal
from liandong.notify.rules.notices import BY_CODE, NOTICES, notices_for, placeholders_of
from liandong.notify.rules.wording import (
    BrokenTemplate,
    TemplateEmpty,
    TemplateTooLong,
    UnknownPlaceholder,
    Wording,
    checked,
    filled,
    segments,
    without_numbers,
)
from liandong.notify.standards import LANGUAGES, shipped

KNOWN = ("number", "class")


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ("  \x00 ", TemplateEmpty),
        ("案" * 601, TemplateTooLong),
        ("{number", BrokenTemplate),
        ("number}", BrokenTemplate),
        ("{number.__class__}", BrokenTemplate),
        ("{number[0]}", BrokenTemplate),
        ("{number!r}", BrokenTemplate),
        ("{number:>900}", BrokenTemplate),
        ("{}", BrokenTemplate),
        ("{phone}", UnknownPlaceholder),
    ],
)
def test_what_could_not_be_sent_is_not_saved(body: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        checked(Wording("", body), known=KNOWN)


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_saved_can_be_filled_with_anything(body: str, value: str) -> None:
    try:
        wording = checked(Wording("", body), known=KNOWN)
    except Refusal:
        return
    filled(wording, {"number": value})
    filled(wording, {})


def test_a_value_is_never_read_as_a_template() -> None:
    assert filled(Wording("", "{number}!"), {"number": "{class}{0.__class__}"}).body == "{class}{0.__class__}!"


def test_two_braces_are_one_and_a_long_value_is_cut() -> None:
    assert filled(Wording("", "{{x}} {number}"), {"number": "9"}).body == "{x} 9"
    assert len(filled(Wording("", "{number}"), {"number": "9" * 900}).body) == 300


@pytest.mark.parametrize(("length", "count"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (600, 9)])
def test_segments_are_counted_as_the_operators_charge_them(length: int, count: int) -> None:
    assert segments("字" * length) == count


def test_what_a_gateway_says_loses_the_number_it_says_it_about() -> None:
    assert without_numbers("bad number +86 138 1234 5678, code 3") == "bad number …, code 3"


def test_every_notice_has_its_wording_in_every_language() -> None:
    wordings = shipped().wordings
    missing = [(row.code, language) for row in NOTICES for language in LANGUAGES
               if (row.code, "*", language) not in wordings]  # fmt: skip
    assert missing == []


def test_codes_are_unique_and_each_wording_belongs_to_one() -> None:
    assert len(BY_CODE) == len(NOTICES)
    for (code, _channel, _language), wording in shipped().wordings.items():
        checked(wording, known=placeholders_of(BY_CODE[code]))


@pytest.mark.parametrize(
    ("event", "data", "codes"),
    [
        ("CaseReturned", {"times": 1}, {"case_returned"}),
        ("CaseReturned", {"times": 2}, {"case_returned", "case_returned_again"}),
        ("CaseReturnedUp", {"times": 2}, {"case_returned_up"}),
        ("ClockFellDue", {"clock": "handle"}, {"overdue"}),
        ("ClockFellDue", {"clock": "dispatch"}, {"overdue_at_desk"}),
        ("ClockFellDue", {"clock": "call_back"}, {"call_back_due"}),
        ("CaseSupervised", {"level": 3}, {"supervised_3"}),
        ("CaseSupervised", {"level": 4}, set()),
        ("PhotoAdded", {}, set()),
    ],
)
def test_the_table_says_what_follows_from_what(event: str, data: dict[str, object], codes: set[str]) -> None:
    assert {row.code for row in notices_for(event, data)} == codes
