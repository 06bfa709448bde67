"""Which limit governs a clock: the most specific row for class, condition and clock."""

from __future__ import annotations

from collections.abc import Mapping

from liandong.cases.rules.words import ClockKind
from liandong.kernel.refusal import Refusal, marked
from liandong.kernel.working_time import Limit

LimitKey = tuple[str, str, str]
"""(class code or `*`, condition or `*`, clock)"""


class LimitMissing(Refusal):
    """The district's data gives no limit at all for a clock."""

    status = 500
    says = marked("本区数据没有规定“%(clock)s”的时限。")
    remedy = marked("请管理员在时限表中为所有类别补上默认时限。")


def limit_for(limits: Mapping[LimitKey, Limit], *, class_code: str, condition: str, clock: ClockKind) -> Limit:
    """Return the limit of the exact class and condition, else of the class, its majors, and last of everything.

    :raises LimitMissing: not even a default is given
    """
    for prefix in (class_code, class_code[:3], class_code[:1], "*"):
        for named in (condition, "*"):
            found = limits.get((prefix, named, clock.value))
            if found is not None:
                return found
    raise LimitMissing(clock=clock.value)
