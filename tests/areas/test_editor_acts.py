"""What the editor posts: steps, files, overlays, adoption; and how each is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from liandong.areas.queries import export_areas, forget_overlays, overlays_of
from tests.areas.editing import (
    FAR_GRID,
    GRID,
    NEXT_GRID,
    SPLIT,
    TODAY,
    TOMORROW,
    browser_of,
    monday_at_the_desk,
    moved_border,
    open_plan,
    post,
    post_file,
    post_step,
    refusal_in,
)
from tests.world import DISTRICT, World


@pytest.fixture(autouse=True)
def monday(settings: Settings) -> Iterator[None]:
    """Every test is on the Monday of the story."""
    with monday_at_the_desk(settings):
        yield


@pytest.fixture
def admin(world: World) -> Client:
    """The administrator at a browser."""
    return browser_of("admin")


@pytest.fixture
def plan(world: World) -> int:
    """A draft for tomorrow, over the whole district."""
    return open_plan(world)


# ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_split_answers_with_shapes_codes_steps_and_who_is_affected(admin: Client, plan: int) -> None:
    answer = post_step(admin, plan, SPLIT).json()
    new = [feature["properties"]["code"] for feature in answer["changed"]["features"]]
    assert answer["gone"] == [GRID]
    assert len(new) == 2
    assert answer["steps"] == 1
    assert all(code in answer["said"] for code in new)
    assert answer["faults"]["features"] == []
    for words in ("编码对照", "50.0%", "承接", "牵涉到谁", "分割", *new):
        assert words in answer["panel"], words
    assert "1</strong> 个，新编码 <strong>2" in answer["summary"]
    assert {code for code, _parent, _level, _name in answer["areas"]} >= {*new, NEXT_GRID}


def test_the_state_read_anew_is_what_the_step_answered(admin: Client, plan: int) -> None:
    answered = post_step(admin, plan, SPLIT).json()
    read = admin.get(f"/desk/areas/redrawings/{plan}/state.json").json()
    assert {**answered, "said": ""} == {**read, "said": ""}


def test_a_step_is_taken_back_and_nothing_more_than_all(admin: Client, plan: int) -> None:
    post_step(admin, plan, SPLIT)
    undone = post(admin, f"/desk/areas/redrawings/{plan}/undo/").json()
    assert (undone["steps"], undone["changed"]["features"], undone["gone"]) == (0, [], [])
    refusal_in(post(admin, f"/desk/areas/redrawings/{plan}/undo/"), 409, "empty_plan")


def test_two_neighbours_merge_and_strangers_do_not(admin: Client, plan: int) -> None:
    merged = post_step(admin, plan, {"do": "merge", "areas": [GRID, NEXT_GRID], "name": "东桥联合网格"}).json()
    assert merged["gone"] == [GRID, NEXT_GRID]
    assert "东桥联合网格" in merged["panel"]
    refusal_in(
        post_step(admin, plan, {"do": "merge", "areas": ["310198001001003", FAR_GRID], "name": "x"}),
        422,
        "other_parent",
    )
    assert admin.get(f"/desk/areas/redrawings/{plan}/state.json").json()["steps"] == 1


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ({**SPLIT, "line": {"type": "LineString", "coordinates": [[121.5, 31.0], [121.6, 31.0]]}}, "line_misses_area"),
        ({**SPLIT, "area": "310198001001999"}, "unknown_area"),
        ({**SPLIT, "line": {"type": "Point", "coordinates": [121.5, 31.0]}}, "not_a_line"),
        ({"do": "dance"}, "unknown_step"),
        ({"do": "rename", "area": GRID, "name": ""}, "name_missing"),
        (
            {
                "do": "reshape",
                "area": GRID,
                "outline": {
                    "type": "Polygon",
                    "coordinates": [[[121.4, 31.0], [121.41, 31.02], [121.41, 31.0], [121.4, 31.02], [121.4, 31.0]]],
                },
            },
            "self_crossing",
        ),
    ],
)
def test_a_step_that_cannot_be_done_is_refused_with_what_to_do(
    admin: Client, plan: int, step: dict[str, Any], code: str
) -> None:
    refusal_in(post_step(admin, plan, step), 422, code)
    assert admin.get(f"/desk/areas/redrawings/{plan}/state.json").json()["steps"] == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"split"', b"\xff\xfe", b"null", b'{"do": NaN}'])
def test_what_is_no_step_at_all_is_refused_by_name(admin: Client, plan: int, body: bytes) -> None:
    refusal_in(post(admin, f"/desk/areas/redrawings/{plan}/steps/", body or b" "), 400, "step_unreadable")


def test_a_million_corners_are_refused_politely(admin: Client, plan: int) -> None:
    ring = [[121.4 + number * 1e-9, 31.0] for number in range(1_000_000)]
    outline = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    told = refusal_in(
        post_step(admin, plan, {"do": "reshape", "area": GRID, "outline": outline}), 413, "outline_too_large"
    )
    assert "简化" in told["remedy"]


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_becomes_steps_that_are_undone_together(admin: Client, plan: int) -> None:
    answer = post_file(admin, plan, moved_border(), datum="WGS-84").json()
    assert answer["steps"] == 2
    assert "一起撤回" in answer["panel"]
    assert post(admin, f"/desk/areas/redrawings/{plan}/undo/").json()["steps"] == 0


def test_a_file_in_another_datum_than_said_is_found_out(admin: Client, plan: int) -> None:
    shifted = export_areas(DISTRICT, level="grid", day=TOMORROW, datum="GCJ-02")
    told = refusal_in(post_file(admin, plan, shifted, datum="WGS-84"), 422, "wrong_datum")
    assert "GCJ-02" in told["detail"]


def test_a_broken_file_is_told_feature_by_feature(admin: Client, plan: int) -> None:
    content = moved_border()
    content["features"][0]["geometry"]["coordinates"][0].pop()
    content["features"][1]["properties"]["code"] = "31"
    told = refusal_in(post_file(admin, plan, content), 422, "broken_outlines")
    assert len(told["lines"]) == 2
    assert "第 1 个图形" in told["lines"][0]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", {"type": "Feature"}, b"[" * 5000])
def test_a_file_that_is_no_map_isrefusal_in(admin: Client, plan: int, content: Any) -> None:
    answer = post_file(admin, plan, content)
    assert answer.status_code == 422
    assert answer.json()["remedy"]


def test_an_import_without_a_file_or_of_a_huge_one_isrefusal_in(
    admin: Client, plan: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = refusal_in(post_file(admin, plan, None), 422, "form_unreadable")
    assert "GeoJSON 文件" in told["detail"]
    monkeypatch.setattr("liandong.areas.views.steps.LARGEST_FILE", 10)
    refusal_in(post_file(admin, plan, moved_border()), 413, "too_large_file")


# ── adopting ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_adopted_plan_goes_to_its_page_which_can_only_be_looked_at(admin: Client, plan: int) -> None:
    post_step(admin, plan, SPLIT)
    assert post(admin, f"/desk/areas/redrawings/{plan}/adopt/").json() == {"go": f"/desk/areas/redrawings/{plan}/"}
    page = admin.get(f"/desk/areas/redrawings/{plan}/").content.decode()
    assert "已批准" in page
    assert "编码对照" in page
    assert "data-adopt" not in page
    refusal_in(post(admin, f"/desk/areas/redrawings/{plan}/adopt/"), 409, "plan_closed")


def test_a_plan_without_steps_is_not_adopted(admin: Client, plan: int) -> None:
    refusal_in(post(admin, f"/desk/areas/redrawings/{plan}/adopt/"), 409, "empty_plan")


def test_a_plan_that_overlaps_comes_back_with_the_place(admin: Client, plan: int) -> None:
    wide = [[121.4, 31.0], [121.415, 31.0], [121.415, 31.02], [121.4, 31.02], [121.4, 31.0]]
    outline = {"type": "Polygon", "coordinates": [wide]}
    state = post_step(admin, plan, {"do": "reshape", "area": GRID, "outline": outline}).json()
    assert "重叠" in state["panel"]
    assert "批准会被拒绝" in state["summary"]
    told = refusal_in(post(admin, f"/desk/areas/redrawings/{plan}/adopt/"), 409, "topology_faults")
    assert told["faults"][0]["geometry"]["type"] == "Polygon"
    assert told["lines"] == ["重叠：东桥1号网格、东桥2号网格"]


# ── overlays ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _overlay(**given: Any) -> dict[str, Any]:
    ring = [[121.402, 31.005], [121.418, 31.005], [121.418, 31.006], [121.402, 31.006], [121.402, 31.005]]
    outline = {"type": "Polygon", "coordinates": [ring]}
    plain = {"layer": "road", "code": "R-1", "name": "东桥路", "name_en": "", "area": "310198001"}
    return {**plain, "since_on": TODAY.isoformat(), "outline": outline, **given}


def test_an_overlay_is_drawn_seen_and_ended(admin: Client) -> None:
    drawn = post(admin, "/desk/areas/overlays/", _overlay()).json()
    assert drawn["features"]["features"][0]["properties"]["name"] == "东桥路"
    assert "东桥路" in drawn["panel"]
    [overlay] = overlays_of(DISTRICT, day=TODAY)
    ended = post(admin, f"/desk/areas/overlays/{overlay.id}/end/", {"until_on": TODAY.isoformat()})
    assert TODAY.isoformat() in ended.json()["panel"]
    forget_overlays()  # no commit, after which the process forgets by itself, happens in a test
    later = admin.get(f"/desk/areas/overlays.json?day={TOMORROW}").json()
    assert later["features"] == []


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"name": ""}, 422, "form_unreadable"),
        ({"outline": "here"}, 422, "form_unreadable"),
        ({"layer": "river"}, 422, "form_unreadable"),
        ({"since_on": ["x"]}, 422, "form_unreadable"),
        ({"outline": {"type": "Point", "coordinates": [121.4, 31.0]}}, 422, "not_an_outline"),
        ({"area": "310198009"}, 422, "unknown_area"),
    ],
)
def test_an_overlay_that_is_not_complete_is_refused_by_name(
    admin: Client, given: dict[str, Any], status: int, code: str
) -> None:
    refusal_in(post(admin, "/desk/areas/overlays/", _overlay(**given)), status, code)
    assert overlays_of(DISTRICT, day=TODAY) == []


def test_an_overlay_there_is_not_is_not_found(admin: Client) -> None:
    answer = post(admin, "/desk/areas/overlays/999/end/", {"until_on": TODAY.isoformat()})
    assert answer.status_code == 404
