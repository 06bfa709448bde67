"""The reader's language at a terminal, known from the environment before Django is there."""

from __future__ import annotations

import gettext
import os
from functools import cache
from pathlib import Path

_PROJECT = Path(__file__).parent / "locale"
_PRODUCT = Path(__file__).parents[1] / "locale"


def say(text: str, /, **values: object) -> str:
    """Return the Chinese `text` in the reader's language, its `%(name)s` places filled."""
    translated = _translations(reads_chinese=_reads_chinese()).gettext(text)
    return translated % values if values else translated


def _reads_chinese() -> bool:
    """LC_ALL over LC_MESSAGES over LANG, as in gettext; a terminal that names no language may show ASCII only."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.lower().startswith("zh")
    return False


@cache
def _translations(*, reads_chinese: bool) -> gettext.NullTranslations:
    if reads_chinese:
        return gettext.NullTranslations()
    words = gettext.translation("django", localedir=str(_PROJECT), languages=["en"], fallback=True)
    words.add_fallback(gettext.translation("django", localedir=str(_PRODUCT), languages=["en"], fallback=True))
    return words
