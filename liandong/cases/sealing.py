"""Sealing what identifies a reporter: AES-256-GCM with a key per case, itself wrapped by the installation's key."""

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

from liandong.cases.models import SealedReporter
from liandong.kernel.refusal import Refusal, marked

_NONCE = 12


@dataclass(frozen=True, slots=True)
class Contact:
    """What a reporter told about themselves, and the numbers taken out of their words."""

    name: str = ""
    phone: str = ""
    dwelling: str = ""
    taken: tuple[tuple[str, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to seal."""
        return not (self.name or self.phone or self.dwelling or self.taken)


class SealUnbroken(Refusal):
    """A seal that this installation's key does not open: the key was lost, or the row was moved between cases."""

    status = 409
    says = marked("报告人信息无法解封：封存密钥与数据不符。")
    remedy = marked("请管理员核对密钥目录；恢复备份时须一并恢复密钥（backup --with-keys）。")


def sealed(contact: Contact, *, case_id: int) -> SealedReporter:
    """Return the unsaved row that holds `contact` under a fresh key, bound to its case."""
    key = AESGCM.generate_key(bit_length=256)
    content = orjson.dumps(
        {"name": contact.name, "phone": contact.phone, "dwelling": contact.dwelling, "taken": contact.taken}
    )
    phone = digits(contact.phone)
    return SealedReporter(
        case_id=case_id,
        wrapped_key=_encrypt(_master(), key, case_id),
        sealed=_encrypt(key, content, case_id),
        phone_hash=phone_hash(phone) if phone else None,
        tail_hash=phone_hash(phone[-4:]) if phone else None,
    )


def unsealed(row: SealedReporter) -> Contact:
    """Return what was sealed; empty when the key has been destroyed.

    :raises SealUnbroken: the installation's key does not open it, or it was sealed for another case
    """
    if row.wrapped_key is None or row.sealed is None:
        return Contact()
    try:
        key = _decrypt(_master(), bytes(row.wrapped_key), row.case_id)
        content = orjson.loads(_decrypt(key, bytes(row.sealed), row.case_id))
    except InvalidTag:
        raise SealUnbroken from None
    taken = tuple((kind, text) for kind, text in content["taken"])
    return Contact(content["name"], content["phone"], content["dwelling"], taken)


def phone_hash(number: str) -> bytes:
    """The keyed hash under which a full number, or its last four digits, is found."""
    return hmac.digest(_master(), number.encode(), hashlib.sha256)


def digits(phone: str) -> str:
    """The digits of a phone number without the country's code."""
    bare = re.sub(r"\D", "", phone)
    return bare[2:] if len(bare) == 13 and bare.startswith("86") else bare


def masked(phone: str) -> str:
    """A phone number as a person without need sees it: 138****5678."""
    bare = digits(phone)
    return f"{bare[:3]}****{bare[-4:]}" if len(bare) >= 8 else "****" if bare else ""


@cache
def _master() -> bytes:
    return hashlib.sha256(b"liandong sealing " + settings.SEALING_KEY.encode()).digest()


def _encrypt(key: bytes, content: bytes, case_id: int) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, _binding(case_id))


def _decrypt(key: bytes, content: bytes, case_id: int) -> bytes:
    return AESGCM(key).decrypt(content[:_NONCE], content[_NONCE:], _binding(case_id))


def _binding(case_id: int) -> bytes:
    """What a seal is bound to, so that a row moved to another case does not open."""
    return b"case/%d" % case_id
