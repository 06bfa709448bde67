"""Taking cases and photos out of public sight, and letting them be seen again. The originals stay where they are."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from liandong.cases.operations.beats import amendment
from liandong.cases.queries import attachment_for
from liandong.cases.rules.redaction import remark
from liandong.citizen.publishing.events import CaseHidden, CaseShown, PhotoReleased, PhotoWithheld
from liandong.citizen.publishing.models import Hiding, PhotoDecision
from liandong.citizen.publishing.rules.words import REASON_WORDS, Reason
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor

MODERATE = "publishing.moderate"
LONGEST_NOTE = 500


class ReasonUnclear(Refusal):
    """Something taken out of public sight without saying why."""

    status = 422
    says = marked("没有说明不公开的理由。")
    remedy = marked("请从列表中选择理由；选择“其他”时须写明。")


class AlreadyHidden(Refusal):
    """A case that is out of public sight already."""

    status = 409
    says = marked("这件案件已经不公开。")
    remedy = marked("请刷新页面；如需更改理由，先恢复公开。")


class NotHidden(Refusal):
    """A case that nobody has hidden."""

    status = 409
    says = marked("这件案件没有被设为不公开。")
    remedy = marked("请刷新页面查看现状。")


def hide_case(number: str, *, reason: str, note: str = "", actor: Actor, at: datetime) -> Hiding:
    """Take a case out of public sight everywhere: map, open data, Open311 and its photos.

    :raises NotFound, Forbidden: not for this actor
    :raises ReasonUnclear: no known reason, or the other one without a word
    :raises AlreadyHidden: it is hidden
    """
    reason, note = reason_given(reason, note)
    with amendment(number, MODERATE, actor=actor, at=at, version=None) as docket:
        case = docket.case
        if Hiding.objects.filter(case=case, shown_at__isnull=True).exists():
            raise AlreadyHidden
        hiding = Hiding.objects.create(
            case=case,
            number=case.number,
            district=case.district,
            reason=reason,
            note=note,
            hidden_by=actor.key,
            hidden_at=at,
        )
        docket.record(CaseHidden(reason, note), is_change=False)
    return hiding


def show_case(number: str, *, why: str, actor: Actor, at: datetime) -> Hiding:
    """Let the public see a hidden case again, as far as its class is public at all.

    :raises NotFound, Forbidden: not for this actor
    :raises ReasonUnclear: without a word of why
    :raises NotHidden: nobody has hidden it
    """
    why = remark(why, longest=LONGEST_NOTE)
    if not why:
        raise ReasonUnclear
    with amendment(number, MODERATE, actor=actor, at=at, version=None) as docket:
        hiding = Hiding.objects.filter(case=docket.case, shown_at__isnull=True).first()
        if hiding is None:
            raise NotHidden
        hiding.shown_by, hiding.shown_at, hiding.shown_why = actor.key, at, why
        hiding.save(update_fields=["shown_by", "shown_at", "shown_why"])
        docket.record(CaseShown(why), is_change=False)
    return hiding


def release_photo(number: str, *, photo: int, actor: Actor, at: datetime) -> PhotoDecision:
    """Let the public see the copy of a photo that somebody has looked at.

    :raises NotFound, Forbidden: not for this actor
    """
    with amendment(number, MODERATE, actor=actor, at=at, version=None) as docket:
        found = attachment_for(actor, number, photo)
        decision = _decide(found.pk, is_shown=True, reason="", note="", actor=actor, at=at)
        docket.record(PhotoReleased(found.pk), is_change=False)
    return decision


def withhold_photo(
    number: str, *, photo: int, reason: str, note: str = "", actor: Actor, at: datetime
) -> PhotoDecision:
    """Keep a photo from the public; whoever works on the case still sees it.

    :raises NotFound, Forbidden: not for this actor
    :raises ReasonUnclear: no known reason, or the other one without a word
    """
    reason, note = reason_given(reason, note)
    with amendment(number, MODERATE, actor=actor, at=at, version=None) as docket:
        found = attachment_for(actor, number, photo)
        decision = _decide(found.pk, is_shown=False, reason=reason, note=note, actor=actor, at=at)
        docket.record(PhotoWithheld(found.pk, reason, note), is_change=False)
    return decision


def reason_given(reason: str, note: str) -> tuple[str, str]:
    """A reason and its remark as they are kept.

    :raises ReasonUnclear: no known reason, or the other one without a word
    """
    note = remark(note, longest=LONGEST_NOTE)
    if reason not in REASON_WORDS or (reason == Reason.OTHER and not note):
        raise ReasonUnclear
    return Reason(reason).value, note


@transaction.atomic
def _decide(photo: int, *, is_shown: bool, reason: str, note: str, actor: Actor, at: datetime) -> PhotoDecision:
    PhotoDecision.objects.filter(photo=photo, replaced_at__isnull=True).update(replaced_at=at)
    return PhotoDecision.objects.create(
        photo_id=photo, is_shown=is_shown, reason=reason, note=note, made_by=actor.key, made_at=at
    )
