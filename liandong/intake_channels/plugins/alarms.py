"""Alarms of cameras and sensors: matters and places, with a picture. Contract: `docs/channels/alarms.md`.

One device and one kind of alarm are one order, raised again and again. What a camera knows about people and vehicles it
has recognised does not come in.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from liandong.intake_channels.contract import File, Matter, Message
from liandong.intake_channels.plugins.dialect import (
    LONGEST_FIELD,
    ZONE,
    Dialect,
    FieldInvalid,
    FieldMissing,
    degrees_of,
    id_in,
    instant_of,
    value_in,
)
from liandong.intake_channels.plugins.records import Record, packed, records_in
from liandong.intake_channels.rules.persons import PersonRecord, refuse_person_records, refuse_sights
from liandong.intake_channels.rules.words import Kind
from liandong.kernel.refusal import Refusal, marked

MOST_BYTES: Final = 4_500_000
"""Of a body, with its pictures: more is not read into memory."""
LONGEST_DEVICE: Final = 40
LONGEST_KIND: Final = 36
LONGEST_TEXT: Final = 1_000
_STATES: Final = {"": Kind.ORDER, "raised": Kind.ORDER, "cleared": Kind.NOTE}


@dataclass(frozen=True, slots=True)
class Alarms(Dialect):
    """What devices raise and clear."""

    def read(self, body: bytes, *, content_type: str) -> Sequence[Message]:
        """Each alarm as a message."""
        records = records_in(body, content_type=content_type, forms=self.forms, most=MOST_BYTES)
        return [self._message(record) for record in records]

    def _message(self, record: Record) -> Message:
        kind, text = record.get("kind", ""), record.get("text", "")
        try:
            refuse_person_records(record, categories=(kind, text))
            refuse_sights(record, kind=kind, text=text)
        except PersonRecord as refusal:
            return Message(None, "", "", fault=refusal)
        does: Kind | None = None
        given = order = ""
        try:
            does = _STATES.get(record.get("state", ""))
            if does is None:
                raise FieldInvalid(name="state")
            device = id_in(record, "device", longest=LONGEST_DEVICE)
            for name in ("kind", "at"):
                if not record.get(name):
                    raise FieldMissing(name=name)
            order = f"{device}/{kind[:LONGEST_KIND]}"
            given = id_in(record, "alarm_id") if record.get("alarm_id") else _derived(record)
            return _read(record, does, given, order)
        except Refusal as refusal:
            return Message(does, given, order, fault=refusal)


def _read(record: Record, does: Kind, given: str, order: str) -> Message:
    longest = {"kind": LONGEST_KIND, "text": LONGEST_TEXT, "picture": MOST_BYTES}
    for name, value in record.items():
        if len(value) > longest.get(name, LONGEST_FIELD):
            raise FieldInvalid(name=name[:40])
    claimed = value_in(record, "at", instant_of)
    device, kind, text = record["device"], record["kind"], record.get("text", "")
    said = f"设备 {device} {claimed.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
    whole = "\n".join(part for part in (f"{kind}：{said}", text) if part)
    if does is Kind.NOTE:
        whole = f"【告警解除】{whole}"
    matter = Matter(
        text=whole,
        category=kind,
        urgency=record.get("level", ""),
        area=record.get("area_code", ""),
        address=record.get("address", ""),
        lon=value_in(record, "lon", degrees_of),
        lat=value_in(record, "lat", degrees_of),
        datum=record.get("datum", ""),
        place=device,
    )
    return Message(
        kind=does,
        id=given,
        order=order,
        raw=packed(record),
        claimed_at=claimed,
        matter=matter if does is Kind.ORDER else None,
        text="" if does is Kind.ORDER else whole,
        files=_picture(record),
        recurs=does is Kind.ORDER,
    )


def _picture(record: Record) -> tuple[File, ...]:
    """The picture, in base64 and with or without the head of a data address; whether it is one, our checks say.

    :raises FieldInvalid: it is no base64
    """
    found = record.get("picture", "")
    if not found:
        return ()
    text = found.partition(",")[2] if found.startswith("data:") else found
    try:
        return (File("picture", base64.b64decode("".join(text.split()), validate=True)),)
    except (binascii.Error, ValueError):
        raise FieldInvalid(name="picture") from None


def _derived(record: Record) -> str:
    """The name of an alarm without one: the same again is the same."""
    said = "\n".join(record.get(name, "") for name in ("device", "kind", "at", "state"))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]


ALARMS: Final = Alarms(
    code="alarm", word=marked("设备告警"), kinds=frozenset({Kind.ORDER, Kind.NOTE}), tells=frozenset()
)
