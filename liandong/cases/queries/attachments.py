"""Questions about the files of a case: which there are, which one may open, and what is known of staff's proofs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from liandong.cases import keeping
from liandong.cases.docket import thing_of
from liandong.cases.models import Assignment, Attachment, Case, EvidenceFlag, Proof, Upload
from liandong.cases.photos import COPY_TYPE, look_at
from liandong.cases.queries.cases import case_for, trace_of
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.evidence import JUMP_WITHIN, Earlier, Scene, Stop
from liandong.cases.rules.files import FORMATS, KIND_WORDS, FileKind
from liandong.cases.rules.prints import FARTHEST_FOUND, bands_near
from liandong.cases.scanning import ScanState
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.timeline.queries import Entry
from liandong.web.files import FileToSend

THE_FILE = marked("这个附件")
THE_UPLOAD = marked("这次上传")
_FOR_FEW = ("EvidenceFlagged", "EvidenceFlagDismissed")
"""What of the timeline only those read who judge the evidence."""

_COPIES = """
SELECT own.number, file.purpose, bit_count((proof.print # %(print)s)::bit(64)), own.id
FROM cases_proof proof
JOIN cases_attachment file ON file.id = proof.attachment_id
JOIN cases_case own ON own.id = file.case_id
WHERE proof.bands && %(bands)s::int[] AND bit_count((proof.print # %(print)s)::bit(64)) <= %(farthest)s
    AND own.district = %(district)s AND file.id <> %(file)s
ORDER BY 3, file.id LIMIT 100
"""
_DOUBLES = """
SELECT own.number, file.purpose, 0, own.id
FROM cases_attachment file
JOIN cases_proof proof ON proof.attachment_id = file.id
JOIN cases_case own ON own.id = file.case_id
WHERE file.sha256 = %(sha256)s AND own.district = %(district)s AND file.id <> %(file)s
ORDER BY file.id LIMIT 100
"""


class AwaitingScan(Refusal):
    """A file that is held until the virus scanner has seen it."""

    status = 409
    says = marked("这个附件正在等待病毒扫描。")
    remedy = marked("扫描服务恢复后会自动放行，请稍后再打开。")


class InQuarantine(Refusal):
    """A file in which the virus scanner found something after it had been added."""

    status = 410
    says = marked("这个附件被查出病毒，已隔离，不能打开。")
    remedy = marked("如仍需要这份材料，请让提供者重新提供。")


def attachments_of(case: Case) -> QuerySet[Attachment]:
    """Every file of a case, in the order in which they came."""
    return Attachment.objects.filter(case=case).order_by("id")


def photos_of(case: Case) -> QuerySet[Attachment]:
    """The photos of a case."""
    return attachments_of(case).filter(kind=FileKind.PHOTO.value)


def proof_of(case: Case) -> frozenset[str]:
    """For which purposes photos were added since the case was last sent to a unit, or at all where it never was.

    What `evidence` demands of a hand-in (`rules.policies.Evidence`): `after`, or the pair `before` and `after`.
    """
    sent = _held_by(case).values_list("sent_at", flat=True).first()
    photos = photos_of(case).exclude(scan=ScanState.FOUND.value)
    photos = photos.filter(added_at__gte=sent) if sent else photos
    return frozenset(photos.values_list("purpose", flat=True))


def attachment_for(actor: Actor, number: str, pk: int) -> Attachment:
    """A file of a case that `actor` may see.

    :raises NotFound: there is none, or the case is not for this actor
    """
    found = attachments_of(case_for(actor, number)).filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise NotFound(what=THE_FILE)
    return found


def may_judge(actor: Actor, case: Case) -> bool:
    """Whether `actor` may see originals of photos, and what speaks against them."""
    return actor.may("cases.see_evidence", thing_of(case))


def file_for(actor: Actor, number: str, pk: int, *, original: bool = False) -> FileToSend:
    """A file ready to be handed to `actor`: of a photo the copy without metadata, unless the original is asked for.

    :raises NotFound: as `attachment_for`, or the file is not where it should be
    :raises Forbidden: originals of photos are for those who judge the evidence
    :raises AwaitingScan, InQuarantine: it may not be opened
    """
    found = attachment_for(actor, number, pk)
    is_photo = found.kind == FileKind.PHOTO
    if original and is_photo:
        require(actor, "cases.see_evidence", thing_of(found.case))
    return _original(found) if original or not is_photo else copy_to_send(found)


def copy_to_send(photo: Attachment) -> FileToSend:
    """The copy of a photo that anybody may see who may see the photo; made now where there is none yet."""
    place = keeping.place_of(photo.sha256)
    _refuse_unopenable(photo, is_there=place.is_file())
    copy = keeping.copy_of(photo.sha256)
    if not copy.is_file():
        zone = rulebook_for(photo.case.district).map.calendar.zone
        copy = keeping.keep_copy(photo.sha256, look_at(place.read_bytes(), zone=zone).copy)
    return FileToSend(copy, COPY_TYPE, f"{named(photo)}.jpg", f"{photo.sha256}-copy", is_inline=True)


def named(attachment: Attachment) -> str:
    """What a file is called when it is saved, without its extension."""
    return attachment.label or f"{attachment.case.number}-{attachment.pk}"


def kind_word(kind: str) -> str:
    """A kind in words."""
    return KIND_WORDS[FileKind(kind)]


def upload_for(actor: Actor, upload: UUID, *, at: datetime) -> Upload:
    """An upload of the actor's own whose time is not over, to a case they may still add to.

    :raises NotFound: there is none
    :raises Forbidden: they may not add to the case any more
    """
    found = Upload.objects.select_related("case").filter(pk=upload, account=actor.key, expires_at__gt=at).first()
    if found is None:
        raise NotFound(what=THE_UPLOAD)
    require(actor, "cases.add_photo", thing_of(case_for(actor, found.case.number)))
    return found


def flags_of(case: Case) -> QuerySet[EvidenceFlag]:
    """What speaks against the proofs of a case, open doubts first."""
    return EvidenceFlag.objects.filter(case=case).select_related("attachment").order_by("dismissed_at", "id")


def trace_for(actor: Actor, case: Case) -> QuerySet[Entry]:
    """What happened to a case as far as `actor` is told: doubts about proofs are for those who judge them."""
    entries = trace_of(case)
    return entries if may_judge(actor, case) else entries.exclude(event__in=_FOR_FEW)


def scene_of(case: Case, *, by: int | None) -> Scene:
    """What a photo taken `by` an account is compared with. Who arrived without a network was there before we knew."""
    arrived = _held_by(case).values_list("arrived_at", flat=True).first()
    is_own = by is not None and case.reporter == by
    if arrived is not None:
        arrived = min(arrived, _claimed_arrival(case) or arrived)
    return Scene(case.reported_at, is_own, arrived, case.lon, case.lat)


def copies_of(attachment: Attachment, value: int | None, *, district: str) -> list[Earlier]:
    """Earlier proofs of the district that look the same: near by print, or equal to the byte."""
    asked: dict[str, Any] = {"file": attachment.pk, "district": district, "sha256": attachment.sha256}
    rows: list[tuple[str, str, int, int]] = []
    with connection.cursor() as cursor:
        if value is not None:
            near = {"print": value, "bands": bands_near(value), "farthest": FARTHEST_FOUND}
            cursor.execute(_COPIES, asked | near)
            rows = cursor.fetchall()
        cursor.execute(_DOUBLES, asked)
        rows = [*cursor.fetchall(), *rows]
    return [Earlier(number, purpose, bits, case == attachment.case_id) for number, purpose, bits, case in rows]


def stops_of(attachment: Attachment, *, at: datetime) -> list[Stop]:
    """Where the same account's proofs of other cases were, around an instant: the places of those cases."""
    others = Proof.objects.filter(
        account=attachment.added_by,
        taken_at__range=(at - JUMP_WITHIN, at + JUMP_WITHIN),
        attachment__case__lon__isnull=False,
    ).exclude(attachment__case=attachment.case_id)
    case = "attachment__case__"
    rows = others.order_by("taken_at").values_list(f"{case}number", "taken_at", f"{case}lon", f"{case}lat")
    return [Stop(number, taken, lon, lat) for number, taken, lon, lat in rows[:500]]


def _held_by(case: Case) -> QuerySet[Assignment]:
    """How the case came to the unit that holds it, the last time first."""
    return Assignment.objects.filter(case=case, unit=case.unit).order_by("-id")


def _original(attachment: Attachment) -> FileToSend:
    place = keeping.place_of(attachment.sha256)
    _refuse_unopenable(attachment, is_there=place.is_file())
    formats = (row for row in FORMATS.values() if row.media_type == attachment.content_type)
    known = next(formats, None)
    name = f"{named(attachment)}.{known.extension if known else 'bin'}"
    plays = attachment.kind in (FileKind.AUDIO, FileKind.VIDEO)
    return FileToSend(place, attachment.content_type, name, attachment.sha256, is_inline=plays)


def _refuse_unopenable(attachment: Attachment, *, is_there: bool) -> None:
    if attachment.scan == ScanState.HELD:
        raise AwaitingScan
    if attachment.scan == ScanState.FOUND:
        raise InQuarantine
    if not is_there:
        raise NotFound(what=THE_FILE)


def _claimed_arrival(case: Case) -> datetime | None:
    """When a handler says to have arrived, where that was told of later than it was done."""
    claims = trace_of(case).filter(event="ActClaimed", data__step="arrive", data__has_key="claimed_at")
    told = list(claims.values_list("data__claimed_at", flat=True))
    return datetime.fromisoformat(told[-1]) if told else None
