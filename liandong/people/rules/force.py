"""先服务、再管理、后执法 (`CASE.md` §4): the order of the kinds of force, and what each may be asked to do.

Service is never asked to manage or enforce, and management is never asked to enforce; the stronger may always do the
milder. Words are those of `models.Force`.
"""

from __future__ import annotations

from typing import Final

ORDER: Final = ("service", "management", "enforcement")
"""From the mildest to the strongest."""


def strength(force: str) -> int:
    """The place of a force in the order; no force at all comes before the mildest."""
    return ORDER.index(force) if force in ORDER else -1


def covers(force: str, needed: str) -> bool:
    """Whether whoever carries `force` may do what needs `needed`; what needs none is open to all."""
    return strength(force) >= strength(needed)


def carried(own: str, *, of_the_unit: str) -> str:
    """The force of a post: its own, or that of its unit where it names none; never more than its unit's."""
    return own if own and covers(of_the_unit, own) else of_the_unit
