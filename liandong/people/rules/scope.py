"""What a person may reach: the one meaning of permission, for lists and for single objects alike.

A role allows acts; each act has a reach. A person's posts turn reaches into grounds: an area, a unit, or their own
reports. A thing is permitted when one ground holds it. `reasons` is where grounds come from: what permits
(`scope_of`) and what tells why (`explain`) both read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
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

    def holds(self, thing: Thing, *, person: int | None) -> bool:
        """Whether `thing` lies on this ground of `person`."""
        if self.level and self.level != thing.level:
            return False
        match self.reach:
            case Reach.EVERYWHERE:
                return True
            case Reach.AREA:
                return thing.area.startswith(self.value)
            case Reach.UNIT:
                return self.value in thing.units
            case Reach.OWN:
                return person is not None and person == thing.reporter

    @property
    def is_of_the_centre(self) -> bool:
        """Whether it reaches a whole district, as only the centre does."""
        return self.reach is Reach.EVERYWHERE or (self.reach is Reach.AREA and len(self.value) == 6)


@dataclass(frozen=True, slots=True)
class PostHeld:
    """A post as far as permission is concerned, whether held, lent, granted or covered (`by`).

    `home` is the unit that answers for what is done from it, `force` what kind of force it carries; `id` is the row it
    was read from, `since_at` and `until_at` from when until when it is held.
    """

    unit: str
    role: str
    area: str
    title: str = ""
    home: str = ""
    force: str = ""
    by: str = "post"
    id: int = 0
    since_at: datetime | None = None
    until_at: datetime | None = None


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
class Because:
    """Why something is permitted: the ground, and the post that gives it."""

    ground: Ground
    post: PostHeld


@dataclass(frozen=True, slots=True)
class Scope:
    """All grounds on which one person may do one act. Empty means never."""

    grounds: frozenset[Ground] = frozenset()
    person: int | None = None
    own_units: frozenset[str] = frozenset()
    centres: frozenset[str] = frozenset()
    """The districts that are reached whole, as only the centre does; an empty one is all of them."""

    def covers(self, thing: Thing) -> bool:
        """Whether one ground holds `thing`. A unit never sees what is reported about itself."""
        return not self.keeps_out(thing) and any(ground.holds(thing, person=self.person) for ground in self.grounds)

    def keeps_out(self, thing: Thing) -> bool:
        """Whether `thing` is about a unit of this person's, who does not work for the whole district."""
        return thing.about_unit in self.own_units and not self.works_for_centre_of(thing.area)

    def works_for_centre_of(self, area: str) -> bool:
        """Whether the whole district of `area` is reached."""
        return any(area.startswith(district) for district in self.centres)


def reasons(posts: Iterable[PostHeld], act: str, *, roles: Mapping[str, Role]) -> Iterator[Because]:
    """Every ground that `posts` give for `act`, each with its post."""
    for post in posts:
        for name, reach in roles[post.role].acts:
            bare, _, level = name.partition("@")
            if bare != act:
                continue
            value = {Reach.AREA: post.area, Reach.UNIT: post.unit}.get(reach, "")
            if not value and reach in (Reach.AREA, Reach.UNIT):
                continue  # A post without an area or a unit reaches none, not all of them.
            yield Because(Ground(reach, value, level), post)


def scope_of(posts: tuple[PostHeld, ...], act: str, *, roles: Mapping[str, Role], person: int | None) -> Scope:
    """Return the grounds that `posts` give for `act`, without those that a wider one of them holds anyway."""
    found = tuple(reasons(posts, act, roles=roles))
    centres = frozenset(because.ground.value for because in found if because.ground.is_of_the_centre)
    return Scope(_widest(found), person, frozenset(post.unit for post in posts if post.unit), centres)


def explain(
    posts: tuple[PostHeld, ...], act: str, thing: Thing | None, *, roles: Mapping[str, Role], person: int | None
) -> tuple[Because, ...]:
    """Why `act` is permitted on `thing`, or at all: nothing exactly where `scope_of` does not cover it."""
    if thing is not None and not scope_of(posts, act, roles=roles, person=person).covers(thing):
        return ()
    found = reasons(posts, act, roles=roles)
    return tuple(because for because in found if thing is None or because.ground.holds(thing, person=person))


def _widest(found: Iterable[Because]) -> frozenset[Ground]:
    """Leave out the units that a whole district holds anyway, for a unit's cases lie in the district of its post.

    Not only tidiness: a list of a district that also asks for units cannot be read in the order of an index. One's own
    reports stay: anybody may report in any district.
    """
    found = tuple(found)
    whole = {one.ground.value for one in found if one.ground.is_of_the_centre and not one.ground.level}
    return frozenset(
        one.ground
        for one in found
        if one.ground.reach is not Reach.UNIT or one.ground.level or one.post.area[:6] not in whole
    )
