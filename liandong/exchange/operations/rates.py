"""How many calls a key may make in a minute: set for one key, and handed out to web processes in handfuls (ADR 29)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from liandong.exchange.events import KeyRateSet
from liandong.exchange.models import KeyRate
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.people.managing import about_account, manage
from liandong.people.operations.api_keys import ISSUE
from liandong.people.queries import key_numbered
from liandong.timeline.operations import record

MOST_PER_MINUTE: Final = 1_000_000
_THE_KEY = marked("这个密钥")
_TAKE = """
INSERT INTO exchange_keyuse AS used (key_id, minute, taken) VALUES (%(key)s, %(minute)s, %(wanted)s)
ON CONFLICT (key_id) DO UPDATE SET
    taken = CASE WHEN used.minute < excluded.minute THEN excluded.taken ELSE used.taken + excluded.taken END,
    minute = greatest(used.minute, excluded.minute)
RETURNING taken, minute
"""


class KeyRateUnfit(Refusal):
    """A limit that is no limit."""

    status = 422
    says = marked("每分钟的调用次数应为 1 至 %(most)s 的整数。")
    remedy = marked("留空表示与其他密钥相同。")


@transaction.atomic
def set_key_rate(key: int, *, per_minute: int | None, actor: Actor, at: datetime) -> None:
    """Say how many calls a key may make in a minute; nothing for as many as all others. Holds within half a minute.

    :raises Forbidden, NotFound, AccountBeyondArea: the actor may not give keys to its account
    :raises KeyRateUnfit: it is no number of calls
    """
    require(actor, ISSUE)
    found = key_numbered(key)
    if found is None:
        raise NotFound(what=_THE_KEY)
    user = manage(found.user, actor=actor, at=at, act=ISSUE)
    if per_minute is None:
        KeyRate.objects.filter(pk=key).delete()
    elif 1 <= per_minute <= MOST_PER_MINUTE:
        KeyRate.objects.update_or_create(pk=key, defaults={"per_minute": per_minute})
    else:
        raise KeyRateUnfit(most=MOST_PER_MINUTE)
    record(KeyRateSet(found.label, per_minute), about=about_account(user), actor=actor.key, at=at)


def take_calls(key: int, *, wanted: int, minute: int, at: datetime) -> tuple[int, int]:
    """Take so many calls of a key's minute, for all processes together; return how many are taken now, and of which.

    One statement on a table that PostgreSQL does not log. A process whose clock is behind takes of the later minute.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"key": key, "minute": minute, "wanted": wanted})
        taken, of_minute = cursor.fetchone()
    return int(taken), int(of_minute)
