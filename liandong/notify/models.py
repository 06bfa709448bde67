"""Messages as rows, their attempts, parts and receipts; templates, tariffs, quiet hours and what people chose."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from liandong.notify.rules.words import Channel, State

_USER = settings.AUTH_USER_MODEL
WAITING = Q(state=State.QUEUED)
UNSETTLED = Q(state__in=[State.SENDING, State.UNKNOWN])


def _one_of(field: str, values: type[Channel] | type[State]) -> Q:
    return Q(**{f"{field}__in": [value.value for value in values]})


class Message(models.Model):
    """One message to one recipient by one channel: written with its cause, sent after it.

    `to` says who: a `person`, the `reporter` of the case, a `unit`'s telephone or a unit's `group` of a messenger. No
    number or address stands here: it is looked up at the instant of sending. `since_at` is when it was first to be
    sent, or when somebody had it sent again after so many `earlier_attempts`.
    """

    cause = models.CharField(max_length=120, unique=True)
    ref = models.UUIDField(unique=True)
    district = models.CharField(max_length=6)
    area = models.CharField(max_length=15)
    notice = models.CharField(max_length=40)
    audience = models.CharField(max_length=16)
    to = models.CharField(max_length=8)
    person = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    unit = models.CharField(max_length=40, default="", blank=True)
    about = models.CharField(max_length=24)
    about_id = models.BigIntegerField()
    about_name = models.CharField(max_length=40)
    channel = models.CharField(max_length=10)
    transport = models.CharField(max_length=10, default="", blank=True)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=400)
    body = models.TextField()
    is_urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=10)
    why = models.CharField(max_length=16, default="", blank=True)
    detail = models.CharField(max_length=200, default="", blank=True)
    attempts = models.SmallIntegerField(default=0)
    asked = models.SmallIntegerField(default=0)
    segments = models.SmallIntegerField(default=1)
    cost = models.DecimalField(max_digits=8, decimal_places=4, default=0)
    queued_at = models.DateTimeField()
    since_at = models.DateTimeField()
    earlier_attempts = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    instead_of = models.OneToOneField("self", models.PROTECT, null=True, related_name="fallback")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_one_of("channel", Channel), name="a_message_goes_by_a_known_channel"),
            models.CheckConstraint(condition=_one_of("state", State), name="a_message_is_in_a_known_state"),
            models.CheckConstraint(
                condition=Q(to="person", person__isnull=False)
                | Q(to__in=["unit", "group"], person__isnull=True) & ~Q(unit="")
                | Q(to="reporter", person__isnull=True),
                name="a_message_has_one_recipient",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SENDING) | Q(lease_until__isnull=False),
                name="a_message_being_sent_has_a_lease",
            ),
            models.CheckConstraint(
                condition=~WAITING | Q(next_at__isnull=False), name="a_waiting_message_knows_when_it_is_tried_next"
            ),
        ]
        indexes = [
            models.Index(fields=["transport", "next_at", "id"], condition=WAITING, name="messages_to_send"),
            models.Index(fields=["transport", "state", "id"], condition=UNSETTLED, name="messages_unsettled"),
            models.Index(
                fields=["person", "id"], condition=Q(channel=Channel.IN_APP), name="inbox_of_a_person"
            ),
            models.Index(
                fields=["person"],
                condition=Q(channel=Channel.IN_APP, read_at__isnull=True),
                name="unread_messages_of_a_person",
            ),
            models.Index(fields=["district", "queued_at"], name="messages_by_day"),
            models.Index(fields=["about", "about_id", "id"], name="messages_about_a_thing"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.notice} {self.about_name}"


class Attempt(models.Model):
    """One time a message was handed to a gateway. Without an end: it is being handed over, or that was broken off."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="tries")
    number = models.SmallIntegerField()
    transport = models.CharField(max_length=10)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    news = models.CharField(max_length=10, default="", blank=True)
    why = models.CharField(max_length=16, default="", blank=True)
    detail = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="an_attempt_of_a_message_has_its_own_number"),
        ]


class Part(models.Model):
    """What a gateway calls a message it took, or one of the parts of a long one."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="parts")
    transport = models.CharField(max_length=10)
    gateway_id = models.CharField(max_length=120)
    news = models.CharField(max_length=10, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transport", "gateway_id"], name="a_gateway_calls_no_two_parts_the_same"),
        ]


class Receipt(models.Model):
    """What a gateway reported later. It may come twice, or before we know that it took the message at all."""

    transport = models.CharField(max_length=10)
    gateway_id = models.CharField(max_length=120)
    news = models.CharField(max_length=10)
    detail = models.CharField(max_length=200, default="", blank=True)
    at = models.DateTimeField()
    is_applied = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["transport", "gateway_id", "news"], name="a_receipt_that_comes_again_is_the_same"
            ),
        ]


class Template(models.Model):
    """One version of the wording of a notice for a channel (`*`: any) and a language; the newest counts."""

    district = models.CharField(max_length=6)
    notice = models.CharField(max_length=40)
    channel = models.CharField(max_length=10)
    language = models.CharField(max_length=10)
    version = models.IntegerField()
    subject = models.CharField(max_length=120, default="", blank=True)
    body = models.TextField()
    is_loaded = models.BooleanField(default=False)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "notice", "channel", "language", "version"],
                name="a_version_of_a_template_has_its_own_number",
            ),
            models.CheckConstraint(condition=~Q(body=""), name="a_template_says_something"),
        ]


class Tariff(models.Model):
    """What one segment of a message costs in a district, in yuan."""

    district = models.CharField(max_length=6)
    channel = models.CharField(max_length=10)
    per_segment = models.DecimalField(max_digits=8, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "channel"], name="a_channel_has_one_tariff_in_a_district"),
            models.CheckConstraint(condition=Q(per_segment__gte=0), name="a_tariff_is_not_below_nothing"),
        ]


class Quiet(models.Model):
    """When ordinary messages wait: of a district, a unit (`unit`), or a person. From and until alike: never."""

    district = models.CharField(max_length=6, default="", blank=True)
    unit = models.CharField(max_length=40, default="", blank=True)
    person = models.OneToOneField(_USER, models.CASCADE, null=True, related_name="+")
    since = models.TimeField()
    until = models.TimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "unit"], condition=Q(person__isnull=True), name="quiet_hours_are_set_once"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, district="", unit="") | Q(person__isnull=True) & ~Q(district=""),
                name="quiet_hours_are_of_a_district_or_a_person",
            ),
        ]


class Choice(models.Model):
    """That a person added a channel for a kind of notice, or dropped it."""

    person = models.ForeignKey(_USER, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    channel = models.CharField(max_length=10)
    is_on = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "channel"], name="a_person_chooses_once_for_a_channel"),
        ]
