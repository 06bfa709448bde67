"""What is asked for, ordered and promised beside the steps: applications, supervisions, notes, follow-ups, links."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from liandong.cases.models.case import Case
from liandong.cases.models.work import Assignment, Clock


class Application(models.Model):
    """Something asked of a supervisor: more time, coordination by the district, a second look (申请)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="applications")
    kind = models.CharField(max_length=16)
    asked_unit = models.CharField(max_length=40, default="", blank=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    reason = models.TextField()
    amount = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    time_unit = models.CharField(max_length=16, default="", blank=True)
    state = models.CharField(max_length=10, default="asked")
    answered_by = models.CharField(max_length=80, default="", blank=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["extension", "coordination", "appeal"]),
                name="an_application_asks_for_a_known_thing",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at__isnull=True)
                | Q(state__in=["granted", "refused", "lapsed"], answered_at__isnull=False),
                name="an_answered_application_says_when",
            ),
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(state="asked"), name="one_application_of_a_kind_waits_at_a_time"
            ),
        ]


class Supervision(models.Model):
    """One order to get on with it (督办): by itself when a clock is late, or written by a supervisor or leader."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="supervisions")
    level = models.SmallIntegerField()
    is_manual = models.BooleanField(default=False)
    unit = models.CharField(max_length=40, default="", blank=True)
    clock_kind = models.CharField(max_length=16, default="", blank=True)
    reply_clock = models.ForeignKey(Clock, models.SET_NULL, null=True, related_name="+", db_index=False)
    text = models.TextField(default="", blank=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    reply = models.TextField(default="", blank=True)
    replied_by = models.CharField(max_length=80, default="", blank=True)
    replied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(1, 3)), name="supervision_has_three_levels"),
        ]
        indexes = [models.Index(fields=["case", "id"], name="supervisions_of_a_case")]


class Note(models.Model):
    """Words that belong to a case beside its description: the reporter's own, or a station's (劝阻、配合).

    The timeline holds their hash, so that they may be blanked with the description.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=12)
    text = models.TextField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    is_reporters = models.BooleanField(default=False)


class FollowUp(models.Model):
    """A visit promised for a day after closing (善后跟踪), by the station of the place."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="follow_ups")
    unit = models.CharField(max_length=40)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=80, default="", blank=True)
    is_relapse = models.BooleanField(default=False)
    finding = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "due_on"], name="one_visit_is_promised_for_a_day"),
        ]
        indexes = [
            models.Index(fields=["unit", "due_on"], condition=Q(done_at__isnull=True), name="visits_still_to_be_made"),
        ]


class OutsideTask(models.Model):
    """A one-use link to an outside firm (外协): receipt, photos, done. The unit stays responsible, its clock runs on.

    Only the hash of the link's token is kept.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="outside_tasks")
    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="outside_tasks")
    firm = models.CharField(max_length=80)
    task = models.TextField()
    token_hash = models.BinaryField(max_length=32, unique=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    report = models.TextField(default="", blank=True)
    revoked_at = models.DateTimeField(null=True)
