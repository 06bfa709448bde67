"""Spans of time and codes, by themselves."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from liandong.citizen.rules.codes import code_from, is_code
from liandong.citizen.rules.limits import LIMITS, limit_of, span_of

INSTANTS = st.floats(1_577_836_800, 2_840_140_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(st.sampled_from(sorted(LIMITS)), INSTANTS)
def test_every_instant_lies_in_exactly_one_span_of_its_limit(kind: str, at: datetime) -> None:
    limit = LIMITS[kind]
    since, until = span_of(limit, at=at)
    assert since <= at < until
    assert until - since == limit.span
    assert span_of(limit, at=until)[0] == until
    assert span_of(limit, at=since) == (since, until)


def test_a_number_of_ones_own_replaces_that_of_the_table_and_its_span_stays() -> None:
    own = limit_of("report_address", own={"report_address": 7})
    assert (own.most, own.span) == (7, LIMITS["report_address"].span)
    assert limit_of("report_address", own={}) == LIMITS["report_address"]


@given(st.binary(min_size=1, max_size=32), st.binary(min_size=1, max_size=32))
def test_a_code_has_six_digits_and_is_known_again_in_any_width(key: bytes, salt: bytes) -> None:
    code = code_from(key, salt=salt)
    assert len(code) == 6
    assert code.isdecimal()
    wide = "".join(chr(0xFF10 + int(digit)) for digit in code)
    for typed in (code, f" {code[:3]}-{code[3:]}", wide):
        assert is_code(typed, code)
    assert not is_code(code[:5], code)
    assert not is_code("", code)
