"""What happens to webhooks and to the limits of keys. No secret and no address with its path stands here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WebhookMade:
    """An account lets itself be told of what happens; `host` is where it is told."""

    label: str
    kind: str
    host: str
    events: tuple[str, ...] = ()
    area: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class WebhookChanged:
    label: str
    host: str
    events: tuple[str, ...] = ()
    area: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class WebhookRotated:
    """A new secret signs; the one before signs too, so many hours longer."""

    label: str
    overlap_hours: int


@dataclass(frozen=True, slots=True)
class WebhookPaused:
    label: str


@dataclass(frozen=True, slots=True)
class WebhookResumed:
    label: str


@dataclass(frozen=True, slots=True)
class WebhookStopped:
    """Nothing is sent any more, because nothing was taken for days, or because the receiver said it is gone."""

    label: str
    host: str
    why: str
    failures: int


@dataclass(frozen=True, slots=True)
class WebhookRemoved:
    label: str
    host: str


@dataclass(frozen=True, slots=True)
class DeliveriesReplayed:
    """Somebody had so many deliveries sent again."""

    label: str
    count: int
    since: str = ""


@dataclass(frozen=True, slots=True)
class KeyRateSet:
    """How many calls a key may make in a minute; nothing for as many as all others."""

    label: str
    per_minute: int | None
