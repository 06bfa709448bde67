"""What an outbox of a phone sends: whose it is, its key, when it was done by the phone's clock, and its photos."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from liandong.cases.queries import digest_of_call
from liandong.cases.rules.claims import claimed_at, in_our_time
from liandong.cases.rules.evidence import Capture
from liandong.kernel.refusal import Refusal, marked
from liandong.workbench.field.acts import Claim, SentPhoto

MOST_PHOTOS: Final = 9
_CHUNK: Final = 65_536


class KeyNeeded(Refusal):
    """An act without the key that lets it be done once."""

    status = 400
    says = marked("缺少请求头 Idempotency-Key。")
    remedy = marked("请从外勤应用提交。")


class OtherAccount(Refusal):
    """What one account did is being sent while another is signed in."""

    status = 401
    says = marked("这条记录是另一个账号办理的。")
    remedy = marked("请由原账号登录后发送，内容仍保存在手机上。")


class PhotosUnasked(Refusal):
    """More photos than an act takes, or of another kind."""

    status = 422
    says = marked("这个环节不接收“%(field)s”的附件，或超过 %(most)s 张。")
    remedy = marked("请删去多余的照片后再提交。")


@dataclass(frozen=True, slots=True)
class Sent:
    """One entry of an outbox as it came."""

    key: str
    digest: bytes
    device_now: datetime | None
    claim: Claim
    version: int | None


def sent_in(request: HttpRequest, *, owner: int | None, at: datetime) -> Sent:
    """Read what stands around the form.

    :raises KeyNeeded, OtherAccount: as they say
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise KeyNeeded
    if request.headers.get("For-Account", str(owner)) != str(owner):
        raise OtherAccount
    device_now = _instant(request.headers.get("Device-Time", ""))
    made = request.POST.get("made_at", "")[:40]
    claimed = claimed_at(_instant(made), device_now=device_now, at=at)
    version = request.POST.get("version", "")
    return Sent(
        key=key,
        digest=_digest(request),
        device_now=device_now,
        claim=Claim(claimed, made if _instant(made) else ""),
        version=int(version) if version.isdecimal() and len(version) < 10 else None,
    )


def photos_in(
    request: HttpRequest, purposes: Sequence[str], *, device_now: datetime | None, zone: tzinfo, at: datetime
) -> list[SentPhoto]:
    """The photos of an act, in the order in which they show the work.

    :raises PhotosUnasked: there are others, or too many
    """
    for field, files in request.FILES.lists():
        if field not in purposes or len(files) > MOST_PHOTOS:
            raise PhotosUnasked(field=field[:40], most=MOST_PHOTOS)
    found = []
    for purpose in purposes:
        told = [request.POST.getlist(f"{purpose}_{name}") for name in ("taken", "lon", "lat")]
        for place, file in enumerate(request.FILES.getlist(purpose)):
            taken, lon, lat = (column[place] if place < len(column) else "" for column in told)
            capture = _capture(taken, lon, lat, device_now=device_now, zone=zone, at=at)
            found.append(SentPhoto(file, purpose, capture))
    return found


def _capture(taken: str, lon: str, lat: str, *, device_now: datetime | None, zone: tzinfo, at: datetime) -> Capture:
    """What was said of a photo; what cannot be read is not said."""
    when = _instant(taken, zone=zone)
    if when is not None:
        when = in_our_time(when, device_now=device_now, at=at)
    east, north = _degrees(lon, most=180), _degrees(lat, most=90)
    return Capture(when, east, north) if east is not None and north is not None else Capture(when)


def _degrees(text: str, *, most: int) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) and abs(found) <= most else None


def _instant(text: str, *, zone: tzinfo | None = None) -> datetime | None:
    """An instant in ISO 8601; one without a zone only where `zone` says in which it was meant."""
    try:
        found = datetime.fromisoformat(text[:40])
    except ValueError:
        return None
    found = found.replace(tzinfo=zone) if found.tzinfo is None else found
    return found if found.tzinfo is not None and 1990 < found.year < 2200 else None


def _digest(request: HttpRequest) -> bytes:
    """What tells two calls apart: the fields and the contents of the files. Their wrapping differs each time."""
    parts = [request.path.encode()]
    for name, values in sorted(request.POST.lists()):
        parts += [name.encode(), *(str(value).encode() for value in values)]
    for name, files in sorted(request.FILES.lists()):
        parts += [name.encode(), *(_hash_of(file) for file in files)]
    return digest_of_call(*parts)


def _hash_of(file: UploadedFile[bytes]) -> bytes:
    found = hashlib.sha256()
    for chunk in file.chunks(_CHUNK):
        found.update(chunk)
    file.seek(0)
    return found.hexdigest().encode()
