"""Accounts: signing in and out on the record, opening, stopping, unlocking, the tie to the single sign-on."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from allauth.socialaccount.models import SocialAccount
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, require
from liandong.people.events import (
    AccountDeactivated,
    AccountLocked,
    AccountOpened,
    AccountReactivated,
    AccountUnlocked,
    IdentityLinked,
    IdentityUnlinked,
    LanguageChosen,
    SignedIn,
    SignedOut,
    SignInRefused,
)
from liandong.people.keys import forget_keys
from liandong.people.managing import MANAGE, about_account, manage, manage_another
from liandong.people.models import Grant, Post, Session, User
from liandong.people.operations.last_admin import administering_roles, keep_an_administrator
from liandong.people.operations.passwords import one_time_password
from liandong.people.operations.second_factors import forgive_wrong_codes
from liandong.people.rules.granting import reason_given
from liandong.timeline.operations import record
from liandong.timeline.queries import trace

MOST_REFUSALS: Final = 20
"""So many refused sign-ins of one account are kept in an hour: guessing must not fill the record."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")


class AccountNameUnfit(Refusal):
    """A name for an account that is none."""

    status = 422
    says = marked("账号名只能用小写字母、数字和 . _ -，以字母或数字开头，2 至 60 个字符。")
    remedy = marked("请更正账号名。")


class AccountExists(Refusal):
    """An account of that name is there already."""

    status = 409
    says = marked("账号“%(account)s”已经存在。")
    remedy = marked("请换一个账号名，或打开现有账号。")


class PersonNameMissing(Refusal):
    """An account for nobody."""

    status = 422
    says = marked("必须写明姓名或系统名称，最多 60 字。")
    remedy = marked("请填写名称。")


class StandsAlready(Refusal):
    """An account that is in the wished state already."""

    status = 409
    says = marked("账号已经是这个状态。")
    remedy = marked("无需再办理；请刷新页面。")


@transaction.atomic
def record_sign_in(
    user: User, *, address: str, at: datetime, by: str = "password", second: str = "", device: str = ""
) -> None:
    """Put a sign-in on the record."""
    User.objects.select_for_update().get(pk=user.pk)
    record(SignedIn(address, by, second, device), about=about_account(user), actor=user.key, at=at)


@transaction.atomic
def record_refused_sign_in(user: User, *, why: str, address: str, locked_minutes: int = 0, at: datetime) -> None:
    """Put a failed sign-in on the record, and the lock it led to; beyond twenty an hour only the locks."""
    User.objects.select_for_update().get(pk=user.pk)
    lately = trace("account", user.pk).order_by("-seq").values_list("event", "at")[: MOST_REFUSALS + 5]
    hour = at - timedelta(hours=1)
    if sum(event == SignInRefused.__name__ and when > hour for event, when in lately) < MOST_REFUSALS:
        record(SignInRefused(why, address), about=about_account(user), actor="nobody", at=at)
    if locked_minutes:
        record(AccountLocked(locked_minutes, address), about=about_account(user), actor="platform/sign-in", at=at)


@transaction.atomic
def record_sign_out(user: User, *, at: datetime) -> None:
    """Put a sign-out on the record."""
    User.objects.select_for_update().get(pk=user.pk)
    record(SignedOut(), about=about_account(user), actor=user.key, at=at)


@transaction.atomic
def open_account(name: str, *, person: str, actor: Actor, at: datetime) -> tuple[User, str]:
    """Open an account for a person, without any post; return it with its one-time password.

    :raises Forbidden: the actor manages no accounts
    :raises AccountNameUnfit, AccountExists, PersonNameMissing: it cannot be opened so
    """
    require(actor, MANAGE)
    fit_account_name(name)
    password = one_time_password()
    user = User.objects.create(
        username=name,
        name=fit_person_name(person),
        password=make_password(password),
        must_change_password=True,
        password_changed_at=at,
    )
    record(AccountOpened(name, user.name), about=about_account(user), actor=actor.key, at=at)
    return user, password


@transaction.atomic
def deactivate_account(user: User, *, reason: str, actor: Actor, at: datetime) -> User:
    """Stop an account: its sessions end, its keys are refused, nobody signs in to it.

    :raises Forbidden, NotFound, AccountBeyondArea, NotYourOwn: see `managing`
    :raises GrantReasonNeeded: without a reason
    :raises LastAdministrator: a district would be left without an administrator
    :raises StandsAlready: it is stopped
    """
    user = manage_another(user, actor=actor, at=at)
    if not user.is_active:
        raise StandsAlready
    reason = reason_given(reason)
    posts = Post.objects.filter(user=user, role__in=administering_roles())
    grants = Grant.objects.filter(user=user, role__in=administering_roles())
    for district in sorted({area[:6] for held in (posts, grants) for area in held.values_list("area", flat=True)}):
        keep_an_administrator(
            district,
            at=at,
            without_posts=posts.values_list("pk", flat=True),
            without_grants=grants.values_list("pk", flat=True),
        )
    user.is_active = False
    user.save(update_fields=["is_active"])
    Session.objects.filter(user=user).delete()
    transaction.on_commit(forget_keys)
    record(AccountDeactivated(reason), about=about_account(user), actor=actor.key, at=at)
    return user


@transaction.atomic
def reactivate_account(user: User, *, reason: str, actor: Actor, at: datetime) -> User:
    """Let a stopped account work again.

    :raises Forbidden, NotFound, AccountBeyondArea, NotYourOwn: see `managing`
    :raises GrantReasonNeeded: without a reason
    :raises StandsAlready: it works
    """
    user = manage_another(user, actor=actor, at=at)
    if user.is_active:
        raise StandsAlready
    reason = reason_given(reason)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(AccountReactivated(reason), about=about_account(user), actor=actor.key, at=at)
    return user


@transaction.atomic
def unlock_account(user: User, *, actor: Actor, at: datetime) -> None:
    """Forget the failures that keep somebody from trying again.

    :raises Forbidden, NotFound, AccountBeyondArea: see `managing`
    """
    user = manage(user, actor=actor, at=at)
    reset(username=user.username)
    forgive_wrong_codes(user)
    record(AccountUnlocked(), about=about_account(user), actor=actor.key, at=at)


@transaction.atomic
def link_identity(user: User, *, provider: str, identity: str, at: datetime) -> None:
    """Tie an identity of the single sign-on to the account, once."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _tie, is_new = SocialAccount.objects.get_or_create(provider=provider, uid=identity, defaults={"user": user})
    if is_new:
        record(IdentityLinked(provider, identity), about=about_account(user), actor=user.key, at=at)


@transaction.atomic
def unlink_identity(user: User, *, reason: str, actor: Actor, at: datetime) -> None:
    """Cut the account's ties to the single sign-on; the next sign-in there is matched by name again.

    :raises Forbidden, NotFound, AccountBeyondArea: see `managing`
    :raises GrantReasonNeeded: without a reason
    """
    user = manage(user, actor=actor, at=at)
    reason = reason_given(reason)
    count, _rows = SocialAccount.objects.filter(user_id=user.pk).delete()
    if count:
        record(IdentityUnlinked(reason), about=about_account(user), actor=actor.key, at=at)


@transaction.atomic
def choose_language(user: User, *, language: str, at: datetime) -> None:
    """Remember the language of somebody's pages; one we do not speak changes nothing."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if language not in dict(settings.LANGUAGES) or language == user.language:
        return
    user.language = language
    user.save(update_fields=["language"])
    record(LanguageChosen(language), about=about_account(user), actor=user.key, at=at)


def fit_account_name(name: str) -> None:
    """Return when an account of that name can be opened.

    :raises AccountNameUnfit, AccountExists: it cannot
    """
    if not _NAME.fullmatch(name):
        raise AccountNameUnfit
    if User.objects.filter(username=name).exists():
        raise AccountExists(account=name)


def fit_person_name(name: str) -> str:
    """The name, trimmed.

    :raises PersonNameMissing: there is none, or it is too long
    """
    kept = name.replace("\x00", "").strip()
    if not 0 < len(kept) <= 60:
        raise PersonNameMissing
    return kept
