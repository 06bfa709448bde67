"""Reading parameters: an empty one is an absent one, lists are separated by commas, times follow the W3C."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict

from liandong.intake_channels.open311.faults import DateInvalid, FieldTooLong, TextUnreadable

_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]+)\](?:\[\])?")
# A plus sign that was not escaped arrives as a blank.
_LOST_PLUS = re.compile(r" (?=\d\d:?\d\d$)")
_IS_A_DAY = re.compile(r"\d{4}-\d\d-\d\d")


_OF_THE_COUNTRY = {"gbk", "gb2312", "gb18030", "x-gbk", "cp936"}


def form_in(request: HttpRequest) -> QueryDict:
    """The form of a request, in the encoding it says.

    A form is UTF-8 by its standard, and Django refuses any other; systems of this country still send GBK, and say so.
    """
    charset = (request.content_params or {}).get("charset", "").strip('"').lower()
    if request.content_type == "application/x-www-form-urlencoded" and charset in _OF_THE_COUNTRY:
        return QueryDict(request.body, encoding="gb18030")
    return request.POST


def files_in(request: HttpRequest) -> list[UploadedFile[bytes]]:
    """The files that came in the field `media`; only a form of several parts has any."""
    return request.FILES.getlist("media") if request.content_type == "multipart/form-data" else []


class Parameters:
    """The parameters of one request, whichever way they came."""

    def __init__(self, *sources: QueryDict) -> None:
        self._sources = sources

    def text(self, name: str, *, longest: int = 4000) -> str:
        """The value without outer blanks and NUL; empty when absent.

        :raises FieldTooLong: it has more than `longest` characters
        :raises TextUnreadable: it is in another encoding than the request says
        """
        for source in self._sources:
            value = _clean(source.get(name) or "")
            if value:
                _refuse_unreadable(name, value)
                if len(value) > longest:
                    raise FieldTooLong(name=name, longest=longest)
                return value
        return ""

    def items(self, name: str) -> list[str]:
        """The parts of a comma list, each once."""
        parts = (part.strip() for part in self.text(name, longest=40_000).split(","))
        return list(dict.fromkeys(part for part in parts if part))

    def instant(self, name: str, *, zone: ZoneInfo) -> datetime | None:
        """A time; without an offset it is one of `zone`.

        :raises DateInvalid: it is no time
        """
        text = self.text(name, longest=60)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(_LOST_PLUS.sub("+", text))
        except ValueError:
            raise DateInvalid(name=name, value=text) from None
        return found if found.tzinfo else found.replace(tzinfo=zone)

    def is_day(self, name: str) -> bool:
        """Whether a time was given as a day only."""
        return bool(_IS_A_DAY.fullmatch(self.text(name, longest=60)))

    def attributes(self) -> dict[str, list[str]]:
        """The answers given as `attribute[CODE]=…` or `attribute[CODE][]=…`, by code."""
        found: dict[str, list[str]] = {}
        for code, value in self._attributes():
            found.setdefault(code, []).append(value)
        return found

    def _attributes(self) -> Iterator[tuple[str, str]]:
        for source in self._sources:
            for name, values in source.lists():
                match = _ATTRIBUTE.fullmatch(name)
                if match:
                    for value in values:
                        _refuse_unreadable(name, value)
                    yield from ((match[1].strip(), kept) for value in values if (kept := _clean(value)))


def _refuse_unreadable(name: str, value: str) -> None:
    """Django puts a mark in the place of every byte it cannot read: kept, it would be the text for ever."""
    if "\ufffd" in value:
        raise TextUnreadable(name=name[:40])


def _clean(value: str) -> str:
    return value.replace("\x00", "").strip()
