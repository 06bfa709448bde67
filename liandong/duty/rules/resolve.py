"""Who answers for a duty at an instant: the watch, else the head, else a deputy, else the telephone, else one above.

The walk goes from the unit asked about up its parents; it ends empty-handed only where no unit on the way has a
person or a telephone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from liandong.duty.rules.rotation import Watch, Why


class By(StrEnum):
    """What led to whoever answers."""

    ROTATION = "rotation"
    SWAP = "swap"
    COVER = "cover"
    HEAD = "head"
    DEPUTY = "deputy"
    PHONE = "phone"
    NOBODY = "nobody"


_BY = {Why.ROTATION: By.ROTATION, Why.SWAP: By.SWAP, Why.COVER: By.COVER}


@dataclass(frozen=True, slots=True)
class Station:
    """A unit on the way up: its telephone, its watches around the instant, and who stands in, present people only."""

    unit: str
    phone: str
    watches: tuple[Watch, ...] = ()
    heads: tuple[int, ...] = ()
    deputies: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers. `unit` is where they were found, `until` when the answer may change; None: until it is changed."""

    persons: tuple[int, ...]
    phone: str
    by: By
    unit: str
    shift: str = ""
    until: datetime | None = None


def resolve(chain: Sequence[Station], *, at: datetime) -> Answer:
    """Walk up `chain`, which begins with the unit asked about."""
    for place, station in enumerate(chain):
        found = _at(station, at=at)
        if found is None:
            continue
        by, persons, shift, until = found
        phone = next((above.phone for above in chain[place:] if above.phone), "")
        # Whoever stands in does so only until a watch below begins.
        sooner = [watch.starts_at for below in chain[: place + 1] for watch in below.watches
                  if watch.person is not None and watch.starts_at > at]  # fmt: skip
        stands_in = by not in _BY.values() or place > 0
        until = min([*([until] if until else []), *(sooner if stands_in else [])], default=None)
        return Answer(persons, phone, by, station.unit, shift, until)
    return Answer((), "", By.NOBODY, chain[0].unit if chain else "")


def _at(station: Station, *, at: datetime) -> tuple[By, tuple[int, ...], str, datetime | None] | None:
    now = [watch for watch in station.watches if watch.starts_at <= at < watch.ends_at and watch.person is not None]
    if now:
        persons = tuple(dict.fromkeys(watch.person for watch in now if watch.person is not None))
        return _BY[now[0].why], persons, now[0].shift, min(watch.ends_at for watch in now)
    for by, persons in ((By.HEAD, station.heads), (By.DEPUTY, station.deputies)):
        if persons:
            return by, persons, "", None
    return (By.PHONE, (), "", None) if station.phone else None
