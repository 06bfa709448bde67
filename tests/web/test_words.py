"""Codes on screen: every stage, step and clock of the law of the case has its word, icon and tone."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation

import liandong
from liandong.cases.rules.words import ClockKind, Stage
from liandong.cases.rules.workflow import STEPS as LAW
from liandong.web.templatetags._refusals import USUAL
from liandong.web.templatetags._spans import clock_state, clock_text
from liandong.web.templatetags._words import CLOCKS, LEVELS, SCRIPT_TEXTS, STAGES, STEPS, Word

PACKAGE = Path(liandong.__file__).parent
ICON_NAMES = set((PACKAGE / "web/icons.txt").read_text().split())
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SOON = timedelta(hours=4)


def test_the_words_cover_the_law_of_the_case() -> None:
    assert set(STAGES) == {stage.value for stage in Stage}
    assert set(STEPS) == set(LAW)
    assert set(CLOCKS) == {kind.value for kind in ClockKind}


@pytest.mark.parametrize("word", [*STAGES.values(), *STEPS.values(), *LEVELS.values(), *USUAL.values()], ids=repr)
def test_every_icon_and_tone_exists(word: Word) -> None:
    assert word.icon in ICON_NAMES
    assert f".ld-tone-{word.tone} " in (PACKAGE / "web/static/web/tokens.css").read_text(encoding="utf-8")


def test_scripts_ask_only_for_texts_that_exist() -> None:
    asked = set()
    for file in (PACKAGE / "web/static/web").glob("*.js"):
        asked |= set(re.findall(r"\btext\('([\w.]+)'", file.read_text(encoding="utf-8")))
    assert asked <= set(SCRIPT_TEXTS)


@pytest.mark.parametrize(
    ("left", "state", "chinese", "english"),
    [
        (timedelta(days=3, hours=4, minutes=59), "in_time", "剩 3 天 4 小时", "3 d 4 h left"),
        (timedelta(hours=4), "due_soon", "剩 4 小时 0 分", "4 h 0 min left"),
        (timedelta(seconds=59), "due_soon", "剩 59 秒", "59 s left"),
        (timedelta(0), "due_soon", "剩 0 秒", "0 s left"),
        (-timedelta(minutes=5, seconds=1), "late", "超时 5 分", "5 min late"),
    ],
)
def test_a_running_clock_says_what_is_left(left: timedelta, state: str, chinese: str, english: str) -> None:
    assert clock_state(NOON + left, now=NOON, stopped_at=None, soon=SOON) == state
    with translation.override("zh-hans"):
        assert clock_text(NOON + left, now=NOON) == chinese
    with translation.override("en"):
        assert clock_text(NOON + left, now=NOON) == english


def test_a_clock_stopped_exactly_at_its_due_time_was_kept() -> None:
    assert clock_state(NOON, now=NOON + SOON, stopped_at=NOON, soon=SOON) == "done"
    assert clock_state(NOON, now=NOON + SOON, stopped_at=NOON + timedelta(seconds=1), soon=SOON) == "late"


def test_a_stopped_clock_does_not_tick_and_a_missing_one_shows_nothing() -> None:
    page = Template("{% load ui %}{% clock due now stopped_at=end %}")
    stopped = page.render(Context({"due": NOON, "now": NOON, "end": NOON}))
    assert 'state="done"' in stopped
    assert " due=" not in stopped
    assert page.render(Context({"due": None, "now": NOON})).strip() == ""


def test_script_texts_name_the_same_places_in_both_languages() -> None:
    for words in SCRIPT_TEXTS.values():
        with translation.override("zh-hans"):
            chinese = set(re.findall(r"{\w+}", str(words)))
        with translation.override("en"):
            assert set(re.findall(r"{\w+}", str(words))) == chinese


def test_script_texts_are_handed_over_as_data() -> None:
    page = Template("{% load ui %}{% script_texts %}").render(Context())
    assert page.startswith('<script id="ld-texts" type="application/json">')
    assert ast.literal_eval(page.partition(">")[2].partition("<")[0])["live.on"] == "实时"
