"""Telling those who keep webhooks that one was stopped: in their inbox, in the transaction that stops it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Final

from django.utils import translation
from django.utils.translation import gettext

from liandong.exchange.models import Webhook
from liandong.exchange.queries import KEEP, roles_that
from liandong.notify.operations import About, Outbox, Recipient
from liandong.notify.rules.notices import BY_CODE
from liandong.people.hands import holders_of
from liandong.people.rules.scope import Thing

NOTICE: Final = "webhook_stopped"


def tell_keepers(webhook: Webhook, why: str, *, at: datetime) -> int:
    """Write a message to everybody who keeps webhooks in its district; return how many messages that made."""
    about = About("webhook", webhook.pk, webhook.label[:40], webhook.district, webhook.district)
    outbox = Outbox(at)
    for keeper in holders_of(roles_that(KEEP), district=webhook.district, at=at):
        if keeper.may(KEEP, Thing(webhook.district)):
            cause = f"webhook/{webhook.pk}/{webhook.stopped_at:%Y%m%d%H%M%S}"
            to = Recipient("person", person=keeper.user_id)
            outbox.tell(BY_CODE[NOTICE], to, about=about, values=partial(_values, webhook, why), cause=cause)
    return outbox.post()


def _values(webhook: Webhook, why: str, language: str) -> Mapping[str, str]:
    with translation.override(language):
        return {"number": webhook.label, "reason": gettext(why)}
