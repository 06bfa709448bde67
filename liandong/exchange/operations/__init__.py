"""Named verbs on webhooks, deliveries and the limits of keys."""

from __future__ import annotations

from liandong.exchange.operations.delivery import (
    Claim,
    claim_webhook,
    forget_old_deliveries,
    queue_deliveries,
    release_webhook,
    renew_claim,
    settle_delivery,
    withhold_delivery,
)
from liandong.exchange.operations.rates import set_key_rate, take_calls
from liandong.exchange.operations.replaying import ping_webhook, replay_deliveries, replay_delivery
from liandong.exchange.operations.webhooks import (
    MadeWebhook,
    change_webhook,
    make_webhook,
    pause_webhook,
    remove_webhook,
    resume_webhook,
    rotate_secret,
)

__all__ = [
    "Claim",
    "MadeWebhook",
    "change_webhook",
    "claim_webhook",
    "forget_old_deliveries",
    "make_webhook",
    "pause_webhook",
    "ping_webhook",
    "queue_deliveries",
    "release_webhook",
    "renew_claim",
    "remove_webhook",
    "replay_deliveries",
    "replay_delivery",
    "resume_webhook",
    "rotate_secret",
    "set_key_rate",
    "settle_delivery",
    "take_calls",
    "withhold_delivery",
]
