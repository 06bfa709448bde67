"""Text out of bytes whose sender names an encoding, and may be wrong about it."""

from __future__ import annotations

import re
from typing import Final

from liandong.kernel.refusal import Refusal, marked

_FAMILIES: Final = {
    "": "utf-8",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "cp936": "gb18030",
}
_DECLARATION = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']"""
)
_FIRST_CHINESE: Final = "\u2e80"
_MARKS: Final = frozenset("—–…“”‘’·×÷°±→←↑↓①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤ√∶∵∴℃‰§¤№")
_LATIN: Final = re.compile(r"(?:us-ascii|ascii|iso-8859-1|latin-?1|windows-1252|cp1252)")
_OTHERS: Final = re.compile(
    r"big5(?:-?hkscs)?|iso-8859-\d{1,2}|(?:windows-|cp)125\d|koi8-[ru]|shift_jis|euc-(?:jp|kr)|iso-2022-(?:jp|kr)"
    r"|hz(?:-gb-2312)?|utf-16(?:le|be)?"
)
_CHARSET = re.compile(r"""charset\s*=\s*"?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)


class CharsetUnknown(Refusal):
    """An encoding we do not read."""

    status = 415
    says = marked("不支持字符集“%(charset)s”。")
    remedy = marked("请使用 UTF-8、GBK 或 GB18030，并在报文中如实注明。")


class CharsetLie(Refusal):
    """Bytes that are not of the encoding their sender names: whatever we read would be wrong."""

    status = 422
    says = marked("报文声明的字符集是 %(charset)s，实际内容不是。")
    remedy = marked("请按声明的字符集编码后重发；请求头与 XML 声明须一致。")


def decoded(body: bytes, *, content_type: str) -> str:
    """Return the text of a body in the encoding that the header, or an XML declaration, names; UTF-8 where none does.

    GBK can be read out of nearly any bytes, so what is labelled GBK and is Chinese in valid UTF-8 is a lie. GBK of a
    few words may be valid UTF-8 by chance, but then of Latin, Greek or Arabic letters.

    :raises CharsetUnknown, CharsetLie: as they say
    """
    in_header = _family(match[1] if (match := _CHARSET.search(content_type)) else "")
    declared = _DECLARATION.match(body)
    in_body = _family(declared[1].decode("ascii")) if declared else ""
    family = in_body or in_header or "utf-8"
    if in_header and in_body and in_header != in_body:
        raise CharsetLie(charset=_named(in_header))
    try:
        text = body.decode("utf-8-sig" if family == "utf-8" else family)
    except UnicodeDecodeError:
        raise CharsetLie(charset=_named(family)) from None
    if family != "utf-8" and _is_chinese_in_utf8(body):
        raise CharsetLie(charset=_named(family))
    return text


def read_honestly(content: bytes, *, charset: str) -> tuple[str, str]:
    """Text of a mail, and the encoding it is really in where its sender names another.

    A person who writes a mail cannot mend its encoding, so what is plainly UTF-8 or GB18030 is read as that, whatever
    it is called; what is neither, nor what it says, is refused: a text of wrong letters helps nobody.

    :raises CharsetLie: it is of no encoding we can tell
    """
    named = charset.strip().lower()
    family = _FAMILIES.get(named, "")
    if content.isascii() and (family or not _OTHERS.fullmatch(named)):
        return content.decode("ascii"), ""
    is_latin = bool(_LATIN.fullmatch(named))
    if family and not is_latin and not (family == "gb18030" and _is_chinese_in_utf8(content)):
        text = _read(content, family)
    elif not is_latin and _OTHERS.fullmatch(named):
        text = _read(content, named)
    else:
        text = None
    if text is not None:
        return text, ""
    for other in ("utf-8", "gb18030"):
        found = _read(content, other)
        if found is not None and (other == "utf-8" or _is_all_chinese(found)):
            return found, _named(other) if named else ""
    if is_latin and (text := _read(content, "cp1252" if named != "us-ascii" else "ascii")) is not None:
        return text, ""
    raise CharsetLie(charset=charset[:40] or "UTF-8")


def text_of_file(content: bytes) -> str:
    """The text of an uploaded file, which names no encoding: UTF-8, or else GB18030.

    :raises CharsetLie: it is neither
    """
    for family in ("utf-8", "gb18030"):
        text = _read(content, family)
        if text is not None:
            return text
    raise CharsetLie(charset="UTF-8 / GB18030")


def _read(content: bytes, family: str) -> str | None:
    try:
        return content.decode("utf-8-sig" if family == "utf-8" else family)
    except (UnicodeError, LookupError, ValueError):
        return None


def _is_all_chinese(text: str) -> bool:
    """Whether all that is not ASCII are letters and marks as Chinese is written with, none made up by chance."""
    return all(letter < "\x80" or letter >= _FIRST_CHINESE or letter in _MARKS for letter in text)


def _family(name: str) -> str:
    if not name:
        return ""
    found = _FAMILIES.get(name.lower())
    if found is None:
        raise CharsetUnknown(charset=name)
    return found


def _named(family: str) -> str:
    return "UTF-8" if family == "utf-8" else "GBK"


def _is_chinese_in_utf8(body: bytes) -> bool:
    try:
        return max(body.decode("utf-8"), default="") >= _FIRST_CHINESE
    except UnicodeDecodeError:
        return False
