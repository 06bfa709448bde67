"""Who reported, sealed."""

from __future__ import annotations

from django.db import models

from liandong.cases.models.case import Case


class SealedReporter(models.Model):
    """Who reported, sealed with a key of the case's own. Destroying the key anonymises the case for good."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="sealed")
    wrapped_key = models.BinaryField(null=True)
    sealed = models.BinaryField(null=True)
    phone_hash = models.BinaryField(max_length=32, null=True)
    tail_hash = models.BinaryField(max_length=32, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["phone_hash"], name="cases_by_phone"),
            models.Index(fields=["tail_hash"], name="cases_by_phone_tail"),
        ]
