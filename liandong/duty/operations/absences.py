"""Absences: when somebody takes no watch. Said by themselves, or by whoever plans a unit they work in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction

from liandong.duty.events import AbsenceCancelled, AbsenceNoted
from liandong.duty.models import Absence
from liandong.duty.queries.rosters import may_plan
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, Forbidden, NotFound, act_word
from liandong.people.queries import posts_in
from liandong.timeline.operations import Subject, record

LONGEST_ABSENCE = timedelta(days=400)
FARTHEST = timedelta(days=800)
THE_ABSENCE = marked("这段请假")


class AbsenceUnclear(Refusal):
    """An absence that ends before it begins, is over already, lasts longer than a year or lies years ahead."""

    status = 422
    says = marked("请假的起止时间不对。")
    remedy = marked("结束应晚于开始，且在现在以后、四百天以内。")


@transaction.atomic
def note_absence(
    person: int, *, district: str, since_at: datetime, until_at: datetime, actor: Actor, at: datetime
) -> Absence:
    """Note that somebody takes no watch for a time; their watches then become gaps.

    :raises Forbidden: it is neither oneself nor somebody of a unit one plans
    :raises AbsenceUnclear: the times cannot be so
    """
    get_user_model().objects.select_for_update().filter(pk=person).first()
    if not may_speak_for(person, district=district, actor=actor):
        raise Forbidden(act=act_word("duty.roster"))
    # Both are compared before anything is added to a day that a calendar no longer has.
    if until_at <= max(since_at, at) or until_at - since_at > LONGEST_ABSENCE or until_at - at > FARTHEST:
        raise AbsenceUnclear
    absence = Absence.objects.create(
        user_id=person, since_at=since_at, until_at=until_at, made_by=actor.key, made_at=at
    )
    record(AbsenceNoted(absence.pk, since_at, until_at), about=_person(person, district), actor=actor.key, at=at)
    return absence


@transaction.atomic
def cancel_absence(absence: int, *, district: str, actor: Actor, at: datetime) -> None:
    """Take an absence back; one that has begun ends now.

    :raises NotFound: there is none, or of neither oneself nor somebody of a unit one plans
    """
    found = Absence.objects.select_for_update().filter(pk=absence, until_at__gt=at).first()
    if found is None:
        raise NotFound(what=THE_ABSENCE)
    person = found.user_id
    if not may_speak_for(person, district=district, actor=actor):
        raise NotFound(what=THE_ABSENCE)
    if found.since_at < at:
        found.until_at = at
        found.save(update_fields=["until_at"])
    else:
        found.delete()
    record(AbsenceCancelled(absence), about=_person(person, district), actor=actor.key, at=at)


def may_speak_for(person: int, *, district: str, actor: Actor) -> bool:
    """Whether an actor may say when a person is away: that person, and whoever plans a unit they work in."""
    if actor.user_id == person:
        return True
    units = [post.unit for post in posts_in(district).filter(user=person).select_related("unit")]
    return any(may_plan(actor, unit) for unit in units)


def _person(person: int, district: str) -> Subject:
    return Subject("account", person, area=district)
