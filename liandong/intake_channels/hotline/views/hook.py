"""The webhook of telephone systems: signed events, each answered after it is committed (`docs/channels/calls.md`)."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from liandong.intake_channels.hotline.operations import Taken, count_refused_event, take_call_event
from liandong.intake_channels.hotline.queries import secrets_of
from liandong.intake_channels.hotline.rules.contract import event_in, lane_of
from liandong.intake_channels.rules.signing import check_signature
from liandong.kernel.refusal import Refusal
from liandong.web.middleware import problem
from liandong.web.refusals import explain

log = structlog.get_logger("hotline")


@csrf_exempt
@require_POST
def calls(request: HttpRequest, district: str) -> HttpResponse:
    """Take one event of a call: `X-Timestamp`, `X-Nonce` and `X-Signature` over them and the body.

    A refusal is a problem document, whoever asks; it is counted where the district has a telephone system.
    """
    at = timezone.now()
    secrets = secrets_of(district)
    try:
        taken = _take(request, district, secrets, at=at)
    except Refusal as refusal:
        if secrets:
            count_refused_event(district, code=refusal.code, at=at)
        log.info("refused", code=refusal.code, district=district)
        return problem(explain(refusal))
    return JsonResponse({"state": taken.state, "new": taken.is_new, "unknown_agent": taken.unknown_agent})


def _take(request: HttpRequest, district: str, secrets: tuple[str, ...], *, at: datetime) -> Taken:
    headers, nonce = request.headers, request.headers.get("X-Nonce", "")
    drift = check_signature(
        headers.get("X-Signature", ""),
        keys=secrets,
        moment=headers.get("X-Timestamp", ""),
        nonce=nonce,
        lane=lane_of(district),
        body=request.body,
        at=at,
    )
    event = event_in(request.body, sent_at=at - drift)
    return take_call_event(district, event=event, nonce=nonce, shift=drift, at=at)
