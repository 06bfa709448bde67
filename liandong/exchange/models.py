"""Who is told of what happens, each time they are, and how often a key may call."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from liandong.exchange.rules.words import Kind, Standing, State


def _one_of(field: str, values: type[Kind] | type[Standing] | type[State]) -> Q:
    return Q(**{f"{field}__in": [value.value for value in values]})


class Webhook(models.Model):
    """An address of another system that is told what its account may see.

    `events` narrows what it is told of, nothing meaning everything; `area` and `unit` narrow it to cases that lie there
    or are with that unit. Secrets are sealed. `lease_until` says who is sending to it now, `rest_until` that it is left
    alone after failures.
    """

    district = models.CharField(max_length=6)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    label = models.CharField(max_length=60)
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    area = models.CharField(max_length=15, default="", blank=True)
    unit = models.CharField(max_length=40, default="", blank=True)
    version = models.IntegerField(default=1)
    standing = models.CharField(max_length=8, default=Standing.ON)
    secret = models.BinaryField()
    former_secret = models.BinaryField(null=True)
    former_until_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    failures = models.IntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    rest_until = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    served_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_why = models.CharField(max_length=16, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_one_of("kind", Kind), name="a_webhook_speaks_a_known_language"),
            models.CheckConstraint(condition=_one_of("standing", Standing), name="a_webhook_is_on_paused_or_stopped"),
            models.CheckConstraint(
                condition=Q(former_secret__isnull=True) | Q(former_until_at__isnull=False),
                name="a_former_secret_ends_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(standing="stopped") | Q(stopped_at__isnull=False) & ~Q(stopped_why=""),
                name="a_stopped_webhook_says_since_when_and_why",
            ),
        ]
        indexes = [models.Index(fields=["account", "id"], name="webhooks_of_an_account")]

    def __str__(self) -> str:
        return self.label


class Delivery(models.Model):
    """One thing that happened, on its way to one webhook. `mark` is what the receiver knows it by, however often.

    `entry` is the entry of the timeline it tells of; nothing for a trial.
    """

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    mark = models.UUIDField(default=uuid.uuid4, unique=True)
    entry = models.BigIntegerField(null=True)
    event = models.CharField(max_length=60)
    number = models.CharField(max_length=32, default="", blank=True)
    happened_at = models.DateTimeField()
    queued_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    why = models.CharField(max_length=16, default="", blank=True)
    attempts = models.SmallIntegerField(default=0)
    """Since it was queued or replayed."""
    next_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "entry"], name="a_webhook_is_told_of_an_entry_once"),
            models.CheckConstraint(condition=_one_of("state", State), name="a_delivery_is_in_a_known_state"),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(next_at__isnull=False),
                name="a_waiting_delivery_knows_when_it_is_tried_next",
            ),
        ]
        indexes = [
            models.Index(fields=["webhook", "next_at", "id"], condition=Q(state="waiting"), name="deliveries_to_send"),
            models.Index(fields=["webhook", "id"], name="deliveries_of_a_webhook"),
            models.Index(fields=["queued_at"], name="deliveries_by_age"),
        ]


class Attempt(models.Model):
    """One time a delivery was sent, and what came back."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    took_ms = models.IntegerField()
    status = models.SmallIntegerField()
    why = models.CharField(max_length=16, default="", blank=True)
    detail = models.CharField(max_length=200, default="", blank=True)


class KeyRate(models.Model):
    """How many calls one key may make in a minute, where that is another number than for all keys."""

    key = models.OneToOneField("people.ApiKey", models.CASCADE, primary_key=True, related_name="+")
    per_minute = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(per_minute__gte=1), name="a_key_may_call_at_least_once_a_minute"),
        ]


class KeyUse(models.Model):
    """How many calls of a key's minute have been handed out. Not logged by PostgreSQL: a crash forgets a minute."""

    key = models.OneToOneField("people.ApiKey", models.CASCADE, primary_key=True, related_name="+")
    minute = models.BigIntegerField()
    taken = models.IntegerField()
