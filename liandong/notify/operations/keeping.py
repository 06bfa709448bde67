"""Loading wordings, tariffs and quiet hours of a district; forgetting the words of old messages."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from liandong.notify.events import NoticesLoaded
from liandong.notify.models import Message, Quiet, Receipt, Tariff, Template
from liandong.notify.queries import next_version, versions_of
from liandong.notify.standards import NoticeFiles, merged
from liandong.people.access import Actor, require
from liandong.timeline.operations import Subject, record

RECEIPTS_KEPT = timedelta(days=30)


@transaction.atomic
def load_notices(district: str, files: NoticeFiles, *, actor: Actor, at: datetime) -> None:
    """Load or refresh a district's wordings, tariffs and quiet hours: the product's, with the district's on top.

    What somebody wrote at a desk stays until the files themselves say something new.

    :raises Forbidden: the actor may not load districts
    """
    require(actor, "areas.load")
    files = merged(files)
    new = 0
    for key, wording in files.wordings.items():
        loaded = versions_of(district, key).filter(is_loaded=True).first()
        if loaded is not None and (loaded.subject, loaded.body) == (wording.subject, wording.body):
            continue
        notice, channel, language = key
        Template.objects.create(
            district=district,
            notice=notice,
            channel=channel,
            language=language,
            version=next_version(district, key),
            subject=wording.subject,
            body=wording.body,
            is_loaded=True,
            made_by=actor.key,
            made_at=at,
        )
        new += 1
    for name, cost in files.tariffs.items():
        Tariff.objects.update_or_create(district=district, channel=name, defaults={"per_segment": cost})
    Quiet.objects.filter(district=district).exclude(unit__in=files.quiet).delete()
    for unit, quiet in files.quiet.items():
        hours = {"since": quiet.since, "until": quiet.until}
        Quiet.objects.update_or_create(district=district, unit=unit, person=None, defaults=hours)
    told = NoticesLoaded(len(files.wordings), new, len(files.tariffs), len(files.quiet))
    record(told, about=Subject("notices", int(district), area=district), actor=actor.key, at=at)


@transaction.atomic
def forget_old_words(*, at: datetime) -> int:
    """Blank the words of messages after `LIANDONG_MESSAGE_DAYS` days; counts and costs stay. Return how many."""
    old = Message.objects.filter(queued_at__lt=at - timedelta(days=settings.LIANDONG_MESSAGE_DAYS))
    Receipt.objects.filter(at__lt=at - RECEIPTS_KEPT).delete()
    return old.exclude(body="").update(body="", subject="", detail="")
