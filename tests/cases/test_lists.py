"""Lists: what may be asked for, and that every question narrows what one may see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from liandong.cases.models import Case
from liandong.cases.operations import mark_overdue
from liandong.cases.queries import CaseFilter, changes_since, permitted_cases, public_cases
from liandong.people.access import platform
from tests.cases.paths import take
from tests.world import DISTRICT, GRID_9, World


@pytest.fixture
def cases(world: World) -> dict[str, Case]:
    """Four cases, each unlike the others."""
    found = {
        "closed": world.closed(),
        "elsewhere": world.report(lon=GRID_9[0], lat=GRID_9[1], channel="citizen", urgency="critical"),
        "unplaced": world.report(lon=None, lat=None, class_code="A0203", nature="report"),
    }
    world.later(days=40)
    mark_overdue(actor=platform("sweep"), at=world.at)
    found["fresh"] = world.dispatched()
    return found


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, "closed elsewhere unplaced fresh"),
        ({"stages": ("closed",)}, "closed"),
        ({"stages": ("reported", "dispatched")}, "elsewhere unplaced fresh"),
        ({"class_prefix": "A02"}, "unplaced"),
        ({"area_prefix": "310198002"}, "elsewhere"),
        ({"unit": "310198-B002"}, "closed fresh"),
        ({"channel": "citizen"}, "elsewhere"),
        ({"urgency": "critical"}, "elsewhere"),
        ({"is_open": True}, "elsewhere unplaced fresh"),
        ({"is_open": False}, "closed"),
        ({"is_late": True}, "elsewhere unplaced"),
        ({"is_late": False}, "fresh"),
        ({"is_placed": False}, "unplaced"),
        ({"is_placed": True}, "closed elsewhere fresh"),
        ({"text": "垃圾", "is_open": True, "unit": "310198-B002"}, "fresh"),
        ({"stages": ("flying",)}, ""),
    ],
)
def test_a_filter_narrows_to_what_is_asked_for(
    world: World, cases: dict[str, Case], asked: dict[str, Any], names: str
) -> None:
    listed = CaseFilter(**asked).apply(permitted_cases(world.actor("lin")))
    assert {case.pk for case in listed} == {cases[name].pk for name in names.split()}


def test_the_time_of_the_report_is_asked_from_inclusive_until_exclusive(world: World, cases: dict[str, Case]) -> None:
    seen = permitted_cases(world.actor("lin"))
    at = cases["fresh"].reported_at
    assert CaseFilter(reported_from=at).apply(seen).get() == cases["fresh"]
    assert CaseFilter(reported_until=at).apply(seen).count() == 3
    assert CaseFilter(reported_from=at, reported_until=at + timedelta(microseconds=1)).apply(seen).count() == 1


def test_a_filter_never_widens_what_one_may_see(world: World, cases: dict[str, Case]) -> None:
    seen = permitted_cases(world.actor("bureau002"))
    assert set(CaseFilter(area_prefix=DISTRICT).apply(seen)) == {cases["closed"], cases["fresh"]}
    assert not CaseFilter(unit="310198-B002").apply(permitted_cases(world.actor("bureau001"))).exists()


def test_the_platform_and_the_centre_list_everything_and_a_town_its_own_area(
    world: World, cases: dict[str, Case]
) -> None:
    assert permitted_cases(platform("sweep")).count() == 4
    assert permitted_cases(world.actor("leader")).count() == 4
    assert set(permitted_cases(world.actor("town02"))) == {cases["elsewhere"]}


def test_the_public_sees_neither_complaints_nor_reports_nor_closed_classes(
    world: World, cases: dict[str, Case]
) -> None:
    assert cases["unplaced"] not in public_cases(DISTRICT)
    complaint = world.report(nature="complaint")
    assert complaint not in public_cases(DISTRICT)


def test_a_reader_is_told_what_happened_since(world: World) -> None:
    case = world.filed()
    take(world, "dispatch", case, "lin")
    assert [entry.event for entry in changes_since(case, 2)] == ["CaseFiled", "CaseDispatched"]
    assert changes_since(case, 4) == []
