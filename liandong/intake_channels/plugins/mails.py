"""A mail as it came, read: who wrote, what, in which thread, with which files, and whether a machine sent it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from html.parser import HTMLParser
from typing import Final

from liandong.intake_channels.contract import File
from liandong.intake_channels.plugins.dialect import ZONE
from liandong.intake_channels.rules.charsets import CharsetLie, read_honestly
from liandong.intake_channels.rules.mails import MailUnreadable, case_numbers, own_words, refuse_automatic

MOST_FILES: Final = 20
MOST_PARTS: Final = 200
LONGEST_TEXT: Final = 9_500
"""Characters kept of what was written; a case holds little more."""
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,300})>")
_BLANKS = re.compile(r"[ \t\u00a0]+")
_LINES = re.compile(r"\n{3,}")
_PART_ENDS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table"})
_NOT_SHOWN = frozenset({"script", "style", "head", "title", "template"})


@dataclass(frozen=True, slots=True)
class ReadMail:
    """What a mail says. `refs` are the names of earlier mails it answers, the nearest first; `numbers` of our cases.

    `words` is `text` without what it quotes.
    """

    id: str
    address: str
    name: str
    subject: str
    text: str
    words: str
    refs: tuple[str, ...]
    numbers: tuple[str, ...]
    sent_at: datetime | None
    files: tuple[File, ...]


def read_mail(raw: bytes) -> ReadMail:
    """Read a mail as its server gave it.

    :raises AutomaticMail: a machine wrote it
    :raises MailUnreadable, CharsetLie: as they say
    """
    try:
        message = message_from_bytes(raw)
        name, address = _sender(message)
        _refuse_automatic(message, address)
        leaves = list(_leaves(message))
        text, files = _text_of(leaves), _files_of(leaves)
    except (MessageError, RecursionError, LookupError, ValueError) as error:
        raise MailUnreadable from error
    subject = _header(message, "Subject")[:200]
    own = _MESSAGE_ID.search(_plain(message, "Message-ID"))
    answered = _MESSAGE_ID.findall(_plain(message, "In-Reply-To"))
    thread = [*answered, *reversed(_MESSAGE_ID.findall(_plain(message, "References")))]
    return ReadMail(
        id=name_of_mail(own[1]) if own else name_of_mail(hashlib.sha256(raw).hexdigest()),
        address=address,
        name=name,
        subject=subject,
        text=_shortened(text),
        words=_shortened(own_words(text)),
        refs=tuple(dict.fromkeys(map(name_of_mail, thread[:50]))),
        numbers=case_numbers(subject),
        sent_at=_sent_at(message),
        files=files,
    )


def name_of_mail(message_id: str) -> str:
    """What a mail is called here: nothing of an address can be read in it."""
    return f"mail-{hashlib.sha256(message_id.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _refuse_automatic(message: Message, address: str) -> None:
    headers = [(str(name).lower(), str(value)) for name, value in message.items()]
    refuse_automatic(headers, address=address, is_report=message.get_content_type() == "multipart/report")


def _sender(message: Message) -> tuple[str, str]:
    name, address = parseaddr(_plain(message, "From"))
    return _decoded(name)[:80], address.strip().lower()[:200] if "@" in address else ""


def _plain(message: Message, name: str) -> str:
    """A header as it came, on one line; bytes that are no ASCII stand in it as lone surrogates."""
    found = next((value for given, value in message.raw_items() if given.lower() == name.lower()), "")
    return " ".join(str(found).split())


def _header(message: Message, name: str) -> str:
    return _decoded(_plain(message, name))


def _decoded(value: str) -> str:
    """The words of a header, in whatever encodings it says or does not say."""
    parts: list[tuple[bytes | str, str | None]] = [(value, None)]
    with suppress(HeaderParseError, ValueError):
        parts = list(decode_header(value))
    told = []
    for part, charset in parts:
        content = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        try:
            told.append(read_honestly(content, charset="" if charset in (None, "unknown-8bit") else str(charset))[0])
        except CharsetLie:
            told.append(content.decode("ascii", "replace"))
    return " ".join("".join(told).split())


def _leaves(message: Message) -> Iterator[Message]:
    """The parts of a mail that hold something; a mail inside is one part.

    :raises MailUnreadable: there are more than anybody sends
    """
    left, count = [message], 0
    while left:
        part, count = left.pop(0), count + 1
        if count > MOST_PARTS:
            raise MailUnreadable
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            left = [one for one in inside if isinstance(one, Message)] + left
        else:
            yield part


def _is_file(part: Message) -> bool:
    return bool(part.get_filename()) or part.get_content_disposition() == "attachment" or (
        part.get_content_maintype() != "text"
    )  # fmt: skip


def _text_of(leaves: list[Message]) -> str:
    """What was written: the plain parts, or the others without their marks. What was mislabelled says so.

    :raises CharsetLie: it is of no encoding we can tell
    """
    written = [part for part in leaves if not _is_file(part)]
    plain = [part for part in written if part.get_content_type() != "text/html"]
    texts, really = [], ""
    for part in plain or written:
        text, other = read_honestly(_content(part), charset=str(part.get_content_charset() or ""))
        texts.append(_without_marks(text) if part.get_content_type() == "text/html" else text)
        really = really or other
    whole = _LINES.sub("\n\n", "\n".join(texts).replace("\r\n", "\n").replace("\r", "\n")).strip()
    return f"【字符集与声明不符，按 {really} 读出】\n{whole}" if really else whole


def _content(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    if isinstance(found, bytes):
        return found
    inside = part.get_payload()
    return inside[0].as_bytes() if isinstance(inside, list) and inside and isinstance(inside[0], Message) else b""


def _files_of(leaves: list[Message]) -> tuple[File, ...]:
    found: list[File] = []
    for part in leaves:
        if _is_file(part) and len(found) < MOST_FILES and (content := _content(part)):
            found.append(File(_decoded(part.get_filename() or "")[:80] or part.get_content_type(), content))
    return tuple(found)


def _sent_at(message: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(_plain(message, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=ZONE)
    return aware if 1970 < aware.year < 9000 else None


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}\n（来信过长，以下未录）"


class _Words(HTMLParser):
    """The words of a page, with a line for each of its paragraphs."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _NOT_SHOWN
        if tag in _PART_ENDS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _NOT_SHOWN))
        if tag in _PART_ENDS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(" ".join(data.split("\n")))


def _without_marks(text: str) -> str:
    reader = _Words()
    reader.feed(text)
    reader.close()
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in "".join(reader.words).split("\n"))
