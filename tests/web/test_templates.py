"""What every template and script of the product must keep to: the content policy, one origin, known icons."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import pytest

import liandong

PACKAGE = Path(liandong.__file__).parent
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
OWN_STATIC = sorted(file for file in PACKAGE.rglob("static/**/*") if file.is_file() and "vendor" not in file.parts)
SCRIPTS = [file for file in OWN_STATIC if file.suffix == ".js"]
LONGEST = 400
# Names of standards and namespaces look like addresses; nothing is fetched from them.
_OUTSIDE = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+\.[a-z]{2,}", re.IGNORECASE)
_ICON_TAG = re.compile(r"{%\s*icon \"([\w-]+)\"")
_ICON_NAMES = set((PACKAGE / "web/icons.txt").read_text().split())


def _name(file: Path) -> str:
    return str(file.relative_to(PACKAGE))


def _served(file: Path) -> str:
    """Under which name a static file is served."""
    return _name(file).partition("/static/")[2]


@pytest.mark.parametrize("file", TEMPLATES, ids=_name)
def test_a_template_holds_nothing_the_content_policy_forbids(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"\son\w+=", text)
    assert not re.search(r"hx-on[:=]|[\"']js:|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script\b[^>]*>", text))


@pytest.mark.parametrize("file", [*TEMPLATES, *OWN_STATIC], ids=_name)
def test_a_file_names_no_outside_host_and_is_short_enough(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not _OUTSIDE.search(text)
    assert text.count("\n") <= LONGEST


@pytest.mark.parametrize("file", SCRIPTS, ids=_name)
def test_a_script_imports_only_its_neighbours(file: Path) -> None:
    for address in re.findall(r"from '([^']+)'|import '([^']+)'", file.read_text(encoding="utf-8")):
        # All modules' files are served from one folder: `../web/outbox.js` is a neighbour too.
        target = posixpath.normpath(posixpath.join(posixpath.dirname(_served(file)), "".join(address)))
        assert target in {_served(script) for script in SCRIPTS}


@pytest.mark.parametrize("file", TEMPLATES, ids=_name)
def test_a_template_draws_only_icons_of_the_list(file: Path) -> None:
    assert set(_ICON_TAG.findall(file.read_text(encoding="utf-8"))) <= _ICON_NAMES
