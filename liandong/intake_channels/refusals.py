"""The words of a refusal that is known by its code alone, as it stands in an arrival or in the faults of a file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from liandong.kernel.refusal import Refusal
from liandong.web.refusals import explain


def refusal_words(code: str, values: Mapping[str, str]) -> tuple[str, str]:
    """What a refusal of that code says, and its remedy; the code itself where its values are no longer kept."""
    kind = _refusals().get(code)
    if kind is None:
        return code, ""
    try:
        told = explain(kind(**values))
    except (KeyError, TypeError):
        return code, ""
    return (code, "") if "%(" in told.says else (told.says, told.remedy)


@cache
def _refusals() -> Mapping[str, type[Refusal]]:
    """Every refusal there is, by its code: all modules whose refusals can stand in an arrival are loaded by now."""
    found: dict[str, type[Refusal]] = {}
    left = [Refusal]
    while left:
        kind = left.pop()
        left += kind.__subclasses__()
        found[kind.__new__(kind).code] = kind
    return found
