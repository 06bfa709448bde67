"""Whoever told of a case that was known already, and cases that came back."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from liandong.cases.models.case import Case
from liandong.cases.rules.words import Identity


class JoinedReport(models.Model):
    """Another reporter of the same case: own number, own words, contact sealed under a key of their own.

    What the call-back of this reporter found stands here as well; it decides nothing about the case.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="joined")
    number = models.CharField(max_length=32, unique=True)
    channel = models.CharField(max_length=24)
    identity = models.CharField(max_length=12)
    note = models.TextField(default="", blank=True)
    has_phone = models.BooleanField(default=False)
    wrapped_key = models.BinaryField(null=True)
    sealed = models.BinaryField(null=True)
    phone_hash = models.BinaryField(max_length=32, null=True)
    tail_hash = models.BinaryField(max_length=32, null=True)
    joined_by = models.CharField(max_length=80)
    joined_at = models.DateTimeField()
    call_attempts = models.SmallIntegerField(default=0)
    called_at = models.DateTimeField(null=True)
    is_reached = models.BooleanField(null=True)
    is_solved = models.BooleanField(null=True)
    satisfaction = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(identity__in=[one.value for one in Identity]), name="a_joined_reporter_is_named_or_hidden"
            ),
            models.CheckConstraint(
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__range=(1, 5)),
                name="a_joined_reporter_is_satisfied_from_one_to_five",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "id"], name="joined_reports_of_a_case"),
            models.Index(fields=["phone_hash"], name="joined_reports_by_phone"),
            models.Index(fields=["tail_hash"], name="joined_reports_by_phone_tail"),
        ]


class CaseRecurrence(models.Model):
    """A problem that came back (回潮): as a new case, or as the old one reopened; then both are the same case."""

    district = models.CharField(max_length=6)
    case = models.ForeignKey(Case, models.CASCADE, related_name="came_back_from")
    of = models.ForeignKey(Case, models.CASCADE, related_name="came_back_as")
    kind = models.CharField(max_length=8)
    class_code = models.CharField(max_length=10)
    area = models.CharField(max_length=15)
    days = models.IntegerField()
    linked_by = models.CharField(max_length=80)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="new") & ~Q(case=F("of"))) | (Q(kind="reopen") & Q(case=F("of"))),
                name="what_came_back_is_a_new_case_or_the_old_one",
            ),
            models.UniqueConstraint(
                fields=["case", "of"], condition=Q(kind="new"), name="a_case_came_back_from_another_once"
            ),
        ]
        indexes = [
            models.Index(fields=["case", "id"], name="recurrences_by_case"),
            models.Index(fields=["of", "id"], name="recurrences_by_first_case"),
            models.Index(fields=["district", "linked_at", "id"], name="recurrences_by_day"),
        ]
