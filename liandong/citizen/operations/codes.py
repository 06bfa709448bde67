"""Proving a phone: a code is sent to it and told back. Nothing stays of it but the sealed phone of a report."""

from __future__ import annotations

import os
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from liandong.cases.queries import told_from_phone
from liandong.citizen.models import PhoneCode
from liandong.citizen.operations.allowances import spend
from liandong.citizen.queries import has_codes, home_district, mobile_of
from liandong.citizen.rules.codes import GOOD_FOR, MOST_TRIES, code_from, is_code
from liandong.citizen.sealing import key_for, mark_of, sealed
from liandong.kernel.refusal import Refusal, marked
from liandong.notify.operations import About, Outbox, Recipient
from liandong.notify.rules.notices import BY_CODE


class PhoneNotMobile(Refusal):
    """A number to which no short message goes."""

    status = 422
    says = marked("“%(phone)s”不是大陆手机号码。")
    remedy = marked("请填写 11 位手机号；没有手机也可以匿名反映。")


class NoCodesHere(Refusal):
    """Short messages are not set up."""

    status = 503
    says = marked("本区尚未开通短信，无法发送验证码。")
    remedy = marked("请匿名反映，并保存查询链接。")


class CodeWrong(Refusal):
    """Not the code that was sent."""

    status = 422
    says = marked("验证码不正确，还可以试 %(left)s 次。")
    remedy = marked("请核对短信中的 6 位数字。")


class CodeOver(Refusal):
    """A code that was used, tried too often, is too old, or never was."""

    status = 422
    says = marked("验证码已失效。")
    remedy = marked("请重新获取验证码。")


def ask_for_code(phone: str, *, address: str, at: datetime, number: str = "", language: str = "zh-hans") -> UUID:
    """Send a code to a phone, and return the ticket it is told back with.

    With the `number` of a case, a message goes out only where that case was told from that phone; whoever asks cannot
    tell which it was.

    :raises PhoneNotMobile, NoCodesHere, TooOften: as they say
    """
    to = mobile_of(phone)
    if not to:
        raise PhoneNotMobile(phone=phone.strip()[:20])
    if not has_codes():
        raise NoCodesHere
    for kind, place in (("code_address", address), ("code_phone", to), ("code_all", "")):
        spend(kind, of=place, at=at)
    is_sent = not number or told_from_phone(number, to)
    with transaction.atomic():
        row = PhoneCode.objects.create(
            ticket=uuid4(),
            salt=os.urandom(16),
            phone_hash=mark_of(to, purpose="phone"),
            sealed=sealed(to, purpose="phone code") if is_sent else None,
            number=number[:32],
            made_at=at,
            expires_at=at + GOOD_FOR,
        )
        if is_sent:
            _post(row, language=language, at=at)
    return row.ticket


def use_code(ticket: str, *, code: str, phone: str, address: str, at: datetime, number: str = "") -> str:
    """Return the phone that a code proves; the code is gone with it.

    :raises CodeWrong: another was sent; after five of them the code is gone
    :raises CodeOver: it is gone, or is no code for this phone and case
    :raises TooOften: too many tries from one place
    """
    spend("try_address", of=address, at=at)
    to = mobile_of(phone)
    with transaction.atomic():
        row = PhoneCode.objects.select_for_update().filter(ticket=_uuid(ticket), expires_at__gt=at).first()
        if row is None or row.number != number or bytes(row.phone_hash) != mark_of(to, purpose="phone"):
            raise CodeOver
        if is_code(code, code_from(key_for("code"), salt=bytes(row.salt))) and row.sealed is not None:
            row.delete()
            return to
        row.tries += 1
        row.save(update_fields=["tries"])
        left = MOST_TRIES - row.tries
        if left <= 0:
            row.delete()
    raise CodeWrong(left=left) if left > 0 else CodeOver


def _post(row: PhoneCode, *, language: str, at: datetime) -> None:
    district = home_district()
    outbox = Outbox(at)
    about = About("phone_code", row.pk, name=f"#{row.pk}", district=district, area=district, is_urgent=True)
    minutes = str(int(GOOD_FOR.total_seconds() // 60))
    # The code is put in when the message leaves us: no row ever holds it.
    outbox.tell(
        BY_CODE["phone_code"],
        Recipient("reporter", language=language),
        about=about,
        values=lambda _language: {"code": "{code}", "minutes": minutes},
        cause=f"phone_code/{row.ticket}",
    )
    outbox.post()


def _uuid(ticket: str) -> UUID:
    try:
        return UUID(ticket)
    except ValueError:
        raise CodeOver from None
