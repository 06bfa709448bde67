"""Cases and what belongs to them: assignments, clocks, the sealed reporter, photos."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q, Value

from liandong.cases.rules.words import ClockKind, Identity, Nature, RunBy, Stage, Urgency

OPEN = Q(ended_at__isnull=True)


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
    first_unit = models.CharField(max_length=40, default="", blank=True)
    handled_by = models.CharField(max_length=80, default="", blank=True)
    result = models.TextField(default="", blank=True)
    answer = models.TextField(default="", blank=True)
    check_result = models.CharField(max_length=12, default="", blank=True)
    call_back_result = models.CharField(max_length=16, default="", blank=True)
    satisfaction = models.SmallIntegerField(null=True)
    call_attempts = models.SmallIntegerField(default=0)
    called_since = models.DateTimeField(null=True)
    returns = models.SmallIntegerField(default=0)
    reworks = models.SmallIntegerField(default=0)
    reopenings = models.SmallIntegerField(default=0)
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
                condition=(Q(stage__in=["refused", "answered", "declined", "closed"]) & Q(ended_at__isnull=False))
                | (~Q(stage__in=["refused", "answered", "declined", "closed"]) & Q(ended_at__isnull=True)),
                name="a_case_has_ended_exactly_when_its_stage_says_so",
            ),
            models.CheckConstraint(
                condition=Q(about_unit="") | ~Q(about_unit=F("unit")), name="a_unit_never_handles_a_case_about_itself"
            ),
            models.CheckConstraint(
                condition=(Q(stage="closed") & ~Q(closing="")) | (~Q(stage="closed") & Q(closing="")),
                name="a_closed_case_says_how_it_was_closed",
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
            GinIndex(fields=["assisting"], condition=OPEN & ~Q(assisting=[]), name="open_cases_by_assistant"),
            GinIndex(fields=["assisting"], condition=~Q(assisting=[]), name="cases_by_assistant"),
            GinIndex(fields=["terms"], name="cases_by_term"),
        ]

    def __str__(self) -> str:
        return self.number


class Assignment(models.Model):
    """A case sent to one unit: from the moment it was sent until it was handed in, returned or ended."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="assignments")
    unit = models.CharField(max_length=40)
    is_lead = models.BooleanField(default=True)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    arrived_lon = models.FloatField(null=True)
    arrived_lat = models.FloatField(null=True)
    enforcer = models.CharField(max_length=80, default="", blank=True)
    answers_for = models.CharField(max_length=40, default="", blank=True)
    handed_in_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True, is_lead=True), name="a_case_has_one_lead_unit"
            ),
        ]
        indexes = [models.Index(fields=["case", "id"], name="assignments_of_a_case")]


class Clock(models.Model):
    """One running or stopped clock. It copies its limit and clause when it starts, so later rules cannot change it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=10)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    unit = models.CharField(max_length=16)
    clause = models.CharField(max_length=120, default="", blank=True)
    calendar = models.CharField(max_length=20, default="")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=16, default="", blank=True)
    overdue_at = models.DateTimeField(null=True)
    moved_seconds = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ClockKind]), name="a_clock_is_of_a_known_kind"
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="a_clock_is_due_after_it_starts"),
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(stopped_at__isnull=True), name="one_clock_of_a_kind_runs_at_a_time"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(stopped_at__isnull=True, overdue_at__isnull=True),
                name="clocks_that_can_still_fall_due",
            ),
        ]


class SealedReporter(models.Model):
    """Who reported, sealed with a key of the case's own. Destroying the key anonymises the case for good."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="sealed")
    wrapped_key = models.BinaryField(null=True)
    sealed = models.BinaryField(null=True)
    phone_hash = models.BinaryField(max_length=32, null=True)
    tail_hash = models.BinaryField(max_length=32, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["phone_hash"], name="cases_by_phone"),
            models.Index(fields=["tail_hash"], name="cases_by_phone_tail"),
        ]


class Attachment(models.Model):
    """A photo of the case: content in the uploads folder under its hash, meaning here."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="attachments")
    purpose = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=40)
    size = models.IntegerField()
    added_by = models.CharField(max_length=80)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=["report", "before", "after", "evidence"]), name="a_photo_has_a_known_purpose"
            ),
        ]


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
    """How long a clock of a class and condition may run. `*` stands for every class or condition."""

    district = models.CharField(max_length=6)
    class_code = models.CharField(max_length=10)
    condition = models.CharField(max_length=20)
    clock = models.CharField(max_length=10)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    unit = models.CharField(max_length=16)
    clause = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "class_code", "condition", "clock"], name="a_limit_stands_once_per_clock"
            ),
        ]


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


class NumberSequence(models.Model):
    """The last number given out for a district and day."""

    district = models.CharField(max_length=6)
    day = models.DateField()
    last = models.IntegerField(db_default=Value(0))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district", "day"], name="a_day_has_one_sequence")]


class IdempotentCall(models.Model):
    """An answer given to a call that carried an `Idempotency-Key`: the same call gets the same answer."""

    account = models.BigIntegerField()
    key = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32)
    status = models.SmallIntegerField()
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="an_idempotency_key_is_used_once")]
