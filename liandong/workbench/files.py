"""The files of a case as its page shows them: the pair before and after, photos, recordings, documents, doubts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.cases.docket import thing_of
from liandong.cases.queries import attachments_of, flags_of, kind_word, may_judge, named
from liandong.cases.rules.evidence import DOUBT_WORDS, Doubt
from liandong.cases.rules.files import FileKind
from liandong.people.access import Actor
from liandong.people.queries import staff_by_key
from liandong.web.names import listed
from liandong.workbench.attachment_forms import AttachmentForm, DismissForm

if TYPE_CHECKING:
    from liandong.cases.models import Attachment, Case, EvidenceFlag


@dataclass(frozen=True, slots=True)
class FileShown:
    """One file: what it is for and is, where it is opened, and why it cannot be."""

    pk: int
    purpose: str
    purpose_word: str
    kind: str
    kind_word: str
    name: str
    url: str
    original_url: str
    media_type: str
    size: str
    added_at: datetime
    obstacle: str


@dataclass(frozen=True, slots=True)
class FlagShown:
    """One doubt in words, with what was said when it was dismissed."""

    pk: int
    file: int
    word: str
    detail: str
    raised_at: datetime
    is_open: bool
    dismissed: str


def files_context(
    actor: Actor, case: Case, *, form: AttachmentForm | None = None, refused: DismissForm | None = None, flag: int = 0
) -> dict[str, Any]:
    """What `workbench/files.html` needs. `form` and `refused` are forms that come back with their faults."""
    judges = may_judge(actor, case)
    shown = [_shown(file, case, judges=judges) for file in attachments_of(case)]
    photos = [file for file in shown if file.kind == FileKind.PHOTO]
    thing = thing_of(case)
    open_to_add = actor.may("cases.add_photo", thing) and case.ended_at is None
    return {
        "case": case,
        "pair": pair_of(photos),
        "photos": photos,
        "recordings": [file for file in shown if file.kind in (FileKind.AUDIO, FileKind.VIDEO)],
        "documents": [file for file in shown if file.kind in (FileKind.PDF, FileKind.OFFICE)],
        "flags": _flags(flags_of(case)) if judges else [],
        "may_dismiss": actor.may("cases.dismiss_flag", thing),
        "dismiss_form": refused or DismissForm(),
        "refused_flag": flag,
        "file_form": (form or AttachmentForm()) if open_to_add else None,
    }


def pair_of(photos: Iterable[FileShown]) -> tuple[FileShown, FileShown] | None:
    """The last photo before and the last after; None without both."""
    last = {photo.purpose: photo for photo in photos if not photo.obstacle}
    return (last["before"], last["after"]) if {"before", "after"} <= last.keys() else None


def purpose_word(purpose: str) -> str:
    """What a file is for, in words."""
    words = {"before": _("处置前"), "after": _("处置后"), "report": _("上报"), "evidence": _("佐证")}
    return words.get(purpose, purpose)


def size_word(size: int) -> str:
    """A size as people read it."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{size / 1_000_000:.1f} MB"


def span_word(minutes: int) -> str:
    """A span of time as people say it, in its largest fitting unit."""
    if minutes < 120:
        return _("%(count)s 分钟") % {"count": minutes}
    if minutes < 2880:
        return _("%(count)s 小时") % {"count": round(minutes / 60)}
    return _("%(count)s 天") % {"count": round(minutes / 1440)}


def _shown(file: Attachment, case: Case, *, judges: bool) -> FileShown:
    url = reverse("workbench:photo_file", args=[case.number, file.pk])
    obstacles = {"held": _("等待病毒扫描"), "found": _("查出病毒，已隔离")}
    is_photo = file.kind == FileKind.PHOTO
    return FileShown(
        pk=file.pk,
        purpose=file.purpose,
        purpose_word=purpose_word(file.purpose),
        kind=file.kind,
        kind_word=_(kind_word(file.kind)),
        name=named(file),
        url=url,
        original_url=f"{url}?original=1" if judges and is_photo else "",
        media_type=file.content_type,
        size=size_word(file.size),
        added_at=file.added_at,
        obstacle=obstacles.get(file.scan, ""),
    )


def _flags(flags: Iterable[EvidenceFlag]) -> list[FlagShown]:
    known = list(flags)
    people = staff_by_key({flag.dismissed_by for flag in known if flag.dismissed_by})
    return [_flag(flag, people) for flag in known]


def _flag(flag: EvidenceFlag, people: dict[str, tuple[str, str]]) -> FlagShown:
    by = people.get(flag.dismissed_by, (flag.dismissed_by, ""))[0]
    said = _("%(name)s 已解除：%(why)s") % {"name": by, "why": flag.dismissal} if flag.dismissed_at else ""
    return FlagShown(
        pk=flag.pk,
        file=flag.attachment_id,
        word=_(DOUBT_WORDS[Doubt(flag.reason)]),
        detail=listed(_details(flag.facts)),
        raised_at=flag.raised_at,
        is_open=flag.dismissed_at is None,
        dismissed=said,
    )


def _details(facts: dict[str, Any]) -> Iterable[str]:
    if "number" in facts:
        yield str(facts["number"])
    if "metres" in facts:
        yield _("相距 %(metres)s 米") % {"metres": facts["metres"]}
    if "minutes" in facts:
        yield _("相差 %(time)s") % {"time": span_word(int(facts["minutes"]))}
    if "bits" in facts:
        yield _("图像差异 %(bits)s / 64") % {"bits": facts["bits"]}
