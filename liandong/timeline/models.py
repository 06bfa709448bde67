"""The timeline, its seals and the positions of those who follow it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value
from django.db.models.functions import Now

Position = tuple[int, int]
"""(transaction number, entry id): the order in which entries become visible to followers."""

_KEYS = ArrayField(models.CharField(max_length=60))


class Entry(models.Model):
    """One thing that happened. Written once, in the transaction of the change it tells of.

    The database fills `seq`, `previous`, `hash`, `written_in` and `recorded_at`, and refuses update and delete.
    """

    about = models.CharField(max_length=24)
    about_id = models.BigIntegerField()
    seq = models.IntegerField(db_default=Value(0))
    event = models.CharField(max_length=60)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    area = models.CharField(max_length=15, db_default=Value(""))
    hearers = ArrayField(models.CharField(max_length=60), db_default=Value([], output_field=_KEYS))
    data = models.JSONField()
    written_in = models.BigIntegerField(db_default=Value(0))
    previous = models.BinaryField(max_length=32, db_default=Value(b""))
    hash = models.BinaryField(max_length=32, db_default=Value(b""))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["about", "about_id", "seq"], name="an_entry_has_one_place_in_its_chain"),
        ]
        indexes = [models.Index(fields=["written_in", "id"], name="timeline_in_commit_order")]

    @property
    def position(self) -> Position:
        """Where the entry stands in the order in which followers read."""
        return (self.written_in, self.id)


class Seal(models.Model):
    """A batch of entries hashed together, each seal over the one before: nobody can drop or add an entry unseen."""

    sealed_at = models.DateTimeField()
    first_written_in = models.BigIntegerField()
    first_id = models.BigIntegerField()
    last_written_in = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.IntegerField()
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)


class FollowerPosition(models.Model):
    """How far one follower has read; moved in the transaction of the follower's own effect."""

    name = models.CharField(max_length=60, primary_key=True)
    written_in = models.BigIntegerField(default=0)
    entry_id = models.BigIntegerField(default=0)
