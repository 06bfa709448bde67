"""The signature on whatever another system sends: whose it is, when it was sent, and that it was not sent before."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from liandong.kernel.refusal import Refusal, marked

DRIFT: Final = timedelta(minutes=5)
"""So far may the clocks of two systems stand apart."""

_MOMENT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_NONCE = re.compile(r"[A-Za-z0-9_.~-]{16,64}")


class SignatureWrong(Refusal):
    """A message without the signature of a key this district gave out for this channel."""

    status = 401
    says = marked("报文没有有效的签名。")
    remedy = marked("请核对密钥、签名原文与请求头，见渠道接口说明。")


class TimestampOff(Refusal):
    """A message that was signed too long ago, or in the future."""

    status = 401
    says = marked("报文的时间戳与本平台时钟相差 %(seconds)s 秒，超过五分钟。")
    remedy = marked("请校准时钟；重发时须用当前时间重新签名。")


class NonceUsed(Refusal):
    """The very same signed message a second time: somebody plays back what they heard."""

    status = 409
    says = marked("这份签名已经用过，报文可能被重放。")
    remedy = marked("重发同一内容时须用新的 X-Nonce 重新签名；内容本身不会重复登记。")


def signature(key: str, *, moment: str, nonce: str, lane: str, body: bytes) -> str:
    """HMAC-SHA256 in hexadecimal over second, nonce and lane (`district/channel`), a full stop after each, and body."""
    signed = f"{moment}.{nonce}.{lane}.".encode() + body
    return hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()


def check_signature(
    given: str, *, keys: Iterable[str], moment: str, nonce: str, lane: str, body: bytes, at: datetime
) -> timedelta:
    """Return how far our clock is ahead of the sender's, whose message was signed with one of `keys` about now.

    That the nonce is new, only the database knows.

    :raises SignatureWrong, TimestampOff: as they say
    """
    if not (_MOMENT.fullmatch(moment) and _NONCE.fullmatch(nonce)):
        raise SignatureWrong
    told = given.lower().encode()
    # Every key is tried, so that the time taken tells nothing of which one was near.
    fits = [
        hmac.compare_digest(signature(key, moment=moment, nonce=nonce, lane=lane, body=body).encode(), told)
        for key in keys
        if key
    ]
    if not any(fits):
        raise SignatureWrong
    drift = timedelta(seconds=at.timestamp() - float(moment))
    if abs(drift) > DRIFT:
        raise TimestampOff(seconds=round(abs(drift).total_seconds()))
    return drift
