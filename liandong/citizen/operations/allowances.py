"""Counting how often somebody asks, without knowing who it is; and refusing, by name, what is too much."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection

from liandong.citizen.rules.limits import limit_of, span_of
from liandong.citizen.sealing import mark_of
from liandong.kernel.refusal import Refusal, marked

# At the limit nothing is written any more: a flood costs one look at an index for each of its requests.
_SPEND: Final = """
INSERT INTO citizen_allowance AS kept (key, used, until) VALUES (%s, 1, %s)
ON CONFLICT (key) DO UPDATE SET used = kept.used + 1 WHERE kept.used < %s
RETURNING used
"""


class TooOften(Refusal):
    """More in a span of time than anybody needs. Carries the seconds until it may be tried again."""

    status = 429
    says = marked("操作太频繁，已暂停受理。您写的内容没有丢失，但这一次没有提交。")
    remedy = marked("请约 %(minutes)s 分钟后再试；紧急情况请拨打 110、119 或 120。")


def spend(kind: str, *, of: str, at: datetime) -> None:
    """Count one of `kind` of an address, a phone or a case; in a statement of its own, whatever follows.

    :raises TooOften: its limit is spent
    """
    limit = limit_of(kind, own=settings.LIANDONG_CITIZEN_LIMITS)
    since, until = span_of(limit, at=at)
    key = mark_of(kind, of, since.isoformat(), purpose="allowance")
    if limit.most > 0:
        with connection.cursor() as cursor:
            cursor.execute(_SPEND, [key, until, limit.most])
            if cursor.fetchone() is not None:
                return
    seconds = (until - at).total_seconds()
    raise TooOften(minutes=max(1, math.ceil(seconds / 60)), seconds=math.ceil(seconds))
