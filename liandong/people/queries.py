"""Named questions about units and accounts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import F, Q, QuerySet

from liandong.kernel.refusal import marked
from liandong.people.models import ApiKey, Delegation, Grant, Post, Session, Unit, User
from liandong.people.structure import Member as Member
from liandong.people.structure import Seat as Seat
from liandong.people.structure import assistants_of as assistants_of
from liandong.people.structure import crew_of as crew_of
from liandong.people.structure import members_of as members_of
from liandong.people.structure import stand_ins as stand_ins
from liandong.timeline.queries import trace


def units_of(district: str) -> QuerySet[Unit]:
    """All units of a district."""
    return Unit.objects.filter(district=district)


def area_uses(codes: Sequence[str]) -> list[tuple[str, str, str]]:
    """Units, posts and rights for a time that name one of these areas: kind, name, code."""
    units = Unit.objects.filter(area__in=codes, until_on__isnull=True).order_by("code")
    posts = Post.objects.filter(area__in=codes, until_on__isnull=True).order_by("id")
    grants = Grant.objects.filter(area__in=codes, revoked_at__isnull=True).order_by("id")
    delegations = Delegation.objects.filter(area__in=codes, revoked_at__isnull=True).order_by("id")
    return [
        *((marked("单位"), name, area) for name, area in units.values_list("name", "area")),
        *((marked("岗位"), f"{name} {title}".strip(), area) for name, title, area in
          posts.values_list("user__name", "title", "area")),
        *((marked("授权"), name, area) for name, area in grants.values_list("user__name", "area")),
        *((marked("先期指挥权"), f"{department} → {town}", area) for department, town, area in
          delegations.values_list("department__name", "town__name", "area")),
    ]  # fmt: skip


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


def delegation_for(towns: Iterable[str], department: str, *, class_code: str, area: str, on: date) -> int:
    """The delegation under which one of `towns` may order that department's local force; 0 where there is none."""
    found = Delegation.objects.filter(
        department=department, town__in=list(towns), since_on__lte=on, until_on__gte=on, revoked_at__isnull=True
    )
    for pk, classes, place in found.order_by("id").values_list("id", "classes", "area"):
        if area.startswith(place) and any(code == "*" or class_code.startswith(code) for code in classes):
            return pk
    return 0


def commands_used(district: str) -> dict[int, list[str]]:
    """The cases that were dispatched under each delegation of a district, the latest first."""
    used: dict[int, list[str]] = {}
    for entry in trace("organisation", int(district)).filter(event="CommandUsed").order_by("-seq"):
        used.setdefault(entry.data["delegation"], []).append(entry.data["case"])
    return used


def delegations_in(district: str) -> QuerySet[Delegation]:
    """Every delegation of a district, with its units, the newest first."""
    found = Delegation.objects.filter(department__district=district).select_related("department", "town")
    return found.order_by("-since_on", "-id")


def account_named(name: str) -> User | None:
    """The account of that name, whatever its case."""
    return User.objects.filter(username=name.strip().lower()).first()


def sessions_of(user: User, *, at: datetime) -> QuerySet[Session]:
    """The sessions in which somebody is signed in, the one seen last first."""
    return Session.objects.filter(user=user, expire_date__gt=at).order_by("-seen_at", "session_key")


def session_mark(session_key: str) -> str:
    """How a page names a session: the key itself opens it, so it is never shown."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:16]


def keys_of(user: User) -> QuerySet[ApiKey]:
    """The keys of an account, those in force first, then the newest."""
    return ApiKey.objects.filter(user=user).order_by(F("revoked_at").desc(nulls_first=True), "-id")
