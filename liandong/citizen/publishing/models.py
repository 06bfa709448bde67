"""Decisions about what is public, questions and answers, articles in versions, and figures counted ahead."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from liandong.citizen.publishing.rules.words import ArticleState, Kind, Level, QuestionState, Reason


def _codes(kind: type[StrEnum]) -> list[str]:
    return [one.value for one in kind]


class Hiding(models.Model):
    """A case out of public sight, for a reason, until somebody shows it again. The case itself is untouched."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    number = models.CharField(max_length=32)
    district = models.CharField(max_length=6)
    reason = models.CharField(max_length=16)
    note = models.CharField(max_length=500, default="", blank=True)
    hidden_by = models.CharField(max_length=80)
    hidden_at = models.DateTimeField()
    shown_by = models.CharField(max_length=80, default="", blank=True)
    shown_at = models.DateTimeField(null=True)
    shown_why = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=_codes(Reason)), name="a_case_is_hidden_for_a_known_reason"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(shown_at__isnull=True), name="a_case_is_hidden_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(shown_at__isnull=True, shown_by="") | (Q(shown_at__isnull=False) & ~Q(shown_by="")),
                name="a_hidden_case_is_shown_again_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["district", "hidden_at", "id"], name="hidings_of_a_district")]


class PhotoDecision(models.Model):
    """What somebody decided about a photo. The latest holds, the earlier ones stay."""

    photo = models.ForeignKey("cases.Attachment", models.CASCADE, related_name="+")
    is_shown = models.BooleanField()
    reason = models.CharField(max_length=16, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["photo"], condition=Q(replaced_at__isnull=True), name="a_photo_has_one_decision_that_holds"
            ),
            models.CheckConstraint(
                condition=Q(is_shown=True, reason="") | Q(is_shown=False, reason__in=_codes(Reason)),
                name="a_withheld_photo_has_a_known_reason",
            ),
        ]


class Question(models.Model):
    """A question to the officials of a district. What it and its answers say stands in `Words`, never overwritten."""

    district = models.CharField(max_length=6)
    area = models.CharField(max_length=15)
    name = models.CharField(max_length=20, default="", blank=True)
    secret = models.CharField(max_length=64, unique=True)
    """The hash of what the asker was given to look it up."""
    state = models.CharField(max_length=10, default=QuestionState.WAITING.value)
    unit = models.CharField(max_length=40, default="", blank=True)
    answered_by_unit = models.CharField(max_length=40, default="", blank=True)
    reason = models.CharField(max_length=16, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)
    asked_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=_codes(QuestionState)), name="a_question_stands_in_a_known_state"
            ),
            models.CheckConstraint(
                condition=(Q(state="hidden") & Q(reason__in=_codes(Reason))) | (~Q(state="hidden") & Q(reason="")),
                name="a_question_is_hidden_for_a_known_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False),
                name="a_public_question_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by_unit="")
                | (Q(answered_at__isnull=False) & ~Q(answered_by_unit="")),
                name="an_answer_says_whose_it_is",
            ),
            models.CheckConstraint(condition=Q(area__startswith=F("district")), name="a_question_is_of_its_district"),
        ]
        indexes = [
            models.Index(fields=["district", "state", "asked_at", "id"], name="questions_of_a_district"),
            models.Index(fields=["unit", "state", "id"], name="questions_of_a_unit"),
        ]


class Words(models.Model):
    """What was asked or answered, version by version; the last of each kind is what is read."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="words")
    is_answer = models.BooleanField()
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    made_by = models.CharField(max_length=80, default="", blank=True)
    """Nothing where the asker wrote it."""
    unit = models.CharField(max_length=40, default="", blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "is_answer", "number"], name="words_of_a_question_have_their_own_number"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="words_of_a_question_say_something"),
        ]


class Article(models.Model):
    """News, a notice or a warning of a district or a town. Everybody reads the version `shown`, while it is valid."""

    district = models.CharField(max_length=6)
    area = models.CharField(max_length=15)
    kind = models.CharField(max_length=8)
    level = models.CharField(max_length=8, default="", blank=True)
    state = models.CharField(max_length=10, default=ArticleState.DRAFT.value)
    shown = models.ForeignKey("ArticleVersion", models.PROTECT, null=True, related_name="+")
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, default="", blank=True)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=_codes(Kind)), name="an_article_is_of_a_known_kind"),
            models.CheckConstraint(
                condition=(Q(kind="warning") & Q(level__in=_codes(Level))) | (~Q(kind="warning") & Q(level="")),
                name="a_warning_and_nothing_else_has_a_level",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_codes(ArticleState)), name="an_article_stands_in_a_known_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(shown__isnull=False, valid_from__isnull=False),
                name="a_published_article_shows_a_version_from_a_day_on",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="an_article_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~Q(state="withdrawn") | ~Q(reason=""), name="a_withdrawal_has_a_reason"),
            models.CheckConstraint(condition=Q(area__startswith=F("district")), name="an_article_is_of_its_district"),
        ]
        indexes = [models.Index(fields=["district", "state", "valid_from", "id"], name="articles_of_a_district")]


class ArticleVersion(models.Model):
    """The words of an article as somebody wrote them once."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=160, default="", blank=True)
    text = models.TextField()
    text_en = models.TextField(default="", blank=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="a_version_of_an_article_has_its_own_number"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="a_version_has_a_title_and_a_text"),
        ]


class Figure(models.Model):
    """Public cases of one class reported in one month in one town, counted ahead by the schedule."""

    district = models.CharField(max_length=6)
    month = models.DateField()
    town = models.CharField(max_length=9)
    class_code = models.CharField(max_length=10)
    reported = models.IntegerField()
    open = models.IntegerField()
    handled = models.IntegerField()
    due = models.IntegerField()
    in_time = models.IntegerField()
    rated = models.IntegerField()
    satisfied = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "month", "town", "class_code"], name="a_figure_stands_once_for_month_town_class"
            ),
        ]


class FigureRun(models.Model):
    """When the figures of a district were last counted: the latest months, and all of them."""

    district = models.CharField(max_length=6, primary_key=True)
    counted_at = models.DateTimeField()
    all_counted_at = models.DateTimeField()


class PortalText(models.Model):
    """A text of the portal as the district's folder gives it, such as the licence of its open data."""

    district = models.CharField(max_length=6)
    name = models.CharField(max_length=20)
    text = models.TextField()
    text_en = models.TextField(default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district", "name"], name="a_portal_text_stands_once")]
