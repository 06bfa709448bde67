"""Lasting problems: what stands behind many cases at one place."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from liandong.cases.models.case import Case


class Problem(models.Model):
    """A lasting problem (问题): a matter at a place, never a person. It owns cases and has an owner of its own."""

    district = models.CharField(max_length=6)
    title = models.CharField(max_length=80)
    description = models.TextField(default="", blank=True)
    class_code = models.CharField(max_length=10)
    area = models.CharField(max_length=15)
    address = models.CharField(max_length=200, default="", blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    owner_unit = models.CharField(max_length=40)
    state = models.CharField(max_length=8, default="open")
    version = models.IntegerField(default=1)
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["open", "solved"]), name="a_problem_is_open_or_solved"),
            models.CheckConstraint(
                condition=Q(state="solved", solved_at__isnull=False) | Q(state="open", solved_at__isnull=True),
                name="a_problem_is_solved_at_an_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "state", "id"], name="problems_by_state"),
            models.Index(fields=["owner_unit", "id"], name="problems_by_owner"),
        ]

    def __str__(self) -> str:
        return self.title


class ProblemCase(models.Model):
    """A case that belongs to a problem, by whom and why."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="links")
    case = models.ForeignKey(Case, models.CASCADE, related_name="problems")
    reason = models.CharField(max_length=200, default="", blank=True)
    linked_by = models.CharField(max_length=80)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["problem", "case"], name="a_case_belongs_to_a_problem_once")]
        indexes = [models.Index(fields=["case", "id"], name="problems_of_a_case")]
