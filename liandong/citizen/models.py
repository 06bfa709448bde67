"""What the pages for everybody keep, all of it for hours at most: counts against floods, and codes on their way."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Allowance(models.Model):
    """How often something was asked from one place in one span of time.

    `key` is a keyed hash of kind, place (an address, a phone) and span together: rows of two spans cannot be told to
    be of the same place, and nothing leads back to it. Rows are forgotten when their span is over.
    """

    key = models.BinaryField(primary_key=True, max_length=32)
    used = models.IntegerField()
    until = models.DateTimeField(db_index=True)


class PhoneCode(models.Model):
    """A one-time code on its way to a phone, until it is used or its minutes are over.

    The code itself stands nowhere: it is made of the salt and the installation's key whenever it is needed. The phone
    is sealed, and absent where nothing is to be sent.
    """

    ticket = models.UUIDField(unique=True)
    salt = models.BinaryField(max_length=16)
    phone_hash = models.BinaryField(max_length=32)
    sealed = models.BinaryField(null=True)
    number = models.CharField(max_length=32, default="", blank=True)
    """The case it opens; empty where it only proves the phone."""
    tries = models.SmallIntegerField(default=0)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tries__gte=0, tries__lte=5), name="a_code_is_tried_five_times_at_most"),
        ]


class Joining(models.Model):
    """A "me too" that was taken, by the hash of the key its sender made: the same one again is the same one."""

    key = models.BinaryField(primary_key=True, max_length=32)
    number = models.CharField(max_length=32)
    at = models.DateTimeField(db_index=True)
