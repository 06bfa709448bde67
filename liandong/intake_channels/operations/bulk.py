"""Files of matters in two steps: a dry run that shows every bad row, then the taking of all good ones, row by row.

Each row is a message of the channel `bulk`, taken once whatever dies and however often its file comes. What the file
holds is sealed; of a refused row only the reason is noted, and the row itself goes back to whoever uploaded it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from django.db import transaction

from liandong.cases import changes
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.intake_channels.contract import Message
from liandong.intake_channels.events import BulkFileAsked, BulkFileTaken
from liandong.intake_channels.models import BulkFile
from liandong.intake_channels.operations.effects import Rows, report_of
from liandong.intake_channels.operations.taking import storable_values, take_message
from liandong.intake_channels.plugins.bulk import BULK, form_of_file, message_of_row, rows_of_file
from liandong.intake_channels.queries import bulk_file_of, counted_orders, tables_of
from liandong.intake_channels.refusals import refusal_words
from liandong.intake_channels.rules.words import Fate, FileState
from liandong.intake_channels.sealing import digest_of, sealed_message, unsealed_message
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import NOBODY, Actor, Forbidden, act_word, actor_for, platform, require
from liandong.people.queries import account_named
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject, record
from liandong.web.refusals import explain
from liandong.web.sheets import SheetRow

UPLOAD: Final = "channels.upload"
ROWS_AT_ONCE: Final = 50


class FileAsked(Refusal):
    """A file that is being taken, or was."""

    status = 409
    says = marked("这个文件已经开始导入。")
    remedy = marked("请查看进度；有误的行改正后另存为新文件上传，已登记的行不会重复。")


class FileForgotten(Refusal):
    """A file whose content is no longer kept."""

    status = 409
    says = marked("这个文件的内容已不再保存。")
    remedy = marked("请重新上传。")


class RowRepeated(Refusal):
    """A row that says what an earlier one of the file says."""

    status = 409
    says = marked("与第 %(row)s 行的编号或内容相同。")
    remedy = marked("确是另一件事的，请给出不同的编号。")


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it would be taken: `refusal` says why not, `number` is the case it is already."""

    row: SheetRow
    refusal: Refusal | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is, or was, refused: its number in the file, by which refusal, in words, and what to do."""

    number: int
    code: str
    says: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the rows of a file will come to, or came to: cases, cases that there are already, or nothing."""

    good: int
    same: int
    bad: Sequence[BadRow]


@transaction.atomic
def keep_file(content: bytes, *, name: str, district: str, actor: Actor, at: datetime) -> BulkFile:
    """Keep an uploaded file until it is taken; the same file again is the one that was kept.

    :raises Forbidden: the actor may upload none there
    :raises Refusal: see `plugins.bulk.rows_of_file`: nothing can be read
    """
    require(actor, UPLOAD, Thing(district))
    rows, ref = rows_of_file(content), uuid4()
    fresh = {
        "district": district,
        "ref": ref,
        "name": name.replace("\x00", "")[-120:],
        "form": form_of_file(content),
        "sealed": sealed_message(content, ref=ref),
        "total": len(rows),
        "made_at": at,
    }
    found, _is_new = BulkFile.objects.get_or_create(made_by=actor.key, digest=digest_of(content), defaults=fresh)
    return found


def dry_run(file: BulkFile, *, at: datetime) -> list[Line]:
    """What taking a file would do with each row. Nothing is written, and nothing of it is kept.

    :raises FileForgotten: its content is gone
    """
    book = rulebook_for(file.district)
    tables, names = tables_of(file.district, BULK.code), names_of_classes(book)
    messages = [(row, message_of_row(row, names=names)) for row in rows_kept(file)]
    known = counted_orders(file.district, BULK.code, [message.id for _row, message in messages])
    lines: list[Line] = []
    seen: dict[str, int] = {}
    for row, message in messages:
        if message.id in known:
            lines.append(Line(row, number=known[message.id]))
            continue
        refusal = message.fault or _refusal_of(message, book, tables, at=at)
        if refusal is None and message.id in seen:
            refusal = RowRepeated(row=seen[message.id])
        seen.setdefault(message.id, row.number)
        lines.append(Line(row, refusal))
    return lines


def outlook_of(file: BulkFile, *, at: datetime) -> Outlook:
    """What taking a file would come to, or what has come of it so far.

    :raises FileForgotten: it was never taken, and its content is gone
    """
    if file.state != FileState.DRAFT:
        bad = [BadRow(number, code, *refusal_words(code, values)) for number, code, values in file.faults]
        return Outlook(file.taken, file.duplicate, bad)
    lines = dry_run(file, at=at)
    bad = [_bad(line.row.number, line.refusal) for line in lines if line.refusal is not None]
    same = sum(bool(line.number) for line in lines)
    return Outlook(len(lines) - len(bad) - same, same, bad)


@transaction.atomic
def ask_for_file(pk: int, *, actor: Actor, at: datetime) -> BulkFile:
    """Have the good rows of a file taken; a worker does it, and the page shows how far it is.

    :raises NotFound: the actor uploaded no such file
    :raises Forbidden: they may upload none any more
    :raises FileAsked, FileForgotten: as they say
    """
    found = BulkFile.objects.select_for_update().get(pk=bulk_file_of(actor, pk).pk)
    require(actor, UPLOAD, Thing(found.district))
    if found.state != FileState.DRAFT:
        raise FileAsked
    if found.sealed is None:
        raise FileForgotten
    found.state, found.asked_at = FileState.TAKING.value, at
    found.save(update_fields=["state", "asked_at"])
    record(BulkFileAsked(found.name, found.total), about=_about(found), actor=actor.key, at=at)
    return found


def take_bulk_files(*, actor: Actor, at: datetime, most: int = ROWS_AT_ONCE) -> int:
    """Take up to `most` rows of the files that wait, the oldest first; return how many were.

    Safe in any number of processes: each row is done in the transaction that counts it.

    :raises Forbidden: the actor may not take messages
    """
    require(actor, "channels.take")
    done = 0
    waiting = BulkFile.objects.filter(state=FileState.TAKING).order_by("id")
    for file in list(waiting[:10]):
        done += _take_rows(file, most=most - done, at=at)
        if done >= most:
            break
    return done


def rows_kept(file: BulkFile) -> list[SheetRow]:
    """The rows of a file that was kept.

    :raises FileForgotten: its content is gone, or the key that opened it
    """
    content = unsealed_message(bytes(file.sealed), ref=file.ref) if file.sealed else None
    if content is None:
        raise FileForgotten
    return rows_of_file(content)


def names_of_classes(book: Rulebook) -> Mapping[str, str]:
    """The codes of the classes that reports may bear, by name; a name that two have leads to neither."""
    found: dict[str, str] = {}
    twice = set()
    for code, kind in book.classes.items():
        if kind.is_leaf:
            twice |= {kind.name} & found.keys()
            found[kind.name] = code
    return {name: code for name, code in found.items() if name not in twice}


def _bad(number: int, refusal: Refusal) -> BadRow:
    told = explain(refusal)
    return BadRow(number, refusal.code, told.says, told.remedy)


def _refusal_of(message: Message, book: Rulebook, tables: Rows, *, at: datetime) -> Refusal | None:
    """What taking a row would be refused by."""
    assert message.matter is not None
    district = book.map.district.code
    try:
        report = report_of(message.matter, channel=BULK.code, order=message.id, district=district, rows=tables)
        changes.new_docket(report, rulebook=book, actor=platform(BULK.code), at=at)
    except Refusal as refusal:
        return refusal
    return None


def _take_rows(file: BulkFile, *, most: int, at: datetime) -> int:
    try:
        rows: Sequence[SheetRow] = rows_kept(file)
    except Refusal:
        rows = ()
    names, begun = names_of_classes(rulebook_for(file.district)), file.done
    may = _uploader(file, at=at).may(UPLOAD, Thing(file.district))
    for place in range(begun, min(begun + most, len(rows))):
        message = message_of_row(rows[place], names=names)
        if not may:
            message = Message(message.kind, message.id, message.order, fault=Forbidden(act=act_word(UPLOAD)))
        if not _take_row(file.pk, place, rows[place].number, message, at=at):
            return place - begun
    if begun + most >= len(rows):
        _end(file.pk, at=at)
    return max(0, min(most, len(rows) - begun))


@transaction.atomic
def _take_row(pk: int, place: int, row: int, message: Message, *, at: datetime) -> bool:
    """Take one row, and count it; false where another process is at this file or further."""
    file = BulkFile.objects.select_for_update(skip_locked=True).filter(pk=pk, state=FileState.TAKING).first()
    if file is None or file.done != place:
        return False
    result = take_message(message, channel=BULK, district=file.district, actor=platform(BULK.code), at=at)
    file.done += 1
    if result.fate is Fate.TAKEN:
        file.taken += 1
    elif result.fate is Fate.DUPLICATE:
        file.duplicate += 1
    else:
        file.refused += 1
        file.faults = [*file.faults, [row, result.code, _values(result.refusal)]]
    file.save(update_fields=["done", "taken", "duplicate", "refused", "faults"])
    return True


@transaction.atomic
def _end(pk: int, *, at: datetime) -> None:
    file = BulkFile.objects.select_for_update().get(pk=pk)
    if file.state != FileState.TAKING:
        return
    file.state, file.ended_at = FileState.DONE.value, at
    file.save(update_fields=["state", "ended_at"])
    told = BulkFileTaken(file.name, file.taken, file.duplicate, file.refused)
    record(told, about=_about(file), actor=file.made_by, at=at)


def _values(refusal: Refusal | None) -> dict[str, Any]:
    return dict(storable_values(refusal)) if refusal else {}


def _uploader(file: BulkFile, *, at: datetime) -> Actor:
    """Whoever uploaded it, as they are now: a right that was taken meanwhile is gone here too."""
    user = account_named(file.made_by.removeprefix("user/"))
    return actor_for(user, at=at) if user is not None and user.is_active else NOBODY


def _about(file: BulkFile) -> Subject:
    return Subject("bulk_file", file.pk, area=file.district)
