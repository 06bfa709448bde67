"""Rosters with their plans, swaps, covers and absences; briefings, handovers, the handbook, training."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

_UNIT = "people.Unit"
_USER = settings.AUTH_USER_MODEL


class Duty(models.TextChoices):
    """What a roster covers. The first three need the role of that name, the others any post of the unit."""

    OPERATOR = "operator", _("接线受理")
    DISPATCHER = "dispatcher", _("派遣调度")
    SUPERVISOR = "supervisor", _("值班长")
    DUTY_PERSON = "duty_person", _("值班员")
    DUTY_HEAD = "duty_head", _("带班领导")


class Roster(models.Model):
    """Who covers one duty of one unit. Two rosters of one duty are two seats."""

    district = models.CharField(max_length=6)
    unit = models.ForeignKey(_UNIT, models.PROTECT, related_name="rosters")
    duty = models.CharField(max_length=12, choices=Duty)
    name = models.CharField(max_length=40)
    needs_confirmation = models.BooleanField(default=False)
    until_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "duty", "name"], name="a_roster_of_a_duty_has_its_own_name"),
        ]
        indexes = [models.Index(fields=["district", "duty"], name="rosters_of_a_district")]

    def __str__(self) -> str:
        return self.name


class PlanVersion(models.Model):
    """The plan a roster follows from a day on; earlier days keep the plan they had."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="plans")
    number = models.IntegerField()
    since_on = models.DateField()
    shifts = models.JSONField()
    anchor = models.DateField()
    every = models.PositiveSmallIntegerField(default=1)
    turn_by = models.CharField(max_length=8, choices=[("day", _("按天轮换")), ("watch", _("按班轮换"))], default="day")
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["roster", "number"], name="a_plan_of_a_roster_has_its_own_number"),
            models.CheckConstraint(condition=Q(every__gte=1), name="a_turn_lasts_at_least_one_watch"),
        ]


class Turn(models.Model):
    """A person's place in the line of a plan. One person may stand in it more than once."""

    plan = models.ForeignKey(PlanVersion, models.CASCADE, related_name="turns")
    position = models.PositiveSmallIntegerField()
    user = models.ForeignKey(_USER, models.PROTECT, related_name="turns")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="a_place_in_line_is_held_by_one")]


class SwapState(models.TextChoices):
    ASKED = "asked", _("待对方同意")
    AGREED = "agreed", _("待编排人确认")
    IN_FORCE = "in_force", _("已生效")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", _("已撤回")


class Swap(models.Model):
    """One watch offered to a colleague, by consent. With `back_day` it is exchanged for one of theirs.

    `starts_at` is when the earlier of the two watches begins: after it nothing can be agreed any more.
    """

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="swaps")
    day = models.DateField()
    shift = models.CharField(max_length=12)
    asker = models.ForeignKey(_USER, models.PROTECT, related_name="swaps_asked")
    other = models.ForeignKey(_USER, models.PROTECT, related_name="swaps_offered")
    back_day = models.DateField(null=True)
    back_shift = models.CharField(max_length=12, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")
    answer = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=10, choices=SwapState, default=SwapState.ASKED)
    starts_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(asker=F("other")), name="a_swap_is_between_two_people"),
            models.CheckConstraint(
                condition=Q(back_day__isnull=True, back_shift="") | (Q(back_day__isnull=False) & ~Q(back_shift="")),
                name="a_swap_gives_back_a_whole_watch_or_none",
            ),
            models.UniqueConstraint(
                fields=["roster", "day", "shift"],
                condition=Q(state__in=["asked", "agreed"]),
                name="a_watch_is_offered_to_one_colleague_at_a_time",
            ),
        ]


class Cover(models.Model):
    """Somebody put on one watch by the planner; the latest holds."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="covers")
    day = models.DateField()
    shift = models.CharField(max_length=12)
    user = models.ForeignKey(_USER, models.PROTECT, related_name="covers_ordered")
    reason = models.CharField(max_length=200, blank=True, default="")
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()


class Absence(models.Model):
    """A time at which somebody takes no watch. Why is nobody's business here."""

    user = models.ForeignKey(_USER, models.PROTECT, related_name="absences")
    since_at = models.DateTimeField()
    until_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until_at__gt=F("since_at")), name="an_absence_ends_after_it_begins")
        ]
        indexes = [models.Index(fields=["user", "until_at"], name="absences_of_a_person")]


class CalendarLink(models.Model):
    """A secret address at which a calendar program reads one person's own watches. Only its hash is kept."""

    user = models.OneToOneField(_USER, models.CASCADE, related_name="calendar_link")
    digest = models.BinaryField(max_length=32, unique=True)
    issued_at = models.DateTimeField()


class BriefingKind(models.TextChoices):
    BEFORE = "before", _("勤前提示")
    AFTER = "after", _("收岗讲评")


class Briefing(models.Model):
    """What a unit was told before a shift, or what was said of it after; whoever attended signs."""

    unit = models.ForeignKey(_UNIT, models.PROTECT, related_name="briefings")
    kind = models.CharField(max_length=8, choices=BriefingKind)
    day = models.DateField()
    shift = models.CharField(max_length=12, blank=True, default="")
    points = models.TextField()
    made_by = models.ForeignKey(_USER, models.PROTECT, related_name="briefings_written")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit", "-day"], name="briefings_of_a_unit")]


class BriefingSignature(models.Model):
    """Somebody attended a briefing."""

    briefing = models.ForeignKey(Briefing, models.CASCADE, related_name="signatures")
    user = models.ForeignKey(_USER, models.PROTECT, related_name="briefings_signed")
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["briefing", "user"], name="a_briefing_is_signed_once_by_each")]


class Handover(models.Model):
    """What was open at a desk when its shift ended, frozen: items as they stood, with a note each.

    An item is {kind, id, title, due_at, url, note}.
    """

    unit = models.ForeignKey(_UNIT, models.PROTECT, related_name="handovers")
    duty = models.CharField(max_length=12, choices=Duty)
    items = models.JSONField()
    note = models.TextField(blank=True, default="")
    outgoing = models.ForeignKey(_USER, models.PROTECT, related_name="handovers_made")
    made_at = models.DateTimeField()
    incoming = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="handovers_signed")
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(incoming__isnull=True) | ~Q(incoming=F("outgoing")),
                name="a_handover_is_signed_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(incoming__isnull=True, signed_at__isnull=True)
                | Q(incoming__isnull=False, signed_at__isnull=False),
                name="a_signed_handover_says_by_whom_and_when",
            ),
        ]
        indexes = [models.Index(fields=["unit", "-made_at"], name="handovers_of_a_unit")]


class HandbookPage(models.Model):
    """A page of the handbook. People of the roles in `audience` must read each version of it."""

    district = models.CharField(max_length=6)
    slug = models.SlugField(max_length=60)
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120, blank=True, default="")
    audience = ArrayField(models.CharField(max_length=20), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district", "slug"], name="a_handbook_page_has_its_own_address")]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """The Chinese title, as `web.names` asks for it."""
        return self.title

    @property
    def name_en(self) -> str:
        """The English title, or nothing."""
        return self.title_en


class PageVersion(models.Model):
    """One version of a page, in Markdown."""

    page = models.ForeignKey(HandbookPage, models.CASCADE, related_name="versions")
    number = models.IntegerField()
    text = models.TextField()
    made_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="handbook_versions")
    since_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="a_version_of_a_page_has_its_own_number")
        ]


class ReadReceipt(models.Model):
    """Somebody confirmed having read a version."""

    version = models.ForeignKey(PageVersion, models.CASCADE, related_name="receipts")
    user = models.ForeignKey(_USER, models.PROTECT, related_name="handbook_receipts")
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="a_version_is_read_once_by_each")]


class Training(models.Model):
    """A training that was held. A correction is a training of its own that names the one it stands in for.

    A correction in which nobody took part says that the training was put on record by mistake.
    """

    unit = models.ForeignKey(_UNIT, models.PROTECT, related_name="trainings")
    title = models.CharField(max_length=80)
    held_on = models.DateField()
    hours = models.DecimalField(max_digits=4, decimal_places=1)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="correction")
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hours__gt=0), name="a_training_takes_some_time"),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, reason="") | (Q(corrects__isnull=False) & ~Q(reason="")),
                name="a_training_is_corrected_for_a_reason",
            ),
        ]


class Attendance(models.Model):
    """Somebody took part in a training, and passed or did not; None where nothing was examined."""

    training = models.ForeignKey(Training, models.CASCADE, related_name="attendances")
    user = models.ForeignKey(_USER, models.PROTECT, related_name="trainings_attended")
    passed = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["training", "user"], name="a_training_is_attended_once_by_each")]
