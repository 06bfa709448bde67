"""Accounts for other systems, and the keys with which they sign their calls."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require, role_word, roles
from liandong.people.events import ApiKeyIssued, ApiKeyRevoked, ServiceAccountOpened
from liandong.people.keys import forget_keys
from liandong.people.managing import AccountBeyondArea, about_account, manage
from liandong.people.models import ApiKey, Post, Unit, User
from liandong.people.operations.accounts import AccountExists, fit_account_name, fit_person_name
from liandong.people.operations.loading import PostRow
from liandong.people.queries import digest_of
from liandong.people.rules.granting import may_grant, reason_given
from liandong.people.rules.key_scopes import key_term, scopes_given
from liandong.people.rules.scope import PostHeld
from liandong.timeline.operations import record

ISSUE = "people.issue_key"
_THE_KEY = marked("这个密钥")
_THE_UNIT = marked("这个单位")


class KeyOver(Refusal):
    """A key that was stopped already."""

    status = 409
    says = marked("这个密钥已经停用。")
    remedy = marked("无需再办理；请刷新页面。")


class LabelMissing(Refusal):
    """A key without a word of what it is for."""

    status = 422
    says = marked("必须写明密钥的用途，最多 60 字。")
    remedy = marked("请写明哪个系统、做什么用，便于日后核对。")


class KeyForPerson(Refusal):
    """A key asked for the account of a person: whoever held it would act in that person's name."""

    status = 409
    says = marked("“%(account)s”是个人账号，不能发放密钥。")
    remedy = marked("请为对接的系统开通接口账号，再为它发放密钥。")


@transaction.atomic
def open_service_account(account: str, *, post: PostRow, is_demo: bool, actor: Actor, at: datetime) -> User:
    """Return the account of a service that calls the API, with one post; nobody can sign in to it.

    :raises Forbidden: the actor may not issue keys
    :raises Refusal: see `rules.granting`: nobody gives a service more than they may grant
    :raises AccountNameUnfit, PersonNameMissing: it cannot be opened so
    :raises AccountExists: a service of that name is there, and is not the actor's to look after
    """
    require(actor, ISSUE)
    unit = Unit.objects.filter(pk=post.unit).first()
    if unit is None:
        raise NotFound(what=_THE_UNIT)
    given = PostHeld(unit.code, post.role, post.area)
    may_grant(actor.posts, given, roles=roles(), unit_area=unit.area, word=role_word(post.role))
    user = User.objects.filter(username=account, is_service=True).first()
    if user is None:
        fit_account_name(account)
        name = fit_person_name(post.person)
        hashed = make_password(None)
        user = User.objects.create(username=account, name=name, is_service=True, is_demo=is_demo, password=hashed)
    else:
        user = _looked_after(user, actor=actor, at=at)
    held = {"user": user, "unit": unit, "role": post.role, "area": post.area}
    if not Post.objects.filter(**held).exists():
        # Held since the year before, so that it may take part in history that is loaded or replayed.
        Post.objects.create(**held, title=post.title, since_on=date(at.year - 1, 1, 1))
        event = ServiceAccountOpened(account, unit.code, post.role, post.area)
        record(event, about=about_account(user), actor=actor.key, at=at)
    return user


@transaction.atomic
def issue_key(
    user: User,
    *,
    secret: str,
    label: str,
    scopes: str,
    actor: Actor,
    at: datetime,
    until_at: datetime | None = None,
) -> ApiKey:
    """Give an account a key; only its hash is kept. It ends after a year unless said otherwise; a demo key never does.

    :raises Forbidden, NotFound, AccountBeyondArea: the actor may not give keys to this account
    :raises KeyForPerson: it is the account of a person
    :raises ScopeUnknown, KeyTermTooLong, LabelMissing: it cannot be given so
    """
    user = manage(user, actor=actor, at=at, act=ISSUE)
    # What the platform gives by itself (demo data, a rehearsal) is nobody's way into another's name.
    if actor.user_id is not None and not user.is_service:
        raise KeyForPerson(account=user.username)
    label = label.replace("\x00", "").strip()
    if not 0 < len(label) <= 60:
        raise LabelMissing
    terms = {
        "user": user,
        "label": label,
        "scopes": scopes_given(scopes.split()),
        "issued_at": at,
        "expires_at": key_term(until_at, at=at, is_endless=user.is_demo),
    }
    key, is_new = ApiKey.objects.get_or_create(digest=digest_of(secret), defaults=terms)
    if is_new:
        event = ApiKeyIssued(key.label, key.scopes, key.pk, key.expires_at)
        record(event, about=about_account(user), actor=actor.key, at=at)
    return key


@transaction.atomic
def revoke_key(key: int, *, reason: str, actor: Actor, at: datetime) -> None:
    """Stop a key: at once in this process, within half a minute in every other.

    :raises Forbidden, NotFound, AccountBeyondArea: the actor may not stop keys of this account
    :raises KeyOver: it is stopped
    :raises GrantReasonNeeded: without a reason
    """
    require(actor, ISSUE)
    found = ApiKey.objects.filter(pk=key).select_related("user").first()
    if found is None:
        raise NotFound(what=_THE_KEY)
    user = manage(found.user, actor=actor, at=at, act=ISSUE)
    found = ApiKey.objects.select_for_update().get(pk=key)
    if found.revoked_at is not None:
        raise KeyOver
    reason = reason_given(reason)
    found.revoked_at = at
    found.save(update_fields=["revoked_at"])
    transaction.on_commit(forget_keys)
    record(ApiKeyRevoked(found.label, found.pk, reason), about=about_account(user), actor=actor.key, at=at)


def _looked_after(user: User, *, actor: Actor, at: datetime) -> User:
    """A service that is there already: with a post of one district it would be out of the other's hands."""
    try:
        return manage(user, actor=actor, at=at, act=ISSUE)
    except (NotFound, AccountBeyondArea) as refusal:
        raise AccountExists(account=user.username) from refusal


def end_of_day(day: date) -> datetime:
    """The instant at which a key that ends on `day` does."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=timezone.get_default_timezone())
