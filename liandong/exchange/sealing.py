"""Secrets of webhooks, sealed with the installation's key: what the database holds signs nothing."""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from liandong.exchange.rules.signing import SECRET_BYTES

_NONCE = 12
_PURPOSE = b"liandong webhook secret"


def new_secret() -> bytes:
    """A secret nobody has had before."""
    return os.urandom(SECRET_BYTES)


def sealed_secret(secret: bytes, *, account: int) -> bytes:
    """The secret sealed, bound to the account whose webhook it is of."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_key()).encrypt(nonce, secret, _binding(account))


def opened_secret(sealed: bytes | memoryview, *, account: int) -> bytes | None:
    """The secret; nothing where the installation's key does not open it."""
    content = bytes(sealed)
    try:
        return AESGCM(_key()).decrypt(content[:_NONCE], content[_NONCE:], _binding(account))
    except InvalidTag:
        return None


def _binding(account: int) -> bytes:
    return b"webhook/%d" % account


@cache
def _key() -> bytes:
    return hmac.digest(settings.SEALING_KEY.encode(), _PURPOSE, hashlib.sha256)
