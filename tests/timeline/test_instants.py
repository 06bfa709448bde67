"""Instants come back from the database as they went in, to the microsecond and in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from liandong.timeline.instants import InstantLoader

ZONES = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3, minutes=-30))])


def _back(at: datetime) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [at])
        found = cursor.fetchone()[0]
    assert isinstance(found, datetime)
    return found


@pytest.mark.django_db
@settings(max_examples=300, deadline=None)
@given(st.integers(0, 315_537_000_000 * 1_000_000), ZONES)
def test_an_instant_is_read_as_it_was_written(microseconds: int, zone: tzinfo) -> None:
    at = (datetime(1, 1, 3, tzinfo=UTC) + timedelta(microseconds=microseconds)).astimezone(zone)
    found = _back(at)
    assert (found, found.tzinfo) == (at, UTC)


@pytest.mark.django_db
def test_every_connection_reads_them_so() -> None:
    assert _back(datetime(2026, 3, 2, tzinfo=UTC)).tzinfo is UTC
    connection.close()
    connection.ensure_connection()
    loader = connection.connection.adapters.get_loader(1184, 0)
    assert loader is InstantLoader
