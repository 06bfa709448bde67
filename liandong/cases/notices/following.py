"""The follower: reads what happened to cases, and writes the messages that follow in the transaction of its reading.

So a message is written exactly once for its cause, whatever dies. What is long past (a history that was loaded, a
worker that stood still for a day) is told to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from liandong.cases.models import Case
from liandong.cases.notices.audiences import Audiences
from liandong.cases.notices.facts import values_of
from liandong.cases.rules.words import Urgency
from liandong.notify.operations import About, Outbox
from liandong.notify.rules.notices import EVENTS, Notice, notices_for
from liandong.notify.rules.words import Kind
from liandong.timeline.followers import Follower
from liandong.timeline.queries import Entry, Wanted

FRESH: Final = timedelta(hours=12)


def follow_cases(entries: Sequence[Entry], at: datetime) -> None:
    """Write the messages that follow from these entries."""
    fresh = [entry for entry in entries if entry.about == "case"]
    cases = Case.objects.defer("terms", "description").in_bulk({entry.about_id for entry in fresh})
    outbox, audiences = Outbox(at), Audiences(at)
    for entry in fresh:
        case = cases.get(entry.about_id)
        if case is not None:
            for notice in notices_for(entry.event, entry.data):
                _tell(notice, entry, case, outbox, audiences)
    outbox.post()


def _tell(notice: Notice, entry: Entry, case: Case, outbox: Outbox, audiences: Audiences) -> None:
    if case.ended_at is not None and notice.kind is not Kind.REPLY:
        return  # Overtaken: there is nothing left to do about it.
    about = About(
        kind="case",
        id=case.pk,
        name=case.number,
        district=case.district,
        area=case.area,
        is_urgent=case.urgency in (Urgency.URGENT, Urgency.CRITICAL) and notice.kind is not Kind.REPLY,
    )
    for recipient in audiences.of(notice.audience, case, entry.data):
        values = partial(_values, case, dict(entry.data))
        outbox.tell(notice, recipient, about=about, values=values, cause=f"entry/{entry.pk}")


def _values(case: Case, data: dict[str, object], language: str) -> dict[str, str]:
    return values_of(case, data, language=language)


FOLLOW_NOTICES = Follower("notices", follow_cases, batch=2000, wanted=Wanted(events=frozenset(EVENTS), fresh=FRESH))
