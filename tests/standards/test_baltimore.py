"""The Baltimore district folder: everything a published service request names is found, and it all hangs together."""

from __future__ import annotations

import csv
import gzip
import json
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
import shapely
from shapely.geometry import shape

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "districts" / "baltimore"
REQUESTS = ROOT.parent / "shared" / "data" / "baltimore311_10k.csv.gz"
CODE = "240510"


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def codes(name: str) -> set[str]:
    return {row["code"] for row in rows(name)}


def test_areas_nest_by_their_codes() -> None:
    areas = rows("areas.csv")
    known = codes("areas.csv")
    assert len(known) == len(areas)
    assert [row["level"] for row in areas].count("town") == 14
    for row in areas:
        assert row["parent"] == ("" if row["code"] == CODE else row["code"][:-3])
        assert not row["parent"] or row["parent"] in known


def test_neighbourhood_cells_tile_the_city_and_are_marked_approximate() -> None:
    collection = json.loads((FOLDER / "areas.geojson").read_text(encoding="utf-8"))
    shapes = {item["properties"]["code"]: shape(item["geometry"]) for item in collection["features"]}
    assert all(item["properties"]["approximate"] for item in collection["features"])
    assert set(shapes) <= codes("areas.csv")
    cells = [polygon for code, polygon in shapes.items() if len(code) == 12]
    assert shapely.coverage_is_valid(cells)
    assert sum(cell.area for cell in cells) == pytest.approx(shapes[CODE].area)


def test_every_service_has_a_heading_both_names_and_an_agency() -> None:
    classes = rows("classes.csv")
    headings = {row["code"] for row in classes if not row["parent"]}
    leads = {row["class"]: row["lead"] for row in rows("matrix.csv")}
    for row in classes:
        assert row["name"]
        assert row["name_en"].isascii()
        assert row["demands"] == "none"
        if row["parent"]:
            assert row["parent"] in headings
            assert leads[row["code"]] in codes("units.csv")
    assert len(classes) - len(headings) == 231
    assert len(codes("units.csv")) == 17


def test_limits_are_positive_and_belong_to_known_services() -> None:
    for row in rows("limits.csv"):
        assert row["class"] in codes("classes.csv") | {"*"}
        assert Decimal(row["amount"]) > 0


def test_names_lead_to_codes_that_exist() -> None:
    known = {"class": codes("classes.csv"), "area": codes("areas.csv"), "unit": codes("units.csv")}
    names = rows("names.csv")
    assert len({(row["kind"], row["source"]) for row in names}) == len(names)
    assert all(row["code"] in known[row["kind"]] for row in names)


def test_posts_and_the_district_file_refer_to_what_exists() -> None:
    facts = tomllib.loads((FOLDER / "district.toml").read_text(encoding="utf-8"))
    assert facts["code"] == CODE
    assert (ROOT / "standards" / "calendar" / facts["calendar"] / "years.csv").is_file()
    assert {row["role"] for row in rows("posts.csv")} == {"operator", "dispatcher"}
    assert all(row["unit"] in codes("units.csv") for row in rows("posts.csv"))


def test_every_published_request_is_understood() -> None:
    if not REQUESTS.is_file():
        pytest.skip("the published requests of Baltimore are not beside this clone")
    names = {(row["kind"], row["source"]) for row in rows("names.csv")}
    with gzip.open(REQUESTS, "rt", encoding="utf-8", newline="") as stream:
        for request in csv.DictReader(stream):
            assert ("class", request["SRType"]) in names
            assert ("unit", request["Agency"]) in names
            for column in ("Neighborhood", "CouncilDistrict"):
                assert not request[column] or ("area", request[column]) in names
