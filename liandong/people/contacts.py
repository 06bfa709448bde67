"""Where staff are reached: telephone and e-mail, sealed with a key of their own, opened to show or to send."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from dataclasses import dataclass
from functools import cache

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from liandong.people.models import StaffContact

_NONCE = 12
_PURPOSE = b"liandong staff contact"
MOBILE = re.compile(r"^(?:\+?86)?(1[3-9]\d{9})$")


@dataclass(frozen=True, slots=True)
class Contact:
    """A mobile number of eleven digits and an e-mail address; either may be empty."""

    phone: str = ""
    email: str = ""

    @property
    def masked_phone(self) -> str:
        """The number as it is shown: 138****5678."""
        return f"{self.phone[:3]}****{self.phone[-4:]}" if self.phone else ""

    @property
    def masked_email(self) -> str:
        """The address as it is shown: l***@example.gov."""
        name, _at, host = self.email.partition("@")
        return f"{name[:1]}***@{host}" if host else ""


def contact_of(user_id: int) -> Contact:
    """Where somebody is reached; empty when nothing is kept, or the installation's key does not open it."""
    row = StaffContact.objects.filter(pk=user_id).first()
    if row is None:
        return Contact()
    sealed = bytes(row.sealed)
    try:
        content = AESGCM(_key()).decrypt(sealed[:_NONCE], sealed[_NONCE:], _binding(user_id))
    except InvalidTag:
        return Contact()
    return Contact(**orjson.loads(content))


def sealed_contact(contact: Contact, *, user_id: int) -> bytes:
    """The contact sealed, bound to its account."""
    nonce = os.urandom(_NONCE)
    content = orjson.dumps({"phone": contact.phone, "email": contact.email})
    return nonce + AESGCM(_key()).encrypt(nonce, content, _binding(user_id))


def mobile(number: str) -> str:
    """The eleven digits of a mobile number of the mainland, however it is spaced; empty for anything else."""
    found = MOBILE.match(re.sub(r"[\s()-]", "", number))
    return found.group(1) if found else ""


def _binding(user_id: int) -> bytes:
    return b"account/%d" % user_id


@cache
def _key() -> bytes:
    return hmac.digest(settings.SEALING_KEY.encode(), _PURPOSE, hashlib.sha256)
