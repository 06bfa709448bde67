"""The second factor: set up, asked for, given up; and recovery codes for the day the telephone is gone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor
from liandong.people.events import AccountLocked, RecoveryCodesRenewed, SecondFactorAdded, SecondFactorRemoved
from liandong.people.managing import NotYourOwn, about_account, manage_another
from liandong.people.models import Session, User
from liandong.people.rules.granting import reason_given
from liandong.people.second_factor import Sealing, fitting_step, has_second_factor
from liandong.timeline.operations import record

MOST_WRONG: Final = 5
PAUSE: Final = timedelta(minutes=15)
"""So long no code is looked at after five wrong ones, whoever sends them from wherever."""

ACCEPTED: Final = frozenset({"totp", "recovery"})


class CodeWrong(Refusal):
    """A code that does not fit, or is not in force any more."""

    status = 422
    says = marked("动态口令不正确或已过期。")
    remedy = marked("请输入验证器上当前显示的 6 位数字；手机时间须与网络时间一致。")


class CodeUsed(Refusal):
    """A code that was taken before."""

    status = 422
    says = marked("这个动态口令已经用过。")
    remedy = marked("请等验证器显示下一个口令后再输入。")


class TooManyCodes(Refusal):
    """Five wrong codes: a pause."""

    status = 429
    says = marked("连续多次输错动态口令，15 分钟内不再受理。")
    remedy = marked("请稍后再试；急需使用时请联系管理员解锁。")


class SecondFactorThere(Refusal):
    """An account that has a second factor already."""

    status = 409
    says = marked("此账号已启用动态口令。")
    remedy = marked("如需更换，请先停用现有的再重新启用。")


class NoSecondFactor(Refusal):
    """An account without a second factor."""

    status = 409
    says = marked("此账号没有启用动态口令。")
    remedy = marked("无需办理；请刷新页面。")


REFUSED: Final[dict[str, type[Refusal]]] = {"wrong": CodeWrong, "used": CodeUsed, "locked": TooManyCodes}


@transaction.atomic
def add_second_factor(
    user: User, *, sealed_secret: str, code: str, keep_session: str = "", actor: Actor, at: datetime
) -> list[str]:
    """Ask for codes of this secret from now on; return the recovery codes, which are shown once.

    Every session but `keep_session` ends: none of them ever gave a code.

    :raises NotYourOwn: it is somebody else's account
    :raises SecondFactorThere: it has one
    :raises CodeWrong: `code` is not of the secret, so the authenticator is not set up
    """
    user = _own(user, actor)
    if has_second_factor(user):
        raise SecondFactorThere
    secret = Sealing().decrypt(sealed_secret)
    step = fitting_step(secret, code, at=at)
    if step is None:
        raise CodeWrong
    factor = TOTP.activate(user, secret).instance
    factor.data["used"] = step
    factor.save(update_fields=["data"])
    Session.objects.filter(user=user).exclude(session_key=keep_session).delete()
    record(SecondFactorAdded(), about=about_account(user), actor=actor.key, at=at)
    return _fresh_codes(user)


@transaction.atomic
def renew_recovery_codes(user: User, *, actor: Actor, at: datetime) -> list[str]:
    """Return new recovery codes; the old ones are void.

    :raises NotYourOwn, NoSecondFactor: there is nothing to recover here
    """
    user = _own(user, actor)
    if not has_second_factor(user):
        raise NoSecondFactor
    codes = _fresh_codes(user)
    record(RecoveryCodesRenewed(), about=about_account(user), actor=actor.key, at=at)
    return codes


@transaction.atomic
def check_code(user: User, *, code: str, at: datetime) -> str:
    """What a code is: `totp`, `recovery`, `used`, `wrong`, or `locked` after five wrong ones. Good ones are used up.

    It tells instead of raising, for a wrong code must be counted, and a refusal takes back what was written.
    """
    factor = Authenticator.objects.select_for_update().filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()
    if factor is None:
        return "wrong"
    seconds = int(at.timestamp())
    if factor.data.get("wrong", 0) >= MOST_WRONG:
        if seconds < factor.data["wrong_at"] + PAUSE.total_seconds():
            return "locked"
        factor.data["wrong"] = 0
    told = _judged(user, factor, code, at=at)
    if told in ACCEPTED:
        factor.data["wrong"] = 0
        factor.last_used_at = at
    else:
        factor.data |= {"wrong": factor.data.get("wrong", 0) + 1, "wrong_at": seconds}
        if factor.data["wrong"] == MOST_WRONG:
            event = AccountLocked(int(PAUSE.total_seconds() // 60), "")
            record(event, about=about_account(user), actor="platform/sign-in", at=at)
    factor.save(update_fields=["data", "last_used_at"])
    return told


@transaction.atomic
def remove_second_factor(user: User, *, actor: Actor, at: datetime) -> None:
    """Give up one's own second factor, after password and code were checked.

    :raises NotYourOwn, NoSecondFactor: there is none of one's own
    """
    user = _own(user, actor)
    _remove(user)
    record(SecondFactorRemoved(), about=about_account(user), actor=actor.key, at=at)


@transaction.atomic
def remove_lost_second_factor(user: User, *, reason: str, actor: Actor, at: datetime) -> None:
    """Take away the second factor of somebody who lost it; the sessions it opened end, and they are told of it.

    :raises Forbidden, NotFound, AccountBeyondArea, NotYourOwn: see `managing`
    :raises GrantReasonNeeded: without a reason
    :raises NoSecondFactor: they have none
    """
    user = manage_another(user, actor=actor, at=at)
    reason = reason_given(reason)
    _remove(user)
    Session.objects.filter(user=user).delete()
    record(SecondFactorRemoved(reason), about=about_account(user), actor=actor.key, at=at)


def forgive_wrong_codes(user: User) -> None:
    """Let codes be tried again at once: part of unlocking an account."""
    for factor in Authenticator.objects.select_for_update().filter(user_id=user.pk, type=Authenticator.Type.TOTP):
        factor.data["wrong"] = 0
        factor.save(update_fields=["data"])


def _judged(user: User, factor: Authenticator, code: str, *, at: datetime) -> str:
    step = fitting_step(Sealing().decrypt(factor.data["secret"]), code, at=at)
    if step is not None:
        if step <= factor.data.get("used", 0):
            return "used"
        factor.data["used"] = step
        return "totp"
    codes = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    if codes is not None and RecoveryCodes(codes).validate_code("".join(code.split())):
        return "recovery"
    return "wrong"


def _own(user: User, actor: Actor) -> User:
    if user.pk != actor.user_id:
        raise NotYourOwn
    return User.objects.select_for_update().get(pk=user.pk)


def _remove(user: User) -> None:
    count, _rows = Authenticator.objects.filter(user_id=user.pk).delete()
    if not count:
        raise NoSecondFactor


def _fresh_codes(user: User) -> list[str]:
    Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    return codes
