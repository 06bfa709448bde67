"""What citizens send: a report with its photos and its voice, once; or a "me too" to a case that is open already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO, Final

from django.db import transaction

from liandong.areas.queries import district_codes
from liandong.cases.changes import Report
from liandong.cases.operations import AlreadyReported, attach_file, join_case, report_case
from liandong.cases.queries import THE_CASE, already_reported, public_cases
from liandong.cases.rules.files import FileKind, UnfitFile
from liandong.cases.rules.words import Identity
from liandong.cases.sealing import Contact
from liandong.citizen.models import Joining
from liandong.citizen.operations.allowances import spend
from liandong.citizen.queries import APP, CHANNEL, default_class, district_at
from liandong.citizen.sealing import mark_of
from liandong.kernel.datum import Datum, convert
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import NotFound

MOST_PHOTOS: Final = 5
SEE_PHOTOS: Final = "（见照片）"
HEAR_VOICE: Final = "（见录音）"
"""What stands for words where a photo or a voice says it."""


class TooManyPhotos(Refusal):
    """More photos than one report takes."""

    status = 422
    says = marked("一次最多 %(most)s 张照片。")
    remedy = marked("请留下最能说明问题的几张。")


class PlaceMissing(Refusal):
    """A report that does not say where."""

    status = 422
    says = marked("还不知道在哪里。")
    remedy = marked("请用定位、地图或几个字说明地点，例如“东桥路 12 号门口”。")


class ClassMissing(Refusal):
    """A report without a class, in a district that takes none without."""

    status = 422
    says = marked("还没有选择类别。")
    remedy = marked("请从类别列表中选一个最接近的。")


class NotARecording(UnfitFile):
    """A file of another kind where only a voice will do."""

    says = marked("文件不是可用的录音。")
    remedy = marked("请重新录一段，或只用文字和照片说明。")


@dataclass(frozen=True, slots=True)
class Sending:
    """What somebody sends. `key` was made by their device; `phone` is proven, or empty. Coordinates in `datum`."""

    words: str
    key: str
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    datum: str = Datum.WGS84.value
    nature: str = ""
    class_code: str = ""
    phone: str = ""
    is_confidential: bool = False

    @property
    def contact(self) -> Contact:
        """What is sealed of whoever sends it: the phone, if it is proven."""
        return Contact(phone=self.phone)

    @property
    def identity(self) -> str:
        """How they want to be known."""
        if not self.phone:
            return Identity.ANONYMOUS.value
        return (Identity.CONFIDENTIAL if self.is_confidential else Identity.NAMED).value


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a report: photos by name, and one voice."""

    photos: Sequence[tuple[str, BinaryIO]] = ()
    voice: tuple[str, BinaryIO] | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The number a report has, and whether it is new or came a second time."""

    number: str
    is_new: bool


def send_report(sending: Sending, *, files: Files, source: str, at: datetime) -> Taken:
    """Make a case of what was sent from `source`, files and all or not at all; the same one again is the same case.

    :raises TooOften: more from one address or one phone than anybody needs
    :raises PlaceMissing, ClassMissing, TooManyPhotos: what is lacking, or too much
    :raises Refusal: as reports and attachments are refused: no words, outside the district, not a photo …
    """
    external = _outside_number(sending)
    if known := already_reported(CHANNEL, [external]).get(external):
        return Taken(known, is_new=False)
    spend("report_address", of=source, at=at)
    if sending.phone:
        spend("report_phone", of=sending.phone, at=at)
    if len(files.photos) > MOST_PHOTOS:
        raise TooManyPhotos(most=MOST_PHOTOS)
    if sending.lon is None and not sending.address.strip():
        raise PlaceMissing
    report, district = _report_of(_with_words(sending, files), external, at=at)
    try:
        return Taken(_made(report, files, district=district, at=at), is_new=True)
    except AlreadyReported as refusal:
        return Taken(str(refusal.values["number"]), is_new=False)


def join_report(number: str, *, sending: Sending, source: str, at: datetime) -> str:
    """Keep somebody as another reporter of an open public case; return the number they are told.

    :raises NotFound: there is no such case that anybody may see
    :raises CaseOver: it has ended
    :raises TooOften: too many from one address
    """
    spend("join_address", of=source, at=at)
    if not any(public_cases(district).filter(number=number).exists() for district in district_codes()):
        raise NotFound(what=THE_CASE)
    with transaction.atomic():
        mark = mark_of(sending.key, number, purpose="joining")
        row, is_new = Joining.objects.get_or_create(key=mark, defaults={"at": at})
        if not is_new:
            return row.number
        joined = join_case(
            number,
            actor=APP,
            at=at,
            contact=sending.contact,
            note=sending.words,
            identity=sending.identity,
            channel=CHANNEL,
        )
        row.number = joined.number
        row.save(update_fields=["number"])
    return row.number


def _with_words(sending: Sending, files: Files) -> Sending:
    if sending.words.strip() or not (files.photos or files.voice):
        return sending
    return replace(sending, words=HEAR_VOICE if files.voice else SEE_PHOTOS)


def _report_of(sending: Sending, external: str, *, at: datetime) -> tuple[Report, str]:
    lon, lat = sending.lon, sending.lat
    if lon is not None and lat is not None and sending.datum in set(Datum):
        lon, lat = convert(lon, lat, source=Datum(sending.datum), target=Datum.WGS84)
    district = district_at(lon, lat, at=at)
    class_code = sending.class_code or default_class(district)
    if not class_code:
        raise ClassMissing
    report = Report(
        class_code=class_code,
        description=sending.words,
        channel=CHANNEL,
        nature=sending.nature,
        lon=sending.lon,
        lat=sending.lat,
        datum=sending.datum,
        address=sending.address,
        identity=sending.identity,
        contact=sending.contact,
        external_id=external,
    )
    return report, district


def _made(report: Report, files: Files, *, district: str, at: datetime) -> str:
    with transaction.atomic():
        case = report_case(report, district=district, actor=APP, at=at)
        for name, photo in files.photos:
            attach_file(
                case.number, stream=photo, name=name, purpose="report", actor=APP, at=at, only=FileKind.PHOTO
            )  # fmt: skip
        if files.voice:
            name, voice = files.voice
            kept = attach_file(case.number, stream=voice, name=name, purpose="report", actor=APP, at=at)
            if kept.kind != FileKind.AUDIO:
                raise NotARecording
    return case.number


def _outside_number(sending: Sending) -> str:
    """What tells this report from any other: the device's key and what was written, hashed.

    Hashed with a key of ours, so that whoever reads the case cannot send the report again and be taken for its
    reporter; with what was written, so that a form sent again with other words is another report.
    """
    said = (sending.key, sending.words, sending.address, str(sending.lon), str(sending.lat))
    return mark_of(*said, purpose="report").hex()[:40]
