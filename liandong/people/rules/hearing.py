"""Who hears that something happened: those who could look it up, and nobody else."""

from __future__ import annotations

from collections.abc import Collection

from liandong.people.rules.scope import Reach, Scope


def may_hear(scope: Scope, *, area: str, hearers: Collection[str]) -> bool:
    """Whether an announcement about a thing in `area`, held by `hearers`, is for the owner of `scope`."""
    if not scope.works_for_centre_of(area) and any(f"not/{unit}" in hearers for unit in scope.own_units):
        return False
    for ground in scope.grounds:
        match ground.reach:
            case Reach.EVERYWHERE:
                return True
            case Reach.AREA if area.startswith(ground.value):
                return True
            case Reach.UNIT if ground.value in hearers:
                return True
            case Reach.OWN if scope.person is not None and f"person/{scope.person}" in hearers:
                return True
    return False
