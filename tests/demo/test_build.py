from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from liandong.cases.models import OPEN, Attachment, Case
from liandong.cases.rulebook import forget_rules, rulebook_for
from liandong.demo.build import API_KEY, build_demo
from liandong.demo.stream import run_demo_stream
from liandong.people.access import actor_for
from liandong.people.queries import key_holder
from liandong.timeline.models import Entry
from liandong.timeline.verify import verify

NOW = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
"""15:00 on a Friday."""

CASES = 1000

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_rules() -> Iterator[None]:
    forget_rules()
    yield
    forget_rules()


def test_the_demo_is_built_with_a_believable_past() -> None:
    seen: list[int] = []
    build_demo(CASES, seen.append, at=NOW)
    assert Case.objects.count() == seen[-1] == CASES
    solved = Counter(Case.objects.filter(stage="closed").values_list("solved_level", flat=True))
    total = sum(solved.values())
    assert 0.75 < (solved["grid"] + solved["station"]) / total < 0.85
    assert 0.12 < solved["town"] / total < 0.21
    assert 0.02 < solved["district"] / total < 0.07
    assert 0.97 < Case.objects.exclude(OPEN).count() / CASES < 0.995
    assert not Entry.objects.filter(at__gt=NOW).exists()
    assert Case.objects.filter(reported_at__lt=NOW - timedelta(days=170)).exists()
    assert Case.objects.filter(late_since__isnull=False).exists()
    assert Case.objects.filter(OPEN, due_at__gt=NOW).exists()
    assert not any("{" in text for text in Case.objects.values_list("description", flat=True))
    _every_point_lies_in_its_grid()
    _the_pictures_are_there()
    _the_key_works()
    assert verify().breaks == []


def _every_point_lies_in_its_grid() -> None:
    locate = rulebook_for("310199").map.locator_on(NOW.date()).locate
    points = Case.objects.values_list("lon", "lat", "area")
    assert all(lon is not None and lat is not None and locate(lon, lat) == area for lon, lat, area in points)
    assert all(len(area) == 15 for _lon, _lat, area in points)


def _the_pictures_are_there() -> None:
    photos: set[Any] = set(Attachment.objects.values_list("sha256", "size"))
    assert len(photos) > 8
    for digest, size in photos:
        content = (Path(settings.MEDIA_ROOT) / digest[:2] / digest).read_bytes()
        assert (len(content), content[:3]) == (size, b"\xff\xd8\xff")


def _the_key_works() -> None:
    holder = key_holder(API_KEY, at=NOW)
    assert holder is not None
    user, scopes = holder
    assert scopes == {"*"}
    assert actor_for(user, at=NOW).may("cases.dispatch")


def test_the_demo_lives_on_by_ordinary_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    build_demo(200, at=NOW)
    before, cases = Entry.objects.count(), Case.objects.count()
    at = NOW
    for _turn in range(120):
        at += timedelta(seconds=20)
        run_demo_stream(at)
    assert Entry.objects.count() - before >= 100, "hardly any turn finds nothing to do"
    assert Case.objects.count() > cases
    events = set(Entry.objects.filter(at__gt=NOW).values_list("event", flat=True))
    assert {"CaseReported", "CaseAccepted", "CaseFiled", "CaseDispatched", "CaseReceived"} <= events
    assert verify().breaks == []
    monkeypatch.setenv("LIANDONG_DEMO_STREAM", "0")
    before = Entry.objects.count()
    run_demo_stream(at + timedelta(minutes=1))
    assert Entry.objects.count() == before


def test_without_a_demo_district_nothing_streams() -> None:
    before = Entry.objects.count()
    run_demo_stream(NOW)
    assert Entry.objects.count() == before
