"""What the simulator tells: whole calls, and every way of telling them badly with what must come of it.

A shot is one request. Its body is made when it is sent, for it carries the time; what it must be answered is known
when it is planned, so that the accounts at the end are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

NEW, KNOWN = "new", "known"
STRANGER: Final = "9999"
"""An extension nobody sits at."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One request: an event of a call, `seconds` after the call began, told in some `manner`, and what must come of it.

    `expected` is `new`, `known` or the name of a refusal.
    """

    call: int
    event: str
    number: int
    seconds: float
    agent: str = ""
    to: str = ""
    caller: str = ""
    manner: str = ""
    expected: str = NEW


def calls(
    count: int, *, random: Random, extensions: Sequence[str], callers: Sequence[str], badly: float = 0.0
) -> Iterator[list[Shot]]:
    """So many calls, each with its shots in the order in which they are sent. `badly` is the share told badly."""
    for call in range(count):
        told = _told_well(call, random, extensions, callers)
        if random.random() < badly:
            told = _STRANGE[random.choice(sorted(_STRANGE))](told, random)
        yield told


def _told_well(call: int, random: Random, extensions: Sequence[str], callers: Sequence[str]) -> list[Shot]:
    """A call as it should be told: three in ten wait long, one in ten gives up, some are held or go to another."""
    agent = random.choice(extensions)
    wait = random.choice((3.0, 5.0, 8.0, 11.0, 14.0, 4.0, 9.0, 6.0, 17.0, 25.0))
    base = Shot(call, "ringing", 0, 0.0, agent=agent, caller=random.choice(callers))
    if random.random() < 0.1:
        return [base, replace(base, event="ended", number=1, seconds=wait)]
    shots = [base, replace(base, event="answered", number=1, seconds=wait)]
    seconds = wait + random.randint(20, 60)
    if random.random() < 0.3:
        shots.append(replace(base, event="held", number=2, seconds=seconds))
        shots.append(replace(base, event="retrieved", number=3, seconds=seconds + 15))
    if len(extensions) > 1 and random.random() < 0.2:
        other = random.choice([one for one in extensions if one != agent])
        shots.append(replace(base, event="transferred", number=4, seconds=seconds + 20, to=other))
    end = replace(base, event="ended", number=5, seconds=seconds + random.randint(30, 120))
    return [*shots, end]


def _out_of_order(told: list[Shot], random: Random) -> list[Shot]:
    """The later overtakes the earlier."""
    return [replace(shot, manner="out_of_order") for shot in random.sample(told, len(told))]


def _twice(told: list[Shot], _random: Random) -> list[Shot]:
    """Each event once more, as an exchange does that heard no answer."""
    return [one for shot in told for one in (shot, replace(shot, manner="duplicate", expected=KNOWN))]


def _replayed(told: list[Shot], _random: Random) -> list[Shot]:
    """Somebody who listened sends each request once more as it was."""
    return [one for shot in told for one in (shot, replace(shot, manner="replay", expected="nonce_used"))]


def _from_strangers(told: list[Shot], _random: Random) -> list[Shot]:
    """At an extension nobody sits at."""
    return [replace(shot, agent=STRANGER, to="", manner="unknown_agent") for shot in told if not shot.to]


def _after_the_end(told: list[Shot], _random: Random) -> list[Shot]:
    """Something more after the end."""
    last = told[-1]
    late = replace(last, event="held", number=90, seconds=last.seconds + 5, manner="after_end")
    return [*told, replace(late, expected="call_has_ended")]


def _changed(told: list[Shot], _random: Random) -> list[Shot]:
    """The first event once more with other content."""
    return [told[0], replace(told[0], agent=STRANGER, manner="changed", expected="call_event_changed"), *told[1:]]


def _spoilt(manner: str, expected: str) -> Callable[[list[Shot], Random], list[Shot]]:
    """Each event first in a way that must be refused, then as it should be."""

    def spoil(told: list[Shot], _random: Random) -> list[Shot]:
        return [one for shot in told for one in (replace(shot, manner=manner, expected=expected), shot)]

    return spoil


_STRANGE: Final[dict[str, Callable[[list[Shot], Random], list[Shot]]]] = {
    "out_of_order": _out_of_order,
    "duplicate": _twice,
    "replay": _replayed,
    "unknown_agent": _from_strangers,
    "after_end": _after_the_end,
    "changed": _changed,
    "forged": _spoilt("forged", "signature_wrong"),
    "unsigned": _spoilt("unsigned", "signature_wrong"),
    "clock_wrong": _spoilt("clock_wrong", "timestamp_off"),
    "gbk": _spoilt("gbk", "call_unreadable"),
    "no_json": _spoilt("no_json", "call_unreadable"),
    "script": _spoilt("script", "call_event_unclear"),
    "no_zone": _spoilt("no_zone", "call_event_unclear"),
    "future": _spoilt("future", "call_time_implausible"),
}
