"""Where a member of staff is reached: kept sealed, changed by themselves or by who manages their account."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor
from liandong.people.contacts import Contact, contact_of, mobile, sealed_contact
from liandong.people.events import ContactChanged
from liandong.people.managing import about_account, manage
from liandong.people.models import StaffContact, User
from liandong.timeline.operations import record

_EMAIL = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
LONGEST_EMAIL = 120


class NotAMobile(Refusal):
    """A telephone to which no short message can be sent."""

    status = 422
    says = marked("这不是可以接收短信的手机号码。")
    remedy = marked("请填写 11 位手机号码；不愿登记可以留空。")


class NotAnEmail(Refusal):
    """Something that is no e-mail address."""

    status = 422
    says = marked("这不是电子邮件地址。")
    remedy = marked("请核对后填写，例如 name@example.gov.cn；可以留空。")


@transaction.atomic
def set_contact(user: User, *, phone: str, email: str, actor: Actor, at: datetime) -> Contact:
    """Keep where somebody is reached. The record says which of the two changed, never to what.

    :raises Forbidden, NotFound, AccountBeyondArea: it is neither one's own account nor one's to manage
    :raises NotAMobile, NotAnEmail: it cannot be used
    """
    if user.pk == actor.user_id:
        user = User.objects.select_for_update().get(pk=user.pk)
    else:
        user = manage(user, actor=actor, at=at)
    given = Contact(mobile(phone), email.strip())
    if phone.strip() and not given.phone:
        raise NotAMobile
    if given.email and (len(given.email) > LONGEST_EMAIL or not _EMAIL.match(given.email)):
        raise NotAnEmail
    before = contact_of(user.pk)
    changed = tuple(name for name in ("phone", "email") if getattr(before, name) != getattr(given, name))
    if changed:
        sealed = sealed_contact(given, user_id=user.pk)
        StaffContact.objects.update_or_create(user=user, defaults={"sealed": sealed})
        record(ContactChanged(changed), about=about_account(user), actor=actor.key, at=at)
    return given
