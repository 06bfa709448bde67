"""More people who may be drawn, and numbers to draw with."""

from __future__ import annotations

from collections.abc import Callable

from liandong.cases import operations
from liandong.cases.models import Case, Draw
from liandong.people.access import Actor, actor_for, platform
from liandong.people.models import User
from liandong.people.operations import appoint, change_password, open_account
from liandong.people.rules.posts import PostFacts
from tests.world import DISTRICT, World

SWEEP = platform("draw")


def hire_verifier(world: World, account: str, *, unit: str = "DC", role: str = "verifier", area: str = "") -> Actor:
    """Another person with one post."""
    admin = world.actor("admin")
    user, _password = open_account(account, person=account, actor=admin, at=world.at)
    appoint(
        PostFacts(account=account, person=account, unit=f"{DISTRICT}-{unit}", role=role, area=area or DISTRICT),
        actor=admin,
        at=world.at,
    )
    change_password(user, new="ein Dorf am Fluss", actor=actor_for(user, at=world.at), at=world.at)
    return actor_for(User.objects.get(pk=user.pk), at=world.at)


def numbers(*given: float) -> Callable[[], float]:
    """A source of these numbers, the last of them for ever."""
    rest = list(given)
    return lambda: rest.pop(0) if len(rest) > 1 else rest[0]


def draw_for(world: World, case: Case, *given: float) -> Draw:
    """Draw for a case that awaits its check."""
    operations.draw_checks({case.pk}, chance=numbers(*(given or (0.0,))), actor=SWEEP, at=world.at)
    found = Draw.objects.filter(case=case).order_by("-id").first()
    assert found is not None
    return found
