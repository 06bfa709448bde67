"""GET /api/v1/cases/{number} and what belongs to a case: timeline, photos; catalogue and units."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from liandong.cases.api.rows import TimelineOfCase, WholeCase
from liandong.cases.sealing import Contact
from tests.api.conftest import Caller, caller, report
from tests.world import World


def _jpeg(colour: str = "red") -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(content, "JPEG")
    return content.getvalue()


@pytest.fixture(autouse=True)
def _uploads(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def test_a_case_is_told_as_documented(api: Caller, world: World) -> None:
    case = world.handled(identity="confidential", contact=Contact("陈女士", "13812345678"))
    answer = api.get(f"/cases/{case.number}")
    told = answer.json()
    assert set(told) == set(WholeCase.model_fields)
    WholeCase.model_validate(told)
    assert answer["ETag"] == f'"{case.version}"'
    assert told["result"] == "已清运并冲洗地面"
    assert {clock["kind"] for clock in told["clocks"]} >= {"accept", "file", "dispatch", "receive", "handle"}
    assert told["clocks"][0]["clause"]
    assert "check" in told["steps"]
    assert "13812345678" not in answer.content.decode()


def test_a_number_is_read_in_whatever_form_it_is_written(api: Caller, world: World) -> None:
    number = world.report().number
    assert api.get(f"/cases/{number.lower()}").json()["number"] == number


@pytest.mark.parametrize("number", ["LD-20260302-000999-1", "nonsense", "%00", "%F0%9F%98%80", "x" * 500])
def test_what_is_not_there_is_404(api: Caller, number: str) -> None:
    answer = api.get(f"/cases/{number}")
    assert (answer.status_code, answer.json()["title"]) == (404, "not_found")


def test_an_invisible_case_is_404_and_a_visible_one_not_permitted_is_403(keys: World) -> None:
    case = keys.dispatched()
    assert caller("other-bureau").get(f"/cases/{case.number}").status_code == 404
    assert caller("other-bureau").step(case.number, "receive", case.version).status_code == 404
    assert caller("bureau").get(f"/cases/{case.number}").status_code == 200
    refused = caller("bureau").step(case.number, "close", case.version)
    assert (refused.status_code, refused.json()["title"]) == (403, "forbidden")
    assert caller("other-bureau").get(f"/cases/{case.number}/timeline").status_code == 404


def test_the_timeline_tells_everything_in_order(api: Caller, world: World) -> None:
    case = world.dispatched()
    told = api.get(f"/cases/{case.number}/timeline").json()
    TimelineOfCase.model_validate(told)
    assert [entry["event"] for entry in told["entries"]] == [
        "CaseReported",
        "CaseAccepted",
        "CaseFiled",
        "CaseDispatched",
    ]
    assert [entry["seq"] for entry in told["entries"]] == [1, 2, 3, 4]
    assert told["entries"][3]["actor"] == "user/lin"
    assert told["entries"][3]["data"]["unit"] == case.unit


def test_a_photo_comes_as_a_form_or_as_itself(api: Caller) -> None:
    number = api.post("/cases", report()).json()["number"]
    form = api.client.post(
        f"/api/v1/cases/{number}/photos",
        {"photo": SimpleUploadedFile("a.jpg", _jpeg(), "image/jpeg"), "purpose": "before"},
        headers=api.headers,
    )
    raw = api.client.post(
        f"/api/v1/cases/{number}/photos?purpose=after", _jpeg("blue"), content_type="image/jpeg", headers=api.headers
    )
    assert (form.status_code, form.json()["purpose"]) == (201, "before")
    assert (raw.status_code, raw.json()["content_type"]) == (201, "image/jpeg")
    told = api.get(f"/cases/{number}").json()
    assert [photo["purpose"] for photo in told["photos"]] == ["before", "after"]
    assert raw["ETag"] == f'"{told["version"]}"'


def test_what_is_no_photo_is_refused_by_name(api: Caller) -> None:
    path = f"/api/v1/cases/{api.post('/cases', report()).json()['number']}/photos"
    text = api.client.post(path, b"not a photo", content_type="image/jpeg", headers=api.headers)
    assert (text.status_code, text.json()["title"]) == (422, "not_a_photo")
    huge = api.client.post(path, _jpeg() + bytes(21_000_000), content_type="image/jpeg", headers=api.headers)
    assert (huge.status_code, huge.json()["title"]) == (413, "file_too_large")
    json = api.client.post(path, {}, content_type="application/json", headers=api.headers)
    assert (json.status_code, json.json()["title"]) == (415, "photo_expected")
    empty = api.client.post(path, {"purpose": "before"}, headers=api.headers)
    assert (empty.status_code, empty.json()["title"]) == (415, "photo_expected")
    strange = api.client.post(path + "?purpose=fun", _jpeg(), content_type="image/jpeg", headers=api.headers)
    assert strange.status_code == 422


def test_a_matter_is_solved_on_the_spot_with_a_pair_of_photos(keys: World) -> None:
    grid = caller("grid")
    case = grid.post("/cases", report()).json()
    refused = grid.step(case["number"], "solve_on_spot", case["version"], result="已清理")
    assert (refused.status_code, refused.json()["title"]) == (422, "photos_missing")
    for purpose, colour in (("before", "red"), ("after", "blue")):
        photo = grid.client.post(
            f"/api/v1/cases/{case['number']}/photos?purpose={purpose}",
            _jpeg(colour),
            content_type="image/jpeg",
            headers=grid.headers,
        )
    version = int(photo["ETag"].strip('"'))
    solved = grid.step(case["number"], "solve_on_spot", version, result="已清理")
    assert (solved.status_code, solved.json()["stage"], solved.json()["solved_level"]) == (200, "closed", "grid")


def test_the_catalogue_and_the_units_are_listed(api: Caller) -> None:
    classes = {row["code"]: row for row in api.get("/classes").json()}
    assert classes["M06010"]["is_leaf"]
    assert not classes["M06"]["is_leaf"]
    assert classes["M06010"]["conditions"]
    units = {row["code"]: row for row in api.get("/units").json()}
    assert units["310198-D02"]["name"] == "城管执法局"
    assert api.get("/units?district=999999").json()["title"] == "unknown_district"


@pytest.mark.parametrize("path", ["/cases", "/me", "/classes"])
def test_an_unknown_method_is_405_in_words(api: Caller, path: str) -> None:
    answer = api.client.delete(f"/api/v1{path}", headers=api.headers)
    assert (answer.status_code, answer.json()["title"]) == (405, "method_unknown")
    assert "GET" in answer["Allow"]


def test_an_unknown_address_is_404_in_words(api: Caller) -> None:
    answer = api.get("/nothing/here")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_a_fault_of_ours_shows_no_insides(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("liandong.cases.api.reading.case_for", broken)
    answer = api.get("/cases/LD-20260302-000001-1".replace("-1", "-9"))
    number = api.post("/cases", report()).json()["number"]
    answer = api.get(f"/cases/{number}")
    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert "secret" not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
