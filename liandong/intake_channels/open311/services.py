"""The services: leaf classes that are open to the public, with their questions.

A class whose cases are complaints or reports of wrongdoing by nature is left out even where its level is open: such
cases never appear in public, so a client could not follow what it sent; so is one that the district does not publish.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from liandong.areas.queries import AreaFacts, district_codes, main_district
from liandong.cases.queries import published_classes
from liandong.cases.rulebook import Rulebook, UnitFacts, rulebook_for
from liandong.cases.rules.words import Nature
from liandong.intake_channels.open311.faults import JurisdictionMissing, JurisdictionUnknown, ServiceCodeUnknown
from liandong.intake_channels.open311.parameters import Parameters

_NEVER_PUBLIC = (Nature.COMPLAINT, Nature.REPORT)


def jurisdiction_of(parameters: Parameters) -> str:
    """Return the district a request is about: the one it names, or the main one.

    :raises JurisdictionUnknown: it is not served here
    :raises JurisdictionMissing: several are, none is the main one, and none was named
    """
    known = sorted(district_codes())
    asked = parameters.text("jurisdiction_id", longest=80)
    if asked in known:
        return asked
    if asked or not known:
        raise JurisdictionUnknown(code=asked, known="、".join(known))
    if len(known) == 1:
        return known[0]
    main = main_district()
    if not main:
        raise JurisdictionMissing(known="、".join(known))
    return main


def services_of(district: str) -> dict[str, Any]:
    """The classes the public may report and follow, by code."""
    return {kind.code: kind for kind in published_classes(district) if kind.nature not in _NEVER_PUBLIC}


def service_of(district: str, code: str) -> Any:
    """The class of a service code.

    :raises ServiceCodeUnknown: it is no service
    """
    found = services_of(district).get(code)
    if found is None:
        raise ServiceCodeUnknown(code=code[:40])
    return found


def service_list(district: str) -> list[dict[str, Any]]:
    """The services as the specification lists them."""
    book = rulebook_for(district)
    return [_service(kind, book) for kind in services_of(district).values()]


def service_definition(district: str, code: str) -> dict[str, Any]:
    """A service's questions.

    :raises ServiceCodeUnknown: it is no service
    """
    kind = service_of(district, code)
    return {"service_code": kind.code, "attributes": [_attribute(question) for question in kind.attributes]}


def named(thing: Any) -> str:
    """The name of a class, area or unit in the reader's language."""
    return str(thing.name_en or thing.name) if reads_english() else str(thing.name)


def path_named(path: tuple[AreaFacts, ...]) -> str:
    """A path of areas in words: from the town in Chinese, from the grid in English."""
    return ", ".join(named(area) for area in reversed(path)) if reads_english() else "".join(map(named, path))


def unit_named(book: Rulebook, code: str) -> str | None:
    """The name of a unit, None when no unit has the case yet."""
    unit: UnitFacts | None = book.units.get(code)
    return named(unit) if unit else None


def reads_english() -> bool:
    """Whether the reader wants English."""
    return (get_language() or "").startswith("en")


def _service(kind: Any, book: Rulebook) -> dict[str, Any]:
    parent = book.classes.get(kind.parent)
    group = named(parent) if parent else None
    words = [word for thing in (kind, parent) if thing for word in (thing.name, thing.name_en)]
    return {
        "service_code": kind.code,
        "service_name": named(kind),
        "description": f"{group}: {named(kind)}" if group else named(kind),
        "metadata": bool(kind.attributes),
        "type": "realtime",
        "keywords": ", ".join(dict.fromkeys(words)),
        "group": group,
    }


def _attribute(question: dict[str, Any]) -> dict[str, Any]:
    return {
        "variable": bool(question.get("variable", True)),
        "code": question["code"],
        "datatype": question["datatype"],
        "required": bool(question["required"]),
        "datatype_description": _worded(question, "datatype_description") or None,
        "order": question["order"],
        "description": _worded(question, "description"),
        "values": [{"key": value["key"], "name": _worded(value, "name")} for value in question.get("values", ())],
    }


def _worded(row: dict[str, Any], name: str) -> str:
    return str((row.get(f"{name}_en") if reads_english() else "") or row.get(name) or "")
