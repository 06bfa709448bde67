"""Work that is asked for once and done row by row: steps on many cases, and files made of many."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Batch(models.Model):
    """One step asked for on many cases at once. It is done by the platform as whoever asked, row by row."""

    account = models.BigIntegerField()
    actor = models.CharField(max_length=80)
    verb = models.CharField(max_length=16)
    details = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verb__in=["accept", "dispatch", "receive", "remind"]), name="a_batch_takes_a_known_step"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(ended_at__isnull=True), name="batches_to_do"),
            models.Index(fields=["account", "-id"], name="batches_of_a_person"),
        ]


class BatchRow(models.Model):
    """What came of the step on one case: `waiting`, `done`, or `refused` with the refusal's name and values."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows")
    place = models.IntegerField()
    number = models.CharField(max_length=32)
    version = models.IntegerField()
    state = models.CharField(max_length=8, default="waiting")
    refusal = models.CharField(max_length=60, default="", blank=True)
    says = models.TextField(default="", blank=True)
    remedy = models.TextField(default="", blank=True)
    values = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="a_batch_takes_a_case_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", done_at__isnull=True)
                | Q(state__in=["done", "refused"], done_at__isnull=False),
                name="a_batch_row_says_when_it_was_done",
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "place"], condition=Q(state="waiting"), name="batch_rows_to_do"),
        ]


class ExportJob(models.Model):
    """A file being made of a list: a workbook (`xlsx`) or lines (`csv`).

    A maker that dies leaves `touched_at` behind, and another begins anew.
    """

    account = models.BigIntegerField()
    actor = models.CharField(max_length=80)
    language = models.CharField(max_length=10)
    asked = models.JSONField(default=dict)
    order = models.CharField(max_length=12, default="newest")
    columns = ArrayField(models.CharField(max_length=20), default=list)
    kind = models.CharField(max_length=4, default="xlsx")
    state = models.CharField(max_length=8, default="waiting")
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    file = models.CharField(max_length=64, default="", blank=True)
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "making", "ready", "refused"]), name="an_export_is_at_a_known_state"
            ),
            models.CheckConstraint(condition=~Q(state="ready") | ~Q(file=""), name="a_ready_export_has_a_file"),
            models.CheckConstraint(condition=Q(kind__in=["xlsx", "csv"]), name="an_export_is_a_workbook_or_lines"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state__in=["waiting", "making"]), name="exports_to_make"),
            models.Index(fields=["account", "-id"], name="exports_of_a_person"),
        ]
