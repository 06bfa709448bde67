"""Terms of a text for search, without a dictionary.

Runs of Han characters become overlapping pairs, everything else words. On real complaints pairs found more
than a segmenter does and are five times faster to make. Ranking, rare terms and stored columns belong above.
"""

from __future__ import annotations

import re
from operator import add
from unicodedata import normalize

# Iteration mark, zero, extension A, the main block, compatibility, and the supplementary planes.
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_RUNS = re.compile(rf"([{_HAN}]+)|[^\W_{_HAN}]+")
# PostgreSQL refuses a lexeme of more than 2,046 bytes; nobody searches by the 65th letter of a word.
_LONGEST_WORD = 64
# Marks without end on one letter are noise, and normalising them takes quadratic time.
_LONG_SEPARATOR = re.compile(r"([^\w\s]{64})[^\w\s]+")


def terms(text: str) -> tuple[str, ...]:
    """Return the terms under which a text is found, sorted, each once.

    Full-width forms are folded (NFKC), letters lower-cased; a Han character that stands alone is a term
    itself. What is neither letter, digit nor Han (NUL, emoji, punctuation) only separates.
    """
    pairs, words, alone = _split(text)
    return tuple(sorted(pairs.union(words, alone)))


def query_terms(text: str) -> tuple[str, ...]:
    """Return the terms to look for, sorted: those of the text, without lone Han characters if others remain.

    A lone character is a term only of texts in which it stands alone, so beside a pair it would find nothing.
    """
    pairs, words, alone = _split(text)
    return tuple(sorted(pairs | words or alone))


def _split(text: str) -> tuple[set[str], set[str], set[str]]:
    """Return Han pairs, words and lone Han characters."""
    pairs: set[str] = set()
    words: set[str] = set()
    alone: set[str] = set()
    for run in _RUNS.finditer(normalize("NFKC", _LONG_SEPARATOR.sub(r"\1", text)).lower()):
        han, word = run[1], run[0]
        if not han:
            words.add(word[:_LONGEST_WORD])
        elif len(han) == 1:
            alone.add(han)
        else:
            pairs.update(map(add, han, han[1:]))
    return pairs, words, alone
