"""Posting a request: what the form says becomes a report, in the words of the house."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from liandong.cases.changes import Report
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.redaction import redact
from liandong.cases.rules.words import Identity
from liandong.cases.sealing import Contact
from liandong.intake_channels.open311.faults import (
    AddressIdUnknown,
    ApiKeyInvalid,
    ApiKeyMissing,
    AttributeInvalid,
    AttributeMissing,
    AttributeUnknown,
    CoordinatesInvalid,
    DescriptionTooLong,
    LocationMissing,
    MediaUrlInvalid,
    ServiceCodeMissing,
)
from liandong.intake_channels.open311.parameters import Parameters
from liandong.intake_channels.open311.services import service_of
from liandong.people.access import Actor
from liandong.people.keys import caller_with, count_call

CHANNEL = "open311"
LONGEST_DESCRIPTION = 4000

_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"']{3,500}", re.IGNORECASE)


def poster(parameters: Parameters, *, at: datetime) -> Actor:
    """Whose key the request carries.

    :raises ApiKeyMissing: none
    :raises ApiKeyInvalid: nobody's, or one that is not for writing
    :raises TooManyCalls: it was used too often in this minute
    """
    secret = parameters.text("api_key", longest=1000)
    if not secret:
        raise ApiKeyMissing
    caller = caller_with(secret, at=at)
    if caller is None or not caller.has("cases:write"):
        raise ApiKeyInvalid
    count_call(caller, at=at)
    return caller.actor


def report_in(parameters: Parameters, *, district: str) -> Report:
    """Return the report a form holds.

    `description` is optional in the specification, so the service's name stands in for it. `device_id` and
    `account_id` name a person and serve nothing here: they are not kept.
    """
    code = parameters.text("service_code", longest=80)
    if not code:
        raise ServiceCodeMissing
    kind = service_of(district, code)
    lon, lat, area, address = _place_in(parameters, district)
    contact = _contact_in(parameters)
    return Report(
        class_code=kind.code,
        description=_description_in(parameters) or kind.name,
        channel=CHANNEL,
        lon=lon,
        lat=lat,
        area=area,
        address=address,
        identity=(Identity.ANONYMOUS if contact.is_empty else Identity.NAMED).value,
        contact=contact,
        attributes={**_attributes_in(parameters, kind.code, kind.attributes), **_media_in(parameters)},
        longest=LONGEST_DESCRIPTION,
    )


def _description_in(parameters: Parameters) -> str:
    text = parameters.text("description", longest=10_000_000)
    if len(text) > LONGEST_DESCRIPTION:
        raise DescriptionTooLong(length=len(text), longest=LONGEST_DESCRIPTION)
    return text


def _place_in(parameters: Parameters, district: str) -> tuple[float | None, float | None, str, str]:
    lat, lon = parameters.text("lat", longest=40), parameters.text("long", longest=40)
    address = parameters.text("address_string", longest=200)
    area = parameters.text("address_id", longest=80)
    if area and area not in rulebook_for(district).map.areas:
        raise AddressIdUnknown(code=area)
    if not lat and not lon:
        if not address and not area:
            raise LocationMissing
        return None, None, area, address
    try:
        point = float(lon), float(lat)
    except ValueError:
        raise CoordinatesInvalid from None
    if not all(map(math.isfinite, point)):
        raise CoordinatesInvalid
    return *point, area, address


def _contact_in(parameters: Parameters) -> Contact:
    first, last = parameters.text("first_name", longest=80), parameters.text("last_name", longest=80)
    # Chinese names have no blank, and the family name comes first.
    name = f"{last}{first}" if not (first + last).isascii() else f"{first} {last}".strip()
    email = parameters.text("email", longest=200)
    return Contact(
        name=name,
        phone=parameters.text("phone", longest=40),
        taken=(("email", email),) if email else (),
    )


def _media_in(parameters: Parameters) -> dict[str, str]:
    address = parameters.text("media_url", longest=600)
    if address and not _WEB_ADDRESS.fullmatch(address):
        raise MediaUrlInvalid
    return {"media_url": address} if address else {}


def _attributes_in(parameters: Parameters, service: str, questions: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    asked = {str(question["code"]): question for question in questions if question.get("variable", True)}
    given = parameters.attributes()
    unknown = sorted(set(given) - set(asked))
    if unknown:
        raise AttributeUnknown(code=service, names="、".join(unknown)[:200])
    missing = [code for code, question in asked.items() if question["required"] and code not in given]
    if missing:
        raise AttributeMissing(names="、".join(missing))
    return {code: _read(asked[code], values) for code, values in given.items()}


def _read(question: Mapping[str, Any], values: list[str]) -> Any:
    """Return the answer to one question, every value of it checked."""
    datatype = question["datatype"]
    keys = {value["key"] for value in question.get("values", ())}
    is_many = datatype == "multivaluelist"
    if not is_many and len(values) > 1:
        raise AttributeInvalid(name=question["code"], value=", ".join(values)[:80], datatype=datatype)
    for value in values:
        if not _fits(datatype, value, keys):
            raise AttributeInvalid(name=question["code"], value=value[:80], datatype=datatype)
    if datatype == "number":
        return float(values[0])
    kept = [redact(value).text if datatype in ("string", "text") else value for value in values]
    return kept if is_many else kept[0]


def _fits(datatype: str, value: str, keys: set[str]) -> bool:
    match datatype:
        case "singlevaluelist" | "multivaluelist":
            return value in keys
        case "number":
            return _is(float, value) and math.isfinite(float(value))
        case "datetime":
            return _is(datetime.fromisoformat, value)
        case "string":
            return len(value) <= 200
        case _:
            return len(value) <= LONGEST_DESCRIPTION


def _is(read: Any, value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True
