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


def _is_old(user: User, *, at: datetime) -> bool:
    days = settings.LIANDONG_PASSWORD_MAX_DAYS
    if not days or not user.has_usable_password():
        return False
    return user.password_changed_at is None or user.password_changed_at + timedelta(days=days) < at
