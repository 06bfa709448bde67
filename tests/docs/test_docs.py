"""The documents say what is so: links lead somewhere, commands exist, every word of the law is in the glossary."""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

import pytest

from liandong.areas.models import AreaLevel
from liandong.cases import events, operations
from liandong.cases.rules import words
from liandong.cases.rules.workflow import STEPS
from liandong.kernel.working_time import TimeUnit
from liandong.people.models import Force, Level, UnitKind
from liandong.project.cli import COMMANDS
from liandong.project.roles import ROLE_WORDS
from tools import performance_table

CLONE = Path(__file__).parents[2]
DOCS = sorted([*CLONE.glob("*.md"), *(CLONE / "docs").rglob("*.md")])
HEADINGS = ["## Context", "## Decision", "## Consequences", "## What would change our mind"]

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_MAKE = re.compile(r"\bmake ([a-z]+)")
_COMMAND = re.compile(r"(?:^|[\s/`])liandong ([a-z][a-z-]*)([^\n`]*)")
_OPTION = re.compile(r"(?<!\S)(--[a-z-]+)")
_VARIABLE = re.compile(r"\bLIANDONG_[A-Z_]+\b")


def _named(document: Path) -> str:
    return str(document.relative_to(CLONE))


def _code(document: Path) -> Iterator[str]:
    yield from _CODE.findall(document.read_text(encoding="utf-8"))


def _anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, made as code hosts make them."""
    titles = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", DOCS, ids=_named)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    broken = []
    for link in _LINK.findall(document.read_text(encoding="utf-8")):
        if link.startswith(("http://", "https://")):
            continue
        file, _, anchor = link.partition("#")
        target = (document.parent / file).resolve() if file else document
        assert target.is_relative_to(CLONE), link
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in _anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_make_target_named_exists() -> None:
    known = set(re.findall(r"^([a-z-]+):", (CLONE / "Makefile").read_text(), re.MULTILINE))
    named = {target for document in DOCS for code in _code(document) for target in _MAKE.findall(code)}
    assert {"run", "test"} <= named <= known


def test_every_command_and_option_named_exists() -> None:
    modules = {command.name: command.module for command in COMMANDS}
    named: dict[str, set[str]] = {}
    for document in DOCS:
        for code in _code(document):
            for command, rest in _COMMAND.findall(code):
                named.setdefault(command, set()).update(_OPTION.findall(rest.split("#")[0]))
    assert named.keys() == modules.keys()
    for command, options in named.items():
        parser = argparse.ArgumentParser()
        importlib.import_module(modules[command]).add_arguments(parser)
        assert options <= parser._option_string_actions.keys(), command


def test_every_setting_named_exists() -> None:
    sources = "".join(file.read_text(encoding="utf-8") for file in (CLONE / "liandong").rglob("*.py"))
    unknown = {
        variable
        for document in DOCS
        for variable in _VARIABLE.findall(document.read_text(encoding="utf-8"))
        if f'"{variable}"' not in sources
    }
    assert unknown == set()


@pytest.mark.parametrize("record", sorted((CLONE / "docs" / "adr").glob("*.md")), ids=_named)
def test_every_decision_record_has_its_four_headings(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert re.findall(r"^## .*$", text, re.MULTILINE) == HEADINGS
    assert text.startswith(f"# {record.name[:4]} · ")
    assert f"adr/{record.name}" in (CLONE / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_the_first_screen_of_the_readme_shows_both_commands_and_a_screenshot() -> None:
    lines = (CLONE / "README.md").read_text(encoding="utf-8").splitlines()[:20]
    text = "\n".join(lines)
    assert "make run" in text
    assert "make test" in text
    assert "docs/screenshots/dispatch.png" in text


def test_the_performance_page_is_what_the_results_say() -> None:
    assert performance_table.PAGE.read_text(encoding="utf-8") == performance_table.page()


# Words that stand in the code only as codes: the glossary is where they get theirs.
_BARE: Mapping[type[StrEnum], tuple[str, ...]] = {
    TimeUnit: ("紧急工作时", "工作时", "工作日", "自然时", "自然日"),
    words.Demand: ("须核查", "须回访", "须核查并回访", "无须核查回访"),
}


def _terms() -> Iterator[tuple[str, str]]:
    """Every (Chinese word, identifier) the code knows."""
    tables: tuple[Mapping[str, str], ...] = (
        words.STAGE_WORDS,
        words.CLOCK_WORDS,
        words.NATURE_WORDS,
        words.URGENCY_WORDS,
        words.IDENTITY_WORDS,
        words.CLOSING_WORDS,
        words.CHANNEL_WORDS,
        words.RUN_BY_WORDS,
        ROLE_WORDS,
        {step.code: step.word for step in STEPS.values()},
        *({member.value: str(member.label) for member in kind} for kind in (UnitKind, Level, Force, AreaLevel)),
        *(dict(zip(sorted(kind, key=list(kind).index), named, strict=True)) for kind, named in _BARE.items()),
    )
    for table in tables:
        yield from ((word, str(code)) for code, word in table.items())


def _rows() -> list[tuple[str, set[str], str]]:
    """The glossary's rows: Chinese word, identifiers, whole line."""
    lines = (CLONE / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and "`" in line]
    return [(line.split(" | ")[0].removeprefix("| "), set(re.findall(r"`([^`]+)`", line)), line) for line in rows]


def test_the_glossary_holds_every_word_of_the_code() -> None:
    known = {(word, code) for word, codes, _line in _rows() for code in codes}
    assert sorted(set(_terms()) - known) == []


def test_every_step_of_the_glossary_names_its_operation_and_event() -> None:
    rows = (line for _word, _codes, line in _rows() if line.count("|") == 6)
    steps = [line for line in rows if re.search(r"\| `\w+` \| `[A-Z]\w+`(, `[A-Z]\w+`)* \|$", line)]
    found = {}
    for line in steps:
        code, operation, *told = re.findall(r"`([^`]+)`", line)
        assert hasattr(operations, operation), line
        assert told, line
        assert all(hasattr(events, event) for event in told), line
        found[code] = operation
    assert found.keys() == STEPS.keys()
