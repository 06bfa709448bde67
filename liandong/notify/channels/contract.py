"""What a way out must be able to do. Everything else, retries, states, receipts, is the outbox's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from liandong.notify.rules.progress import News, Outcome
from liandong.notify.rules.words import Channel


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message as a gateway gets it. `ref` is ours and stays the same however often it is sent, and so does `mark`.

    `mark` is a short number for protocols that echo no more than 16 bits.
    """

    ref: str
    address: str
    subject: str
    body: str
    mark: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A receipt: what became of what a gateway calls `gateway_id`; with our `ref` or `mark` where it echoes them."""

    gateway_id: str
    news: News
    detail: str = ""
    ref: str = ""
    mark: int | None = None


class Transport(Protocol):
    """One way out. It MUST NOT raise for what a gateway does; it answers with an `Outcome`.

    `UNKNOWN` is for whatever may have been taken; `LATER` only for what surely was not.
    """

    @property
    def name(self) -> str:
        """What the outbox, figures and pages call it."""
        ...

    @property
    def channel(self) -> Channel:
        """The channel it serves."""
        ...

    @property
    def knows_ref(self) -> bool:
        """Whether the gateway recognises our `ref`, so that sending again is harmless."""
        ...

    @property
    def can_ask(self) -> bool:
        """Whether the gateway can be asked what became of our `ref`."""
        ...

    def send(self, parcel: Parcel) -> Outcome:
        """Hand a parcel over, within the seconds a gateway is given."""
        ...

    def ask(self, ref: str) -> Outcome:
        """What became of it. `LATER`: it never came; `UNKNOWN`: nobody can say now."""
        ...

    def tend(self, take: Callable[[Report], None]) -> None:
        """Keep a lasting connection, and hand receipts that came over it to `take` before they are acknowledged."""
        ...

    def probe(self) -> str:
        """Why the gateway cannot be reached; empty when it can. Sends nothing to anybody."""
        ...

    def close(self) -> None:
        """Give up a lasting connection."""
        ...


class Fleeting:
    """What transports share that keep no connection and cannot be asked."""

    knows_ref = False

    @property
    def can_ask(self) -> bool:
        """Nobody to ask."""
        return False

    def ask(self, ref: str) -> Outcome:
        """Nobody to ask."""
        return Outcome(News.UNKNOWN)

    def tend(self, take: Callable[[Report], None]) -> None:
        """Nothing to keep."""

    def close(self) -> None:
        """Nothing to give up."""


class Misconfigured(Exception):
    """Settings of a transport that cannot be read; says which."""


def names_of(transports: Iterable[Transport]) -> tuple[str, ...]:
    """Their names, in order."""
    return tuple(transport.name for transport in transports)
