"""Who calls with a key: looked up once, then remembered in this process for at most half a minute.

What is remembered is the account with its posts, so a revoked key works that much longer and no more; a post or a right
that ends by its date is over at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, actor_for
from liandong.people.models import ApiKey
from liandong.people.queries import digest_of, key_given
from liandong.people.rules.key_scopes import APART, EVERYTHING

REMEMBERED_SECONDS = 30.0

_kept: dict[bytes, tuple[Caller, float]] = {}


class TooManyCalls(Refusal):
    """A key that made as many calls as it may in this minute. Carries after how many seconds it may call again."""

    status = 429
    says = marked("此密钥每分钟最多调用 %(limit)s 次，本分钟已用完。")
    remedy = marked("请在 %(seconds)s 秒后重试，并按 RateLimit 响应头调节节奏；确有需要请管理员调高上限。")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of the calls a key may make in this minute, and in how many seconds the next one begins."""

    limit: int
    left: int
    seconds: int
    is_spent: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls an interface: as whom they act, and what they said they would use it for.

    `key` is the number of their key; 0 for a session and for the demo's key, whose calls nobody counts.
    """

    actor: Actor
    scopes: frozenset[str]
    key: int = 0

    def has(self, scope: str) -> bool:
        """Whether the key, or the session, was given for `scope`; what stands apart must be given by name."""
        return scope in self.scopes or (EVERYTHING in self.scopes and scope not in APART)


def caller_with(secret: str, *, at: datetime) -> Caller | None:
    """Who holds this key at `at`; None for a wrong, old or revoked one."""
    digest = digest_of(secret)
    kept = _kept.get(digest)
    if kept and time.monotonic() - kept[1] < REMEMBERED_SECONDS and not kept[0].actor.has_lapsed(at=at):
        return kept[0]
    # A wrong key is never remembered: what is kept grows with the keys given out, not with those tried.
    _kept.pop(digest, None)
    held = key_given(secret, at=at)
    if held is None:
        return None
    scopes = frozenset(held.scopes.split())
    caller = Caller(actor_for(held.user, at=at), scopes, 0 if held.user.is_demo else held.pk)
    _note_use(digest, at=at)
    _kept[digest] = (caller, time.monotonic())
    return caller


def count_call(caller: Caller, *, at: datetime) -> Allowance | None:
    """Count one call of a key; nothing for callers whose calls nobody counts.

    :raises TooManyCalls: it was one too many in this minute
    """
    if not caller.key:
        return None
    allowance = _meter()(caller.key, at)
    if allowance.is_spent:
        raise TooManyCalls(limit=allowance.limit, seconds=allowance.seconds)
    return allowance


@cache
def _meter() -> Callable[[int, datetime], Allowance]:
    """Who counts the calls of a key, which stands above this module."""
    found: Callable[[int, datetime], Allowance] = import_string(settings.LIANDONG_METER)
    return found


def _note_use(digest: bytes, *, at: datetime) -> None:
    """Note the day of a key's last use: one write a day, asked for once in half a minute; no matter for the record."""
    today = timezone.localdate(at, timezone.get_default_timezone())
    ApiKey.objects.filter(digest=digest).exclude(last_used_on=today).update(last_used_on=today)


def forget_keys() -> None:
    """Drop what is remembered: for tests, and for whoever revokes a key here and now."""
    _kept.clear()
