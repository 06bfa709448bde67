"""The same call twice is one call: an `Idempotency-Key` is claimed, used and answered in one transaction.

The claim is an insert. A second call with the same key waits for the first one's commit and then finds its answer;
when the first one is rolled back, the second takes its place. So only calls that took effect are remembered: after a
refusal nothing has happened, and the same key may be tried again with the fault mended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction

from liandong.cases.models import IdempotentCall
from liandong.cases.queries import earlier_answer
from liandong.kernel.refusal import Refusal, marked

LONGEST_KEY = 80

_CLAIM = """
INSERT INTO cases_idempotentcall (account, key, digest, status, body, at) VALUES (%s, %s, %s, 0, '{}', %s)
ON CONFLICT (account, key) DO NOTHING
"""


class KeyUsedForAnotherCall(Refusal):
    """An idempotency key came again with another body or for another address."""

    status = 422
    says = marked("Idempotency-Key“%(key)s”已用于另一内容的请求。")
    remedy = marked("重试同一请求请保持内容不变；新的请求请使用新的 Idempotency-Key。")


class BadIdempotencyKey(Refusal):
    """An idempotency key that is empty, too long or not plain ASCII."""

    status = 422
    says = marked("Idempotency-Key 应为 1 至 %(longest)s 个可见的 ASCII 字符。")
    remedy = marked("建议使用 UUID。")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call was answered: status and JSON object."""

    status: int
    body: dict[str, Any]
    is_replayed: bool = False


def once(key: str | None, *, account: int | None, digest: bytes, at: datetime, effect: Callable[[], Answer]) -> Answer:
    """Run `effect` once per account and key, and give its answer every time. Without a key, just run it.

    :raises BadIdempotencyKey: the key cannot be one
    :raises KeyUsedForAnotherCall: the key stands for a call with another digest
    """
    if key is None or account is None:
        return effect()
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise BadIdempotencyKey(longest=LONGEST_KEY)
    with transaction.atomic():
        if not _claimed(key, account=account, digest=digest, at=at):
            return _earlier(key, account=account, digest=digest)
        answer = effect()
        IdempotentCall.objects.filter(account=account, key=key).update(
            status=answer.status, body=orjson.loads(orjson.dumps(answer.body, option=orjson.OPT_UTC_Z))
        )
    return answer


def _claimed(key: str, *, account: int, digest: bytes, at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [account, key, digest, at])
        return bool(cursor.rowcount == 1)


def _earlier(key: str, *, account: int, digest: bytes) -> Answer:
    call = earlier_answer(account, key)
    if call is None or bytes(call.digest) != digest:
        raise KeyUsedForAnotherCall(key=key)
    return Answer(call.status, call.body, is_replayed=True)
