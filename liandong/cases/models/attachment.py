"""What belongs to a case as a file: attachments, uploads on their way, and what is known of staff's proofs."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from liandong.cases.models.case import Case
from liandong.cases.rules.evidence import Doubt
from liandong.cases.rules.files import PURPOSES, FileKind

_PURPOSES = Q(purpose__in=list(PURPOSES))


class Attachment(models.Model):
    """A file of the case: content in the uploads folder under its hash, meaning here."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="attachments")
    purpose = models.CharField(max_length=10)
    kind = models.CharField(max_length=8, default=FileKind.PHOTO.value)
    sha256 = models.CharField(max_length=64, db_index=True)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    label = models.CharField(max_length=80, default="", blank=True)
    scan = models.CharField(max_length=10, default="unscanned")
    added_by = models.CharField(max_length=80)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_PURPOSES, name="a_photo_has_a_known_purpose"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in FileKind]), name="an_attachment_is_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(scan__in=["clean", "found", "unscanned", "held"]),
                name="an_attachment_is_scanned_or_known_not_to_be",
            ),
        ]
        indexes = [
            models.Index(fields=["added_by", "added_at"], name="attachments_of_an_account"),
            models.Index(fields=["id"], condition=Q(scan="held"), name="attachments_waiting_for_scan"),
        ]


class Upload(models.Model):
    """A file on its way in pieces. `received` bytes of `length` are on disk; a finished one names its attachment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, models.CASCADE, related_name="uploads")
    account = models.CharField(max_length=80)
    purpose = models.CharField(max_length=10)
    name = models.CharField(max_length=200, default="", blank=True)
    length = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    attachment = models.ForeignKey(Attachment, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_PURPOSES, name="an_upload_has_a_known_purpose"),
            models.CheckConstraint(
                condition=Q(received__gte=0, received__lte=F("length")),
                name="an_upload_receives_no_more_than_announced",
            ),
        ]
        indexes = [models.Index(fields=["account", "begun_at"], name="uploads_of_an_account")]


class Proof(models.Model):
    """What a photo of staff proves, as far as machines can tell: its print, when it was taken, how far from the case.

    Where it was taken is not kept, only the distance: nobody's positions are gathered here.
    """

    attachment = models.OneToOneField(Attachment, models.CASCADE, related_name="proof")
    account = models.CharField(max_length=80)
    print = models.BigIntegerField(null=True)
    bands = ArrayField(models.IntegerField(), default=list)
    taken_at = models.DateTimeField(null=True)
    metres = models.IntegerField(null=True)

    class Meta:
        indexes = [
            GinIndex(fields=["bands"], name="proofs_by_bands", fastupdate=False),
            models.Index(fields=["account", "taken_at"], name="proofs_of_an_account"),
        ]


class EvidenceFlag(models.Model):
    """One reason to doubt a proof, until a supervisor dismisses it with a reason. It blocks nothing."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="flags")
    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="flags")
    reason = models.CharField(max_length=20)
    facts = models.JSONField(default=dict)
    raised_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.CharField(max_length=80, default="", blank=True)
    dismissal = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=[reason.value for reason in Doubt]), name="a_flag_has_a_known_reason"
            ),
            models.CheckConstraint(
                condition=Q(dismissed_at__isnull=True, dismissal="", dismissed_by="")
                | (Q(dismissed_at__isnull=False) & ~Q(dismissal="") & ~Q(dismissed_by="")),
                name="a_flag_is_dismissed_by_somebody_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["case", "id"], name="flags_of_a_case")]
