"""Places found while somebody types: by pairs, by beginnings, by aliases, without the house number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.areas.models import Place
from liandong.areas.queries import before_number, places_like
from liandong.areas.rules.gazetteer import place_terms, sought_terms
from liandong.cases.rulebook import rulebook_for
from liandong.workbench.choices import place_options
from tests.world import DISTRICT, World

PLACES = (
    ("东桥路", "Dongqiao Road", ()),
    ("东桥路第二小学", "Dongqiao Road No. 2 School", ()),
    ("新岸万达广场", "Wanda Plaza", ("大洋百货旧址", "老东桥")),
    ("312国道", "National Road 312", ()),
)


@pytest.fixture
def gazetteer(world: World) -> None:
    Place.objects.filter(district=DISTRICT).delete()
    Place.objects.bulk_create(
        Place(
            district_id=DISTRICT,
            name=name,
            name_en=name_en,
            aliases=list(aliases),
            kind="road",
            lon=121.415,
            lat=31.01,
            area="",
            terms=list(place_terms((name, name_en, *aliases))),
        )
        for name, name_en, aliases in PLACES
    )


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("东桥路", ["东桥路", "东桥路第二小学"]),
        ("东", ["东桥路", "东桥路第二小学"]),
        ("老东桥", ["新岸万达广场"]),
        ("老", ["新岸万达广场"]),
        ("桥路 小学", ["东桥路第二小学"]),
        ("dong", ["东桥路", "东桥路第二小学"]),
        ("WANDA pl", ["新岸万达广场"]),
        ("312", ["312国道"]),
        ("国道", ["312国道"]),
        ("", []),
        ("　", []),
        ("\x00'%_\\", []),
        ("不存在的路", []),
    ],
)
def test_a_place_is_found_by_whatever_part_of_a_name_is_typed(typed: str, found: list[str], gazetteer: None) -> None:
    assert [place.name for place in places_like(DISTRICT, typed, limit=9)] == found


@pytest.mark.parametrize(
    ("typed", "road", "number"),
    [
        ("东桥路88弄3号", "东桥路", "88弄3号"),
        ("东桥路 88号", "东桥路", "88号"),
        ("东桥路", "东桥路", ""),
        ("312国道", "312国道", ""),
        ("88", "88", ""),
        ("", "", ""),
    ],
)
def test_a_house_number_is_told_from_its_road(typed: str, road: str, number: str) -> None:
    assert before_number(typed) == (road, number)


def test_an_address_with_a_house_number_finds_the_road_its_grid_and_keeps_the_number(
    gazetteer: None, world: World
) -> None:
    book = rulebook_for(DISTRICT)
    first = place_options("东桥路88弄3号", book, book.day_of(world.at))[0]
    assert (first["label"], first["address"]) == ("东桥路", "东桥路88弄3号")
    assert first["note"].startswith("东桥")
    assert (first["lon"], first["lat"]) == (121.415, 31.01)


@given(st.text(max_size=40))
def test_a_name_is_found_by_itself_whatever_it_is(name: str) -> None:
    assert set(sought_terms(name)) <= set(place_terms((name,)))


@given(st.text(max_size=60))
def test_no_text_is_too_strange_to_look_for(text: str) -> None:
    assert all(len(term) <= 64 for term in (*sought_terms(text), *place_terms((text,))))
    before_number(text)
