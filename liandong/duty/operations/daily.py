"""The duty routine: briefings before a shift and reviews after it, and handing a desk over with what is open there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from liandong.duty.events import BriefingSigned, BriefingWritten, HandoverSigned, ShiftHandedOver
from liandong.duty.models import Briefing, BriefingKind, BriefingSignature, Duty, Handover
from liandong.duty.operations.beats import said
from liandong.duty.queries.daily import (
    THE_BRIEFING,
    THE_HANDOVER,
    briefings_seen,
    handovers_seen,
    open_items,
    watched_units,
)
from liandong.duty.queries.resolver import THE_UNIT
from liandong.duty.queries.rosters import thing_of
from liandong.duty.rules.wording import LONGEST_NAME
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, Forbidden, NotFound, require
from liandong.people.queries import unit_named
from liandong.timeline.operations import Subject, record

if TYPE_CHECKING:
    from liandong.people.models import Unit

LONGEST_POINTS = 4000
LONGEST_NOTE = 500


class PointsMissing(Refusal):
    """A briefing or review that says nothing, or whose kind or length nobody knows."""

    status = 422
    says = marked("勤务记录没有要点，或者内容不合要求。")
    remedy = marked("请写明要点（至多四千字），并选择勤前提示或收岗讲评。")


class HandoverSignedAlready(Refusal):
    """A handover that somebody signed already."""

    status = 409
    says = marked("这份交接班已经由%(name)s签收。")
    remedy = marked("请刷新页面；需要再次交接时另做一份。")


class OwnHandover(Refusal):
    """A handover signed by whoever made it."""

    status = 409
    says = marked("交班人不能签收自己的交接班。")
    remedy = marked("请由接班人用本人账号签收。")


class NotOfThisUnit(Refusal):
    """Somebody who neither works in the unit nor stands a watch of it."""

    status = 403
    says = marked("只有该单位的人员或当班人员可以签收。")
    remedy = marked("请由该单位的接班人签收。")


@transaction.atomic
def write_briefing(
    unit: str, *, kind: str, day: date, shift: str = "", points: str, actor: Actor, at: datetime
) -> Briefing:
    """Write a pre-duty briefing or an end-of-duty review for a unit.

    :raises NotFound: there is no such unit
    :raises Forbidden: the actor may not brief it
    :raises PointsMissing: it says nothing, or more than a short form holds
    """
    place = _unit(unit)
    require(actor, "duty.brief", thing_of(place))
    points = said(points, most=LONGEST_POINTS + 1)
    if not points or len(points) > LONGEST_POINTS or kind not in BriefingKind.values or actor.user_id is None:
        raise PointsMissing
    briefing = Briefing.objects.create(
        unit=place,
        kind=kind,
        day=day,
        shift=said(shift, most=LONGEST_NAME),
        points=points,
        made_by_id=actor.user_id,
        made_at=at,
    )
    record(BriefingWritten(briefing.pk, kind, day, briefing.shift), about=_about(briefing), actor=actor.key, at=at)
    return briefing


@transaction.atomic
def sign_briefing(briefing: int, *, actor: Actor, at: datetime) -> BriefingSignature:
    """Sign that one attended; signing twice is signing once.

    :raises NotFound: there is none for this actor
    :raises NotOfThisUnit: the actor does not work in its unit
    """
    found = briefings_seen(actor).select_for_update(of=("self",)).filter(pk=briefing).first()
    if found is None:
        raise NotFound(what=THE_BRIEFING)
    if actor.user_id is None or found.unit_id not in actor.units:
        raise NotOfThisUnit
    signature, created = BriefingSignature.objects.get_or_create(
        briefing=found, user_id=actor.user_id, defaults={"signed_at": at}
    )
    if created:
        record(BriefingSigned(found.pk), about=_about(found), actor=actor.key, at=at)
    return signature


@transaction.atomic
def hand_over_shift(
    unit: str, *, duty: str, note: str = "", notes: Mapping[str, str] | None = None, actor: Actor, at: datetime
) -> Handover:
    """Hand a desk over: what is open there now, frozen, with a note per item (`notes` by item key) and one for all.

    :raises NotFound: there is no such unit
    :raises Forbidden: the actor does not work in it, or hands over a duty nobody knows
    """
    place = _unit(unit)
    if actor.user_id is None or not (place.code in actor.units and duty in Duty.values):
        raise Forbidden(act=marked("交班"))
    notes = notes or {}
    items = [
        {
            "kind": item.kind,
            "id": item.id,
            "title": item.title,
            "due_at": item.due_at.isoformat() if item.due_at else "",
            "url": item.url,
            "note": said(notes.get(item.key, ""), most=LONGEST_NOTE),
        }
        for item in open_items(actor, at=at)
    ]
    handover = Handover.objects.create(
        unit=place, duty=duty, items=items, note=said(note, most=LONGEST_POINTS), outgoing_id=actor.user_id, made_at=at
    )
    event = ShiftHandedOver(handover.pk, duty, len(items))
    record(event, about=_about(handover), actor=actor.key, at=at)
    return handover


@transaction.atomic
def sign_handover(handover: int, *, actor: Actor, at: datetime) -> Handover:
    """Take a desk over, with all that was open there.

    :raises NotFound: there is none for this actor
    :raises HandoverSignedAlready, OwnHandover: it was signed, or is the actor's own
    :raises NotOfThisUnit: the actor holds neither a post nor a watch of the unit
    """
    found = handovers_seen(actor, at=at).select_for_update(of=("self",)).filter(pk=handover).first()
    if found is None or actor.user_id is None:
        raise NotFound(what=THE_HANDOVER)
    if found.incoming is not None:
        raise HandoverSignedAlready(name=found.incoming.name)
    if found.outgoing_id == actor.user_id:
        raise OwnHandover
    if found.unit_id not in actor.units | watched_units(actor, at=at):
        raise NotOfThisUnit
    found.incoming_id, found.signed_at = actor.user_id, at
    found.save(update_fields=["incoming", "signed_at"])
    record(HandoverSigned(found.pk), about=_about(found), actor=actor.key, at=at)
    return found


def _unit(code: str) -> Unit:
    unit = unit_named(code.replace("\x00", ""))
    if unit is None:
        raise NotFound(what=THE_UNIT)
    return unit


def _about(form: Briefing | Handover) -> Subject:
    kind = "briefing" if isinstance(form, Briefing) else "handover"
    return Subject(kind, form.pk, area=form.unit.area, hearers=(form.unit_id,))
