"""Records out of a body that anybody may have sent: JSON or XML, in the encoding it says, no larger than agreed.

XML is read without document types and entities, whatever they would do. One level of nesting is flattened:
`reporter: {name}` is `reporter_name`. Of what lies deeper only names are kept, after a full stop, for
whoever refuses records by them. What cannot be read as a whole is refused by name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from liandong.intake_channels.rules.charsets import decoded
from liandong.kernel.refusal import Refusal, marked

MOST_BYTES: Final = 2_000_000
MOST_MESSAGES: Final = 500
Record = Mapping[str, str]

_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")


class BodyTooLarge(Refusal):
    """More bytes than one body may have."""

    status = 413
    says = marked("报文有 %(bytes)s 字节，最多 %(most)s 字节。")
    remedy = marked("请分批发送。")


class BodyMalformed(Refusal):
    """A body that was cut short, or is not of the form it says."""

    status = 400
    says = marked("报文不是完整的 %(form)s。")
    remedy = marked("可能在传输中被截断；请检查后整份重发，已登记的不会重复。")


class XmlForbidden(Refusal):
    """A document type, an entity, or a reference to something outside."""

    status = 422
    says = marked("XML 报文含有文档类型或实体定义，不予解析。")
    remedy = marked("请去掉 DOCTYPE 与 ENTITY 后重发；特殊字符只用 XML 预定义的五个实体。")


class WrongForm(Refusal):
    """JSON where only XML is agreed, or the reverse, or neither."""

    status = 415
    says = marked("此渠道不接收 %(given)s。")
    remedy = marked("请用 Content-Type 注明并发送：%(known)s。")


class TooManyMessages(Refusal):
    """More messages than one body may hold, or none."""

    status = 422
    says = marked("报文含 %(count)s 条消息，应为 1 至 %(most)s 条。")
    remedy = marked("请分批发送。")


def form_of(content_type: str, *, forms: tuple[str, ...]) -> str:
    """The form a header names, the channel's own where it names none.

    :raises WrongForm: the channel does not speak it
    """
    kind = content_type.partition(";")[0].strip().lower()
    found = "xml" if kind.endswith("xml") else "json" if kind.endswith("json") else "" if kind else forms[0]
    if found not in forms:
        raise WrongForm(given=kind[:60], known="、".join(f"application/{form}" for form in forms))
    return found


def records_in(body: bytes, *, content_type: str, forms: tuple[str, ...], most: int = MOST_BYTES) -> list[Record]:
    """The records of a body, in its order: texts by field.

    :raises BodyTooLarge, WrongForm, CharsetUnknown, CharsetLie, BodyMalformed, XmlForbidden, TooManyMessages: as
        they say
    """
    if len(body) > most:
        raise BodyTooLarge(bytes=len(body), most=most)
    form = form_of(content_type, forms=forms)
    text = decoded(body, content_type=content_type)
    records = list(_from_xml(text) if form == "xml" else _from_json(text))
    if not 1 <= len(records) <= MOST_MESSAGES:
        raise TooManyMessages(count=len(records), most=MOST_MESSAGES)
    return records


def packed(record: Record) -> bytes:
    """A record as it is kept to be read again, whatever form it came in."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")


def unpacked(raw: bytes) -> Record:
    """A record that was packed."""
    found: Record = json.loads(raw.decode("utf-8", "surrogatepass"))
    return found


def _from_json(text: str) -> Iterator[Record]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise BodyMalformed(form="JSON") from None
    rows = found.get("messages", [found]) if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BodyMalformed(form="JSON")
    for row in rows:
        yield dict(_flat((str(name), value) for name, value in row.items()))


def _flat(pairs: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    for name, value in pairs:
        match value:
            case dict():
                yield name, ""
                for inner, told in value.items():
                    yield f"{name}_{inner}", "" if isinstance(told, dict | list) else _plain(told)
                yield from ((f"{name}.{deep}", "") for deep in _names_below(list(value.values())))
            case list():
                yield name, ""
                yield from ((f"{name}.{deep}", "") for deep in _names_below(value))
            case _:
                yield name, _plain(value)


def _names_below(values: list[Any]) -> Iterator[str]:
    """The names of fields inside lists and objects, however deep."""
    left = [value for value in values if isinstance(value, dict | list)]
    while left:
        found = left.pop()
        if isinstance(found, dict):
            yield from map(str, found)
        inside = found.values() if isinstance(found, dict) else found
        left += [value for value in inside if isinstance(value, dict | list)]


def _plain(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value).strip()


def _from_xml(text: str) -> Iterator[Record]:
    try:
        root = fromstring(_XML_DECLARATION.sub("", text.removeprefix("\ufeff"), count=1), forbid_dtd=True)
    except DefusedXmlException:
        raise XmlForbidden from None
    except (ParseError, ValueError):
        raise BodyMalformed(form="XML") from None
    rows = list(root) if _tag(root) == "messages" else [root]
    if any(_tag(row) != "message" for row in rows):
        raise BodyMalformed(form="XML")
    for row in rows:
        yield dict(_fields(row))


def _fields(row: Element) -> Iterator[tuple[str, str]]:
    for child in row:
        yield _tag(child), (child.text or "").strip()
        for inner in child:
            yield f"{_tag(child)}_{_tag(inner)}", (inner.text or "").strip()


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
