"""Numbers given out, and answers given once."""

from __future__ import annotations

from django.db import models


class NumberSequence(models.Model):
    """One lane of a district's day: the next number it gives. `numbers` says how lanes share a day."""

    district = models.CharField(max_length=6)
    day = models.DateField()
    lane = models.SmallIntegerField()
    next = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "day", "lane"], name="a_day_has_each_of_its_lanes_once")
        ]


class IdempotentCall(models.Model):
    """An answer given to a call that carried an `Idempotency-Key`: the same call gets the same answer."""

    account = models.BigIntegerField()
    key = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32)
    status = models.SmallIntegerField()
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="an_idempotency_key_is_used_once")]
