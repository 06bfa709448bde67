"""A refusal in the reader's language: what, why, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from liandong.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Explanation:
    """A refusal ready to be shown; `extra` holds what a program may want besides."""

    status: int
    code: str
    says: str
    remedy: str
    extra: Mapping[str, object]


def explain(refusal: Refusal) -> Explanation:
    """Translate a refusal and the words in it."""
    values = {name: _worded(value) for name, value in refusal.values.items()}
    says = gettext(refusal.says)
    return Explanation(
        status=refusal.status,
        code=refusal.code,
        says=says % values if values else says,
        remedy=(gettext(refusal.remedy) % values) if refusal.remedy else "",
        extra=refusal.values,
    )


def _worded(value: object) -> object:
    return gettext(value) if isinstance(value, str) and value else value
