"""Seals of the pages for everybody: phones on their way or in a cookie, links that follow a case, hashes of places.

Each has a key of its own, made of the installation's: what one seal says cannot be passed off as another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from functools import cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE: Final = 12
_SEAL: Final = 15


@cache
def key_for(purpose: str) -> bytes:
    """The key of one purpose."""
    return hmac.digest(settings.SEALING_KEY.encode(), f"liandong citizen {purpose}".encode(), hashlib.sha256)


def mark_of(*parts: str, purpose: str) -> bytes:
    """A keyed hash of some words: the same words give the same, and nothing leads back."""
    return hmac.digest(key_for(purpose), "\x00".join(parts).encode(), hashlib.sha256)


def sealed(text: str, *, purpose: str) -> bytes:
    """`text` encrypted."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key_for(purpose)).encrypt(nonce, text.encode(), purpose.encode())


def opened(content: bytes, *, purpose: str) -> str:
    """What was sealed; empty where the seal is not ours, or was broken."""
    try:
        return AESGCM(key_for(purpose)).decrypt(content[:_NONCE], content[_NONCE:], purpose.encode()).decode()
    except (InvalidTag, ValueError):
        return ""


def signed(text: str, *, purpose: str) -> str:
    """`text` with its signature, as it may stand in an address."""
    content = text.encode()
    seal = hmac.digest(key_for(purpose), content, hashlib.sha256)[:_SEAL]
    return base64.urlsafe_b64encode(seal + content).decode().rstrip("=")


def unsigned(token: str, *, purpose: str) -> str:
    """What was signed; empty where we did not."""
    try:
        whole = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
        seal, content = whole[:_SEAL], whole[_SEAL:]
        right = hmac.digest(key_for(purpose), content, hashlib.sha256)[:_SEAL]
        return content.decode() if hmac.compare_digest(seal, right) else ""
    except (UnicodeError, binascii.Error):
        return ""


def packed(content: bytes) -> str:
    """Bytes as a cookie holds them."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def unpacked(text: str) -> bytes:
    """The bytes of a cookie; none where it holds no such thing."""
    try:
        return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (UnicodeError, binascii.Error):
        return b""
