"""The secret address of one's own watches: issued anew at will, revoked at will. Only its hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction

from liandong.duty.events import CalendarLinkIssued, CalendarLinkRevoked
from liandong.duty.models import CalendarLink
from liandong.people.access import Actor, Forbidden, act_word, require
from liandong.timeline.operations import Subject, record


@transaction.atomic
def issue_calendar_link(*, actor: Actor, at: datetime) -> str:
    """Give the actor a new secret for their own watches and return it; an earlier one ends.

    :raises Forbidden: the actor sees no duty, or is no person
    """
    person = _locked(actor)
    secret = secrets.token_urlsafe(32)
    digest = hashlib.sha256(secret.encode()).digest()
    CalendarLink.objects.update_or_create(user_id=person, defaults={"digest": digest, "issued_at": at})
    record(CalendarLinkIssued(), about=Subject("account", person), actor=actor.key, at=at)
    return secret


@transaction.atomic
def revoke_calendar_link(*, actor: Actor, at: datetime) -> None:
    """End the actor's secret address.

    :raises Forbidden: the actor sees no duty, or is no person
    """
    person = _locked(actor)
    ended, _by_model = CalendarLink.objects.filter(user_id=person).delete()
    if ended:
        record(CalendarLinkRevoked(), about=Subject("account", person), actor=actor.key, at=at)


def _locked(actor: Actor) -> int:
    require(actor, "duty.view")
    if actor.user_id is None:
        raise Forbidden(act=act_word("duty.view"))
    get_user_model().objects.select_for_update().get(pk=actor.user_id)
    return actor.user_id
