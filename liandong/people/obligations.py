"""What somebody signed in must do before anything else: change the password, add a second factor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor
from liandong.people.models import User
from liandong.people.second_factor import must_have

PASSWORD: Final = "password"
SECOND_FACTOR: Final = "second_factor"
PROVED: Final = "second_factor"
"""The session's own note that a second factor was given, or set up, in it."""


class PasswordMustChange(Refusal):
    """A session that must change its password before it does anything else."""

    status = 403
    says = marked("请先修改密码。")
    remedy = marked("请在“我的账号”中修改密码后继续。")


class SecondFactorMustBe(Refusal):
    """A session of a role that must have a second factor, without one."""

    status = 403
    says = marked("您的岗位必须启用动态口令。")
    remedy = marked("请在“我的账号”中启用动态口令后继续。")


class OneTimePasswordExpired(Refusal):
    """A one-time password that was right once, and was not used in time."""

    status = 403
    says = marked("一次性密码已过期：生成后 %(hours)s 小时内有效。")
    remedy = marked("请联系管理员重新生成一次性密码，并在有效期内登录、修改。")


REFUSALS: Final[Mapping[str, type[Refusal]]] = {PASSWORD: PasswordMustChange, SECOND_FACTOR: SecondFactorMustBe}


def due_first(user: User, actor: Actor, session: Mapping[str, Any], *, at: datetime) -> str:
    """What must come first, in this order: the password, the second factor; nothing when all is well."""
    if user.is_demo or user.is_service:
        return ""
    if user.must_change_password or _is_old(user, at=at):
        return PASSWORD
    if not session.get(PROVED) and must_have(user, actor.role_codes):
        return SECOND_FACTOR
    return ""


def check_one_time(user: User, *, at: datetime) -> None:
    """Return unless the account still waits for its one-time password, and that is too old.

    :raises OneTimePasswordExpired: it is
    """
    until = one_time_until(user)
    if until is not None and until < at:
        raise OneTimePasswordExpired(hours=settings.LIANDONG_ONE_TIME_HOURS)


def one_time_until(user: User) -> datetime | None:
    """Until when an account may be entered with its one-time password; None where it has none, or that never ends."""
    hours = settings.LIANDONG_ONE_TIME_HOURS
    if not hours or user.is_demo or not user.must_change_password or not user.has_usable_password():
        return None
    return user.password_changed_at + timedelta(hours=hours) if user.password_changed_at else None


def _is_old(user: User, *, at: datetime) -> bool:
    days = settings.LIANDONG_PASSWORD_MAX_DAYS
    if not days or not user.has_usable_password():
        return False
    return user.password_changed_at is None or user.password_changed_at + timedelta(days=days) < at
