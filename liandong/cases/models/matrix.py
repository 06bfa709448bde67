"""The responsibility matrix in its versions."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class MatrixVersion(models.Model):
    """One edition of the responsibility matrix: a draft, or in force from a day until a later one takes over.

    `revision` counts the changes made to a draft; once it is published, nothing of it changes any more.
    """

    district = models.CharField(max_length=6)
    number = models.IntegerField()
    title = models.CharField(max_length=80)
    note = models.CharField(max_length=200, default="", blank=True)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="drafts")
    is_loaded = models.BooleanField(default=False)
    revision = models.IntegerField(default=0)
    since_on = models.DateField(null=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="a_matrix_version_has_its_own_number"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(since_on__isnull=False),
                name="a_published_matrix_says_from_when_it_holds",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Responsibility(models.Model):
    """A row of the responsibility matrix: class or subtree × area or prefix × filing condition → who must solve it."""

    district = models.CharField(max_length=6)
    version = models.ForeignKey(MatrixVersion, models.CASCADE, related_name="rows")
    class_prefix = models.CharField(max_length=10)
    area_prefix = models.CharField(max_length=15)
    condition = models.CharField(max_length=20, default="*")
    lead = models.CharField(max_length=60)
    assisting = ArrayField(models.CharField(max_length=60), default=list)
    fallback = models.CharField(max_length=60)
    reason = models.CharField(max_length=160)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "class_prefix", "area_prefix", "condition"], name="a_responsibility_is_stated_once"
            ),
        ]
