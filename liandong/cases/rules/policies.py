"""How cases of a class are dealt with, where districts differ: one value for each name, by class or subtree.

The values here are those of `CASE.md`; a district's `policies.csv` states others. The longest class code wins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

PolicyKey = tuple[str, str]
"""(class code, its beginning or `*`; name of the policy)"""


class Evidence(StrEnum):
    """Photos that a hand-in must bring: none, one of the result, or the pair before and after."""

    NONE = "none"
    AFTER = "after"
    PAIR = "pair"


class Coarseness(StrEnum):
    """How exactly the public is told where something is: the finest first."""

    POINT = "point"
    GRID = "grid"
    COMMUNITY = "community"
    TOWN = "town"
    NOWHERE = "nowhere"


class PhotoRule(StrEnum):
    """When a photo of a public report is shown: at once, after somebody has looked at it, or never."""

    AT_ONCE = "at_once"
    MODERATED = "moderated"
    NEVER = "never"


class Recurrence(StrEnum):
    """What a report of a problem that was closed lately becomes: a new case, or the old one reopened."""

    NEW = "new"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Policy:
    """How one class is dealt with (`CASE.md` §2)."""

    verify_report: bool = False
    """Whether a report of the public, the media or a machine is verified before it is filed (核实)."""
    evidence: Evidence = Evidence.NONE
    sample_share: float = 0.05
    """The share of cases solved on the spot that another unit checks later."""
    audit_share: float = 0.0
    """The share of closed cases that somebody of another unit looks at again (抽查)."""
    district_share: float = 0.05
    """The share of cases closed by a town that the district looks at again (`CASE.md` §3)."""
    reopen_days: int = 30
    follow_up_days: tuple[int, ...] = ()
    """Days after closing on which the station looks again (善后跟踪); a relapse reopens."""
    recurrence_days: int = 30
    """Days after closing within which the same problem at the same place is a recurrence."""
    recurs_as: Recurrence = Recurrence.NEW
    retention_days: int = 1095
    """Days after the end of a case until what identifies its reporter is destroyed."""
    blank_description: bool = False
    """Whether the description goes with it."""
    publish: bool = True
    """Whether cases of a class that is open to the public are published; a closed class never is (`CASE.md` §7)."""
    publish_after_days: int = 0
    """Days after the report until a case is published."""
    publish_place: Coarseness = Coarseness.POINT
    """How exactly the public is told where; a matter of somebody's home never finer than its grid."""
    publish_photos: PhotoRule = PhotoRule.AT_ONCE
    """When the photo that came with a public report is published."""
    unclassed: str = ""
    """Stated for `*`: the class of reports whose reporter named none; without it, the reporter must name one."""


def parse_policy(name: str, value: str) -> Any:
    """Return the value of a policy from its text.

    :raises ValueError: there is no such policy, or it has no such value
    """
    if name not in _PARSERS:
        raise ValueError(f"{name!r} is none of {', '.join(_PARSERS)}")
    return _PARSERS[name](value)


def policy_for(stated: Mapping[PolicyKey, Any], class_code: str) -> Policy:
    """Return how a class is dealt with: each value from the longest beginning of its code that states one."""
    prefixes = [class_code[:size] for size in range(len(class_code), 0, -1)] + ["*"]
    found = {}
    for one in fields(Policy):
        for prefix in prefixes:
            if (prefix, one.name) in stated:
                found[one.name] = stated[prefix, one.name]
                break
    return Policy(**found)


def _yes_no(value: str) -> bool:
    if value not in ("yes", "no"):
        raise ValueError(f"{value!r} is neither yes nor no")
    return value == "yes"


def _share(value: str) -> float:
    share = float(value)
    if not 0 <= share <= 1:
        raise ValueError(f"{value} is no share between 0 and 1")
    return share


def _days(value: str) -> int:
    days = int(value)
    if not 0 <= days <= 36_500:
        raise ValueError(f"{value} is no number of days")
    return days


def _some_days(value: str) -> tuple[int, ...]:
    return tuple(sorted({_days(part) for part in value.split(";") if part}))


_PARSERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "verify_report": _yes_no,
    "evidence": Evidence,
    "sample_share": _share,
    "audit_share": _share,
    "district_share": _share,
    "reopen_days": _days,
    "follow_up_days": _some_days,
    "recurrence_days": _days,
    "recurs_as": Recurrence,
    "retention_days": _days,
    "blank_description": _yes_no,
    "publish": _yes_no,
    "publish_after_days": _days,
    "publish_place": Coarseness,
    "publish_photos": PhotoRule,
    "unclassed": str.strip,
}
