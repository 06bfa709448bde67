"""Who was drawn to look at a place, from which lots and with which number, and what they found."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from liandong.cases.models.case import Case
from liandong.cases.models.work import Clock
from liandong.cases.rules.drawing import DrawKind, DrawState


class Draw(models.Model):
    """One draw. Without a `person` nobody qualified, and whoever is permitted may look.

    `lots` are pairs of key and weight; with `drawn` they give the same person again. A check that somebody made before
    anything was drawn is kept here too, without a number.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="draws", db_index=False)
    kind = models.CharField(max_length=8)
    clock = models.ForeignKey(Clock, models.SET_NULL, null=True, related_name="+")
    """The check clock it was drawn for; none for a look at a closed case."""
    state = models.CharField(max_length=8, default=DrawState.WAITING)
    person = models.BigIntegerField(null=True)
    key = models.CharField(max_length=80, default="", blank=True)
    drawn = models.FloatField(null=True)
    lots = models.JSONField(default=list)
    grid = models.CharField(max_length=15)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    reason = models.CharField(max_length=200, default="", blank=True)
    """Why it was drawn again."""
    redraw_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=80, default="", blank=True)
    is_ok = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in DrawKind]), name="a_draw_is_for_a_known_look"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at__isnull=True)
                | Q(state__in=["done", "redrawn", "lapsed"], ended_at__isnull=False),
                name="a_draw_that_is_over_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(state="done", is_ok__isnull=False) & ~Q(done_by="")
                | ~Q(state="done") & Q(is_ok__isnull=True, done_by=""),
                name="a_draw_says_what_was_found_exactly_when_done",
            ),
            models.CheckConstraint(
                condition=Q(drawn__isnull=True) | Q(drawn__gte=0, drawn__lt=1), name="a_drawn_number_is_below_one"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True, key="", lots=[])
                | Q(person__isnull=False, drawn__isnull=False) & ~Q(key="") & ~Q(lots=[]),
                name="a_draw_of_somebody_has_lots_and_a_number",
            ),
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(state="waiting"), name="one_draw_of_a_kind_waits_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["case", "id"], name="draws_of_a_case"),
            models.Index(fields=["person", "id"], condition=Q(state="waiting"), name="draws_that_wait_for_somebody"),
            models.Index(fields=["person", "made_at"], name="draws_by_person_and_time"),
            models.Index(fields=["grid", "-id"], name="draws_by_grid"),
            models.Index(fields=["kind", "ended_at"], condition=Q(state="done"), name="looks_by_kind_and_time"),
        ]


class AuditRound(models.Model):
    """One day's closed cases were sampled for audit: how many there were, how many were drawn. Once for a day."""

    district = models.CharField(max_length=6)
    day = models.DateField()
    closed = models.IntegerField()
    drawn = models.IntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "day"], name="a_day_is_sampled_once"),
        ]
