"""People with accounts of their own, not the demo's: Sun takes calls, and may be any other role as well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from liandong.people.access import actor_for
from liandong.people.models import User
from liandong.people.operations import add_second_factor, appoint, change_password, open_account
from liandong.people.rules.posts import PostFacts
from liandong.people.second_factor import Sealing, new_secret
from liandong.timeline.queries import trace
from tests.world import DISTRICT, MONDAY_MORNING, World

GOOD = "Morgen-7-Tau"
BETTER = "ein Dorf am Fluss"


@dataclass
class Hired:
    """Somebody with an account, a password they chose themselves, and a browser."""

    user: User
    password: str
    client: Client

    def enter(self, **headers: Any) -> Any:
        """Give account and password at the door."""
        given = {"username": self.user.username, "password": self.password}
        return self.client.post("/desk/sign-in/", given, headers=headers)

    @property
    def actor(self) -> Any:
        """Who they are on the day of the story."""
        return actor_for(self.user, at=MONDAY_MORNING)

    def elsewhere(self) -> Hired:
        """The same person at another browser."""
        return Hired(self.user, self.password, Client())

    def events(self) -> list[str]:
        """What happened to the account."""
        return list(trace("account", self.user.pk).values_list("event", flat=True))


def hire(world: World, account: str = "sun", role: str = "operator", *, first: bool = False) -> Hired:
    """Open an account and appoint its person; `first` leaves them with the one-time password, made just now."""
    admin, at = world.actor("admin"), world.at
    user, password = open_account(account, person="孙静", actor=admin, at=now() if first else at)
    post = PostFacts(account=account, person="孙静", unit=f"{DISTRICT}-DC", role=role, area="")
    appoint(post, actor=admin, at=at)
    if not first:
        password = GOOD
        user = change_password(user, new=GOOD, actor=actor_for(user, at=at), at=at)
    return Hired(user, password, Client())


def enrol(person: Hired) -> list[str]:
    """Set up an authenticator as half a minute ago, so that what it shows now is still good; return its codes."""
    secret, moment = new_secret(), now()
    code = code_for(Sealing().decrypt(secret), steps=-1, at=moment)
    return add_second_factor(person.user, sealed_secret=secret, code=code, actor=person.actor, at=moment)


def code_of(user: User, *, steps: int = 0) -> str:
    """What the person's authenticator shows, now or some steps of half a minute off."""
    factor = Authenticator.objects.get(user_id=user.pk, type=Authenticator.Type.TOTP)
    return code_for(Sealing().decrypt(factor.data["secret"]), steps=steps)


def code_for(secret: str, *, steps: int = 0, at: datetime | None = None) -> str:
    """The code of a secret. Who checks it at `at` too is safe from the half minute that ends in between."""
    return str(format_hotp_value(hotp_value(secret, int((at or now()).timestamp()) // 30 + steps)))


def now() -> datetime:
    """The clock on the wall, which pages read: sessions, codes and keys end by it."""
    return datetime.now(UTC)  # noqa: TID251 - what a page does can only be asked at the present
