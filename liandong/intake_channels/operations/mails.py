"""Taking mails: each once, by its place in the mailbox and by its own name, into the case it belongs to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from liandong.cases.queries import permitted_cases
from liandong.intake_channels.contract import Result
from liandong.intake_channels.models import Arrival, Mail, Mailbox
from liandong.intake_channels.operations.taking import refuse_body, take_message
from liandong.intake_channels.plugins.mailbox import MAILBOX, Thread, message_of
from liandong.intake_channels.plugins.mails import ReadMail, read_mail
from liandong.intake_channels.rules.mails import TooManyMails, is_urging, refuse_own
from liandong.intake_channels.rules.words import Fate, Kind
from liandong.intake_channels.sealing import digest_of
from liandong.kernel.refusal import Refusal
from liandong.people.access import Actor, platform, require
from liandong.people.rules.scope import Thing

_A_DAY = timedelta(days=1)
_FROM_REPORTER = "【来信】"
_FROM_SOMEBODY = "【来信，寄件人未核实为报告人】"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail lies: the numbering of the mailbox, and its number there."""

    validity: int
    uid: int


@transaction.atomic
def take_mail(
    raw: bytes, *, place: Place, own: Collection[str], district: str, actor: Actor, at: datetime
) -> Result | None:
    """Take one mail; nothing where what lies there was taken before. `own` are addresses that are ours.

    What is refused is accounted for and stays in the mailbox for somebody to look at.

    :raises Forbidden: the actor may not take messages there
    """
    require(actor, "channels.take", Thing(district))
    if not _is_next(place, district=district):
        return None
    try:
        mail = read_mail(raw)
        refuse_own(mail.address, own=own)
        sender = _sender_of(mail)
        _refuse_flood(sender, district=district, at=at)
        thread = _thread_of(mail, sender, district=district)
        message = message_of(mail, thread, raw=raw)
    except Refusal as refusal:
        return refuse_body(refusal, channel=MAILBOX, district=district, actor=actor, at=at)
    result = take_message(message, channel=MAILBOX, district=district, actor=actor, at=at)
    Mail.objects.create(
        district=district,
        validity=place.validity,
        uid=place.uid,
        sender=sender,
        # Whoever merely named a case is nobody of whom its reporter's word is taken the next time.
        number=result.number if result.fate is Fate.TAKEN and thread.says != _FROM_SOMEBODY else "",
        taken_at=at,
    )
    return result


@transaction.atomic
def refuse_mail(refusal: Refusal, *, place: Place, district: str, actor: Actor, at: datetime) -> Result | None:
    """Account for a mail that was not read; nothing where what lies there was taken before."""
    require(actor, "channels.take", Thing(district))
    if not _is_next(place, district=district):
        return None
    return refuse_body(refusal, channel=MAILBOX, district=district, actor=actor, at=at)


@transaction.atomic
def note_look(district: str, *, actor: Actor, at: datetime, validity: int = 0, highest: int = 0, why: str = "") -> None:
    """Note that a mailbox was looked at, up to which mail, or why it could not be."""
    require(actor, "channels.take", Thing(district))
    Mailbox.objects.get_or_create(district=district)
    box = Mailbox.objects.select_for_update().get(district=district)
    if validity and validity != box.validity:
        box.validity, box.highest = validity, highest
    box.highest = max(box.highest, highest)
    box.looked_at, box.why = at, why[:200]
    box.save()


def _is_next(place: Place, *, district: str) -> bool:
    """Go on to a mail, unless it or one after it was taken; two workers at one mailbox wait for each other here."""
    Mailbox.objects.get_or_create(district=district)
    box = Mailbox.objects.select_for_update().get(district=district)
    if box.validity == place.validity and place.uid <= box.highest:
        return False
    box.validity, box.highest = place.validity, place.uid
    box.save(update_fields=["validity", "highest"])
    return True


def _sender_of(mail: ReadMail) -> bytes:
    return digest_of(f"mail from {mail.address}".encode("utf-8", "surrogatepass"))


def _refuse_flood(sender: bytes, *, district: str, at: datetime) -> None:
    most = settings.LIANDONG_MAILS_A_DAY
    if Mail.objects.filter(district=district, sender=sender, taken_at__gt=at - _A_DAY).count() >= most:
        raise TooManyMails(most=most)


def _thread_of(mail: ReadMail, sender: bytes, *, district: str) -> Thread:
    """What a mail is about: what it was taken for before, the case of a mail it answers, or one its subject names.

    A case that has ended takes no notes: what is written about it later is a matter of its own, which names it.
    """
    came = Arrival.objects.filter(district=district, channel=MAILBOX.code, fate=Fate.TAKEN)
    before = came.filter(outside_id=mail.id).first()
    if before is not None and before.kind != Kind.ORDER:
        return Thread(Kind(before.kind), before.order, before.number, _says(sender, before.number, district=district))
    answered = came.filter(outside_id__in=mail.refs).order_by("-id").first()
    number = answered.number if answered else next(iter(mail.numbers), "")
    known = permitted_cases(platform("channels")).filter(district=district, number=number).first() if number else None
    if known is not None and known.ended_at is not None:
        return Thread(says=f"（关于已办结的案件 {known.number}）")
    if known is None or before is not None:
        return Thread()
    says = _says(sender, known.number, district=district)
    kind = Kind.URGE if says == _FROM_REPORTER and is_urging(f"{mail.subject}{mail.words}") else Kind.NOTE
    return Thread(kind, answered.order if answered else known.number, known.number, says)


def _says(sender: bytes, number: str, *, district: str) -> str:
    """What stands before a note: whether somebody wrote it who wrote about the case before."""
    is_known = Mail.objects.filter(district=district, sender=sender, number=number).exists()
    return _FROM_REPORTER if is_known else _FROM_SOMEBODY
