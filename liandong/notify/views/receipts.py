"""The webhook of the HTTP gateway: signed receipts, taken as often as they come."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from liandong.kernel.refusal import Refusal, marked
from liandong.notify.channels import receipt_signature, reports_in
from liandong.notify.operations import take_report

LONGEST_DRIFT_SECONDS = 300
LONGEST_BODY = 262_144


class ReceiptUnsigned(Refusal):
    """A receipt that does not carry the signature of our gateway, or carries an old one."""

    status = 401
    says = marked("回执没有有效的签名。")
    remedy = marked("请核对回执密钥与时钟，见运维手册“消息”。")


class ReceiptUnreadable(Refusal):
    """A receipt in no form we know."""

    status = 422
    says = marked("回执无法识别。")
    remedy = marked("应为含 id 与 state 的 JSON 对象或其数组，见运维手册“消息”。")


@csrf_exempt
@require_POST
def sms_receipts(request: HttpRequest) -> HttpResponse:
    """Take receipts: `X-Timestamp` in seconds and `X-Signature` over it and the body (`receipt_signature`).

    Each is committed before the answer, so that a gateway that hears nothing sends it again.
    """
    body = request.body
    if not _is_signed(request, body):
        raise ReceiptUnsigned
    if len(body) > LONGEST_BODY:
        raise ReceiptUnreadable
    try:
        reports = reports_in(body)
    except (ValueError, RecursionError):
        raise ReceiptUnreadable from None
    at = timezone.now()
    taken = sum(take_report(report, transport="sms_http", at=at) for report in reports)
    return JsonResponse({"received": len(reports), "new": taken})


def _is_signed(request: HttpRequest, body: bytes) -> bool:
    secret, moment = settings.LIANDONG_SMS_RECEIPT_SECRET, request.headers.get("X-Timestamp", "")
    if not secret or not moment.isascii() or not moment.isdecimal() or len(moment) > 12:
        return False
    if abs(timezone.now().timestamp() - int(moment)) > LONGEST_DRIFT_SECONDS:
        return False
    given = request.headers.get("X-Signature", "").lower().encode()
    return hmac.compare_digest(receipt_signature(secret, moment, body).encode(), given)
