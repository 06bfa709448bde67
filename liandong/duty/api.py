"""Who answers for a unit, for programs."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema

from liandong.duty.forms import FIRST_DAY, LAST_DAY
from liandong.duty.models import Duty
from liandong.duty.queries import who
from liandong.duty.queries.resolver import THE_UNIT
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import NotFound, require
from liandong.people.api import answer, caller_of

router = Router(tags=["duty"])


class DutyUnknown(Refusal):
    """A duty we do not know. Carries the known ones."""

    status = 422
    says = marked("没有名为“%(role)s”的值班事项。")
    remedy = marked("有效取值：%(known)s。")


class OnDutyRow(Schema):
    """Whoever answers: people, telephone, why they and until when."""

    role: str
    unit: str
    found_at: str
    by: str
    persons: list[dict[str, str]]
    phone: str
    shift: str
    until: datetime | None


class MomentUnclear(Refusal):
    """An instant without its zone, or of another century."""

    status = 422
    says = marked("时间须在 2000 至 2100 年之间并注明时区，例如 2026-03-02T09:30:00+08:00。")
    remedy = marked("请更正时间、补上时区后重新发送。")


@router.get("/duty/who", response=OnDutyRow, summary="谁在值班", operation_id="who_is_on_duty")
def who_is_on_duty(
    request: HttpRequest, unit: str, role: str = "duty_person", at: datetime | None = None
) -> HttpResponse:
    """Who answers for `role` of `unit` at an instant, now unless told otherwise."""
    actor = caller_of(request, "duty:read").actor
    require(actor, "duty.view")
    if role not in Duty.values:
        raise DutyUnknown(role=role[:40], known="、".join(Duty.values))
    if at is not None and (at.tzinfo is None or not FIRST_DAY <= at.date() <= LAST_DAY):
        raise MomentUnclear
    if unit[:6] not in {post.area[:6] for post in actor.posts}:
        raise NotFound(what=THE_UNIT)
    found = who(role, unit=unit, at=at or timezone.now())
    return answer(
        {
            "role": role,
            "unit": unit,
            "found_at": found.unit.code,
            "by": found.by.value,
            "persons": [{"account": person.account, "name": person.name} for person in found.persons],
            "phone": found.phone,
            "shift": found.shift,
            "until": found.until,
        }
    )
