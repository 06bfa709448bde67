"""Every text people read has its English: tests of the catalogue itself stand in `tests/web`."""

from __future__ import annotations

from liandong.cases.rules.words import (
    CHANNEL_WORDS,
    CLOCK_WORDS,
    CLOSING_WORDS,
    IDENTITY_WORDS,
    NATURE_WORDS,
    RUN_BY_WORDS,
    STAGE_WORDS,
    URGENCY_WORDS,
    ClockKind,
    Closing,
    Identity,
    Nature,
    RunBy,
    Stage,
    Urgency,
)
from liandong.cases.rules.workflow import STEPS
from liandong.project.roles import ACT_WORDS, ROLE_WORDS
from tests.web.messages import english


def test_every_code_has_a_word() -> None:
    assert set(STAGE_WORDS) == set(Stage)
    assert set(CLOCK_WORDS) == set(ClockKind)
    assert set(NATURE_WORDS) == set(Nature)
    assert set(URGENCY_WORDS) == set(Urgency)
    assert set(IDENTITY_WORDS) == set(Identity)
    assert set(CLOSING_WORDS) == set(Closing)
    assert set(RUN_BY_WORDS) == set(RunBy)


def test_every_word_of_a_code_has_its_english() -> None:
    known = english()
    tables = [STAGE_WORDS, CLOCK_WORDS, NATURE_WORDS, URGENCY_WORDS, IDENTITY_WORDS, CLOSING_WORDS, RUN_BY_WORDS]
    words = [word for table in tables for word in table.values()]
    words += [*CHANNEL_WORDS.values(), *ACT_WORDS.values(), *ROLE_WORDS.values()]
    words += [step.word for step in STEPS.values()]
    assert [word for word in words if not word.isascii() and not known.get(word)] == []
