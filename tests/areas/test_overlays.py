"""Road and patrol grids lie over the areas for their days, without touching them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from liandong.areas.models import Overlay
from liandong.areas.operations import (
    OverlayAstray,
    OverlayCodeMisfit,
    OverlayEndsTooSoon,
    OverlayStands,
    UnknownLayer,
    draw_overlay,
    end_overlay,
)
from liandong.areas.queries import OverlayFacts, area_outlines, edition_of, forget_overlays, overlays_at, overlays_of
from liandong.areas.redrawing import NameMissing, UnknownArea
from liandong.areas.shapes import NotAnOutline
from liandong.people.access import Actor, Forbidden, NotFound
from liandong.people.rules.scope import PostHeld
from liandong.timeline.models import Entry
from tests.areas.drawings import drawn
from tests.world import DISTRICT, GRID_1, GRID_9, World

TODAY = date(2026, 3, 2)
TOWN_ADMIN = Actor("user/town-admin", None, "镇管理员", (PostHeld("", "admin", "310198001"),))


def laid(world: World, *, by: str | Actor = "admin", **details: Any) -> Overlay:
    """A road grid across the south of Dongqiao, unless told otherwise."""
    details = {
        "layer": "road",
        "code": "R-001",
        "name": "东桥路网格",
        "area": "310198001",
        "outline": drawn(0, 0.9, 4, 0.2),
        "since_on": TODAY,
        **details,
    }
    actor = by if isinstance(by, Actor) else world.actor(by)
    overlay = draw_overlay(DISTRICT, **details, actor=actor, at=world.at)
    forget_overlays()
    return overlay


def at_grid_1(day: date = TODAY) -> list[OverlayFacts]:
    """The overlays over the middle of grid 1."""
    return overlays_at(DISTRICT, lon=GRID_1[0], lat=GRID_1[1], day=day)


def test_an_overlay_is_found_at_its_points_from_its_day_on(world: World) -> None:
    laid(world)
    laid(world, layer="patrol", code="P-1", name="巡查一区", outline=drawn(0, 0, 2, 2), name_en="Beat 1")
    assert [(one.layer, one.code) for one in at_grid_1()] == [("patrol", "P-1"), ("road", "R-001")]
    assert at_grid_1(TODAY - timedelta(days=1)) == []
    assert overlays_at(DISTRICT, lon=GRID_9[0], lat=GRID_9[1], day=TODAY) == []
    assert [one.name for one in overlays_of(DISTRICT, layer="road", day=TODAY)] == ["东桥路网格"]
    assert len(overlays_of(DISTRICT, day=TODAY)) == 2


def test_an_ended_overlay_is_in_force_on_its_last_day_and_its_code_is_free_after_it(world: World) -> None:
    overlay, before = laid(world), edition_of(DISTRICT)
    end_overlay(overlay.pk, until_on=TODAY, actor=world.actor("admin"), at=world.at)
    forget_overlays()
    assert edition_of(DISTRICT) > before
    assert len(at_grid_1()) == 1
    assert at_grid_1(TODAY + timedelta(days=1)) == []
    with pytest.raises(OverlayStands):
        laid(world)
    laid(world, since_on=TODAY + timedelta(days=1), name="新路")
    assert [one.name for one in at_grid_1(TODAY + timedelta(days=1))] == ["新路"]
    assert str(Overlay.objects.get(name="新路")) == "新路"


def test_drawing_and_ending_are_on_the_record(world: World) -> None:
    overlay = laid(world)
    end_overlay(overlay.pk, until_on=TODAY, actor=world.actor("admin"), at=world.at)
    entries = Entry.objects.filter(about="overlay", about_id=overlay.pk).order_by("id")
    assert [(entry.event, entry.area, entry.data["code"]) for entry in entries] == [
        ("OverlayDrawn", "310198001", "R-001"),
        ("OverlayEnded", "310198001", "R-001"),
    ]


@pytest.mark.parametrize(
    ("details", "why"),
    [
        ({"layer": "rail"}, UnknownLayer),
        ({"code": " "}, OverlayCodeMisfit),
        ({"code": "R" * 25}, OverlayCodeMisfit),
        ({"name": ""}, NameMissing),
        ({"area": "310198009"}, UnknownArea),
        ({"area": "310198002"}, OverlayAstray),
        ({"outline": {"type": "LineString", "coordinates": [[121.4, 31], [121.5, 31]]}}, NotAnOutline),
    ],
)
def test_what_is_no_overlay_is_refused_by_name(world: World, details: dict[str, Any], why: type[Exception]) -> None:
    with pytest.raises(why):
        laid(world, **details)
    assert Overlay.objects.count() == 0


def test_an_overlay_does_not_end_before_it_begins_nor_twice(world: World) -> None:
    overlay = laid(world)
    for _twice in range(2):
        with pytest.raises(OverlayEndsTooSoon):
            end_overlay(overlay.pk, until_on=TODAY - timedelta(days=1), actor=world.actor("admin"), at=world.at)
        Overlay.objects.filter(pk=overlay.pk).update(until_on=TODAY)


def test_only_who_may_redraw_there_lays_and_ends_overlays(world: World) -> None:
    there = area_outlines(DISTRICT, level="town", day=TODAY)[1].geometry
    overlay = laid(world, area="310198002", outline=there)
    for actor in (world.actor("lin"), TOWN_ADMIN):
        with pytest.raises(Forbidden):
            laid(world, by=actor, area="310198002", code="R-2")
        for number in (overlay.pk, overlay.pk + 99):
            with pytest.raises(NotFound):
                end_overlay(number, until_on=TODAY, actor=actor, at=world.at)
    assert laid(world, by=TOWN_ADMIN, code="R-3").pk
