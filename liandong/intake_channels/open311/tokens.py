"""Tokens: a case's number, sealed so that only numbers we gave out can be asked for.

We number a case at once, so a POST answers with `service_request_id`. A client that would rather follow a token adds
`token=true` to its POST and gets that instead; `GET /tokens/{token}` then gives both. Nothing is stored for it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from django.conf import settings

from liandong.intake_channels.open311.faults import TokenUnknown

_SEAL_BYTES = 12


def token_of(number: str) -> str:
    """The token of a case's number."""
    plain = number.encode("ascii")
    return base64.urlsafe_b64encode(_seal(plain) + plain).decode("ascii").rstrip("=")


def number_behind(token: str) -> str:
    """The number a token was made of.

    :raises TokenUnknown: we never made it
    """
    try:
        content = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        seal, plain = content[:_SEAL_BYTES], content[_SEAL_BYTES:]
        if hmac.compare_digest(seal, _seal(plain)):
            return plain.decode("ascii")
    except (UnicodeError, binascii.Error):
        pass
    raise TokenUnknown


def _seal(plain: bytes) -> bytes:
    key = b"open311 token " + settings.SECRET_KEY.encode()
    return hmac.digest(key, plain, hashlib.sha256)[:_SEAL_BYTES]
