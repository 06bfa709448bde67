"""What a person may reach: the one meaning of permission, for lists and for single objects alike.

A role allows acts; each act has a reach. A person's posts turn reaches into grounds: an area, a unit, or their own
reports. A thing is permitted when one ground holds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Reach(StrEnum):
    """How far an act of a role reaches from the post that holds the role."""

    EVERYWHERE = "everywhere"
    AREA = "area"
    UNIT = "unit"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason why something may be done: `level` narrows it to cases run at that level."""

    reach: Reach
    value: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class PostHeld:
    """A post as far as permission is concerned, whether held, lent, granted or covered (`by`).

    `home` is the unit that answers for what is done from it, `force` what kind of force it carries.
    """

    unit: str
    role: str
    area: str
    title: str = ""
    home: str = ""
    force: str = ""
    by: str = "post"


@dataclass(frozen=True, slots=True)
class Role:
    """A role's acts and their reaches. An act may end in `@district` or `@town`: only for cases run at that level."""

    acts: frozenset[tuple[str, Reach]]


@dataclass(frozen=True, slots=True)
class Thing:
    """What permission looks at: where it is, who holds it, who reported it, whom it is about."""

    area: str
    level: str = ""
    units: frozenset[str] = frozenset()
    reporter: int | None = None
    about_unit: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """All grounds on which one person may do one act. Empty means never."""

    grounds: frozenset[Ground] = frozenset()
    person: int | None = None
    own_units: frozenset[str] = frozenset()
    centre: bool = False

    def covers(self, thing: Thing) -> bool:
        """Whether one ground holds `thing`. A unit never sees what is reported about itself."""
        if thing.about_unit and not self.centre and thing.about_unit in self.own_units:
            return False
        return any(self._holds(ground, thing) for ground in self.grounds)

    def _holds(self, ground: Ground, thing: Thing) -> bool:
        if ground.level and ground.level != thing.level:
            return False
        match ground.reach:
            case Reach.EVERYWHERE:
                return True
            case Reach.AREA:
                return thing.area.startswith(ground.value)
            case Reach.UNIT:
                return ground.value in thing.units
            case Reach.OWN:
                return self.person is not None and self.person == thing.reporter


def scope_of(posts: tuple[PostHeld, ...], act: str, *, roles: Mapping[str, Role], person: int | None) -> Scope:
    """Return the grounds that `posts` give for `act`, without those that a wider one of them holds anyway."""
    grounds: set[Ground] = set()
    centre = False
    for post in posts:
        for name, reach in roles[post.role].acts:
            bare, _, level = name.partition("@")
            if bare != act:
                continue
            value = {Reach.AREA: post.area, Reach.UNIT: post.unit}.get(reach, "")
            if not value and reach in (Reach.AREA, Reach.UNIT):
                continue  # A post without an area or a unit reaches none, not all of them.
            grounds.add(Ground(reach, value, level))
            centre = centre or (reach is Reach.AREA and len(post.area) == 6) or reach is Reach.EVERYWHERE
    return Scope(_widest(grounds), person, frozenset(post.unit for post in posts if post.unit), centre)


def _widest(grounds: set[Ground]) -> frozenset[Ground]:
    """Leave out what a whole district holds: units and one's own reports lie in it, for both come from its posts.

    Not only tidiness: a list of a district that also asks for one reporter cannot be read in the order of an index.
    """
    whole = any(ground.reach is Reach.AREA and len(ground.value) == 6 and not ground.level for ground in grounds)
    if not whole or len({ground.value[:6] for ground in grounds if ground.reach is Reach.AREA}) > 1:
        return frozenset(grounds)
    return frozenset(ground for ground in grounds if ground.reach not in (Reach.UNIT, Reach.OWN) or ground.level)
