"""A platform that speaks the common dialect of `docs/channels/`: flat records in JSON or XML, as each is configured."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring
from zoneinfo import ZoneInfo

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from liandong.intake_channels.contract import Leaving, Letter, Matter, Message, Result
from liandong.intake_channels.plugins.records import Record, form_of, packed, records_in, unpacked
from liandong.intake_channels.rules.persons import PersonRecord, refuse_person_records
from liandong.intake_channels.rules.words import Kind, Tell
from liandong.kernel.refusal import Refusal, marked
from liandong.notify.rules.progress import News, Outcome
from liandong.notify.rules.words import Why

LONGEST_FIELD: Final = 200
LONGEST_ID: Final = 80
ZONE = ZoneInfo("Asia/Shanghai")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]*")
_LONG = ("content", "text")
_NOT_TAKEN = frozenset({401, 403, 408, 425, 429, 503})


class IdUnusable(Refusal):
    """A message without a number of its own, or with one that is none."""

    status = 422
    says = marked("消息没有可用的编号（字段 %(name)s）。")
    remedy = marked("编号为 1 至 80 个字母、数字或 . _ : / - ，同一内容重发时保持不变。")


class KindUnknown(Refusal):
    """A kind of message that this channel does not bring."""

    status = 422
    says = marked("此渠道没有“%(kind)s”这种消息。")
    remedy = marked("可用的种类：%(known)s。")


class FieldMissing(Refusal):
    """A field without which the message says nothing."""

    status = 422
    says = marked("缺少字段 %(name)s。")
    remedy = marked("请按接口说明补齐后重发。")


class FieldInvalid(Refusal):
    """A field whose value cannot be read as what it should be."""

    status = 422
    says = marked("字段 %(name)s 的取值无法识别。")
    remedy = marked("时间用 ISO 8601，坐标用十进制度，版本号用整数；一般字段不超过 200 字。")


@dataclass(frozen=True, slots=True)
class Dialect:
    """One platform. `forms` are what it may send, the first is what it is sent.

    `record_types`, where given, are the only types of record that are matters; `is_strict` is for platforms that also
    keep sheets of people.
    """

    code: str
    word: str
    kinds: frozenset[Kind]
    tells: frozenset[Tell]
    forms: tuple[str, ...] = ("json",)
    record_types: frozenset[str] = frozenset()
    is_strict: bool = False

    def read(self, body: bytes, *, content_type: str) -> Sequence[Message]:
        """Each record as a message."""
        return [self._message(record) for record in records_in(body, content_type=content_type, forms=self.forms)]

    def reread(self, raw: bytes) -> Message:
        """The message that was kept."""
        return self._message(unpacked(raw))

    def answer(self, results: Sequence[Result], *, content_type: str) -> Letter:
        """`results`, in the form in which the body came, as far as this channel speaks it."""
        try:
            form = form_of(content_type, forms=self.forms)
        except Refusal:
            form = self.forms[0]
        rows = [
            {
                "kind": result.kind or "",
                "message_id": result.id,
                "state": result.fate,
                "case_number": result.number,
                "code": result.code,
                "reason": result.says,
            }
            for result in results
        ]
        return _letter(form, "results", "result", rows)

    def write(self, leaving: Leaving) -> Letter:
        """One record, in the platform's own form."""
        row: dict[str, Any] = {
            "kind": leaving.tell,
            "message_id": leaving.ref,
            "order_id": leaving.order,
            "case_number": leaving.number,
            "at": leaving.at.astimezone(ZONE).isoformat(timespec="seconds"),
            "step": leaving.step,
            "text": leaving.text,
            **leaving.facts,
        }
        if leaving.matter is not None:
            matter = {name: value for name, value in asdict(leaving.matter).items() if value not in ("", None, {})}
            row |= {f"matter_{name}": value for name, value in matter.items()}
        return _letter(self.forms[0], "messages", "message", [row])

    def outcome(self, status: int, body: bytes) -> Outcome:
        """`state` of the answer: `taken`, `duplicate`, `refused`, or `none` when asked about what never came."""
        told = _told(body)
        if status in _NOT_TAKEN:
            return Outcome(News.LATER, Why.BUSY, detail=f"{status}")
        state, given = told.get("state", ""), told.get("id", "")[:LONGEST_ID]
        reason = told.get("reason", "")[:LONGEST_FIELD]
        if 200 <= status < 300 and state in ("taken", "duplicate"):
            return Outcome(News.ACCEPTED, ids=(given,) if given else ())
        if state == "none":
            return Outcome(News.LATER, Why.NEVER_ARRIVED)
        if 400 <= status < 500 or state == "refused":
            return Outcome(News.REFUSED, Why.REFUSED, detail=f"{status} {reason}".strip())
        # A platform in trouble may have taken it before it stumbled.
        return Outcome(News.UNKNOWN, Why.UNCLEAR, detail=f"{status}")

    def _message(self, record: Record) -> Message:
        try:
            self._refuse_persons(record)
        except PersonRecord as refusal:
            return Message(None, "", "", fault=refusal)
        kind: Kind | None = None
        given = order = ""
        try:
            kind = self._kind(record)
            order = id_in(record, "order_id")
            given = order if kind is Kind.ORDER else id_in(record, "message_id")
            return self._read(record, kind, given, order)
        except Refusal as refusal:
            return Message(kind, given, order, fault=refusal)

    def _refuse_persons(self, record: Record) -> None:
        """Refuse what is no matter before anything else of it is looked at.

        :raises PersonRecord: it is a record of a person
        """
        texts = [record.get(name, "") for name in ("title", "content", "text")]
        categories = [record.get(name, "") for name in ("category", "category_name", "record_type")]
        refuse_person_records(record, categories=categories, texts=texts, is_strict=self.is_strict)
        is_order = record.get("kind", Kind.ORDER) == Kind.ORDER
        if self.record_types and is_order and record.get("record_type", "") not in self.record_types:
            raise PersonRecord

    def _kind(self, record: Record) -> Kind:
        given = record.get("kind", "") or Kind.ORDER.value
        found = next((kind for kind in self.kinds if kind == given), None)
        if found is None:
            raise KindUnknown(kind=given[:20], known="、".join(sorted(self.kinds)))
        return found

    def _read(self, record: Record, kind: Kind, given: str, order: str) -> Message:
        for name, value in record.items():
            if name not in _LONG and len(value) > LONGEST_FIELD:
                raise FieldInvalid(name=name[:40])
        return Message(
            kind=kind,
            id=given,
            order=order,
            raw=packed(record),
            claimed_at=value_in(record, "sent_at", instant_of),
            revision=value_in(record, "revision", count_of) or 0,
            matter=_matter(record, kind) if kind in (Kind.ORDER, Kind.CHANGE) else None,
            text=record.get("text", "") or record.get("content", ""),
        )


def _matter(record: Record, kind: Kind) -> Matter:
    title, content = record.get("title", ""), record.get("content", "")
    if kind is Kind.ORDER and not (title or content):
        raise FieldMissing(name="content")
    return Matter(
        text=f"{title}\n{content}" if title and content and title not in content else content or title,
        category=record.get("category", ""),
        nature=record.get("nature", ""),
        urgency=record.get("urgency", ""),
        area=record.get("area_code", ""),
        address=record.get("address", ""),
        lon=value_in(record, "lon", degrees_of),
        lat=value_in(record, "lat", degrees_of),
        datum=record.get("datum", ""),
        name=record.get("reporter_name", ""),
        phone=record.get("reporter_phone", ""),
        identity=record.get("reporter_identity", ""),
        about_unit=record.get("about_unit", ""),
    )


def id_in(record: Record, name: str, *, longest: int = LONGEST_ID) -> str:
    """A number of theirs.

    :raises IdUnusable: it is missing, too long or no number
    """
    found = record.get(name, "")
    if not (found.isascii() and len(found) <= longest and _ID.fullmatch(found)):
        raise IdUnusable(name=name)
    return found


def value_in(record: Record, name: str, read: Callable[[str], Any]) -> Any:
    """What a field says, read by `read`; nothing where it is empty.

    :raises FieldInvalid: it cannot be read
    """
    found = record.get(name, "")
    if not found:
        return None
    try:
        return read(found)
    except (ValueError, OverflowError):
        raise FieldInvalid(name=name) from None


def instant_of(text: str) -> datetime:
    """An instant in ISO 8601, in Shanghai time where it names no zone."""
    found = datetime.fromisoformat(text)
    aware = found if found.tzinfo else found.replace(tzinfo=ZONE)
    if not 1970 < aware.year < 9000:
        raise ValueError(text)
    return aware


def degrees_of(text: str) -> float:
    """A coordinate."""
    found = float(text)
    if not math.isfinite(found):
        raise ValueError(text)
    return found


def count_of(text: str) -> int:
    """A whole number from zero."""
    found = int(text)
    if not 0 <= found < 2**31:
        raise ValueError(text)
    return found


def _letter(form: str, whole: str, one: str, rows: list[dict[str, Any]]) -> Letter:
    if form == "json":
        content: Any = {whole: rows} if whole == "results" else rows[0]
        return Letter(json.dumps(content, ensure_ascii=False).encode(), "application/json; charset=utf-8")
    root = Element(whole)
    for row in rows:
        element = SubElement(root, one)
        for name, value in row.items():
            SubElement(element, name).text = _printable(str(value))
    return Letter(tostring(root, encoding="utf-8", xml_declaration=True), "application/xml; charset=utf-8")


def _printable(text: str) -> str:
    """`text` without what XML 1.0 cannot hold."""
    return "".join(sign for sign in text if sign in "\t\n\r" or ord(sign) >= 0x20)


def _told(body: bytes) -> dict[str, str]:
    """The fields of an answer, in whichever of the two forms it came; nothing where it is neither."""
    try:
        if body.lstrip()[:1] == b"<":
            return {str(child.tag): (child.text or "").strip() for child in fromstring(body, forbid_dtd=True)}
        found = json.loads(body)
        return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
    except (ValueError, RecursionError, ParseError, DefusedXmlException):
        return {}
