"""What is tried next, by whom and with which words: lawful about as often as not."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.cases.walks.law import ENDED, UNITS, Fine, Law, No, Person
from tests.cases.walks.steps import FROM, take

_FOLDER = Path(__file__).parents[2] / "districts" / "small"
WANTED = (
    *(
        "operator",
        "lin",
        "supervisor",
        "verifier",
        "leader",
        "integrator",
        "town01",
        "town02",
        "bureau001",
        "bureau002",
    ),
    *("station001", "grid001", "grid002", "department02", "department03"),
)
SHARE_LAWFUL = 0.55
TRIES, TRIES_WITH_ONE_STEP = 12, 4
_SENT = ("accept", "verify_report", "file", "dispatch")
WAYS: tuple[tuple[str, ...], ...] = (
    (),
    (),
    _SENT,
    (*_SENT, "return", "dispatch", "return"),
    (*_SENT, "receive", "request_coordination"),
    (*_SENT, "receive", "hand_down", "receive"),
    (*_SENT, "receive", "request_extension", "grant_extension", "request_extension"),
    (*_SENT, "receive", "hand_in"),
    (*_SENT, "receive", "hand_in", "check", "call_back", "close"),
    (*_SENT, "receive", "hand_in", "check", "call_back", "close", "dispute", "receive", "hand_in", "check"),
)
"""Beginnings of walks, as far as they are lawful: what comes late would otherwise be met too seldom."""
_FORWARD = (
    "accept",
    "verify_report",
    "file",
    "dispatch",
    "receive",
    "arrive",
    "hand_in",
    "check",
    "call_back",
    "close",
)
_RARELY = frozenset({"refuse", "answer", "decline", "void", "withdraw", "solve_on_spot"})
_ASIDE = frozenset({"urge", "add_note", "supervise", "advise", "assist", "warn", "contact", "rate"})

_D, _REASON = "310198", ("现场情况如此", "现场情况如此", "现场情况如此", "现场情况如此", " ")
_CODES = ("B002", "B002", "B001", "T01", "T01", "D02", "D03", "S001", "G001", "G002", "B004", "DC", "X99", "O21")
_TARGETS = tuple(f"{_D}-{code}" for code in _CODES)
_HELPERS: tuple[tuple[str, ...], ...] = (
    *((),) * 3,
    (f"{_D}-D03",),
    (f"{_D}-T01", f"{_D}-S001"),
    (f"{_D}-B001", f"{_D}-D02"),
    (f"{_D}-X99",),
)


def _likely(stage: str) -> list[str]:
    """The steps lawful at a stage, those that lead on more often and those that end it seldom."""
    here = [code for code, stages in FROM.items() if stage in stages]
    return [code for code in here for _ in range(_weight(code))]


def _weight(step: str) -> int:
    return 1 if step in _RARELY else 2 if step in _ASIDE else 14 if step in _FORWARD else 6


_ALL = list(FROM)
_LIKELY = {stage: _likely(stage) for stage in set().union(*FROM.values()) | ENDED}


def cast(teams: Mapping[str, tuple[str, ...]] | None = None) -> Mapping[str, Person]:
    """The people of the small district whom the walks know, and the platform. `teams` are who is lent to which."""
    lent = teams or {}
    with (_FOLDER / "posts.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["account"] in {*WANTED, *lent}]
    found = {
        row["account"]: Person(
            f"user/{row['account']}", f"{_D}-{row['unit']}", row["role"], lent.get(row["account"], ())
        )
        for row in rows
    }
    return found | {"platform": Person("platform/story", "", "platform")}


def attempt(law: Law, dice: random.Random, people: Mapping[str, Person]) -> tuple[str, Person, dict[str, Any]]:
    """A step to try, a person and what they say; lawful or not as the dice want, where they find such a one soon."""
    wants_lawful = dice.random() < SHARE_LAWFUL
    here = _LIKELY[law.stage]
    for number in range(TRIES):
        if number % TRIES_WITH_ONE_STEP == 0:
            step = dice.choice(here if here and (wants_lawful or dice.random() < 0.6) else _ALL)
        who, told = _somebody(law, dice, people), _said(law, step, dice)
        if _is_lawful(law, step, who, told) == wants_lawful:
            break
    return step, who, told


def lawful(
    law: Law, step: str, dice: random.Random, people: Mapping[str, Person]
) -> tuple[str, Person, dict[str, Any]] | None:
    """Somebody and words with which a step is lawful now; None where they are not found soon."""
    for _ in range(3 * TRIES):
        who, told = _somebody(law, dice, people), _said(law, step, dice)
        if _is_lawful(law, step, who, told):
            return step, who, told
    return None


def is_over(law: Law) -> bool:
    """Whether nothing is lawful any more."""
    return not _LIKELY[law.stage]


def _is_lawful(law: Law, step: str, who: Person, told: dict[str, Any]) -> bool:
    law.is_dry = True
    try:
        take(law, step, who, **told)
    except Fine:
        return True
    except No:
        return False
    finally:
        law.is_dry = False
    raise AssertionError(f"{step} asks nothing")


def _somebody(law: Law, dice: random.Random, people: Mapping[str, Person]) -> Person:
    """Often one of the case's units, for they have most to do."""
    units = {row["unit"] for row in law.standing()}
    mine = [person for person in people.values() if person.units & units]
    return dice.choice(mine if mine and dice.random() < 0.5 else list(people.values()))


def _said(law: Law, step: str, dice: random.Random) -> dict[str, Any]:
    return _WORDS[step](law, dice) if step in _WORDS else {}


def _why(_law: Law, dice: random.Random) -> dict[str, Any]:
    return {"reason": dice.choice(_REASON)}


def _target(law: Law, dice: random.Random) -> str:
    below = [code for code, unit in UNITS.items() if unit["parent"] == law.unit]
    return dice.choice(below) if below and dice.random() < 0.3 else dice.choice(_TARGETS)


def _class(law: Law, dice: random.Random) -> dict[str, Any]:
    return {"class_code": dice.choice(["M06010", "A0203", "C01001", "X999"])} if dice.random() < 0.15 else {}


def _condition(law: Law, dice: random.Random) -> dict[str, Any]:
    return {"condition": dice.choice(["lane", "suspected", "*", ""])} if dice.random() < 0.3 else {}


def _sent(law: Law, dice: random.Random) -> dict[str, Any]:
    return {"to": _target(law, dice), "assisting": dice.choice(_HELPERS)}


def _under(dice: random.Random) -> dict[str, Any]:
    return {"commanded_by": 7} if dice.random() < 0.2 else {}


def _called(law: Law, dice: random.Random) -> dict[str, Any]:
    score = dice.choice([None, 1, 5, 3, 6])
    return {"reached": dice.random() < 0.5, "solved": dice.random() < 0.7, "satisfaction": score}


def _assistant(law: Law, dice: random.Random) -> str:
    helpers = [row["unit"] for row in law.standing("assist")]
    return dice.choice(helpers) if helpers and dice.random() < 0.8 else dice.choice(_TARGETS)


_WORDS: Mapping[str, Callable[[Law, random.Random], dict[str, Any]]] = {
    **dict.fromkeys(
        (
            *("refuse", "decline", "take_back", "request_coordination", "decline_coordination", "refuse_extension"),
            *("reply_supervision", "lift_overdue", "send_back", "reopen", "void", "add_note", "dispute"),
            *("refuse_dispute", "advise", "assist"),
        ),
        _why,
    ),
    "accept": _class,
    "answer": lambda law, dice: {"answer": dice.choice(_REASON)},
    "verify_report": lambda law, dice: {"is_true": dice.random() < 0.8},
    "file": lambda law, dice: _class(law, dice) | _condition(law, dice),
    "file_afterwards": _condition,
    "dispatch": lambda law, dice: _sent(law, dice) | _under(dice),
    "dispatch_by_phone": lambda law, dice: _sent(law, dice) | {"acknowledged_by": dice.choice(["中队值班员", ""])},
    "return": lambda law, dice: _why(law, dice) | {"proposed_unit": dice.choice(["", f"{_D}-D03", f"{_D}-X99"])},
    "hand_down": lambda law, dice: {"to": _target(law, dice)} | _under(dice),
    "contact": lambda law, dice: {"reached": dice.random() < 0.6},
    "arrive": lambda law, dice: {} if dice.random() < 0.8 else {"lon": 121.4},
    "warn": lambda law, dice: _why(law, dice) | {"matter": "店门口占道堆物"},
    "raise_force": lambda law, dice: _why(law, dice) | {"to": dice.choice(["management", "enforcement", "army"])},
    "ask_for_force": lambda law, dice: _why(law, dice) | {"to": dice.choice(["service", "management", "enforcement"])},
    "pass_out": lambda law, dice: {"firm": "洁净保洁公司", "task": "清运", "hours": dice.choice(["72", "0", "9999"])},
    "hand_in": lambda law, dice: {"result": dice.choice(_REASON)},
    "transfer": lambda law, dice: _why(law, dice) | _sent(law, dice) | dice.choice(({}, {"to": ""})) | _under(dice),
    "arbitrate": lambda law, dice: _why(law, dice) | {"to": dice.choice([law.unit, _target(law, dice)])},
    "excuse_assistant": lambda law, dice: _why(law, dice) | {"unit": _assistant(law, dice)},
    "request_extension": lambda law, dice: _why(law, dice) | {"amount": dice.choice(["0.5", "1", "2", "0", "1000"])},
    "suspend": lambda law, dice: (
        _why(law, dice) | {"awaited": dice.choice(["停气", "停气", ""]), "wake_in": dice.choice([1, 10, 0, 400])}
    ),
    "supervise": lambda law, dice: (
        _why(law, dice)
        | {"level": dice.choice([1, 2, 3, 4]), "amount": dice.choice(["1", "0.5", "0"])}
        | dice.choice(({}, {"time_unit": "natural_hour"}, {"time_unit": "moon"}))
    ),
    "check": lambda law, dice: {"ok": dice.random() < 0.7},
    "call_back": _called,
    "close": lambda law, dice: dice.choice(
        ({}, {}, {"closing": dice.choice(["special", "error", "odd"]), "reason": dice.choice(_REASON)})
    ),
    "solve_on_spot": lambda law, dice: {
        "result": dice.choice(_REASON),
        "before": "a" * 64,
        "after": dice.choice(["b" * 64, "a" * 64]),
    },
    "rate": lambda law, dice: {"rating": dice.choice([1, 4, 9])},
}
