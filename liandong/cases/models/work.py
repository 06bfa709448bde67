"""What is done about a case: to whom it was sent, which clocks run, and what moved them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from liandong.cases.models.case import Case
from liandong.cases.rules.words import ClockKind, Part


class Assignment(models.Model):
    """A case sent to one unit: from the moment it was sent until it was handed in, returned or ended.

    What was handed down has the assignment above it as `parent`; the lowest of a line holds the work.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="assignments")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="below", db_index=False)
    unit = models.CharField(max_length=40)
    part = models.CharField(max_length=8, default=Part.LEAD)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    arrived_lon = models.FloatField(null=True)
    arrived_lat = models.FloatField(null=True)
    enforcer = models.CharField(max_length=80, default="", blank=True)
    answers_for = models.CharField(max_length=40, default="", blank=True)
    acknowledged_by = models.CharField(max_length=80, default="", blank=True)
    """Who took the order over the telephone."""
    result = models.TextField(default="", blank=True)
    """What an assisting unit did; the lead's result stands on the case."""
    handed_in_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=24, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(part__in=[part.value for part in Part]), name="an_assignment_has_a_known_part"
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(ended_at__isnull=True, part="lead", parent__isnull=True),
                name="a_case_has_one_lead_unit",
            ),
            models.UniqueConstraint(
                fields=["parent"],
                condition=Q(ended_at__isnull=True, parent__isnull=False),
                name="what_is_handed_down_has_one_holder",
            ),
            models.UniqueConstraint(
                fields=["case", "unit"], condition=Q(ended_at__isnull=True), name="a_unit_has_a_case_once"
            ),
        ]
        indexes = [models.Index(fields=["case", "id"], name="assignments_of_a_case")]


class Clock(models.Model):
    """One running or stopped clock. It copies its limit and clause when it starts, so later rules cannot change it.

    `wake_at` is when the sweep must look at it next, `rung` how far it has climbed: see `rules.ladder`.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="clocks")
    assignment = models.ForeignKey(Assignment, models.CASCADE, null=True, related_name="clocks", db_index=False)
    kind = models.CharField(max_length=16)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    unit = models.CharField(max_length=16)
    clause = models.CharField(max_length=120, default="", blank=True)
    calendar = models.CharField(max_length=20, default="")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=24, default="", blank=True)
    overdue_at = models.DateTimeField(null=True)
    moved_seconds = models.BigIntegerField(default=0)
    rung = models.SmallIntegerField(default=0)
    wake_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ClockKind]), name="a_clock_is_of_a_known_kind"
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="a_clock_is_due_after_it_starts"),
            models.CheckConstraint(
                condition=Q(wake_at__isnull=True) | Q(stopped_at__isnull=True, paused_at__isnull=True),
                name="only_a_running_clock_wakes_anybody",
            ),
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(stopped_at__isnull=True, assignment__isnull=True) & ~Q(kind="supervision"),
                name="one_clock_of_a_kind_runs_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["assignment", "kind"],
                condition=Q(stopped_at__isnull=True, assignment__isnull=False) & ~Q(kind="supervision"),
                name="one_clock_of_a_kind_runs_for_an_assignment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["wake_at", "id"], condition=Q(wake_at__isnull=False), name="clocks_that_wake_somebody"
            ),
            models.Index(
                fields=["case"], condition=Q(kind="check", stopped_at__isnull=True), name="checks_that_are_awaited"
            ),
        ]


class ClockMove(models.Model):
    """One move of a clock's due time, and why: what "why this time" tells line by line.

    `since_at` is when a pause or a check began, of which the clock did not run; nothing for an extension.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="clock_moves")
    clock = models.ForeignKey(Clock, models.CASCADE, related_name="moves")
    by = models.CharField(max_length=24)
    since_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    before = models.DateTimeField()
    after = models.DateTimeField()
    amount = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    unit = models.CharField(max_length=16, default="", blank=True)
    reason = models.CharField(max_length=400, default="", blank=True)
