"""Signing in and out on the record; keys for services."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from liandong.people.access import Actor, require
from liandong.people.events import ApiKeyIssued, SignedIn, SignedOut
from liandong.people.models import ApiKey, User
from liandong.people.queries import digest_of
from liandong.timeline.operations import Subject, record


@transaction.atomic
def issue_key(user: User, *, secret: str, label: str, scopes: str, actor: Actor, at: datetime) -> ApiKey:
    """Give an account a key; only its hash is kept.

    :raises Forbidden: the actor may not issue keys
    """
    require(actor, "people.issue_key")
    User.objects.select_for_update().get(pk=user.pk)
    key, created = ApiKey.objects.get_or_create(
        digest=digest_of(secret), defaults={"user": user, "label": label, "scopes": scopes}
    )
    if created:
        record(ApiKeyIssued(label, scopes), about=_account(user), actor=actor.key, at=at)
    return key


@transaction.atomic
def record_sign_in(user: User, *, address: str, at: datetime) -> None:
    """Put a sign-in on the record."""
    User.objects.select_for_update().get(pk=user.pk)
    record(SignedIn(address), about=_account(user), actor=user.key, at=at)


@transaction.atomic
def record_sign_out(user: User, *, at: datetime) -> None:
    """Put a sign-out on the record."""
    User.objects.select_for_update().get(pk=user.pk)
    record(SignedOut(), about=_account(user), actor=user.key, at=at)


def _account(user: User) -> Subject:
    return Subject("account", user.pk)
