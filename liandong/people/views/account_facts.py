"""Facts of an account as its pages show them: posts, sessions, keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from liandong.people.access import Actor, role_word
from liandong.people.models import Unit, User
from liandong.people.queries import keys_of, session_mark, sessions_of
from liandong.people.rules.key_scopes import SCOPES
from liandong.web.names import name_of, reads_english


def posts_held(actor: Actor) -> list[dict[str, str]]:
    """What somebody holds: role, unit, area, title, and by what."""
    units = {unit.code: unit for unit in Unit.objects.filter(pk__in={post.unit for post in actor.posts if post.unit})}
    words = {"post": _("岗位"), "lent": _("借调"), "grant": _("授权"), "cover": _("代班")}
    return [
        {
            "role": _(role_word(post.role)),
            "unit": name_of(units[post.unit]) if post.unit in units else "",
            "area": area_name(post.area),
            "title": post.title,
            "by": words.get(post.by, post.by),
        }
        for post in actor.posts
    ]


def area_name(code: str) -> str:
    """An area's name in the reader's language, with its code."""
    names: Mapping[str, tuple[str, str]] = import_string(settings.LIANDONG_AREA_NAMES)(code[:6]) if code else {}
    chinese, english = names.get(code, ("", ""))
    return f"{(english or chinese) if reads_english() else chinese} {code}".strip()


def session_rows(user: User, *, current: str | None, at: datetime) -> list[dict[str, Any]]:
    """The sessions of an account, the one that asks first."""
    rows = [
        {
            "mark": session_mark(row.session_key),
            "device": row.device or _("未知设备"),
            "address": row.address,
            "since": row.since_at,
            "seen": row.seen_at,
            "is_this": row.session_key == current,
        }
        for row in sessions_of(user, at=at)
    ]
    return sorted(rows, key=lambda row: not row["is_this"])


def key_rows(user: User, *, at: datetime) -> list[dict[str, Any]]:
    """The keys of an account and how each stands."""
    return [
        {
            "id": key.pk,
            "label": key.label,
            "scopes": [_(SCOPES[scope]) if scope in SCOPES else scope for scope in key.scopes.split()],
            "issued": key.issued_at,
            "until": key.expires_at,
            "used": key.last_used_on,
            "stopped": key.revoked_at,
            "is_over": key.expires_at is not None and key.expires_at <= at,
            "works": key.revoked_at is None and (key.expires_at is None or key.expires_at > at),
        }
        for key in keys_of(user)
    ]


def codes_left(user: User) -> int | None:
    """How many recovery codes are left; nothing where there are none to use."""
    found = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(found).get_unused_codes()) if found else None
