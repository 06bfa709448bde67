"""Who calls with a key: looked up once, then remembered in this process for at most half a minute.

What is remembered is the account with its posts, so a revoked key works that much longer and no more; a post or a right
that ends by its date is over at once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from liandong.people.access import Actor, actor_for
from liandong.people.models import ApiKey
from liandong.people.queries import digest_of, key_holder

REMEMBERED_SECONDS = 30.0

_kept: dict[bytes, tuple[Caller, float]] = {}


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls an interface: as whom they act, and what they said they would use it for."""

    actor: Actor
    scopes: frozenset[str]

    def has(self, scope: str) -> bool:
        """Whether the key, or the session, was given for `scope`."""
        return "*" in self.scopes or scope in self.scopes


def caller_with(secret: str, *, at: datetime) -> Caller | None:
    """Who holds this key at `at`; None for a wrong, old or revoked one."""
    digest = digest_of(secret)
    kept = _kept.get(digest)
    if kept and time.monotonic() - kept[1] < REMEMBERED_SECONDS and not kept[0].actor.has_lapsed(at=at):
        return kept[0]
    # A wrong key is never remembered: what is kept grows with the keys given out, not with those tried.
    _kept.pop(digest, None)
    held = key_holder(secret, at=at)
    if held is None:
        return None
    user, scopes = held
    caller = Caller(actor_for(user, at=at), scopes)
    _note_use(digest, at=at)
    _kept[digest] = (caller, time.monotonic())
    return caller


def _note_use(digest: bytes, *, at: datetime) -> None:
    """Note the day of a key's last use: one write a day, asked for once in half a minute; no matter for the record."""
    today = timezone.localdate(at, timezone.get_default_timezone())
    ApiKey.objects.filter(digest=digest).exclude(last_used_on=today).update(last_used_on=today)


def forget_keys() -> None:
    """Drop what is remembered: for tests, and for whoever revokes a key here and now."""
    _kept.clear()
