"""Names of things that have a Chinese and an English one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from django.utils.translation import get_language, gettext


class Named(Protocol):
    """Anything that has a Chinese and an English name."""

    @property
    def name(self) -> str:
        """The Chinese name."""
        ...

    @property
    def name_en(self) -> str:
        """The English name, or nothing."""
        ...


def name_of(thing: Named) -> str:
    """The name in the reader's language."""
    return (thing.name_en or thing.name) if reads_english() else thing.name


def listed(words: Iterable[str]) -> str:
    """Words one after the other, with the comma of the reader's language."""
    return gettext("、").join(words)


def aside(words: object) -> str:
    """Words in the brackets of the reader's language, to stand right after others."""
    return gettext("（%(words)s）") % {"words": words}


def reads_english() -> bool:
    """Whether the reader has chosen English."""
    return (get_language() or "").startswith("en")
