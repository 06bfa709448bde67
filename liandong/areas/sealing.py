"""Tokens of tile sources, sealed with the installation's key: what the database holds opens no map."""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12
_PURPOSE = b"liandong tile token"


def sealed_token(token: str, *, district: str) -> bytes | None:
    """The token sealed, bound to the district whose source it is of; nothing where there is none."""
    if not token:
        return None
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_key()).encrypt(nonce, token.encode(), _binding(district))


def opened_token(sealed: bytes | memoryview | None, *, district: str) -> str:
    """The token; empty where there is none, or the installation's key does not open it."""
    content = bytes(sealed or b"")
    try:
        return AESGCM(_key()).decrypt(content[:_NONCE], content[_NONCE:], _binding(district)).decode()
    except (InvalidTag, ValueError):
        return ""


def _binding(district: str) -> bytes:
    return f"tiles/{district}".encode()


@cache
def _key() -> bytes:
    return hmac.digest(settings.SEALING_KEY.encode(), _PURPOSE, hashlib.sha256)
