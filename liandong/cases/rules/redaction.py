"""Taking phones, identity numbers and plates out of what people write, before it is stored (`CASE.md` §7)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from liandong.kernel.refusal import Refusal, marked

LONGEST = 10_000
"""Characters of a description (4,000 through Open311)."""

_FOUND = re.compile(
    r"(?P<identity>(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z]))"
    r"|(?P<phone>(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d))"
    r"|(?P<plate>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
    r"[A-HJ-NP-Z][·. ]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳])"
)
_HALF_WIDTH = {0xFF10 + digit: ord("0") + digit for digit in range(10)}
_PLACEHOLDERS = {"identity": "［证件号］", "phone": "［电话］", "plate": "［车牌］"}


class TextMissing(Refusal):
    """A report without a word of what the matter is."""

    status = 422
    says = marked("缺少问题描述。")
    remedy = marked("请用一两句话说明发生了什么。")


class TextTooLong(Refusal):
    """A description longer than a case can hold."""

    status = 422
    says = marked("问题描述有 %(length)s 字，最多 %(longest)s 字。")
    remedy = marked("请缩短描述，其余材料作为附件提交。")


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text with its personal numbers taken out, and what was taken, in order."""

    text: str
    taken: tuple[tuple[str, str], ...] = ()


def redact(text: str) -> Redacted:
    """Replace identity numbers, phones and plates, in half or full width, by placeholders."""
    taken: list[tuple[str, str]] = []
    kept: list[str] = []
    end = 0
    text = storable(text)
    for match in _FOUND.finditer(text.translate(_HALF_WIDTH)):
        kind = match.lastgroup or ""
        taken.append((kind, match.group()))
        kept += [text[end : match.start()], _PLACEHOLDERS[kind]]
        end = match.end()
    return Redacted("".join([*kept, text[end:]]), tuple(taken))


def remark(text: str, *, longest: int = LONGEST) -> str:
    """A remark that may be empty, trimmed and without personal numbers.

    :raises TextTooLong: more than `longest` characters
    """
    kept = storable(text).strip()
    return redact(clean(kept, longest=longest)).text if kept else ""


def storable(text: str) -> str:
    """`text` without NUL and lone surrogates, neither of which PostgreSQL can hold."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def clean(text: str, *, longest: int = LONGEST) -> str:
    """Return `text` trimmed and storable.

    :raises TextMissing: nothing is left
    :raises TextTooLong: more than `longest` characters are left
    """
    kept = storable(text).strip()
    if not kept:
        raise TextMissing
    if len(kept) > longest:
        raise TextTooLong(length=len(kept), longest=longest)
    return kept
