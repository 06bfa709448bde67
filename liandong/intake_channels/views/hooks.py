"""Where other platforms post: signed bodies, each message in a transaction of its own, committed before the answer."""

from __future__ import annotations

from typing import Final

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from liandong.areas.queries import district_codes
from liandong.intake_channels import figures
from liandong.intake_channels.contract import Channel, Result
from liandong.intake_channels.operations import refuse_body, take_message, use_nonce
from liandong.intake_channels.queries import ChannelUnknown, channel_named
from liandong.intake_channels.rules.signing import NonceUsed, SignatureWrong, TimestampOff, check_signature
from liandong.intake_channels.rules.words import Fate
from liandong.intake_channels.ways import way_of
from liandong.kernel.refusal import Refusal
from liandong.people.access import platform
from liandong.web.refusals import explain

_TURNED_AWAY: Final = (SignatureWrong, TimestampOff, NonceUsed)
log = structlog.get_logger("liandong.channels")


@csrf_exempt
@require_POST
def receive(request: HttpRequest, district: str, channel: str) -> HttpResponse:
    """Take what another platform sends. 200: see each result; 422: all were refused; 401, 409: nothing was read.

    Whoever hears nothing sends it again, newly signed: what was taken is told to be a duplicate.
    """
    try:
        found, actor = channel_named(channel), platform(channel)
        _let_in(request, district, found)
    except (ChannelUnknown, *_TURNED_AWAY) as refusal:
        return _turned_away(refusal, channel)
    given, at = request.headers.get("Content-Type", ""), timezone.now()
    try:
        messages = found.read(request.body, content_type=given)
    except Refusal as refusal:
        result = refuse_body(refusal, channel=found, district=district, actor=actor, at=at)
        return _answered(found, [result], content_type=given, status=refusal.status)
    results = [take_message(message, channel=found, district=district, actor=actor, at=at) for message in messages]
    is_all_refused = all(result.fate is Fate.REFUSED for result in results)
    return _answered(found, results, content_type=given, status=422 if is_all_refused else 200)


def _let_in(request: HttpRequest, district: str, channel: Channel) -> None:
    """Return when the body was signed by who may post here, just now and for the first time.

    :raises ChannelUnknown: this way in is not open
    :raises SignatureWrong, TimestampOff, NonceUsed: as they say
    """
    way, at = way_of(district, channel.code), timezone.now()
    if not way.keys or district not in district_codes():
        raise ChannelUnknown
    nonce = request.headers.get("X-Nonce", "")
    check_signature(
        request.headers.get("X-Signature", ""),
        keys=way.keys,
        moment=request.headers.get("X-Timestamp", ""),
        nonce=nonce,
        lane=way.lane,
        body=request.body,
        at=at,
    )
    use_nonce(nonce, lane=way.lane, actor=platform(channel.code), at=at)


def _turned_away(refusal: Refusal, channel: str) -> HttpResponse:
    """Answer who was not let in; nothing of what they sent is kept."""
    if not isinstance(refusal, ChannelUnknown):
        figures.TURNED_AWAY.labels(channel, refusal.code).inc()
    log.info("turned away", why=refusal.code)
    told = explain(refusal)
    content = {"state": "refused", "code": told.code, "reason": f"{told.says}{told.remedy}"}
    return JsonResponse(content, status=told.status, json_dumps_params={"ensure_ascii": False})


def _answered(channel: Channel, results: list[Result], *, content_type: str, status: int) -> HttpResponse:
    letter = channel.answer(results, content_type=content_type)
    return HttpResponse(letter.body, content_type=letter.content_type, status=status)
