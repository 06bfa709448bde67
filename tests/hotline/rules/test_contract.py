"""What a telephone system may say: every field, every lie."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liandong.intake_channels.hotline.rules.contract import (
    CallEventUnclear,
    CallTimeImplausible,
    CallUnreadable,
    event_in,
)
from liandong.kernel.refusal import Refusal

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
EVENT = {
    "event_id": "e1",
    "call_id": "c1",
    "event": "ringing",
    "at": "2026-03-02T09:30:00+08:00",
    "caller": "+8613812345678",
    "called": "12345",
    "agent": "8001",
}


def _body(**changes: Any) -> bytes:
    return json.dumps({**EVENT, **changes}).encode()


def test_an_event_is_read_with_all_it_says() -> None:
    event = event_in(_body(), sent_at=NOW)
    assert (event.call_id, event.caller, event.called) == ("c1", "+8613812345678", "12345")
    assert (event.telling.at, event.telling.agent, event.telling.event_id) == (NOW, "8001", "e1")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"call_id=c1",
        b"[]",
        b'"text"',
        b"{" * 9000,
        b'{"a":' * 2000,
        '{"note": "来电"}'.encode("gbk"),
        '{"note": "来电"}'.encode("utf-16"),
        b" " * 20_000,
    ],
)
def test_a_body_that_is_no_json_object_in_utf_8_is_refused(body: bytes) -> None:
    with pytest.raises(CallUnreadable):
        event_in(body, sent_at=NOW)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("event_id", "<script>alert(1)</script> "),
        ("event_id", ""),
        ("call_id", "呼叫"),
        ("call_id", "c" * 81),
        ("call_id", 7),
        ("event", "hung-up"),
        ("event", None),
        ("event", ["ringing"]),
        ("at", "2026-03-02T09:30:00"),
        ("at", "yesterday"),
        ("at", 1772415000),
        ("caller", "138-1234-5678"),
        ("caller", "<img src=x>"),
        ("called", "1" * 21),
        ("agent", "<script>"),
        ("agent", "8001\x00"),
        ("to", "8002 "),
    ],
)
def test_a_field_that_has_no_form_we_know_is_named(field: str, value: object) -> None:
    with pytest.raises(CallEventUnclear, match=field):
        event_in(_body(**{field: value}), sent_at=NOW)


@pytest.mark.parametrize(("event", "field"), [("answered", "agent"), ("transferred", "to")])
def test_an_event_names_the_extension_it_leads_to(event: str, field: str) -> None:
    with pytest.raises(CallEventUnclear, match=field):
        event_in(_body(event=event, agent="", to=""), sent_at=NOW)


@pytest.mark.parametrize("gap", [timedelta(seconds=61), timedelta(hours=-24, seconds=-1)])
def test_an_event_does_not_happen_after_it_is_told_nor_a_day_before(gap: timedelta) -> None:
    with pytest.raises(CallTimeImplausible):
        event_in(_body(at=(NOW + gap).isoformat()), sent_at=NOW)


@given(st.binary(max_size=400))
def test_no_bytes_do_anything_but_be_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(Refusal):
        event_in(body, sent_at=NOW)


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first text of a run reads the tables of Unicode
@given(
    st.dictionaries(
        st.sampled_from(sorted(EVENT)),
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.just([["deep"]]), st.just({})),
    )
)
def test_no_fields_do_anything_but_be_read_or_refused(fields: dict[str, Any]) -> None:
    with contextlib.suppress(Refusal):
        event_in(json.dumps({**EVENT, **fields}).encode(), sent_at=NOW)
