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

from liandong.cases.models import JoinedReport, SealedReporter
from liandong.kernel.refusal import Refusal, marked

_NONCE = 12


@dataclass(frozen=True, slots=True)
class Contact:
    """What a reporter told about themselves, and the numbers taken out of their words."""

    name: str = ""
    phone: str = ""
    dwelling: str = ""
    taken: tuple[tuple[str, str], ...] = ()
    email: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to seal."""
        return not (self.name or self.phone or self.dwelling or self.taken or self.email)


class SealUnbroken(Refusal):
    """A seal that this installation's key does not open: the key was lost, or the row was moved between cases."""

    status = 409
    says = marked("报告人信息无法解封：封存密钥与数据不符。")
    remedy = marked("请管理员核对密钥目录；恢复备份时须一并恢复密钥（backup --with-keys）。")


def sealed(contact: Contact, *, case_id: int) -> SealedReporter:
    """Return the unsaved row that holds `contact` under a fresh key, bound to its case."""
    row = SealedReporter(case_id=case_id)
    _seal_into(row, contact, binding=_binding(case_id))
    return row


def unsealed(row: SealedReporter) -> Contact:
    """Return what was sealed; empty when the key has been destroyed.

    :raises SealUnbroken: the installation's key does not open it, or it was sealed for another case
    """
    return _opened(row, binding=_binding(row.case_id))


def seal_joined(row: JoinedReport, contact: Contact) -> None:
    """Seal who joined a case into their row, bound to the number they were told."""
    _seal_into(row, contact, binding=_joined(row.number))


def unsealed_joined(row: JoinedReport) -> Contact:
    """Return who joined a case; empty when nothing was told or the key has been destroyed.

    :raises SealUnbroken: the installation's key does not open it, or it was sealed for another number
    """
    return _opened(row, binding=_joined(row.number))


def sealed_text(text: str, *, binding: bytes) -> tuple[bytes, bytes]:
    """A text that is no case's, under a fresh key: (the wrapped key, what was sealed), bound to where it stands."""
    key = AESGCM.generate_key(bit_length=256)
    return _encrypt(_master(), key, binding), _encrypt(key, text.encode(), binding)


def unsealed_text(wrapped_key: bytes, content: bytes, *, binding: bytes) -> str:
    """The text that was sealed.

    :raises SealUnbroken: the installation's key does not open it, or it was sealed for another place
    """
    try:
        return _decrypt(_decrypt(_master(), wrapped_key, binding), content, binding).decode()
    except InvalidTag:
        raise SealUnbroken from None


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


def _seal_into(row: SealedReporter | JoinedReport, contact: Contact, *, binding: bytes) -> None:
    key = AESGCM.generate_key(bit_length=256)
    content = orjson.dumps(contact)
    phone = digits(contact.phone)
    row.wrapped_key = _encrypt(_master(), key, binding)
    row.sealed = _encrypt(key, content, binding)
    row.phone_hash = phone_hash(phone) if phone else None
    row.tail_hash = phone_hash(phone[-4:]) if phone else None


def _opened(row: SealedReporter | JoinedReport, *, binding: bytes) -> Contact:
    if row.wrapped_key is None or row.sealed is None:
        return Contact()
    try:
        key = _decrypt(_master(), bytes(row.wrapped_key), binding)
        content = orjson.loads(_decrypt(key, bytes(row.sealed), binding))
    except InvalidTag:
        raise SealUnbroken from None
    taken = tuple((kind, text) for kind, text in content["taken"])
    return Contact(content["name"], content["phone"], content["dwelling"], taken, content.get("email", ""))


def _encrypt(key: bytes, content: bytes, binding: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, binding)


def _decrypt(key: bytes, content: bytes, binding: bytes) -> bytes:
    return AESGCM(key).decrypt(content[:_NONCE], content[_NONCE:], binding)


def _binding(case_id: int) -> bytes:
    """What a seal is bound to, so that a row moved to another case does not open."""
    return b"case/%d" % case_id


def _joined(number: str) -> bytes:
    return b"joined/" + number.encode()
