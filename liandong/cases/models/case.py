"""A case: what it is now. How it came to be so stands in the timeline."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from liandong.cases.rules.words import Identity, Nature, RunBy, Stage, Urgency

OPEN = Q(ended_at__isnull=True)
_ENDED = ["refused", "answered", "declined", "closed", "withdrawn", "void"]


def _one_of(field: str, values: type[Stage] | type[Nature] | type[Urgency] | type[Identity] | type[RunBy]) -> Q:
    return Q(**{f"{field}__in": [value.value for value in values]})


class Case(models.Model):
    """One problem, one number. What it is now; how it came to be so stands in the timeline."""

    number = models.CharField(max_length=32, unique=True)
    district = models.CharField(max_length=6)
    stage = models.CharField(max_length=12)
    version = models.IntegerField(default=1)
    run_by = models.CharField(max_length=8, default=RunBy.DISTRICT)
    nature = models.CharField(max_length=12)
    class_code = models.CharField(max_length=10)
    condition = models.CharField(max_length=20, default="", blank=True)
    urgency = models.CharField(max_length=8, default=Urgency.NORMAL)
    force = models.CharField(max_length=12, default="service")
    channel = models.CharField(max_length=24)
    external_id = models.CharField(max_length=80, default="", blank=True)
    description = models.TextField()
    attributes = models.JSONField(default=dict)
    address = models.CharField(max_length=200, default="", blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    cell = models.BigIntegerField(null=True)
    """The H3 cell of fineness 12 the point lies in, for counting by place."""
    datum = models.CharField(max_length=8, default="WGS-84")
    area = models.CharField(max_length=15)
    reporter = models.BigIntegerField(null=True)
    identity = models.CharField(max_length=12, default=Identity.ANONYMOUS)
    has_phone = models.BooleanField(default=False)
    is_public = models.BooleanField(default=False)
    about_unit = models.CharField(max_length=40, default="", blank=True)
    suggested_unit = models.CharField(max_length=40, default="", blank=True)
    suggested_why = models.CharField(max_length=200, default="", blank=True)
    unit = models.CharField(max_length=40, default="", blank=True)
    assisting = ArrayField(models.CharField(max_length=40), default=list)
    involved = ArrayField(models.CharField(max_length=40), default=list)
    """Every unit besides `unit` that has the case: assisting, told, or above in the line it was handed down."""
    first_unit = models.CharField(max_length=40, default="", blank=True)
    handled_by = models.CharField(max_length=80, default="", blank=True)
    result = models.TextField(default="", blank=True)
    answer = models.TextField(default="", blank=True)
    check_result = models.CharField(max_length=12, default="", blank=True)
    call_back_result = models.CharField(max_length=16, default="", blank=True)
    satisfaction = models.SmallIntegerField(null=True)
    call_attempts = models.SmallIntegerField(default=0)
    called_since = models.DateTimeField(null=True)
    call_again_at = models.DateTimeField(null=True)
    """When somebody whom nobody reached is called again."""
    returns = models.SmallIntegerField(default=0)
    reworks = models.SmallIntegerField(default=0)
    reopenings = models.SmallIntegerField(default=0)
    disputes = models.SmallIntegerField(default=0)
    extensions = models.SmallIntegerField(default=0)
    urges = models.SmallIntegerField(default=0)
    supervised = models.SmallIntegerField(default=0)
    """The highest level of supervision so far: 0 none, 1 to 3."""
    verdict = models.CharField(max_length=8, default="", blank=True)
    """What verifying the report found: `true`, `untrue`, or nothing yet."""
    awaits_ruling = models.BooleanField(default=False)
    is_ruled = models.BooleanField(default=False)
    coordination = models.CharField(max_length=10, default="", blank=True)
    """Where the town's request to the district stands: `asked`, `accepted`, `declined`."""
    suspended_at = models.DateTimeField(null=True)
    suspended_for = models.CharField(max_length=200, default="", blank=True)
    wake_on = models.DateField(null=True)
    review_on = models.DateField(null=True)
    asks = ArrayField(models.CharField(max_length=12), default=list)
    """What was applied for and waits for an answer: `extension`, `coordination`, `appeal`."""
    to_reply = models.SmallIntegerField(default=0)
    """Supervisions nobody has replied to."""
    visits_left = models.SmallIntegerField(default=0)
    """Follow-up visits still promised."""
    withdrawn_at = models.DateTimeField(null=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts", db_index=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", db_index=False)
    took_in = models.SmallIntegerField(default=0)
    """How many cases are merged into this one now."""
    split_into = models.SmallIntegerField(default=0)
    """How many cases were split from this one."""
    merged_at_stage = models.CharField(max_length=12, default="", blank=True)
    anonymised_at = models.DateTimeField(null=True)
    rating = models.SmallIntegerField(null=True)
    closing = models.CharField(max_length=8, default="", blank=True)
    solved_level = models.CharField(max_length=10, default="", blank=True)
    solved_force = models.CharField(max_length=12, default="", blank=True)
    reported_at = models.DateTimeField()
    stage_since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    late_since = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    terms = SearchVectorField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_one_of("stage", Stage), name="a_case_is_at_a_known_stage"),
            models.CheckConstraint(condition=_one_of("nature", Nature), name="a_case_has_a_known_nature"),
            models.CheckConstraint(condition=_one_of("urgency", Urgency), name="a_case_has_a_known_urgency"),
            models.CheckConstraint(condition=_one_of("identity", Identity), name="a_reporter_is_named_or_hidden"),
            models.CheckConstraint(
                condition=Q(force__in=["service", "management", "enforcement"]), name="a_case_is_met_by_a_known_force"
            ),
            models.CheckConstraint(condition=_one_of("run_by", RunBy), name="a_case_is_run_by_district_or_town"),
            models.CheckConstraint(condition=Q(area__startswith=F("district")), name="a_case_lies_in_its_district"),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__isnull=False, lat__isnull=False, lon__range=(-180, 180), lat__range=(-90, 90)),
                name="a_case_has_both_coordinates_or_none",
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, cell__isnull=True) | Q(lon__isnull=False, cell__isnull=False),
                name="a_case_with_a_point_lies_in_a_cell",
            ),
            models.CheckConstraint(
                condition=(Q(stage__in=_ENDED) & Q(ended_at__isnull=False))
                | (~Q(stage__in=_ENDED) & Q(ended_at__isnull=True)),
                name="a_case_has_ended_exactly_when_its_stage_says_so",
            ),
            models.CheckConstraint(
                condition=Q(about_unit="") | ~Q(about_unit=F("unit")), name="a_unit_never_handles_a_case_about_itself"
            ),
            models.CheckConstraint(
                condition=(Q(stage="closed") & ~Q(closing="")) | (~Q(stage="closed") & Q(closing="")),
                name="a_closed_case_says_how_it_was_closed",
            ),
            models.CheckConstraint(
                condition=(Q(stage="merged") & Q(merged_into__isnull=False) & ~Q(merged_at_stage=""))
                | (~Q(stage="merged") & Q(merged_at_stage=""))
                & (Q(merged_into__isnull=True) | Q(stage__in=["closed", "void"])),
                name="a_merged_case_says_into_which",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="a_case_is_never_merged_into_itself"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="a_case_is_never_part_of_itself"),
            models.CheckConstraint(
                condition=(Q(suspended_at__isnull=True) & Q(wake_on__isnull=True))
                | (Q(suspended_at__isnull=False) & Q(wake_on__isnull=False) & ~Q(suspended_for="")),
                name="a_suspended_case_says_what_for_and_until_when",
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 5)), name="a_rating_is_one_to_five"
            ),
            models.CheckConstraint(
                condition=Q(anonymised_at__isnull=True) | Q(ended_at__isnull=False),
                name="only_an_ended_case_is_anonymised",
            ),
            models.UniqueConstraint(
                fields=["channel", "external_id"],
                condition=~Q(external_id=""),
                name="an_outside_number_is_taken_once_per_channel",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "due_at", "id"], condition=OPEN, name="open_cases_by_unit"),
            models.Index(fields=["area", "due_at", "id"], condition=OPEN, name="open_cases_by_area"),
            models.Index(fields=["district", "stage", "due_at", "id"], condition=OPEN, name="open_cases_by_stage"),
            models.Index(fields=["district", "due_at", "id"], condition=OPEN, name="open_cases_by_due"),
            models.Index(
                fields=["district", "late_since", "id"],
                condition=OPEN & Q(late_since__isnull=False),
                name="late_cases",
            ),
            models.Index(
                fields=["area", "id"], opclasses=["varchar_pattern_ops", "int8_ops"], name="cases_by_area_prefix"
            ),
            models.Index(fields=["unit", "id"], name="cases_by_unit"),
            models.Index(fields=["district", "reported_at", "id"], name="cases_by_report"),
            models.Index(
                fields=["reporter", "district", "id"],
                condition=Q(reporter__isnull=False),
                name="cases_by_reporter_and_district",
            ),
            models.Index(fields=["reported_at", "id"], name="cases_by_time_of_report"),
            GinIndex(fields=["involved"], condition=OPEN & ~Q(involved=[]), name="open_cases_by_involved"),
            GinIndex(fields=["involved"], condition=~Q(involved=[]), name="cases_by_involved"),
            models.Index(fields=["district", "due_at", "id"], condition=~Q(asks=[]), name="cases_that_ask"),
            models.Index(
                fields=["ended_at", "id"],
                condition=Q(ended_at__isnull=False, anonymised_at__isnull=True),
                name="cases_still_to_be_anonymised",
            ),
            models.Index(fields=["wake_on"], condition=Q(wake_on__isnull=False), name="suspended_cases"),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="parts_of_a_case"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="cases_merged_into"),
            GinIndex(fields=["terms"], name="cases_by_term"),
        ]

    def __str__(self) -> str:
        return self.number
