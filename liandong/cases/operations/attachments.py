"""Files of a case: taken in whole, looked at before they are kept, scanned, and taken away again when they must be."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from liandong.cases import keeping, scanning
from liandong.cases.changes.intake import UnknownWord
from liandong.cases.docket import thing_of
from liandong.cases.events import FileAttached, FileQuarantined, PhotoAdded
from liandong.cases.models import Attachment, Upload
from liandong.cases.operations.beats import amendment
from liandong.cases.operations.evidence import prove
from liandong.cases.photos import NotAPhoto, Seen, look_at
from liandong.cases.queries import case_for
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.evidence import Capture
from liandong.cases.rules.files import FORMATS, KIND_WORDS, PURPOSES, FileFormat, FileKind, clean_label, inspect
from liandong.cases.rules.files.formats import FileTooLarge, UnknownFile
from liandong.cases.rules.files.pictures import without_metadata
from liandong.cases.scanning import Scanned, ScanState, VirusFound
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, require

ACT = "cases.add_photo"
A_DAY = timedelta(days=1)
NOTHING_SAID = Capture()


class QuotaSpent(Refusal):
    """An account has sent as much as it may in a day."""

    status = 429
    says = marked("您 24 小时内上传的文件已达上限 %(megabytes)s MB。")
    remedy = marked("请压缩文件，或明天再传；确有需要请联系管理员调高上限。")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that lies whole among the incoming, and what it is to be.

    `capture` is what was told beside a photo that was made smaller before it was sent and says nothing itself.
    """

    place: Path
    name: str
    purpose: str
    only: FileKind | None = None
    capture: Capture = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Examined:
    """What looking into a file gave: its format and hash, what the scanner says, and for a photo what is on it."""

    format: FileFormat
    digest: str
    size: int
    scanned: Scanned
    seen: Seen | None


def attach_file(
    number: str,
    *,
    stream: BinaryIO,
    name: str,
    purpose: str,
    actor: Actor,
    at: datetime,
    only: FileKind | None = None,
    capture: Capture = NOTHING_SAID,
) -> Attachment:
    """Keep a file with the case. Its type is what its content says; `name` becomes a label and nothing more.

    :raises UnfitFile: it is none of the files a case takes, or not the kind asked for (`only`)
    :raises QuotaSpent, NoRoom: too much for the account, or for the disk
    """
    may_attach(number, purpose=purpose, size=1, actor=actor, at=at)
    most = settings.LIANDONG_UPLOAD_LIMITS[only.value] if only else max(settings.LIANDONG_UPLOAD_LIMITS.values())
    place, size = keeping.gather(stream, most=most)
    try:
        if size > most:
            raise too_large(only)
        may_attach(number, purpose=purpose, size=size, actor=actor, at=at)
        with virus_on_record(number, purpose=purpose, actor=actor, at=at), transaction.atomic():
            return take_in(number, Incoming(place, name, purpose, only, capture), actor=actor, at=at)
    finally:
        place.unlink(missing_ok=True)


def add_photo(number: str, *, content: bytes, purpose: str, actor: Actor, at: datetime) -> Attachment:
    """Keep a photo with the case.

    :raises UnfitFile: the content is no JPEG or PNG that can be opened
    :raises UnknownWord: a photo has no such purpose
    """
    photo = FileKind.PHOTO
    return attach_file(number, stream=io.BytesIO(content), name="", purpose=purpose, actor=actor, at=at, only=photo)


def may_attach(number: str, *, purpose: str, size: int, actor: Actor, at: datetime) -> None:
    """Return when `actor` may add `size` more bytes to the case now.

    :raises NotFound, Forbidden: not to this case
    :raises UnknownWord: an attachment has no such purpose
    :raises QuotaSpent, NoRoom: too much for the account, or for the disk
    """
    if purpose not in PURPOSES:
        raise UnknownWord(value=purpose, field="purpose", known="、".join(PURPOSES))
    require(actor, ACT, thing_of(case_for(actor, number)))
    if actor.user_id is not None:
        kept = Attachment.objects.filter(added_by=actor.key, added_at__gt=at - A_DAY).aggregate(all=Sum("size"))
        coming = Upload.objects.filter(account=actor.key, attachment__isnull=True, expires_at__gt=at)
        spent = (kept["all"] or 0) + (coming.aggregate(all=Sum("length"))["all"] or 0)
        if spent + size > settings.LIANDONG_UPLOAD_QUOTA:
            raise QuotaSpent(megabytes=settings.LIANDONG_UPLOAD_QUOTA // 1_000_000)
    keeping.refuse_without_room(size)


def take_in(number: str, incoming: Incoming, *, actor: Actor, at: datetime) -> Attachment:
    """Look at a file that has come whole and make it an attachment, in the caller's transaction.

    The file gets its place first and its row after it: what dies in between leaves a file nobody knows, for the sweep.
    The caller drops the incoming file when the transaction has ended.

    :raises UnfitFile: see `attach_file`
    """
    found = examine(number, incoming, actor=actor)
    with amendment(number, ACT, actor=actor, at=at, version=None) as docket:
        keeping.keep(incoming.place, found.digest)
        if found.seen:
            keeping.keep_copy(found.digest, found.seen.copy)
        attachment = Attachment.objects.create(
            case=docket.case,
            purpose=incoming.purpose,
            kind=found.format.kind.value,
            sha256=found.digest,
            content_type=found.format.media_type,
            size=found.size,
            label=clean_label(incoming.name, fallback="") if incoming.name else "",
            scan=found.scanned.state.value,
            added_by=actor.key,
            added_at=at,
        )
        if found.seen:
            docket.record(PhotoAdded(incoming.purpose, found.digest))
            told = found.seen if found.seen.capture != NOTHING_SAID else replace(found.seen, capture=incoming.capture)
            prove(docket, attachment, told)
        else:
            docket.record(FileAttached(incoming.purpose, found.format.kind.value, found.digest))
    return attachment


def examine(number: str, incoming: Incoming, *, actor: Actor) -> Examined:
    """Look into a file by content, scan it, and open it where it is a photo.

    A photo that came with a report is nobody's proof of work and may be a citizen's: where and when it was taken is cut
    out of it before it is kept, its pixels untouched.
    """
    size = incoming.place.stat().st_size
    with incoming.place.open("rb") as stream:
        found = _inspected(stream, size, only=incoming.only)
    if size > settings.LIANDONG_UPLOAD_LIMITS[found.kind.value]:
        raise too_large(found.kind)
    scanned = scanning.scan(incoming.place)
    if scanned.state is ScanState.FOUND:
        digest = keeping.digest_of(incoming.place)
        keeping.quarantine(digest, incoming.place)
        raise VirusFound(signature=scanned.signature, sha256=digest)
    seen = None
    if found.kind is FileKind.PHOTO:
        content = incoming.place.read_bytes()
        if incoming.purpose == "report":
            bare = without_metadata(content)
            if bare != content:
                content = bare
                incoming.place.write_bytes(content)
        zone = rulebook_for(case_for(actor, number).district).map.calendar.zone
        seen = look_at(content, zone=zone)
        size = len(content)
    return Examined(found, keeping.digest_of(incoming.place), size, scanned, seen)


def too_large(kind: FileKind | None) -> FileTooLarge:
    """The refusal of a file of that kind, or of any, for its size."""
    limits = settings.LIANDONG_UPLOAD_LIMITS
    most = limits[kind.value] if kind else max(limits.values())
    return FileTooLarge(kind=KIND_WORDS[kind] if kind else marked("附件"), most=most // 1_000_000)


@contextmanager
def virus_on_record(number: str, *, purpose: str, actor: Actor, at: datetime) -> Iterator[None]:
    """Let whatever the body does be undone when a virus is found, and note that it was."""
    try:
        yield
    except VirusFound as refusal:
        with amendment(number, ACT, actor=actor, at=at, version=None) as docket:
            digest, signature = str(refusal.values["sha256"]), str(refusal.values["signature"])
            docket.record(FileQuarantined(purpose, digest, signature), is_change=False)
        raise


def scan_held(*, actor: Actor, at: datetime, most: int = 100) -> int:
    """Scan what was held because the scanner was away; return how many files got an answer."""
    answered = 0
    held = Attachment.objects.filter(scan=ScanState.HELD.value).order_by("id")
    for attachment_id, number in list(held.values_list("id", "case__number")[:most]):
        with amendment(number, ACT, actor=actor, at=at, version=None) as docket:
            row = Attachment.objects.select_for_update().filter(pk=attachment_id, scan=ScanState.HELD.value).first()
            if row is None:
                continue
            place = keeping.place_of(row.sha256)
            scanned = scanning.scan(place)
            if scanned.state is ScanState.HELD:
                return answered
            row.scan = scanned.state.value
            row.save(update_fields=["scan"])
            answered += 1
            if scanned.state is ScanState.FOUND:
                Attachment.objects.filter(sha256=row.sha256).update(scan=ScanState.FOUND.value)
                keeping.quarantine(row.sha256, place)
                docket.record(FileQuarantined(row.purpose, row.sha256, scanned.signature), is_change=False)
    return answered


def sweep_files(*, actor: Actor, at: datetime, age: timedelta = A_DAY) -> int:
    """Remove files that no attachment names: what a process left that died between file and row. Returns how many."""
    require(actor, "cases.load_history")
    removed = 0
    before = (at - age).timestamp()
    for folder in keeping.folders():
        with transaction.atomic():
            aged = keeping.aged_files(folder, before=before)
            named = set(Attachment.objects.filter(sha256__in=aged).values_list("sha256", flat=True))
            for digest, places in aged.items():
                for place in places:
                    if digest not in named or place.suffix == ".part":
                        place.unlink(missing_ok=True)
                        removed += 1
    return removed


def _inspected(stream: BinaryIO, size: int, *, only: FileKind | None) -> FileFormat:
    try:
        found = inspect(stream, size)
    except UnknownFile as refusal:
        if only is FileKind.PHOTO:
            raise NotAPhoto from refusal
        raise
    if only is not None and found.kind is not only:
        raise NotAPhoto
    return FORMATS[found.code]
