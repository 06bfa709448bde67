"""What changes a case without being a step: its place, its photos, a look at its reporter."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from liandong.cases.changes.intake import OutsideDistrict, UnknownWord
from liandong.cases.operations import add_photo, forget_old_answers, place_case
from liandong.cases.queries import CaseFilter, permitted_cases, photos_of
from liandong.cases.rules.files import UnfitFile
from liandong.people.access import Forbidden, NotFound
from tests.cases.paths import last_entry, photo
from tests.world import GRID_9, World


def test_placing_a_case_finds_its_grid_and_suggests_anew(world: World) -> None:
    case = world.report(lon=None, lat=None)
    world.do("place_case", case, "operator", lon=GRID_9[0], lat=GRID_9[1], address="渡口路5号")
    case.refresh_from_db()
    assert (case.area, case.suggested_unit, case.stage) == ("310198002001001", "310198-T02", "reported")
    assert last_entry(case).event == "CasePlaced"
    assert CaseFilter(text="渡口路").apply(permitted_cases(world.actor("operator"))).get() == case


def test_a_placed_case_leaves_the_queue_of_unknown_places(world: World) -> None:
    case = world.report(lon=None, lat=None)
    waiting = CaseFilter(is_placed=False).apply(permitted_cases(world.actor("operator")))
    assert list(waiting) == [case]
    world.do("place_case", case, "operator", lon=GRID_9[0], lat=GRID_9[1], datum="GCJ-02")
    assert not waiting.all().exists()


def test_a_place_outside_the_district_is_refused(world: World) -> None:
    with pytest.raises(OutsideDistrict):
        world.do("place_case", world.report(), "operator", lon=100.0, lat=31.0)


def test_a_verifier_does_not_move_cases(world: World) -> None:
    with pytest.raises(Forbidden):
        place_case(world.report().number, lon=121.41, lat=31.01, actor=world.actor("verifier"), at=world.at)


def test_a_photo_is_kept_once_under_its_content(world: World, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    first, second = world.report(), world.report()
    for case in (first, second):
        add_photo(case.number, content=photo("x"), purpose="report", actor=world.actor("operator"), at=world.at)
    assert [photo.content_type for photo in photos_of(first)] == ["image/jpeg"]
    digest = photos_of(first).get().sha256
    kept = sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file())
    assert kept == [f"{digest[:2]}/{digest}", f"public/{digest[:2]}/{digest}.jpg"]
    assert (tmp_path / kept[0]).read_bytes() == photo("x")
    assert last_entry(first).data["sha256"] == last_entry(second).data["sha256"]


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg/>", b"\xff\xd8\xff" + b"0" * 50, b"0" * (21 * 1024 * 1024)])
def test_what_is_no_photo_is_refused(world: World, content: bytes) -> None:
    with pytest.raises(UnfitFile):
        add_photo(world.report().number, content=content, purpose="report", actor=world.actor("operator"), at=world.at)


def test_a_photo_has_a_known_purpose(world: World) -> None:
    with pytest.raises(UnknownWord):
        add_photo(world.report().number, content=photo("x"), purpose="fun", actor=world.actor("lin"), at=world.at)


def test_nobody_adds_photos_to_what_they_cannot_see(world: World) -> None:
    stranger = world.actor("grid009")
    with pytest.raises(NotFound):
        add_photo(world.report().number, content=photo("x"), purpose="report", actor=stranger, at=world.at)


def test_answers_to_repeated_calls_are_forgotten_after_a_day(world: World) -> None:
    from datetime import timedelta

    from liandong.cases.models import IdempotentCall

    for hours in (1, 23, 25):
        IdempotentCall.objects.create(
            account=1, key=str(hours), digest=b"", status=201, body={}, at=world.at - timedelta(hours=hours)
        )
    assert forget_old_answers(at=world.at) == 1
