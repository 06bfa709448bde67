"""One-time codes: six digits of a keyed hash, compared without telling how much of them was right."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Final

GOOD_FOR: Final = timedelta(minutes=10)
MOST_TRIES: Final = 5
DIGITS: Final = 6


def code_from(key: bytes, *, salt: bytes) -> str:
    """The code that belongs to a salt."""
    digest = hmac.digest(key, salt, hashlib.sha256)
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}d}"


def is_code(given: str, code: str) -> bool:
    """Whether what was typed is the code; blanks do not count, full-width digits do."""
    typed = "".join(str(int(sign)) for sign in given if sign.isdecimal())
    return hmac.compare_digest(typed.encode(), code.encode())
