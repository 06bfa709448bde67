"""What the platform does by itself: end what fell silent, destroy numbers whose time is over, forget nonces."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from liandong.intake_channels.hotline.events import AfterCallWorkEnded, CallEndedHere, CallersForgotten
from liandong.intake_channels.hotline.models import Call, RefusedEvents
from liandong.intake_channels.hotline.rules.calls import CallState
from liandong.timeline.operations import Subject, record

SILENT_AFTER: Final = timedelta(hours=2)
"""How long nothing may be told of a call before it is taken for over: its caller must not stay on a screen."""
WORK_AFTER: Final = timedelta(minutes=30)
"""How long after-call work may last before it ends by itself."""
REFUSALS_KEPT: Final = timedelta(days=30)
BATCH: Final = 500
_SWEEP: Final = "platform/sweep"


@transaction.atomic
def close_silent_calls(*, at: datetime) -> int:
    """End calls of which nothing was heard for long, and after-call work that nobody ended; return how many."""
    silent = Call.objects.exclude(state=CallState.ENDED).filter(heard_at__lt=at - SILENT_AFTER)
    done = 0
    for call in silent.select_for_update(skip_locked=True).order_by("pk")[:BATCH]:
        ended_at = max(call.heard_at, call.answered_at or call.rang_at)
        call.state, call.ended_at, call.ended_by = CallState.ENDED.value, ended_at, "silence"
        call.save(update_fields=["state", "ended_at", "ended_by"])
        record(CallEndedHere("silence"), about=_subject(call), actor=_SWEEP, at=at)
        done += 1
    left = Call.objects.filter(state=CallState.ENDED, answered_at__isnull=False, wrapped_at__isnull=True)
    for call in left.filter(ended_at__lt=at - WORK_AFTER).select_for_update(skip_locked=True).order_by("pk")[:BATCH]:
        call.wrapped_at, call.wrapped_by = at, "timeout"
        call.save(update_fields=["wrapped_at", "wrapped_by"])
        record(AfterCallWorkEnded("timeout"), about=_subject(call), actor=_SWEEP, at=at)
        done += 1
    return done


@transaction.atomic
def forget_callers(*, at: datetime) -> int:
    """Destroy the sealed numbers of calls that ended longer ago than numbers are kept; return how many."""
    days = settings.LIANDONG_CALL_DAYS
    old = Call.objects.filter(sealed__isnull=False, ended_at__lte=at - timedelta(days=days))
    by_district: dict[str, int] = {}
    for district in old.values_list("district", flat=True):
        by_district[district] = by_district.get(district, 0) + 1
    done = old.update(wrapped_key=None, sealed=None)
    for district, count in sorted(by_district.items()):
        about = Subject("hotline", int(district), area=district)
        record(CallersForgotten(count, days), about=about, actor="platform/retention", at=at)
    return done


def forget_refusals(*, at: datetime) -> int:
    """Forget counts of refusals nobody asks for any more."""
    forgotten, _by_model = RefusedEvents.objects.filter(hour__lt=at - REFUSALS_KEPT).delete()
    return forgotten


def _subject(call: Call) -> Subject:
    return Subject("call", call.pk, area=call.district, hearers=(f"person/{call.agent_id}",) if call.agent_id else ())
