"""What a message does: an order becomes a case, what comes later is done to it. Only through `cases.operations`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Final

from django.conf import settings
from django.db import connection

from liandong.cases import operations
from liandong.cases.changes import Report
from liandong.cases.operations.joining import LONGEST_NOTE, CaseOver
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.words import Identity, Nature, Urgency
from liandong.cases.sealing import Contact
from liandong.intake_channels.contract import Channel, Matter, Message
from liandong.intake_channels.operations.receipts import take_receipt
from liandong.intake_channels.queries import newest_revision, number_of_order, open_case_of_order, tables_of
from liandong.intake_channels.rules.words import Kind, Table
from liandong.intake_channels.tables import Unmapped, meaning, point_in
from liandong.kernel.datum import Datum
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor
from liandong.web.refusals import explain


class OrderNotYetHere(Refusal):
    """Something about an order that has not come: it waits for it."""

    status = 409
    says = marked("原工单尚未收到，本消息等待原工单。")
    remedy = marked("请确认原工单已发送；原工单到达后本消息自动登记。")


class OvertakenByNewer(Refusal):
    """A change of an order that is older than one taken before."""

    status = 409
    says = marked("已登记更新的版本 %(newest)s，本次更正（版本 %(revision)s）不再生效。")
    remedy = marked("无需重发；如需再次更正，请使用更高的版本号。")


class NothingToChange(Refusal):
    """A change, or a reply, that says nothing."""

    status = 422
    says = marked("更正或答复没有任何内容。")
    remedy = marked("请在 text 或 content 中写明内容，或给出新的坐标。")


Rows = Mapping[tuple[str, str], str]
"""(table, theirs) → ours."""


@dataclass(frozen=True, slots=True)
class _About:
    """A message with the case it is about, and who does what it asks, when."""

    message: Message
    number: str
    channel: str
    district: str
    actor: Actor
    at: datetime


def effect_of(message: Message, channel: Channel, *, district: str, actor: Actor, at: datetime) -> str:
    """Do what a message asks; return the number of its case.

    :raises OrderNotYetHere: the order it is about has not come
    :raises Refusal: it cannot be done, and why
    """
    assert message.kind is not None
    if message.kind is Kind.ORDER:
        assert message.matter is not None
        number = _joined(message, channel, district=district, actor=actor, at=at) if message.recurs else ""
        if not number:
            report = report_of(message.matter, channel=channel.code, order=message.id, district=district)
            number = operations.report_case(report, district=district, actor=actor, at=at).number
        _attach(_About(message, number, channel.code, district, actor, at))
        return number
    if message.kind is Kind.RECEIPT:
        return take_receipt(message.order, channel=channel.code, district=district, outside_id=message.id, at=at)
    number = message.number or number_of_order(district, channel.code, message.order)
    if not number:
        raise OrderNotYetHere
    about = _About(message, number, channel.code, district, actor, at)
    _EFFECTS[message.kind](about)
    _attach(about)
    return number


def report_of(matter: Matter, *, channel: str, order: str, district: str, rows: Rows | None = None) -> Report:
    """An order as a report in our own codes; `rows` are the district's tables, looked up where they are not given.

    :raises Unmapped: a code of theirs for which the district's tables have no row
    """
    rows, book = tables_of(district, channel) if rows is None else rows, rulebook_for(district)
    leaves = {code for code, kind in book.classes.items() if kind.is_leaf}
    contact = Contact(matter.name, matter.phone, email=matter.email)
    identity = meaning(rows, Table.WORDS, matter.identity, own=set(Identity))
    lon, lat, area = _where(matter, rows, areas=book.map.areas)
    return Report(
        class_code=meaning(rows, Table.CLASSES, matter.category, own=leaves),
        description=matter.text,
        channel=channel,
        nature=meaning(rows, Table.WORDS, matter.nature, own=set(Nature)),
        urgency=meaning(rows, Table.WORDS, matter.urgency, own=set(Urgency)),
        lon=lon,
        lat=lat,
        datum=(matter.datum if lon == matter.lon else "") or Datum.WGS84.value,
        area=area,
        address=matter.address,
        identity=identity or (Identity.ANONYMOUS if contact.is_empty else Identity.NAMED).value,
        contact=contact,
        external_id=order,
        attributes=matter.attributes,
        about_unit=meaning(rows, Table.UNITS, matter.about_unit, own=book.units),
    )


def _where(matter: Matter, rows: Rows, *, areas: Container[str]) -> tuple[float | None, float | None, str]:
    """Point and area of a matter: what it says, or where what it names is known to stand.

    :raises Unmapped: nobody said where that stands, or the table leads nowhere
    """
    area = meaning(rows, Table.AREAS, matter.area, own=areas)
    if not matter.place or matter.area or matter.lon is not None or matter.lat is not None:
        return matter.lon, matter.lat, area
    known = meaning(rows, Table.PLACES, matter.place, own=())
    point = point_in(known)
    if known and point is None and known not in areas:
        raise Unmapped(table=Table.PLACES.value, theirs=matter.place)
    return (*point, "") if point else (None, None, known or area)


def _joined(message: Message, channel: Channel, *, district: str, actor: Actor, at: datetime) -> str:
    """Join an order that recurs to the open case it was raised for a short while ago; empty where there is none.

    What is raised twice at the same instant waits for each other, so that the second finds the case of the first.
    """
    assert message.matter is not None
    key = hashlib.sha256(f"{district}/{channel.code}/{message.order}".encode()).digest()[:8]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(key, signed=True)])
    since = at - timedelta(minutes=settings.LIANDONG_CHANNEL_JOIN_MINUTES)
    number = open_case_of_order(district, channel.code, message.order, since=since)
    if number:
        try:
            note = message.matter.text[:LONGEST_NOTE]
            operations.join_case(number, actor=actor, at=at, note=note, channel=channel.code)
        except CaseOver:
            return ""
    return number


def _attach(about: _About) -> None:
    """Keep the files that came; one that may not be kept is told of in a note, and holds up nothing."""
    for file in about.message.files:
        try:
            operations.attach_file(
                about.number,
                stream=BytesIO(file.content),
                name=file.name,
                purpose="report",
                actor=about.actor,
                at=about.at,
            )
        except Refusal as refusal:
            said = f"【附件未收】{file.name[:80]}：{explain(refusal).says}"
            operations.add_note(about.number, reason=said, actor=about.actor, at=about.at)


def _urge(about: _About) -> None:
    operations.urge_case(about.number, note=about.message.text, actor=about.actor, at=about.at)


def _note(about: _About) -> None:
    operations.add_note(about.number, reason=about.message.text, actor=about.actor, at=about.at)


def _reply(about: _About) -> None:
    """What the other platform decided about our return or extension: for whoever has the case to read."""
    if not about.message.text:
        raise NothingToChange
    operations.add_note(about.number, reason=f"【来文答复】{about.message.text}", actor=about.actor, at=about.at)


def _withdraw(about: _About) -> None:
    operations.withdraw_case(about.number, note=about.message.text, actor=about.actor, at=about.at)


def _change(about: _About) -> None:
    """Keep what changed as a note, and move the case where it has a new point. Older than the newest: nothing."""
    message = about.message
    newest = newest_revision(about.district, about.channel, message.order)
    if message.revision <= newest:
        raise OvertakenByNewer(newest=newest, revision=message.revision)
    matter = message.matter
    has_point = matter is not None and matter.lon is not None and matter.lat is not None
    if not message.text and not has_point:
        raise NothingToChange
    if message.text:
        operations.add_note(about.number, reason=f"【工单更正】{message.text}", actor=about.actor, at=about.at)
    if matter is not None and matter.lon is not None and matter.lat is not None:
        operations.place_case(
            about.number,
            lon=matter.lon,
            lat=matter.lat,
            datum=matter.datum or Datum.WGS84.value,
            address=matter.address,
            actor=about.actor,
            at=about.at,
        )


_EFFECTS: Final[Mapping[Kind, Callable[[_About], None]]] = {
    Kind.URGE: _urge,
    Kind.NOTE: _note,
    Kind.CHANGE: _change,
    Kind.WITHDRAW: _withdraw,
    Kind.REPLY: _reply,
}
