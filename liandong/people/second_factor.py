"""The second factor: allauth's authenticators, their secrets sealed, and which time step a code belongs to.

allauth keeps used codes in a cache of one process; here the last step is kept with the secret, so that a code is good
once, whichever process is asked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from liandong.people.models import User

_NONCE = 12
_PURPOSE = b"liandong second factor"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What somebody needs to set up their authenticator: the secret to type, and a drawing of it to scan."""

    secret: str
    picture: str

    @property
    def grouped(self) -> str:
        """The secret in groups of four, as one types it."""
        return " ".join(self.secret[start : start + 4] for start in range(0, len(self.secret), 4))


class Sealing(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are sealed with the installation's key: a stolen database gives no codes."""

    def encrypt(self, text: str) -> str:
        """Return `text` sealed."""
        nonce = os.urandom(_NONCE)
        return base64.b64encode(nonce + AESGCM(_key()).encrypt(nonce, text.encode(), _PURPOSE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what was sealed."""
        sealed = base64.b64decode(encrypted_text)
        return AESGCM(_key()).decrypt(sealed[:_NONCE], sealed[_NONCE:], _PURPOSE).decode()


def new_secret() -> str:
    """A fresh secret, sealed for the session that carries it until it is confirmed."""
    return Sealing().encrypt(generate_totp_secret())


def enrolment(user: User, sealed_secret: str) -> Enrolment:
    """What is shown to set up an authenticator with a secret."""
    secret = Sealing().decrypt(sealed_secret)
    drawing = Sealing().build_totp_svg(Sealing().build_totp_url(user, secret))
    return Enrolment(secret, "data:image/svg+xml;base64," + base64.b64encode(drawing.encode()).decode())


def fitting_step(secret: str, code: str, *, at: datetime) -> int | None:
    """The time step whose code this is, now or one step off; nothing for a wrong code."""
    given = "".join(code.split())
    now = int(at.timestamp()) // app_settings.TOTP_PERIOD
    for step in range(now - app_settings.TOTP_TOLERANCE, now + app_settings.TOTP_TOLERANCE + 1):
        if hmac.compare_digest(format_hotp_value(hotp_value(secret, step)).encode(), given.encode()):
            return step
    return None


def has_second_factor(user: User) -> bool:
    """Whether a code is asked of this account at sign-in."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())


def must_have(user: User, role_codes: Iterable[str]) -> bool:
    """Whether one of these roles asks for a second factor; never of demo accounts."""
    return not user.is_demo and not frozenset(settings.LIANDONG_SECOND_FACTOR_ROLES).isdisjoint(role_codes)


@cache
def _key() -> bytes:
    # A key of its own: what seals reporters never encrypts anything else.
    return hmac.digest(settings.SEALING_KEY.encode(), _PURPOSE, hashlib.sha256)
