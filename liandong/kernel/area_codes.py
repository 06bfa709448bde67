"""Codes of areas: a code begins with the code of the area around it.

    district   6   GB/T 2260
    town       9   district + 3
    community 12   town + 3
    grid      15   community + 3      GB/T 47678-2026 allows [0-9A-Z]

The six places of the district are digits; the groups below may hold capital letters. Which areas exist, and
how they are numbered, is data of the district.
"""

from __future__ import annotations

import re
from enum import StrEnum

from liandong.kernel.refusal import Refusal, marked

_CODE = re.compile(r"[0-9]{6}(?:[0-9A-Z]{3}){0,3}")
_GROUP = 3
_SHOWN = 32


class MalformedCode(Refusal):
    """A text that is no area code."""

    says = marked("“%(text)s”不是区域代码。")
    remedy = marked("区域代码为 6、9、12 或 15 位：前六位是数字，其后是数字或大写字母。")


class AreaLevel(StrEnum):
    """The four levels of areas, from the outside in."""

    DISTRICT = "district"
    TOWN = "town"
    COMMUNITY = "community"
    GRID = "grid"


_LEVELS = {6: AreaLevel.DISTRICT, 9: AreaLevel.TOWN, 12: AreaLevel.COMMUNITY, 15: AreaLevel.GRID}


def validate(code: str) -> str:
    """Return the code as it is; raises `MalformedCode`."""
    if not _CODE.fullmatch(code):
        raise MalformedCode(text=code[:_SHOWN])
    return code


def level_of(code: str) -> AreaLevel:
    """Return the level of the area a code names; raises `MalformedCode`."""
    return _LEVELS[len(validate(code))]


def parent_of(code: str) -> str | None:
    """Return the code of the area around this one, None for a district; raises `MalformedCode`."""
    return None if level_of(code) is AreaLevel.DISTRICT else code[:-_GROUP]


def is_within(code: str, prefix: str) -> bool:
    """Say whether the area is the one `prefix` names or lies inside it; raises `MalformedCode`."""
    return validate(code).startswith(validate(prefix))
