"""Passwords: one's own change, and the one-time password an administrator gives."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import cache
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.db import transaction

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor
from liandong.people.events import PasswordChanged, PasswordReset
from liandong.people.managing import NotYourOwn, about_account, manage_another
from liandong.people.models import PastPassword, Session, User
from liandong.people.rules.passwords import REMEMBERED, PasswordUsedBefore, judge
from liandong.timeline.operations import record

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what is misread aloud or in print: i and l, o and 0, 1."""


class NobodySignsIn(Refusal):
    """A service account, which has keys and no password."""

    status = 409
    says = marked("这是接口账号，不能用密码登录。")
    remedy = marked("请为它发放接口密钥。")


@transaction.atomic
def change_password(user: User, *, new: str, keep_session: str = "", actor: Actor, at: datetime) -> User:
    """Give one's own account a new password. Every session but `keep_session` ends.

    Whoever asks has proved who they are with the old one: see `views.proving`.

    :raises NotYourOwn: it is somebody else's
    :raises Refusal: see `rules.passwords`
    """
    if user.pk != actor.user_id:
        raise NotYourOwn
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_demo:
        _judge(user, new)
    _remember_old(user, at=at)
    user.set_password(new)
    user.must_change_password = False
    user.password_changed_at = at
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    Session.objects.filter(user=user).exclude(session_key=keep_session).delete()
    record(PasswordChanged(), about=about_account(user), actor=actor.key, at=at)
    return user


@transaction.atomic
def reset_password(user: User, *, actor: Actor, at: datetime) -> str:
    """Return a one-time password for somebody else's account; it must be changed at the first sign-in.

    :raises Forbidden, NotFound, AccountBeyondArea, NotYourOwn: see `managing`
    :raises NobodySignsIn: a service account has none
    """
    user = manage_another(user, actor=actor, at=at)
    if user.is_service:
        raise NobodySignsIn
    _remember_old(user, at=at)
    password = one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.password_changed_at = at
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    Session.objects.filter(user=user).delete()
    record(PasswordReset(), about=about_account(user), actor=actor.key, at=at)
    return password


def one_time_password() -> str:
    """A password to be read out over the telephone and changed at once: about 79 bits."""
    groups = ["".join(secrets.choice(_LETTERS) for _letter in range(4)) for _group in range(4)]
    return "-".join(groups)


def _judge(user: User, password: str) -> None:
    judge(
        password,
        account=user.username,
        name=user.name,
        least=settings.LIANDONG_PASSWORD_MIN,
        is_common=password.lower() in _common(),
    )
    past = PastPassword.objects.filter(user=user).order_by("-until_at", "-id").values_list("password", flat=True)
    if any(check_password(password, old) for old in (user.password, *past[: REMEMBERED - 1])):
        raise PasswordUsedBefore(remembered=REMEMBERED)


def _remember_old(user: User, *, at: datetime) -> None:
    if user.has_usable_password():
        PastPassword.objects.create(user=user, password=user.password, until_at=at)
    kept = PastPassword.objects.filter(user=user).order_by("-until_at", "-id").values("pk")[:REMEMBERED]
    PastPassword.objects.filter(user=user).exclude(pk__in=kept).delete()


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
