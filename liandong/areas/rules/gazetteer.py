"""Under which terms a place is found while its name is typed: character pairs, and beginnings of words.

One containment decides: a place fits when it holds every term of what was typed. Han text is looked for by its pairs,
as everywhere; a word in letters or digits by its beginning, for it may be half typed; one Han character by the
beginning of a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from liandong.kernel.bigrams import query_terms, terms

LONGEST_BEGINNING: Final = 8
"""Characters of a word by whose beginning it is found; what is typed beyond them is no longer compared."""

_BEGINS: Final = "^"
"""Marks a term that is the beginning of a word or name; no term of `bigrams` holds it."""

_NUMBERED = re.compile(r"(?P<name>\D*[^\W\d]\D*?)[\s，,]*(?P<number>\d.*)", re.DOTALL)


def place_terms(names: Iterable[str]) -> tuple[str, ...]:
    """The terms under which a place with these names, its own and its aliases, is found; sorted, each once."""
    found: set[str] = set()
    for name in names:
        for term in terms(name):
            if len(term) > 1 and _is_han(term):
                found.add(term)
            else:
                found.update(_BEGINS + term[:size] for size in range(1, min(len(term), LONGEST_BEGINNING) + 1))
        found.update(_BEGINS + first for first in name.strip()[:1] if _is_han(first))
    return tuple(sorted(found))


def sought_terms(text: str) -> tuple[str, ...]:
    """The terms a place must hold to fit what was typed; nothing for nothing."""
    return tuple(
        term if len(term) > 1 and _is_han(term) else _BEGINS + term[:LONGEST_BEGINNING] for term in query_terms(text)
    )


def before_number(text: str) -> tuple[str, str]:
    """A road and what follows it, from the first digit on: 东桥路88弄3号 is 东桥路 and 88弄3号.

    A text without a digit, or with nothing but digits before a word, is whole.
    """
    match = _NUMBERED.fullmatch(text.strip())
    return (match["name"].strip(), match["number"].strip()) if match else (text.strip(), "")


def _is_han(term: str) -> bool:
    return term[0] > "\u2e7f"
