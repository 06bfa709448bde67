"""Which Chinese sentences the product shows, read from its Python and its templates, and which lack English.

.venv/bin/python -m tests.web.messages        prints each sentence without English, with its file
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[2] / "liandong"
_MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "marked", "ngettext", "ngettext_lazy", "say", "translated"}
_IN_CONTEXT = {"pgettext", "pgettext_lazy"}
_TEMPLATE_CALL = re.compile(r"\b(?:_|gettext|ngettext)\((u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")", re.DOTALL)
_HAN = re.compile(r"[\u3400-\u9fff]")


def messages() -> dict[str, Path]:
    """Return every message id that holds Chinese, with one file it stands in."""
    found: dict[str, Path] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        found.update(dict.fromkeys(_of_python(file.read_text(encoding="utf-8")), file))
    for file in sorted(PACKAGE.rglob("templates/**/*.html")):
        found.update(dict.fromkeys(_of_template(file.read_text(encoding="utf-8")), file))
    return {message: file for message, file in found.items() if _HAN.search(message)}


def english() -> dict[str, str]:
    """Return message id → English of every catalogue of the product; a plural's first form stands for it."""
    words: dict[str, str] = {}
    for file in sorted(PACKAGE.glob("**/locale/en/LC_MESSAGES/*.po")):
        for entry in polib.pofile(str(file)):
            words[entry.msgid] = entry.msgstr or next(iter(entry.msgstr_plural.values()), "")
    return words


def _of_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in _MARKS | _IN_CONTEXT:
            continue
        first = node.args[1 if name in _IN_CONTEXT else 0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def _of_template(source: str) -> Iterator[str]:
    for literal in _TEMPLATE_CALL.findall(templatize(source)):
        yield ast.literal_eval(literal.replace("\n", "\\n"))


def main() -> int:
    """Print what lacks English; return 1 when anything does."""
    known = english()
    missing = {message: file for message, file in messages().items() if not known.get(message)}
    for message, file in missing.items():
        print(f"{file.relative_to(PACKAGE)}\t{message!r}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
