"""Which limit governs a clock: the most specific row for class, condition and clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from liandong.cases.rules.words import ClockKind
from liandong.kernel.refusal import Refusal, marked
from liandong.kernel.working_time import Limit, TimeUnit

DEFAULTS: Final[Mapping[ClockKind, Limit]] = {
    ClockKind.VERIFY: Limit(Decimal(4), TimeUnit.WORKING_HOUR, "CASE §2 verify_report"),
    ClockKind.COORDINATION: Limit(Decimal(4), TimeUnit.WORKING_HOUR, "CASE §2 request_coordination"),
    ClockKind.SUPERVISION: Limit(Decimal(1), TimeUnit.WORKING_DAY, "CASE §2 supervise"),
}
"""What holds where a district's data states nothing."""

Dated = tuple[tuple[date, Limit], ...]
"""A limit and those before it, each with the day from which it holds, the latest first."""

LimitKey = tuple[str, str, str]
"""(class code or `*`, condition or `*`, clock)"""


class LimitMissing(Refusal):
    """The district's data gives no limit at all for a clock."""

    status = 500
    says = marked("本区数据没有规定“%(clock)s”的时限。")
    remedy = marked("请管理员在时限表中为所有类别补上默认时限。")


def limit_for(
    limits: Mapping[LimitKey, Dated], *, class_code: str, condition: str, clock: ClockKind, day: date = date.max
) -> Limit:
    """Return the limit of the exact class and condition, else of the class, its majors, and last of everything.

    Of several, the one that holds on `day`. An assignment has the time of the case where nothing is stated for a hop.

    :raises LimitMissing: not even a default is given
    """
    for prefix in (class_code, class_code[:3], class_code[:1], "*"):
        for named in (condition, "*"):
            dated = limits.get((prefix, named, clock.value), ())
            found = next((limit for since_on, limit in dated if since_on <= day), None)
            if found is not None:
                return found
    if clock is ClockKind.HOP:
        return limit_for(limits, class_code=class_code, condition=condition, clock=ClockKind.HANDLE, day=day)
    if clock in DEFAULTS:
        return DEFAULTS[clock]
    raise LimitMissing(clock=clock.value)
