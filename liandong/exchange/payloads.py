"""What a delivery says: made anew at every sending, from what its subscriber may see at that moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from liandong.cases.api.rows import COLUMNS, entry_row, row_of
from liandong.cases.queries import case_for, hidden_reporter, permitted_cases, public_cases, trace_for
from liandong.cases.rules.words import CLOSING_WORDS, STAGE_WORDS, Closing, Stage
from liandong.exchange.addresses import Target, target_of
from liandong.exchange.models import Delivery
from liandong.exchange.rules.pushing import PING
from liandong.exchange.rules.signing import signed
from liandong.exchange.rules.words import Kind
from liandong.exchange.sealing import opened_secret
from liandong.people.access import Actor, NotFound

AGENT: Final = "Liandong-Webhook/1"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery ready to leave."""

    target: Target
    body: bytes
    headers: dict[str, str]


def parcel_of(delivery: Delivery, *, actor: Actor, at: datetime) -> Parcel:
    """What is sent now.

    :raises NotFound: the subscriber may not see the case, or not this of it
    :raises Refusal: the address is none that may be sent to any more
    """
    webhook = delivery.webhook
    target = target_of(webhook.url)
    if webhook.kind == Kind.OPEN311:
        return _update_of_request(delivery, target, account=actor.user_id or 0)
    content = {"type": delivery.event, "timestamp": delivery.happened_at, "data": _told(delivery, actor)}
    body = orjson.dumps(content, option=orjson.OPT_UTC_Z)
    secrets = [webhook.secret]
    if webhook.former_secret is not None and webhook.former_until_at is not None and at < webhook.former_until_at:
        secrets.append(webhook.former_secret)
    opened = [secret for one in secrets if (secret := opened_secret(one, account=webhook.account_id)) is not None]
    mark = f"msg_{delivery.mark.hex}"
    headers = signed(mark, int(at.timestamp()), body, secrets=opened)
    return Parcel(target, body, {**headers, "Content-Type": "application/json", "User-Agent": AGENT})


def _told(delivery: Delivery, actor: Actor) -> dict[str, Any]:
    """The entry as the timeline of the interface shows it, and the case as its list does."""
    if delivery.event == PING:
        return {"webhook": delivery.webhook.label}
    case = case_for(actor, delivery.number)
    entry = trace_for(actor, case).filter(pk=delivery.entry or 0).first()
    columns = permitted_cases(actor).filter(pk=case.pk).values_list(*COLUMNS).first()
    if entry is None or columns is None:
        raise NotFound(what=case.number)
    told = entry_row(entry, actor=actor, hidden=hidden_reporter(case))
    return {"number": case.number, **told, "case": row_of(columns)}


def _update_of_request(delivery: Delivery, target: Target, *, account: int) -> Parcel:
    """The state of a request for whoever brought it, as `servicerequestupdates` of Open311: a form and an api_key."""
    webhook = delivery.webhook
    row: dict[str, Any] = {"stage": "", "closing": "", "answer": ""}
    if delivery.event != PING:
        mine = public_cases(webhook.district).filter(reporter=account, number=delivery.number)
        found = mine.values("stage", "closing", "answer", "ended_at").first()
        if found is None:
            raise NotFound(what=delivery.number)
        row = dict(found)
    form = {
        "jurisdiction_id": webhook.district,
        "api_key": (opened_secret(webhook.secret, account=webhook.account_id) or b"").decode("utf-8"),
        "service_request_id": delivery.number,
        "update_id": delivery.mark.hex,
        "status": "closed" if row.get("ended_at") else "open",
        "updated_datetime": delivery.happened_at.isoformat(timespec="seconds"),
        "description": _in_words(row["stage"], row["closing"], row["answer"] if row.get("ended_at") else ""),
    }
    kind = "application/x-www-form-urlencoded; charset=utf-8"
    return Parcel(target, urlencode(form).encode("ascii"), {"Content-Type": kind, "User-Agent": AGENT})


def _in_words(stage: str, closing: str, answer: str) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        words = gettext(STAGE_WORDS[Stage(stage)]) if stage else gettext("连接测试")
        state = f"{words} ({gettext(CLOSING_WORDS[Closing(closing)])})" if closing else words
    return f"{state}: {answer}" if answer else state
