"""Keeping a message that waits or was refused: sealed under a key of the channels' own, bound to its row."""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12


def sealed_message(raw: bytes, *, ref: UUID) -> bytes:
    """Return `raw` so that only this installation can read it, and only as the message `ref`."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(_key(b"content")).encrypt(nonce, raw, ref.bytes)


def unsealed_message(content: bytes, *, ref: UUID) -> bytes | None:
    """Return what was sealed; nothing where the key was lost or the row was tampered with."""
    try:
        return AESGCM(_key(b"content")).decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], ref.bytes)
    except InvalidTag:
        return None


def digest_of(content: bytes) -> bytes:
    """The keyed digest by which the same content is recognised; without the key nothing can be guessed from it."""
    return hmac.digest(_key(b"digest"), content, hashlib.sha256)


@cache
def _key(use: bytes) -> bytes:
    return hashlib.sha256(b"liandong channels " + use + b" " + settings.SEALING_KEY.encode()).digest()
