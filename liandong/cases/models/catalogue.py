"""The catalogue of a district: classes, filing conditions, time limits."""

from __future__ import annotations

from datetime import date

from django.db import models


class CaseClass(models.Model):
    """A class of the catalogue. `attributes` are the questions Open311 clients and desks ask for it."""

    district = models.CharField(max_length=6)
    code = models.CharField(max_length=10)
    parent = models.CharField(max_length=10, blank=True)
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    nature = models.CharField(max_length=12)
    urgency = models.CharField(max_length=8)
    is_public = models.BooleanField()
    demands = models.CharField(max_length=10)
    force = models.CharField(max_length=12, default="service")
    warn_first = models.BooleanField(default=False)
    attributes = models.JSONField(default=list)
    standard = models.CharField(max_length=40)
    clause = models.CharField(max_length=120, blank=True)
    since_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    is_leaf = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district", "code"], name="a_class_stands_once_in_a_district")]


class FilingCondition(models.Model):
    """When a case of a class may be filed, and when it may be closed."""

    district = models.CharField(max_length=6)
    class_code = models.CharField(max_length=10)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=160)
    name_en = models.CharField(max_length=240)
    close_when = models.CharField(max_length=160)
    close_when_en = models.CharField(max_length=240)
    clause = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "class_code", "code"], name="a_condition_stands_once_in_a_class"
            ),
        ]


class TimeLimit(models.Model):
    """How long a clock of a class and condition may run. `*` stands for every class or condition.

    One that holds from a day on stands beside the one before it; clocks started earlier keep what they copied.
    """

    district = models.CharField(max_length=6)
    class_code = models.CharField(max_length=10)
    condition = models.CharField(max_length=20)
    clock = models.CharField(max_length=16)
    since_on = models.DateField(default=date(1900, 1, 1))
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    unit = models.CharField(max_length=16)
    clause = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "class_code", "condition", "clock", "since_on"],
                name="a_limit_stands_once_per_clock_and_day",
            ),
        ]


class ClassPolicy(models.Model):
    """One way in which a class or subtree is dealt with in this district; `*` stands for every class."""

    district = models.CharField(max_length=6)
    class_code = models.CharField(max_length=10)
    name = models.CharField(max_length=40)
    value = models.CharField(max_length=120)
    clause = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "class_code", "name"], name="a_policy_is_stated_once_for_a_class"
            ),
        ]
