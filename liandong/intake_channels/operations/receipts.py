"""What another platform says it has of us, later and by itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from liandong.intake_channels.events import HandOverReceipted
from liandong.intake_channels.models import Departure
from liandong.intake_channels.rules.words import Tell
from liandong.kernel.refusal import Refusal, marked
from liandong.notify.rules.words import State
from liandong.timeline.operations import Subject, record


class NothingSent(Refusal):
    """A receipt for what we never sent."""

    status = 409
    says = marked("回执所指的消息不是本平台发出的。")
    remedy = marked("请在 order_id 中填写本平台去文的 message_id 或案件编号。")


def take_receipt(about: str, *, channel: str, district: str, outside_id: str, at: datetime) -> str:
    """Note that they have what we sent under `about` (our reference, or the case's number for a hand-over).

    Return the number of its case. What was unknown, or still waited, is settled by it.

    :raises NothingSent: it is about nothing of ours
    """
    try:
        wanted = Q(ref=UUID(about))
    except ValueError:
        wanted = Q(number=about, tell=Tell.HAND_OVER)
    rows = Departure.objects.select_for_update().filter(wanted, district=district, channel=channel)
    found = rows.order_by("-id").first()
    if found is None:
        raise NothingSent
    if found.receipted_at is None:
        found.receipted_at, found.outside_id = at, outside_id
        found.state, found.why, found.next_at, found.ended_at = State.SENT.value, "", None, at
        found.sent_at = found.sent_at or at
        found.save()
        if found.tell == Tell.HAND_OVER:
            about_case = Subject("case", found.case, area=found.area)
            record(
                HandOverReceipted(channel, outside_id), about=about_case, actor=f"platform/{channel}", at=at
            )  # fmt: skip
    return found.number
