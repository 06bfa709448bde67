"""Named questions about units and accounts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from liandong.people.models import ApiKey, Post, Unit, User


def units_of(district: str) -> QuerySet[Unit]:
    """All units of a district."""
    return Unit.objects.filter(district=district)


def unit_named(code: str) -> Unit | None:
    """The unit of that code, if there is one."""
    return Unit.objects.filter(pk=code).first()


def staff_by_key(keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Who stands behind timeline keys such as `user/lin`: key → (name, unit code)."""
    names = {key.removeprefix("user/") for key in keys if key.startswith("user/")}
    rows = User.objects.filter(username__in=names).order_by("posts__id").values_list("username", "name", "posts__unit")
    return {f"user/{username}": (name, unit or "") for username, name, unit in rows}


def key_holder(secret: str, *, at: datetime) -> tuple[User, frozenset[str]] | None:
    """The account a key belongs to, and the key's scopes (`*` is all); nothing for a wrong, old or revoked key."""
    valid = Q(expires_at__isnull=True) | Q(expires_at__gt=at)
    key = (
        ApiKey.objects.filter(valid, digest=digest_of(secret), revoked_at__isnull=True, user__is_active=True)
        .select_related("user")
        .first()
    )
    return (key.user, frozenset(key.scopes.split())) if key else None


def demo_accounts() -> QuerySet[User]:
    """The accounts that exist only because demo data is loaded."""
    return User.objects.filter(is_demo=True, is_service=False)


def digest_of(secret: str) -> bytes:
    """The form in which a key is stored and looked up."""
    return hashlib.sha256(secret.encode()).digest()


def demo_roles() -> list[tuple[str, str]]:
    """One demo account for each role, in the order of the accounts' making."""
    first: dict[str, str] = {}
    posts = Post.objects.filter(user__is_demo=True, user__is_service=False).order_by("id")
    for account, role in posts.values_list("user__username", "role"):
        first.setdefault(role, account)
    return [(account, role) for role, account in first.items()]


def posts_in(district: str) -> QuerySet[Post]:
    """The posts people hold in the units of a district, in the order of their making; services hold none here."""
    return Post.objects.filter(unit__district=district, user__is_service=False).order_by("id")
