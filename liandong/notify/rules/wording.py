"""Templates: plain placeholders in braces, checked when saved, filled without ever failing when sent."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final

from liandong.kernel.refusal import Refusal, marked

LONGEST_SUBJECT: Final = 120
LONGEST_BODY: Final = 600
LONGEST_VALUE: Final = 300
ANY: Final = "*"
"""A wording for every channel that has none of its own."""

ONE_SMS, PART_OF_SMS = 70, 67
"""UCS-2 characters of a single short message, and of each part of a longer one (GSM 03.40)."""


class BrokenTemplate(Refusal):
    """Braces that do not pair, or that ask for more than a plain placeholder."""

    status = 422
    says = marked("模板中的花括号不成对，或括号中不是单纯的占位名。")
    remedy = marked("占位写作 {number} 这样的形式；要显示花括号本身，请写两个。")


class UnknownPlaceholder(Refusal):
    """A placeholder that this notice has no value for."""

    status = 422
    says = marked("此通知没有占位“%(names)s”。")
    remedy = marked("可用的占位：%(known)s。")


class TemplateEmpty(Refusal):
    """A template that says nothing."""

    status = 422
    says = marked("模板没有内容。")
    remedy = marked("请写明要告诉对方的话。")


class TemplateTooLong(Refusal):
    """A template longer than messages may be."""

    status = 422
    says = marked("标题最多 %(subject)s 字，正文最多 %(body)s 字。")
    remedy = marked("请缩短；短信超过 70 字会拆成多条计费。")


@dataclass(frozen=True, slots=True)
class Wording:
    """A subject, which short channels leave out, and a body."""

    subject: str
    body: str


def checked(wording: Wording, *, known: Collection[str]) -> Wording:
    """The wording, trimmed, when it can be sent.

    :raises TemplateEmpty, TemplateTooLong, BrokenTemplate, UnknownPlaceholder: it cannot
    """
    found = Wording(_tidy(wording.subject), _tidy(wording.body))
    if not found.body:
        raise TemplateEmpty
    if len(found.subject) > LONGEST_SUBJECT or len(found.body) > LONGEST_BODY:
        raise TemplateTooLong(subject=LONGEST_SUBJECT, body=LONGEST_BODY)
    asked = placeholders_in(found.subject) | placeholders_in(found.body)
    if strange := sorted(asked - set(known)):
        raise UnknownPlaceholder(names="、".join(strange), known="、".join(f"{{{name}}}" for name in known))
    return found


def placeholders_in(text: str) -> set[str]:
    """The names a text asks for.

    :raises BrokenTemplate: it cannot be read, or asks for an attribute, an item or a format
    """
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        raise BrokenTemplate from None
    names = set()
    for _literal, name, spec, conversion in parts:
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise BrokenTemplate
        names.add(name)
    return names


def filled(wording: Wording, values: Mapping[str, str]) -> Wording:
    """The wording with its values; what is missing stays empty, a value too long is cut."""
    short = {name: cut(value, LONGEST_VALUE) for name, value in values.items()}
    return Wording(_fill(wording.subject, short), _fill(wording.body, short))


def cut(text: str, longest: int) -> str:
    """A text of at most `longest` characters; what is left out is shown by an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def segments(body: str) -> int:
    """How many short messages a body is sent and charged as, all of it in UCS-2."""
    units = len(body.encode("utf-16-be")) // 2
    return 1 if units <= ONE_SMS else -(-units // PART_OF_SMS)


def without_numbers(words: str) -> str:
    """What a gateway said, as it may be stored: without the telephone numbers it may have said it about."""
    return re.sub(r"\+?\d[\d -]{5,}\d", "…", storable(words))


def storable(words: str) -> str:
    """A text without what no database keeps."""
    return words.replace("\x00", "").encode("utf-8", "ignore").decode()


def _fill(text: str, values: Mapping[str, str]) -> str:
    made = []
    for literal, name, _spec, _conversion in Formatter().parse(text):
        made.append(literal)
        if name:
            made.append(values.get(name, ""))
    return "".join(made).strip()


def _tidy(text: str) -> str:
    return storable(text).replace("\r\n", "\n").strip()
