"""What a device says of when something was done: a claim beside our time, however wrong its clock is."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from liandong.cases.operations import attach_file, claim_time_of_act
from liandong.cases.queries import flags_of, trace_of
from liandong.cases.rules.claims import BELATED, LONGEST_AWAY, claimed_at, in_our_time, is_belated
from liandong.cases.rules.evidence import Capture
from liandong.people.access import NotFound
from tests.cases.files import made
from tests.world import World

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
WRONG = st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400))
AGO = st.timedeltas(min_value=timedelta(), max_value=LONGEST_AWAY)


@given(wrong=WRONG, ago=AGO)
def test_how_long_ago_is_told_by_a_clock_however_wrong(wrong: timedelta, ago: timedelta) -> None:
    device_now = NOON + wrong
    assert claimed_at(device_now - ago, device_now=device_now, at=NOON) == NOON - ago
    assert in_our_time(device_now - ago, device_now=device_now, at=NOON) == NOON - ago


@pytest.mark.parametrize("ago", [timedelta(minutes=-2), LONGEST_AWAY + timedelta(seconds=1), timedelta(days=366)])
def test_a_clock_that_was_set_in_between_tells_nothing(ago: timedelta) -> None:
    assert claimed_at(NOON - ago, device_now=NOON, at=NOON) is None


def test_without_the_devices_own_time_nothing_is_claimed_and_a_moment_ago_is_now() -> None:
    assert claimed_at(None, device_now=NOON, at=NOON) is None
    assert claimed_at(NOON, device_now=None, at=NOON) is None
    assert claimed_at(NOON + timedelta(seconds=30), device_now=NOON, at=NOON) == NOON
    assert in_our_time(NOON, device_now=None, at=NOON + timedelta(hours=1)) == NOON


def test_only_what_was_done_well_before_it_came_is_worth_noting() -> None:
    assert not is_belated(None, at=NOON)
    assert not is_belated(NOON - BELATED, at=NOON)
    assert is_belated(NOON - BELATED - timedelta(seconds=1), at=NOON)


def test_a_claim_stands_on_the_timeline_and_moves_neither_version_nor_clock(world: World) -> None:
    case = world.received()
    due = case.due_at
    said = world.at - timedelta(hours=1)
    handler = world.actor("bureau002")
    claim_time_of_act(case.number, step="arrive", claimed=said, by_device="2025-03-02T09", actor=handler, at=world.at)
    entry = trace_of(case).last()
    assert entry is not None
    assert (entry.event, entry.data["claimed_at"], entry.data["step"]) == ("ActClaimed", said.isoformat(), "arrive")
    version = case.version
    case.refresh_from_db()
    assert (case.version, case.due_at) == (version, due)


def test_nobody_claims_anything_of_a_case_they_do_not_see(world: World) -> None:
    case = world.received()
    with pytest.raises(NotFound):
        claim_time_of_act(
            case.number, step="arrive", claimed=None, by_device="", actor=world.actor("bureau001"), at=world.at
        )


def test_photos_of_a_scene_reached_without_a_network_are_not_doubted_for_the_delay(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    """Arrived at nine, told at noon: what was taken at ten is no photo from long before."""
    settings.MEDIA_ROOT = tmp_path
    case = world.received()
    handler, there = world.actor("bureau002"), world.later(minutes=30)
    world.later(hours=3)
    claim_time_of_act(case.number, step="arrive", claimed=there, by_device="x", actor=handler, at=world.at)
    world.do("arrive_at_case", case, "bureau002")
    taken = Capture(there + timedelta(minutes=5))
    early = Capture(there - timedelta(hours=2))
    for seed, capture, found in ((1, taken, []), (2, early, ["before_report"])):
        attach_file(
            case.number,
            stream=io.BytesIO(made.jpeg(seed)),
            name="",
            purpose="after",
            actor=handler,
            at=world.later(minutes=1),
            capture=capture,
        )
        assert sorted(flags_of(case).values_list("reason", flat=True)) == found


def test_what_a_photo_says_itself_goes_before_what_is_said_of_it(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    case = world.received()
    own = made.shot(1, at=case.reported_at - timedelta(hours=5))
    attach_file(
        case.number,
        stream=io.BytesIO(own),
        name="",
        purpose="after",
        actor=world.actor("bureau002"),
        at=world.later(minutes=1),
        capture=Capture(world.at),
    )
    assert list(flags_of(case).values_list("reason", flat=True)) == ["before_report"]
