"""Choices people search while typing: classes, places, areas, units. Matched in memory, best first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext

from liandong.areas.queries import before_number, places_like
from liandong.cases.rulebook import Rulebook
from liandong.cases.rules.force import force_word
from liandong.kernel.bigrams import query_terms, terms
from liandong.web.names import name_of

if TYPE_CHECKING:
    from liandong.areas.models import Place

LONGEST_ANSWER: Final = 10_000
MOST: Final = 12


@dataclass(frozen=True, slots=True)
class Match:
    """A choice and how well it fits; the higher the better."""

    score: float
    option: dict[str, Any]


def class_options(text: str, book: Rulebook) -> list[dict[str, Any]]:
    """Leaf classes whose code, name or pairs of characters fit `text`; the first dozen without one."""
    found = []
    for kind in book.classes.values():
        if not kind.is_leaf:
            continue
        score = _fit(text, kind.code, kind.name, kind.name_en)
        if score:
            parent = book.classes.get(kind.parent)
            option = {
                "value": kind.code,
                "label": name_of(kind),
                "note": kind.code,
                "group": name_of(parent) if parent else "",
                "nature": kind.nature,
                "urgency": kind.urgency,
                "conditions": conditions_of(kind.code, book),
            }
            found.append(Match(score, option))
    return _grouped(_best(found))


def conditions_of(class_code: str, book: Rulebook) -> list[tuple[str, str]]:
    """The filing conditions of a class, as choices."""
    return [(code, name_of(condition)) for code, condition in book.conditions_of(class_code).items()]


def unit_options(text: str, book: Rulebook, day: date) -> list[dict[str, Any]]:
    """Units at work on a day whose code, name or pairs of characters fit `text`, with their force; higher first."""
    weight = {"district": 0.3, "town": 0.2, "station": 0.1}
    found = []
    for unit in book.units.values():
        if not unit.holds_on(day):
            continue
        short = unit.code.partition("-")[2]
        score = _fit(text, short, unit.name, unit.name_en)
        if score:
            parent = book.units.get(unit.parent)
            note = " · ".join(filter(None, (name_of(parent) if parent else "", gettext(force_word(unit.force)))))
            option = {"value": unit.code, "label": name_of(unit), "note": note}
            found.append(Match(score + weight.get(unit.level, 0.0), option))
    return _best(found)


def area_options(text: str, book: Rulebook, day: date) -> list[dict[str, Any]]:
    """Towns, communities and grids of a day whose code or name fits `text`; wider areas first."""
    found = []
    for area in book.map.areas_on(day).values():
        if area.level == "district":
            continue
        score = _fit(text, area.code, area.name, area.name_en)
        if score:
            town = book.map.areas.get(area.code[:9])
            note = name_of(town) if town and town.code != area.code else ""
            option = {"value": area.code, "label": name_of(area), "note": note, "lon": area.lon, "lat": area.lat}
            found.append(Match(score - len(area.code) / 100, option))
    return _best(found)


def place_options(text: str, book: Rulebook, day: date) -> list[dict[str, Any]]:
    """Streets and landmarks with their point, then areas, which say where without a point.

    A house number is not in the gazetteer: without a place that fits as typed, what stands before the number is
    looked for, and `rest` of the option is the number.
    """
    sought = text.strip()
    if not sought:
        return []
    rest, found = "", list(places_like(book.map.district.code, sought, limit=MOST))
    if not found:
        road, rest = before_number(sought)
        found = list(places_like(book.map.district.code, road, limit=MOST)) if rest else []
    options = [_place_option(place, rest, book, day) for place in found]
    areas = [{**option, "exact": False} for option in area_options(text, book, day)]
    return [*options, *areas][:MOST]


def _place_option(place: Place, rest: str, book: Rulebook, day: date) -> dict[str, Any]:
    area = book.map.areas.get(book.map.locator_on(day).locate(place.lon, place.lat) or place.area)
    return {
        "value": f"{place.lon},{place.lat}",
        "label": name_of(place),
        "note": " · ".join(filter(None, (name_of(area) if area else "", "、".join(place.aliases)))),
        "lon": place.lon,
        "lat": place.lat,
        "exact": True,
        "address": f"{place.name}{rest}" if rest else "",
    }


def _fit(text: str, code: str, name: str, name_en: str) -> float:
    """How well a thing fits: its code's beginning, its name's, a part of it, or shared pairs of characters."""
    sought = text.strip().lower()
    if not sought:
        return 1.0
    if code.lower().startswith(sought):
        return 5.0 + len(sought) / max(len(code), 1)
    for place, whole in enumerate((name.lower(), name_en.lower())):
        if sought in whole:
            return 4.0 - place - whole.index(sought) / 100 + len(sought) / len(whole) / 2
    asked = set(query_terms(text))
    shared = asked & set(terms(f"{name} {name_en}"))
    return len(shared) / len(asked) if shared and len(shared) * 2 >= len(asked) else 0.0


def _best(found: Iterable[Match]) -> list[dict[str, Any]]:
    ordered = sorted(found, key=lambda match: (-match.score, match.option["value"]))
    return [match.option for match in ordered[:MOST]]


def _grouped(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep each group's options together, groups in the order of their best option."""
    order = list(dict.fromkeys(option["group"] for option in options))
    return sorted(options, key=lambda option: order.index(option["group"]))
