"""Files that come in pieces: begun, continued where the connection broke, finished in one transaction, or forgotten.

What is on disk beyond `received` counts for nothing: a piece counts when its row is committed, and the last piece with
its attachment. So whatever dies, the sender asks how much has arrived and goes on from there.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction

from liandong.cases import keeping
from liandong.cases.models import Upload
from liandong.cases.operations.attachments import Incoming, may_attach, take_in, too_large, virus_on_record
from liandong.cases.queries import THE_UPLOAD, case_for, upload_for
from liandong.cases.rules.files import UnfitFile, format_of_head
from liandong.cases.rules.files.formats import EmptyFile, format_promised
from liandong.cases.rules.files.sniffing import HEAD_BYTES
from liandong.cases.rules.redaction import redact, storable
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require

MOST_AT_ONCE = 20


class OffsetConflict(Refusal):
    """A piece that does not begin where the last one ended. Carries how much has arrived."""

    status = 409
    says = marked("已收到 %(received)s 字节，而这一段从 %(offset)s 开始。")
    remedy = marked("请先查询已收到的字节数，再从那里续传。")


class UploadBusy(Refusal):
    """Another piece of the same upload is just being written."""

    status = 409
    says = marked("这个文件的另一段正在写入。")
    remedy = marked("请稍候查询进度后续传。")


class MoreThanAnnounced(Refusal):
    """A piece that leads beyond the length the upload announced."""

    status = 413
    says = marked("收到的内容超过了声明的 %(length)s 字节。")
    remedy = marked("请按文件的真实长度重新开始上传。")


class TooManyUploads(Refusal):
    """Too many unfinished uploads of one account."""

    status = 429
    says = marked("您有 %(count)s 个文件尚未传完。")
    remedy = marked("请先传完或取消它们，再上传新的文件。")


def begin_upload(number: str, *, name: str, purpose: str, length: int, actor: Actor, at: datetime) -> Upload:
    """Announce a file of `length` bytes. What cannot be taken is refused here, before a byte has come.

    :raises FileTooLarge: longer than a file of the kind its name promises, or of any kind, may be
    :raises Refusal: as `may_attach`
    """
    if length < 1:
        raise EmptyFile
    promised = format_promised(name)
    limits = settings.LIANDONG_UPLOAD_LIMITS
    if length > (limits[promised.kind.value] if promised else max(limits.values())):
        raise too_large(promised.kind if promised else None)
    may_attach(number, purpose=purpose, size=length, actor=actor, at=at)
    waiting = Upload.objects.filter(account=actor.key, attachment__isnull=True, expires_at__gt=at).count()
    if waiting >= MOST_AT_ONCE:
        raise TooManyUploads(count=waiting)
    return Upload.objects.create(
        case=case_for(actor, number),
        account=actor.key,
        purpose=purpose,
        name=redact(storable(name)).text[:200],
        length=length,
        begun_at=at,
        expires_at=at + timedelta(hours=settings.LIANDONG_UPLOAD_HOURS),
    )


def continue_upload(upload: UUID, *, offset: int, stream: BinaryIO, actor: Actor, at: datetime) -> Upload:
    """Take the next piece. With the last one the file is looked at and becomes an attachment.

    :raises OffsetConflict, UploadBusy: ask how much has arrived, and go on from there
    :raises MoreThanAnnounced, UnfitFile: refused for good; the upload is gone
    """
    row = upload_for(actor, upload, at=at)
    number, purpose = row.case.number, row.purpose
    try:
        with virus_on_record(number, purpose=purpose, actor=actor, at=at), transaction.atomic():
            row = _take_piece(row, offset=offset, stream=stream, actor=actor, at=at)
    except (UnfitFile, MoreThanAnnounced):
        _forget([upload])
        raise
    if row.attachment_id is not None:
        keeping.incoming_of(upload).unlink(missing_ok=True)
    return row


def drop_upload(upload: UUID, *, actor: Actor, at: datetime) -> None:
    """Forget an upload and what has come of it; an attachment it has become stays."""
    row = upload_for(actor, upload, at=at)
    _forget([row.pk])


def sweep_uploads(*, actor: Actor, at: datetime) -> int:
    """Forget uploads whose time is over, and pieces without a row. Returns how many uploads were forgotten."""
    require(actor, "cases.load_history")
    over = list(Upload.objects.filter(expires_at__lte=at).values_list("pk", flat=True))
    _forget(over)
    for place in keeping.aged_incoming(before=(at - timedelta(hours=2 * settings.LIANDONG_UPLOAD_HOURS)).timestamp()):
        place.unlink(missing_ok=True)
    return len(over)


def _take_piece(row: Upload, *, offset: int, stream: BinaryIO, actor: Actor, at: datetime) -> Upload:
    found = Upload.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=row.pk).first()
    if found is None:
        raise UploadBusy if Upload.objects.filter(pk=row.pk).exists() else NotFound(what=THE_UPLOAD)
    if offset != found.received:
        raise OffsetConflict(received=found.received, offset=offset)
    if found.attachment_id is not None:
        return found
    place = keeping.incoming_of(found.pk)
    left = found.length - offset
    came = keeping.write_at(place, offset, stream, most=left)
    if stream.read(1):
        raise MoreThanAnnounced(length=found.length)
    found.received += came
    if offset < HEAD_BYTES:
        _refuse_early(found)
    if found.received == found.length:
        incoming = Incoming(place, found.name, found.purpose)
        found.attachment = take_in(row.case.number, incoming, actor=actor, at=at)
    found.save(update_fields=["received", "attachment"])
    return found


def _refuse_early(row: Upload) -> None:
    """By its first bytes a file may be refused long before its last ones have come."""
    if row.received < min(HEAD_BYTES, row.length):
        return
    with keeping.incoming_of(row.pk).open("rb") as file:
        found = format_of_head(file.read(HEAD_BYTES))
    if found is not None and row.length > settings.LIANDONG_UPLOAD_LIMITS[found.kind.value]:
        raise too_large(found.kind)


def _forget(uploads: list[UUID]) -> None:
    Upload.objects.filter(pk__in=uploads).delete()
    for upload in uploads:
        keeping.incoming_of(upload).unlink(missing_ok=True)
