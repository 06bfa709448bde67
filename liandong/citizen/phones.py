"""The phone somebody has proven, kept on their own device: sealed in a cookie for a month, and nowhere here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from liandong.citizen.sealing import opened, packed, sealed, unpacked

COOKIE: Final = "ld_phone"
KEPT: Final = timedelta(days=30)
_PURPOSE: Final = "phone cookie"


def proven_phone(request: HttpRequest, *, at: datetime) -> str:
    """The phone proven on this device; empty where none was, or too long ago."""
    phone, _space, until = opened(unpacked(request.COOKIES.get(COOKIE, "")), purpose=_PURPOSE).partition(" ")
    return phone if until.isdigit() and int(until) > at.timestamp() else ""


def remember_phone(response: HttpResponse, phone: str, *, at: datetime) -> None:
    """Let the device keep a phone that was proven on it."""
    content = sealed(f"{phone} {int((at + KEPT).timestamp())}", purpose=_PURPOSE)
    response.set_cookie(
        COOKIE,
        packed(content),
        max_age=int(KEPT.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def forget_phone(response: HttpResponse) -> None:
    """Let the device forget it."""
    response.delete_cookie(COOKIE, samesite="Lax")
