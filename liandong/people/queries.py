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
from liandong.people.structure import teams_of_station as teams_of_station
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


def units_over(codes: Sequence[str]) -> list[Unit]:
    """The standing units that answer for one of these areas, wider ones first."""
    found = Unit.objects.filter(area__in=codes, until_on__isnull=True)
    return sorted(found, key=lambda unit: (len(unit.area), unit.code))


def posts_over(codes: Sequence[str], *, after: date) -> list[Post]:
    """The posts over one of these areas that stand on or after a day, by area and unit."""
    still = Q(until_on__isnull=True) | Q(until_on__gte=after)
    found = Post.objects.filter(still, area__in=codes, user__is_active=True).select_related("user", "unit")
    return list(found.order_by("area", "unit", "id"))


def unit_named(code: str) -> Unit | None:
    """The unit of that code, if there is one."""
    return Unit.objects.filter(pk=code).first()


def successor_of(unit: str) -> str:
    """The unit named to take over when one closed; nothing where none was named, or it has not closed."""
    closed = trace("organisation", int(unit[:6])).filter(event="UnitClosed", data__unit=unit).order_by("-seq").first()
    return str(closed.data.get("successor", "")) if closed else ""


def key_of_account(account: int) -> str:
    """The key an account writes its acts under; nothing where there is no such account."""
    found = User.objects.filter(pk=account).first()
    return found.key if found else ""


def staff_by_key(keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Who stands behind timeline keys such as `user/lin`: key → (name, unit code)."""
    names = {key.removeprefix("user/") for key in keys if key.startswith("user/")}
    rows = User.objects.filter(username__in=names).order_by("posts__id").values_list("username", "name", "posts__unit")
    return {f"user/{username}": (name, unit or "") for username, name, unit in rows}


def key_holder(secret: str, *, at: datetime) -> tuple[User, frozenset[str]] | None:
    """The account a key belongs to, and the key's scopes (`*` is all); nothing for a wrong, old or revoked key."""
    key = key_given(secret, at=at)
    return (key.user, frozenset(key.scopes.split())) if key else None


def key_given(secret: str, *, at: datetime) -> ApiKey | None:
    """The key that is in force at `at` under this secret, with its account; nothing for a wrong, old or revoked one."""
    valid = Q(expires_at__isnull=True) | Q(expires_at__gt=at)
    found = ApiKey.objects.filter(valid, digest=digest_of(secret), revoked_at__isnull=True, user__is_active=True)
    return found.select_related("user").first()


def key_numbered(key: int) -> ApiKey | None:
    """The key of that number, in force or not."""
    return ApiKey.objects.filter(pk=key).select_related("user").first() if 0 < key < 2**63 else None


def keys_in_force(accounts: QuerySet[User], *, at: datetime) -> QuerySet[ApiKey]:
    """The keys of these accounts that open anything at `at`, by account."""
    valid = Q(expires_at__isnull=True) | Q(expires_at__gt=at)
    found = ApiKey.objects.filter(valid, user__in=accounts, revoked_at__isnull=True, user__is_active=True)
    return found.select_related("user").order_by("user__username", "id")


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


def staff_names() -> list[tuple[str, str]]:
    """Key and name of every account a person works with, those who have left included: their work is still found."""
    people = User.objects.filter(is_service=False).exclude(name="")
    return [(f"user/{username}", name) for username, name in people.values_list("username", "name")]
