"""Calls and what was told of them, seats, hand-overs, knowledge."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from liandong.intake_channels.hotline.rules.calls import CallState, Kind
from liandong.intake_channels.hotline.rules.handing_over import OUTCOME_WORDS, PARTY_WORDS, STAYS_WORDS

_USER = settings.AUTH_USER_MODEL
AT_HAND = ~Q(state=CallState.ENDED.value) | Q(answered_at__isnull=False, wrapped_at__isnull=True)
"""Calls somebody has to do with: those that go on, and those whose after-call work is not ended."""

WAITING = Q(receipt_at__isnull=True)


class Seat(models.Model):
    """Who sits at an extension of the telephone system; the row goes when they leave."""

    district = models.CharField(max_length=6)
    extension = models.CharField(max_length=20)
    account = models.ForeignKey(_USER, models.CASCADE, related_name="+")
    since_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "extension"], name="an_extension_seats_one_person"),
            models.UniqueConstraint(fields=["account"], name="a_person_sits_at_one_extension"),
        ]


class Call(models.Model):
    """One call that came in. Its instants are by our clock, `shift_ms` ahead of the exchange's.

    The caller's number stands sealed here, under a key of the call's own, until its retention is over; no hash of it
    is kept, so that no two calls can be told to be one caller's. `case` is the case that was written during the call.
    """

    district = models.CharField(max_length=6)
    exchange_id = models.CharField(max_length=80)
    called = models.CharField(max_length=20, default="", blank=True)
    state = models.CharField(max_length=8)
    extension = models.CharField(max_length=20, default="", blank=True)
    agent = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    rang_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=8, default="", blank=True)
    wrapped_at = models.DateTimeField(null=True)
    wrapped_by = models.CharField(max_length=9, default="", blank=True)
    heard_at = models.DateTimeField()
    shift_ms = models.BigIntegerField(default=0)
    wrapped_key = models.BinaryField(null=True)
    sealed = models.BinaryField(null=True)
    case = models.CharField(max_length=32, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "exchange_id"], name="an_exchange_calls_no_two_calls_the_same"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in CallState]), name="a_call_is_in_a_known_state"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_at__gte=F("rang_at")),
                name="a_call_rings_before_it_is_answered",
            ),
            models.CheckConstraint(
                condition=Q(state=CallState.ENDED.value, ended_at__isnull=False) & ~Q(ended_by="")
                | ~Q(state=CallState.ENDED.value) & Q(ended_at__isnull=True, ended_by=""),
                name="a_call_that_ended_says_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(wrapped_at__isnull=True)
                | Q(wrapped_at__gte=F("ended_at"), ended_at__isnull=False, answered_at__isnull=False),
                name="after_call_work_follows_a_call_that_was_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "rang_at"], name="calls_by_day"),
            models.Index(fields=["agent", "rang_at"], condition=AT_HAND, name="calls_at_hand"),
            models.Index(fields=["heard_at"], condition=AT_HAND, name="calls_perhaps_silent"),
            models.Index(fields=["ended_at"], condition=Q(sealed__isnull=False), name="calls_with_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.district}/{self.exchange_id}"


class CallEvent(models.Model):
    """One thing an exchange told of a call, by its own clock (`at`), and when we heard of it."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="events")
    event_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    extension = models.CharField(max_length=20, default="", blank=True)
    to = models.CharField(max_length=20, default="", blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "event_id"], name="an_event_of_a_call_is_taken_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in Kind]), name="a_call_event_is_of_a_known_kind"
            ),
        ]


class RefusedEvents(models.Model):
    """How many events were refused in an hour and by which name; nothing of what they held."""

    district = models.CharField(max_length=6)
    hour = models.DateTimeField()
    code = models.CharField(max_length=40)
    count = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "hour", "code"], name="refusals_of_an_hour_are_counted_once"),
        ]


class Showing(models.Model):
    """That a call's number and cases were shown to whoever answers it; recorded once for each person."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="showings")
    account = models.ForeignKey(_USER, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "account"], name="a_showing_of_a_call_is_recorded_once"),
        ]


class HandOver(models.Model):
    """A police, fire or medical matter given to those whose it is, and their receipt. A case may be linked, or none."""

    district = models.CharField(max_length=6)
    call = models.ForeignKey(Call, models.PROTECT, null=True, related_name="hand_overs")
    case = models.CharField(max_length=32, default="", blank=True)
    party = models.CharField(max_length=5)
    to_name = models.CharField(max_length=60, default="", blank=True)
    place = models.CharField(max_length=200, default="", blank=True)
    told = models.TextField(default="", blank=True)
    stays = models.CharField(max_length=8, default="", blank=True)
    by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=8, default="", blank=True)
    receipt = models.CharField(max_length=40, default="", blank=True)
    receipt_from = models.CharField(max_length=60, default="", blank=True)
    receipt_at = models.DateTimeField(null=True)
    reminded = models.SmallIntegerField(default=0)
    remind_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(party__in=list(PARTY_WORDS)), name="a_hand_over_goes_to_a_known_party"),
            models.CheckConstraint(
                condition=~Q(party="other") | ~Q(to_name=""), name="a_hand_over_to_another_desk_names_it"
            ),
            models.CheckConstraint(condition=Q(stays__in=list(STAYS_WORDS)), name="a_three_way_note_says_who_stays"),
            models.CheckConstraint(
                condition=Q(receipt_at__isnull=True, outcome="")
                | Q(receipt_at__isnull=False, outcome__in=[word for word in OUTCOME_WORDS if word], remind_at=None)
                & (~Q(receipt="") | ~Q(receipt_from="")),
                name="a_receipt_says_what_became_and_from_whom",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "at"], condition=WAITING, name="hand_overs_without_receipt"),
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="hand_overs_to_remind_of"),
            models.Index(fields=["case"], condition=~Q(case=""), name="hand_overs_of_a_case"),
        ]


class Article(models.Model):
    """A knowledge article as it holds now, for a class or subtree, from a day until a day."""

    district = models.CharField(max_length=6)
    title = models.CharField(max_length=80)
    class_prefix = models.CharField(max_length=10, default="", blank=True)
    text = models.TextField()
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    terms = ArrayField(models.CharField(max_length=64), default=list)
    version = models.IntegerField(default=1)
    is_retired = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "title"], condition=Q(is_retired=False), name="an_article_has_a_title_of_its_own"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="knowledge_ends_after_it_begins",
            ),
        ]
        indexes = [GinIndex(fields=["terms"], name="articles_by_term")]

    def __str__(self) -> str:
        return self.title


class ArticleVersion(models.Model):
    """An article as it was written once; never changed."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="versions")
    number = models.IntegerField()
    title = models.CharField(max_length=80)
    class_prefix = models.CharField(max_length=10, default="", blank=True)
    text = models.TextField()
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="a_version_of_knowledge_has_its_own_number"),
        ]
