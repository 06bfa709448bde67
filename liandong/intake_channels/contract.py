"""The one contract of every channel: bytes become neutral messages, messages become cases, and word goes back.

A channel translates. Everything else is done once for all of them by `operations`: signatures, doubles, order of
arrival, mapping tables, permission, sealing, retries, accounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from liandong.intake_channels.rules.words import Fate, Kind, Tell
from liandong.kernel.refusal import Refusal
from liandong.notify.rules.progress import Outcome


@dataclass(frozen=True, slots=True)
class Matter:
    """What an order is about, in the sender's own codes and words; the district's tables make ours of them.

    Coordinates in degrees in `datum`; empty texts stand for what is not known. `place` names something that stands in
    one place, such as a device: where that is, the table `places` knows.
    """

    text: str
    category: str = ""
    nature: str = ""
    urgency: str = ""
    area: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    datum: str = ""
    name: str = ""
    phone: str = ""
    identity: str = ""
    about_unit: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """Something that came with a message: checked like every upload before it is kept."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One message that came in. `id` is its sender's own name for it, `order` the order it is about (or is).

    `raw` is what `Channel.reread` makes this message of again: kept, sealed, only while it waits or may be replayed.
    `fault` says why it cannot be used, though its ids could be read. Orders that `recurs` are raised again and again
    under one `order`, each with an `id` of its own: soon after each other they are one case. `number` is our case that
    it is about, where whoever took it in knows it.
    """

    kind: Kind | None
    id: str
    order: str
    raw: bytes = b""
    claimed_at: datetime | None = None
    revision: int = 0
    matter: Matter | None = None
    text: str = ""
    files: tuple[File, ...] = ()
    fault: Refusal | None = None
    recurs: bool = False
    number: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one message: told to its sender. `code` and `says` name the `refusal`, `number` our case."""

    kind: Kind | None
    id: str
    fate: Fate
    number: str = ""
    code: str = ""
    says: str = ""
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """One message that goes out. `ref` is ours and stays the same however often it is sent.

    `order` is their number of the order (empty for a hand-over), `matter` goes only with a hand-over.
    """

    ref: str
    tell: Tell
    order: str
    number: str
    at: datetime
    step: str = ""
    text: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    matter: Matter | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """Bytes and what they are."""

    body: bytes
    content_type: str


class Channel(Protocol):
    """One way in (and back). Stateless and without side effects; it MUST NOT touch the database or read the clock."""

    @property
    def code(self) -> str:
        """What cases, addresses, settings and folders call it: lower-case ASCII, at most 24 characters."""
        ...

    @property
    def word(self) -> str:
        """What people call it, to be translated."""
        ...

    @property
    def tells(self) -> frozenset[Tell]:
        """What it wants to hear of its orders; nothing for a channel without a way back."""
        ...

    def read(self, body: bytes, *, content_type: str) -> Sequence[Message]:
        """The messages of one body, in its order. One that is bad alone carries its `fault`.

        :raises Refusal: nothing of the body can be used
        """
        ...

    def reread(self, raw: bytes) -> Message:
        """The message whose `raw` this is."""
        ...

    def answer(self, results: Sequence[Result], *, content_type: str) -> Letter:
        """What the sender of a body of `content_type` is answered; a refused body is one result without an id."""
        ...

    def write(self, leaving: Leaving) -> Letter:
        """What goes out."""
        ...

    def outcome(self, status: int, body: bytes) -> Outcome:
        """What the other platform's answer to a letter means; `UNKNOWN` for whatever may have been taken."""
        ...


@cache
def channels() -> Mapping[str, Channel]:
    """Every channel there is by code; the list stands in `project/channels.py`."""
    found: Sequence[Channel] = import_string(settings.LIANDONG_CHANNELS)
    return {channel.code: channel for channel in found}
