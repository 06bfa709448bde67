"""Where files lie: everything below `MEDIA_ROOT`, named by its content, written beside its place and moved there.

`ab/abcd…` what was sent · `public/ab/abcd….jpg` the copy of a photo to show · `incoming/` what is still being sent ·
`quarantine/` what a virus scanner found. A name is a hash or an id, never what somebody called it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection

from liandong.kernel.refusal import Refusal, marked

CHUNK_BYTES: Final = 1_048_576
_LOCKS: Final = 0x0A77AC
"""The first half of the advisory locks of folders; the second is the folder's two hex digits."""


class NoRoom(Refusal):
    """The disk of the uploads is nearly full."""

    status = 503
    says = marked("服务器存储空间不足，暂时不能上传。")
    remedy = marked("请稍后再试，并告知管理员。")


def root() -> Path:
    """The folder of all uploads."""
    return Path(settings.MEDIA_ROOT)


def place_of(digest: str) -> Path:
    """Where the file of that hash lies."""
    return root() / digest[:2] / digest


def copy_of(digest: str) -> Path:
    """Where the copy of that photo lies that others may see."""
    return root() / "public" / digest[:2] / f"{digest}.jpg"


def quarantine_of(digest: str) -> Path:
    """Where a file lies that must not be opened."""
    return root() / "quarantine" / digest


def incoming_of(upload: UUID) -> Path:
    """Where the bytes of an unfinished upload are gathered."""
    return root() / "incoming" / f"{upload}.part"


def refuse_without_room(size: int) -> None:
    """Refuse before anything is written when it would leave less than the reserve free.

    :raises NoRoom: it would
    """
    folder = root()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if shutil.disk_usage(folder).free - size < settings.LIANDONG_UPLOAD_RESERVE:
        raise NoRoom


def gather(stream: BinaryIO, *, most: int) -> tuple[Path, int]:
    """Write a stream to a file of its own among the incoming, no further than one byte beyond `most`."""
    place = incoming_of(uuid4())
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    size = 0
    with place.open("xb") as file:
        while size <= most and (chunk := stream.read(min(CHUNK_BYTES, most + 1 - size))):
            file.write(chunk)
            size += len(chunk)
        file.flush()
        os.fsync(file.fileno())
    return place, size


def write_at(place: Path, offset: int, stream: BinaryIO, *, most: int) -> int:
    """Write what comes behind `offset` of a file, whatever a broken attempt left there; return how many bytes came.

    Never writes more than `most` bytes, and has them on disk before it returns.
    """
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = 0
    with os.fdopen(os.open(place, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        file.seek(offset)
        while written < most and (chunk := stream.read(min(CHUNK_BYTES, most - written))):
            file.write(chunk)
            written += len(chunk)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
    return written


def digest_of(place: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep(source: Path, digest: str) -> None:
    """Give an incoming file its place, in the caller's transaction; what is there already is the same.

    The incoming name stays until the caller drops it after the commit. The sweep leaves the folder alone meanwhile.
    """
    place = place_of(digest)
    _hold(digest[:2], alone=False)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if place.exists():
        os.utime(place)
        return
    fresh = place.with_name(f"{digest}.{uuid4().hex}.part")
    try:
        os.link(source, fresh)
    except OSError:
        # Not every disk knows a second name for a file.
        shutil.copyfile(source, fresh)
    os.utime(fresh)
    fresh.replace(place)


def keep_copy(digest: str, content: bytes) -> Path:
    """Write the copy of a photo that others may see."""
    place = copy_of(digest)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = place.with_name(f"{digest}.{uuid4().hex}.part")
    fresh.write_bytes(content)
    fresh.replace(place)
    return place


def quarantine(digest: str, source: Path) -> None:
    """Move a file to where nothing reads it, and drop the copy that was made of it."""
    place = quarantine_of(digest)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    source.replace(place)
    place.chmod(0o400)
    copy_of(digest).unlink(missing_ok=True)


def folders() -> Iterator[str]:
    """The two hex digits of every folder there is."""
    for folder in sorted(root().glob("[0-9a-f][0-9a-f]")):
        yield folder.name


def aged_files(folder: str, *, before: float) -> dict[str, list[Path]]:
    """The files of one folder, and the copies beside them, last touched before an instant (Unix seconds), by hash.

    What is left of a broken move counts by the hash it was to have. Asked for in a transaction: no new file gets its
    place in this folder until it ends.
    """
    _hold(folder, alone=True)
    found: dict[str, list[Path]] = {}
    for place in (*(root() / folder).glob("*"), *(root() / "public" / folder).glob("*")):
        digest = place.name.partition(".")[0]
        if len(digest) == 64 and place.stat().st_mtime < before:
            found.setdefault(digest, []).append(place)
    return found


def aged_incoming(*, before: float) -> list[Path]:
    """What was being sent and has not been touched since an instant (Unix seconds)."""
    return [place for place in (root() / "incoming").glob("*.part") if place.stat().st_mtime < before]


def _hold(folder: str, *, alone: bool) -> None:
    shared = "" if alone else "_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{shared}(%s, %s)", [_LOCKS, int(folder, 16)])
