"""Cursors of lists that come by id: opaque to whoever reads them, and steady however many rows come in between."""

from __future__ import annotations

import base64
import binascii

from liandong.kernel.refusal import Refusal, marked


class BadCursor(Refusal):
    """A cursor that this list never gave out."""

    status = 400
    says = marked("翻页标记 cursor 无效，或不属于这个列表。")
    remedy = marked("请原样使用上一页返回的 next，并保持筛选条件不变；或从第一页重新读取。")


def id_cursor(key: int) -> str:
    """The cursor behind the row of this id."""
    return packed(f"i{key}")


def id_in(cursor: str) -> int:
    """The id behind which a page begins; 0 for the first page.

    :raises BadCursor: it is none of a list by id
    """
    if not cursor:
        return 0
    plain = unpacked(cursor)
    if plain[:1] != "i" or not plain[1:].isascii() or not plain[1:].isdecimal() or len(plain) > 19:
        raise BadCursor
    return int(plain[1:])


def packed(plain: str) -> str:
    """A cursor as callers see it."""
    return base64.urlsafe_b64encode(plain.encode("ascii")).decode("ascii")


def unpacked(cursor: str) -> str:
    """What a cursor stands for.

    :raises BadCursor: it was never packed here
    """
    try:
        return base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True).decode("ascii")
    except (UnicodeError, binascii.Error, ValueError):
        raise BadCursor from None
