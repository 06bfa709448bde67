"""What came through channels and what goes back, tables of codes, and signatures that were used.

No contact, description or address stands here in clear: a message is kept, sealed, only while it waits or may be
replayed, and what a hand-over says of a case is looked up at the instant of sending.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from liandong.intake_channels.rules.words import Fate, FileState, Kind, Table, Tell
from liandong.notify.rules.words import State

COUNTS = Q(fate__in=[Fate.TAKEN.value, Fate.WAITING.value])
_UNSETTLED = Q(state__in=[State.SENDING.value, State.UNKNOWN.value, State.FAILED.value])


class Arrival(models.Model):
    """One message that came in, each time it came. `order` is the number at its sender of what it is about.

    A refused record of a person has neither ids nor digest: only that it came and was refused.
    """

    district = models.CharField(max_length=6)
    channel = models.CharField(max_length=24)
    kind = models.CharField(max_length=10)
    outside_id = models.CharField(max_length=80, default="", blank=True)
    order = models.CharField(max_length=80, default="", blank=True)
    revision = models.IntegerField(default=0)
    digest = models.BinaryField(max_length=32, default=b"")
    claimed_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    fate = models.CharField(max_length=10)
    why = models.CharField(max_length=60, default="", blank=True)
    values = models.JSONField(default=dict)
    number = models.CharField(max_length=32, default="", blank=True)
    attempts = models.SmallIntegerField(default=1)
    ref = models.UUIDField(unique=True)
    sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(fate__in=[fate.value for fate in Fate]), name="a_message_that_came_has_a_known_fate"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["", *(kind.value for kind in Kind)]),
                name="a_message_that_came_is_of_a_known_kind",
            ),
            models.CheckConstraint(
                condition=~Q(fate__in=[Fate.REFUSED.value, Fate.WAITING.value]) | ~Q(why=""),
                name="a_message_not_taken_says_why",
            ),
            models.CheckConstraint(
                condition=~COUNTS | (~Q(outside_id="") & ~Q(order="")), name="a_message_that_counts_has_its_numbers"
            ),
            models.CheckConstraint(
                condition=Q(sealed__isnull=True) | Q(fate__in=[Fate.REFUSED.value, Fate.WAITING.value]),
                name="only_what_may_be_replayed_is_kept",
            ),
            models.UniqueConstraint(
                fields=["district", "channel", "kind", "outside_id"], condition=COUNTS, name="a_message_is_taken_once"
            ),
        ]
        indexes = [
            models.Index(fields=["district", "channel", "received_at", "id"], name="arrivals_by_day"),
            models.Index(
                fields=["district", "channel", "order"], condition=COUNTS, name="arrivals_about_an_order"
            ),
            models.Index(
                fields=["district", "channel", "id"],
                condition=Q(fate__in=[Fate.REFUSED.value, Fate.WAITING.value]),
                name="arrivals_not_taken",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.channel} {self.kind} {self.fate}"


class Departure(models.Model):
    """One message that goes out: written with its cause, sent after it, never blindly twice."""

    district = models.CharField(max_length=6)
    area = models.CharField(max_length=15)
    channel = models.CharField(max_length=24)
    tell = models.CharField(max_length=10)
    cause = models.CharField(max_length=80, unique=True)
    ref = models.UUIDField(unique=True)
    case = models.BigIntegerField()
    number = models.CharField(max_length=32)
    order = models.CharField(max_length=80, default="", blank=True)
    step = models.CharField(max_length=24)
    text = models.TextField(default="", blank=True)
    facts = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    why = models.CharField(max_length=16, default="", blank=True)
    detail = models.CharField(max_length=200, default="", blank=True)
    attempts = models.SmallIntegerField(default=0)
    earlier_attempts = models.SmallIntegerField(default=0)
    asked = models.SmallIntegerField(default=0)
    is_begun = models.BooleanField(default=False)
    """Whether the attempt of that number has begun to leave us: from then on it may have been taken."""
    since_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outside_id = models.CharField(max_length=80, default="", blank=True)
    receipted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="a_message_going_out_is_in_a_known_state"
            ),
            models.CheckConstraint(
                condition=Q(tell__in=[tell.value for tell in Tell]), name="a_message_going_out_is_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.QUEUED.value) | Q(next_at__isnull=False),
                name="what_waits_to_go_out_knows_when_it_is_tried",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SENDING.value) | Q(lease_until__isnull=False),
                name="what_is_going_out_has_a_lease",
            ),
        ]
        indexes = [
            models.Index(
                fields=["district", "channel", "next_at", "id"],
                condition=Q(state=State.QUEUED.value),
                name="departures_to_send",
            ),
            models.Index(fields=["district", "channel", "id"], condition=_UNSETTLED, name="departures_unsettled"),
            models.Index(fields=["channel", "case", "id"], name="departures_about_a_case"),
            models.Index(fields=["district", "channel", "since_at"], name="departures_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.tell} {self.number}"


class Mapping(models.Model):
    """One row of a district's table for a channel: what they call it, and what it is here."""

    district = models.CharField(max_length=6)
    channel = models.CharField(max_length=24)
    table = models.CharField(max_length=10)
    theirs = models.CharField(max_length=80)
    ours = models.CharField(max_length=40)
    is_loaded = models.BooleanField(default=False)
    """Whether it came from files; a row set at a desk stays until the files themselves say something new."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "channel", "table", "theirs"], name="a_code_of_a_channel_means_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(table__in=[table.value for table in Table]), name="a_mapping_is_of_a_known_table"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table}: {self.theirs} = {self.ours}"


class Nonce(models.Model):
    """A signature that was used, kept as long as its timestamp would still be believed."""

    lane = models.CharField(max_length=32)
    nonce = models.CharField(max_length=64)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lane", "nonce"], name="a_signature_is_used_once"),
        ]
        indexes = [models.Index(fields=["used_at"], name="nonces_by_age")]


class Mailbox(models.Model):
    """How far a district's mailbox was read: `highest` is the last mail taken under its present numbering."""

    district = models.CharField(max_length=6, unique=True)
    validity = models.BigIntegerField(default=0)
    highest = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, default="", blank=True)
    """What went wrong at the last look; empty where nothing did."""

    def __str__(self) -> str:
        return f"{self.district} {self.validity}/{self.highest}"


class Mail(models.Model):
    """One mail that was taken, by its place in the mailbox. `sender` is keyed: only who knows an address can ask."""

    district = models.CharField(max_length=6)
    validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    sender = models.BinaryField(max_length=32)
    number = models.CharField(max_length=32, default="", blank=True)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "validity", "uid"], name="a_mail_is_taken_once"),
        ]
        indexes = [
            models.Index(fields=["district", "sender", "taken_at"], name="mails_of_a_sender"),
            models.Index(fields=["taken_at"], name="mails_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.district} {self.validity}/{self.uid}"


class BulkFile(models.Model):
    """A file of matters: looked at first, then taken row by row. Its content is sealed and dropped after its days.

    `done` rows were taken so far, in order; `faults` says of refused ones `[row, code, values]`, and nothing of what
    stood in them.
    """

    district = models.CharField(max_length=6)
    ref = models.UUIDField(unique=True)
    name = models.CharField(max_length=120)
    form = models.CharField(max_length=4)
    digest = models.BinaryField(max_length=32)
    sealed = models.BinaryField(null=True)
    state = models.CharField(max_length=8, default=FileState.DRAFT.value)
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    taken = models.IntegerField(default=0)
    duplicate = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    faults = models.JSONField(default=list)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in FileState]), name="a_bulk_file_is_at_a_known_state"
            ),
            models.CheckConstraint(
                condition=Q(done=models.F("taken") + models.F("duplicate") + models.F("refused")),
                name="every_row_done_came_to_something",
            ),
            models.UniqueConstraint(fields=["made_by", "digest"], name="a_person_uploads_a_file_once"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state=FileState.TAKING.value), name="bulk_files_to_take"),
            models.Index(fields=["made_by", "-id"], name="bulk_files_of_a_person"),
            models.Index(fields=["made_at"], name="bulk_files_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"
