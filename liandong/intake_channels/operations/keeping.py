"""The channels' housekeeping: what waits is tried again and at last refused; contents and rows are forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from liandong.intake_channels.contract import channels
from liandong.intake_channels.models import Arrival, BulkFile, Departure, Mail, Nonce
from liandong.intake_channels.operations.taking import Lane, take_waiting_for
from liandong.intake_channels.queries import number_of_order
from liandong.intake_channels.rules.signing import DRIFT
from liandong.intake_channels.rules.words import Fate
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor


class OrderNeverCame(Refusal):
    """What waited for an order that did not come in time."""

    status = 409
    says = marked("等待期内原工单没有到达。")
    remedy = marked("请对方先发送原工单，再重发本消息；也可在原工单到达后重放。")


def take_waiting(*, actor: Actor, at: datetime) -> int:
    """Take what waited for orders that have come meanwhile, and refuse what waited too long; return how many it took.

    `actor` acts for every channel: the platform.
    """
    taken = 0
    waiting = Arrival.objects.filter(fate=Fate.WAITING).order_by().values_list("district", "channel", "order")
    for district, code, order in list(waiting.distinct()):
        channel = channels().get(code)
        if channel is not None and number_of_order(district, code, order):
            with transaction.atomic():
                taken += take_waiting_for(order, Lane(channel, district, actor, at))
    old = Arrival.objects.filter(
        fate=Fate.WAITING, received_at__lt=at - timedelta(days=settings.LIANDONG_CHANNEL_WAIT_DAYS)
    )
    old.update(fate=Fate.REFUSED.value, why=OrderNeverCame().code, settled_at=at)
    return taken


@transaction.atomic
def forget_old_arrivals(*, at: datetime) -> int:
    """Drop kept contents and sent words after `LIANDONG_CHANNEL_CONTENT_DAYS`, rows after `LIANDONG_CHANNEL_DAYS`.

    Return how many contents were dropped. What still has to be sent keeps its words.
    """
    content = at - timedelta(days=settings.LIANDONG_CHANNEL_CONTENT_DAYS)
    rows = at - timedelta(days=settings.LIANDONG_CHANNEL_DAYS)
    Nonce.objects.filter(used_at__lt=at - 2 * DRIFT - timedelta(minutes=1)).delete()
    Arrival.objects.filter(received_at__lt=rows).delete()
    Mail.objects.filter(taken_at__lt=content).delete()
    BulkFile.objects.filter(made_at__lt=content).delete()
    Departure.objects.filter(since_at__lt=rows).delete()
    Departure.objects.filter(since_at__lt=content, ended_at__isnull=False).exclude(text="").update(text="", detail="")
    kept = Arrival.objects.filter(received_at__lt=content, sealed__isnull=False).exclude(fate=Fate.WAITING)
    return kept.update(sealed=None, values={})
