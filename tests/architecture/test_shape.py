"""The shape of the source: short files, short functions, no clock read in the middle, no marks of unfinished work."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("liandong", "tests", "tools", "bench")
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
_UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")) + r")\b")
_EDGES = re.compile(
    r"(^|/)(views|api|tasks)(/|\.py$|_)"
    r"|^liandong/project/|^liandong/demo/(build|stream)\.py$|^bench/|^tools/"
    # The live stream, the middleware and the store ask whether a session and its posts hold: they answer a browser.
    r"|^liandong/people/(live|middleware|session_store)\.py$"
)
_CLOCK = {"now", "utcnow", "today", "localdate", "localtime"}


def _sources(*endings: str) -> Iterator[Path]:
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*")):
            skipped = {"migrations", "golden", "vendor", "node_modules", "__pycache__", "districts"} & set(file.parts)
            if file.suffix in endings and not skipped:
                yield file


def _name(file: Path) -> str:
    return str(file.relative_to(ROOT))


PYTHON = list(_sources(".py"))


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    files = _sources(".py", ".js", ".css", ".html")
    lengths = {_name(file): len(file.read_text("utf-8").splitlines()) for file in files}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_forty_lines() -> None:
    long = {}
    for file in PYTHON:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long[f"{_name(file)}:{node.lineno} {node.name}"] = length
    assert long == {}


def test_only_the_edges_read_the_clock() -> None:
    """Everything else is told the time as `at`; naive clocks are read nowhere."""
    found = []
    for file in PYTHON:
        if _EDGES.search(_name(file)) or _name(file).startswith("tests/"):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            told = node.func.attr in ("localdate", "localtime") and node.args
            if node.func.attr in _CLOCK and not told:
                owner = ast.unparse(node.func.value)
                if owner.split(".")[-1] in {"datetime", "date", "timezone", "time"}:
                    found.append(f"{_name(file)}:{node.lineno}")
    assert found == []


def test_rules_and_kernel_read_no_clock_file_or_network_at_all() -> None:
    banned = {"time", "random", "os", "socket", "urllib", "django", "psycopg", "subprocess", "threading"}
    for file in PYTHON:
        parts = file.relative_to(ROOT).parts
        if parts[0] == "liandong" and ("rules" in parts or "kernel" in parts):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                assert not banned & {name.split(".")[0] for name in names}, _name(file)


def test_nothing_is_marked_as_unfinished() -> None:
    marks = [
        f"{_name(file)}:{number}"
        for file in _sources(".py", ".js", ".css", ".html", ".toml")
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if _UNFINISHED.search(line)
    ]
    assert marks == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        _name(file)
        for file in PYTHON
        if file.name not in ("__init__.py", "apps.py")
        and not _name(file).startswith("tests/")
        and file.read_text("utf-8").strip()
        and not ast.get_docstring(ast.parse(file.read_text("utf-8")))
    ]
    assert silent == []


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "core", "misc", "manager", "service"])
def test_no_module_has_a_name_that_says_nothing(word: str) -> None:
    assert [_name(file) for file in PYTHON if file.stem == word or word in file.parts[:-1]] == []


def test_test_names_are_sentences() -> None:
    short = [
        f"{_name(file)} {node.name}"
        for file in PYTHON
        if file.name.startswith("test_")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and node.name.count("_") < 3
    ]
    assert short == []


def test_tests_do_not_sleep() -> None:
    """But for those that watch a live stream or a process, which have nothing else to wait for."""
    sleeping = [
        f"{_name(file)}:{node.lineno}"
        for file in PYTHON
        if _name(file).startswith(("tests/cases", "tests/areas", "tests/people", "tests/timeline", "tests/kernel"))
        and file.name != "test_live.py"
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "sleep"
    ]
    assert sleeping == []
