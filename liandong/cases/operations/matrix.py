"""Drafting and publishing the responsibility matrix. A published version never changes; the next one replaces it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from liandong.areas.operations import touch_district
from liandong.cases.events import (
    MatrixDraftCaughtUp,
    MatrixDraftDropped,
    MatrixDraftOpened,
    MatrixPublished,
    MatrixRowRemoved,
    MatrixRowSet,
    MatrixRowWords,
)
from liandong.cases.matrices.checking import check_row
from liandong.cases.matrices.versions import (
    MATRIX,
    THE_VERSION,
    changes_between,
    matrix_for,
    record_of,
    version_numbered,
)
from liandong.cases.models import MatrixVersion, Responsibility
from liandong.cases.rulebook import forget_rules, rulebook_for, table_of
from liandong.cases.rules.redaction import redact, storable
from liandong.cases.rules.responsibility import EVERY, Row, RowKey
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.people.queries import staff_by_key
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject, record

ACT = "cases.set_matrix"
LONGEST_TITLE = 80


class VersionPublished(Refusal):
    """A published version was to be changed."""

    status = 409
    says = marked("第 %(number)s 版已发布，不能再改。")
    remedy = marked("请以它为基础另开草案，修改后发布新的一版。")


class RowChangedMeanwhile(Refusal):
    """Somebody else changed the same cell since it was read. Carries who and the draft's revision now."""

    status = 409
    says = marked("这一格刚被%(who)s改过，您看到的不是最新内容。")
    remedy = marked("请查看最新内容；仍要改的，再保存一次即可。")


class RowMissing(Refusal):
    """A row was to be removed that the draft does not have."""

    status = 404
    says = marked("这一格没有自己的规则。")
    remedy = marked("这里沿用更宽的规则；要改的是那一条。")


class TitleMissing(Refusal):
    """A version without a title, or with one that does not fit."""

    status = 422
    says = marked("版本名称不能空着，最多 %(longest)s 字。")
    remedy = marked("请写明这一版改了什么，例如“环卫下沉街镇”。")


class EffectiveTooEarly(Refusal):
    """A version was to hold from a day that is over, or before one that has been published already."""

    status = 422
    says = marked("这一版最早只能从 %(earliest)s 起生效。")
    remedy = marked("已经过去的日子和已发布的版本不能改写，请选择该日或更晚的日期。")


class NothingChanged(Refusal):
    """A draft that says what the matrix in force says."""

    status = 409
    says = marked("草案与现行责任矩阵没有差别。")
    remedy = marked("请先修改，或撤销这份草案。")


class PublishedMeanwhile(Refusal):
    """Another version was published since the draft was opened; publishing the draft would undo it."""

    status = 409
    says = marked("草案打开之后又发布了第 %(number)s 版，直接发布会把它的改动退回去。")
    remedy = marked("请先“并入新版”，核对后再发布。")


@transaction.atomic
def open_draft(district: str, *, title: str, based_on: int | None = None, actor: Actor, at: datetime) -> MatrixVersion:
    """Open a draft with the rows of version number `based_on`, of the newest published one unless told otherwise.

    Opened with the rows of an older version, a draft takes back what was published since.

    :raises Forbidden: the actor keeps no part of this district's matrix
    :raises NotFound: no such version
    :raises TitleMissing: the title is missing or too long
    """
    _require_some(actor, district)
    newest = _newest(district)
    source = version_numbered(district, based_on) if based_on is not None else newest
    numbers = MatrixVersion.objects.select_for_update().filter(district=district).order_by("-number")
    draft = MatrixVersion.objects.create(
        district=district,
        number=max((version.number for version in numbers), default=0) + 1,
        title=_title(title),
        based_on=newest,
        made_by=actor.key,
        made_at=at,
    )
    if source is not None:
        _copy(Responsibility.objects.filter(version=source), draft)
    _record(MatrixDraftOpened(draft.number, draft.title, source.number if source else 0), draft, actor=actor, at=at)
    return draft


def set_row(
    version: int,
    *,
    class_prefix: str,
    area_prefix: str,
    condition: str = EVERY,
    lead: str,
    assisting: Sequence[str] = (),
    fallback: str = "",
    reason: str,
    seen: int | None = None,
    actor: Actor,
    at: datetime,
) -> MatrixVersion:
    """State who is responsible at one place of a draft. `seen` is the draft's revision the editor looked at.

    :raises NotFound, Forbidden: no such version; the place is not within the actor's reach
    :raises VersionPublished, RowChangedMeanwhile: it is no draft; somebody else changed this very row since
    :raises Refusal: the row may not stand there (`check_row`)
    """
    row = _row_said((class_prefix, area_prefix, condition), lead, assisting, fallback, reason)
    with _editing(version, row.key, seen=seen, actor=actor) as draft:
        book = rulebook_for(draft.district)
        check_row(row, book, day=book.day_of(at))
        put_row(draft, row, actor=actor, at=at)
    return draft


def remove_row(
    version: int,
    *,
    class_prefix: str,
    area_prefix: str,
    condition: str = EVERY,
    seen: int | None = None,
    actor: Actor,
    at: datetime,
) -> MatrixVersion:
    """Take one row out of a draft: wider rows decide there again.

    :raises NotFound, Forbidden: no such version; the place is not within the actor's reach
    :raises VersionPublished, RowChangedMeanwhile, RowMissing: it cannot be taken out
    """
    key = (storable(class_prefix), storable(area_prefix), storable(condition) or EVERY)
    with _editing(version, key, seen=seen, actor=actor) as draft:
        take_row(draft, key, actor=actor, at=at)
    return draft


@transaction.atomic
def publish_draft(
    version: int, *, since_on: date | None = None, title: str = "", actor: Actor, at: datetime
) -> MatrixVersion:
    """Let a draft hold from a day on, today unless told otherwise. Until then the one in force stays.

    :raises NotFound, Forbidden: no such version; some of its changes lie outside the actor's reach
    :raises VersionPublished, PublishedMeanwhile, NothingChanged: it cannot be published as it stands
    :raises EffectiveTooEarly: the day is over, or an already published version begins later
    """
    draft = locked_draft(version, actor=actor)
    book = rulebook_for(draft.district)
    newest = _newest(draft.district)
    if newest is not None and draft.based_on_id != newest.pk:
        raise PublishedMeanwhile(number=newest.number)
    stood = matrix_for(newest, book).rows if newest else table_of(Responsibility.objects.none())
    changes = changes_between(stood, matrix_for(draft, book).rows)
    if not changes:
        raise NothingChanged
    for change in changes:
        require(actor, ACT, _thing(draft.district, change.key[1]))
    earliest = max(filter(None, (book.day_of(at), newest.since_on if newest else None)))
    draft.since_on = since_on or earliest
    if draft.since_on < earliest:
        raise EffectiveTooEarly(earliest=earliest)
    draft.title = _title(title) if title else draft.title
    draft.published_at = at
    draft.save(update_fields=["since_on", "title", "published_at"])
    told = MatrixPublished(draft.number, draft.title, draft.since_on, draft.rows.count(), len(changes))
    _record(told, draft, actor=actor, at=at)
    touch_district(draft.district)
    transaction.on_commit(forget_rules)
    return draft


@transaction.atomic
def catch_up_draft(version: int, *, actor: Actor, at: datetime) -> MatrixVersion:
    """Take over what was published since a draft was opened. Rows that the draft changed itself stay as it says.

    :raises NotFound, Forbidden: no such version, or not for this actor
    :raises VersionPublished, NothingChanged: it is no draft, or nothing was published since
    """
    draft = locked_draft(version, actor=actor)
    newest = _newest(draft.district)
    if newest is None or draft.based_on_id == newest.pk:
        raise NothingChanged
    book = rulebook_for(draft.district)
    base = matrix_for(draft.based_on, book).rows if draft.based_on else table_of(Responsibility.objects.none())
    own = {change.key for change in changes_between(base, matrix_for(draft, book).rows)}
    published = changes_between(base, matrix_for(newest, book).rows)
    taken = [change for change in published if change.key not in own]
    for change in taken:
        _rows_at(draft, change.key).delete()
    rows = (change.after for change in taken if change.after)
    Responsibility.objects.bulk_create(Responsibility(version=draft, **_whole(row, draft)) for row in rows)
    draft.based_on = newest
    draft.revision += 1
    draft.save(update_fields=["based_on", "revision"])
    told = MatrixDraftCaughtUp(draft.number, newest.number, draft.revision, len(taken), len(published) - len(taken))
    _record(told, draft, actor=actor, at=at)
    return draft


@transaction.atomic
def drop_draft(version: int, *, actor: Actor, at: datetime) -> None:
    """Throw a draft away: whoever opened it may, and whoever keeps the whole district's matrix.

    :raises NotFound, Forbidden: no such version, or not theirs
    :raises VersionPublished: it is no draft
    """
    draft = locked_draft(version, actor=actor)
    if draft.made_by != actor.key:
        require(actor, ACT, Thing(draft.district))
    _record(MatrixDraftDropped(draft.number, draft.title, draft.revision), draft, actor=actor, at=at)
    draft.rows.all().delete()
    draft.delete()


def put_row(draft: MatrixVersion, row: Row, *, actor: Actor, at: datetime) -> None:
    """State a row in a locked draft and record it; a part of an operation, which saves the revision."""
    before = row_at(draft, row.key)
    draft.revision += 1
    Responsibility.objects.update_or_create(
        version=draft,
        class_prefix=row.class_prefix,
        area_prefix=row.area_prefix,
        condition=row.condition,
        defaults=_columns(row) | {"district": draft.district},
    )
    told = MatrixRowSet(*row.key, draft.revision, _words(row), _words(before) if before else None)
    _record(told, draft, actor=actor, at=at)


def take_row(draft: MatrixVersion, key: RowKey, *, actor: Actor, at: datetime) -> Row:
    """Take a row out of a locked draft and record it; a part of an operation, which saves the revision.

    :raises RowMissing: there is none at that place
    """
    before = row_at(draft, key)
    if before is None:
        raise RowMissing
    draft.revision += 1
    _rows_at(draft, key).delete()
    _record(MatrixRowRemoved(*key, draft.revision, _words(before)), draft, actor=actor, at=at)
    return before


def row_at(draft: MatrixVersion, key: RowKey) -> Row | None:
    """The row at a place of a version, where it has one of its own."""
    return table_of(_rows_at(draft, key)).get(key)


def locked_draft(version: int, *, actor: Actor) -> MatrixVersion:
    """Lock a version that may still be changed.

    :raises NotFound, Forbidden: no such version, or nothing of it is within the actor's reach
    :raises VersionPublished: it is no draft
    """
    draft = MatrixVersion.objects.select_for_update().filter(pk=version).first()
    if draft is None or not actor.may("cases.view"):
        raise NotFound(what=THE_VERSION)
    _require_some(actor, draft.district)
    if draft.published_at is not None:
        raise VersionPublished(number=draft.number)
    return draft


def _row_said(key: RowKey, lead: str, assisting: Sequence[str], fallback: str, reason: str) -> Row:
    """A row as somebody typed it: without what cannot be stored, without personal numbers, each helper once."""
    class_prefix, area_prefix, condition, lead, fallback = (storable(word).strip() for word in (*key, lead, fallback))
    helpers = dict.fromkeys(word for given in assisting if (word := storable(given).strip()))
    said = redact(storable(reason).strip()).text
    return Row(class_prefix, area_prefix, lead, tuple(helpers), fallback, said, condition or EVERY)


@contextmanager
def _editing(version: int, key: RowKey, *, seen: int | None, actor: Actor) -> Iterator[MatrixVersion]:
    """Lock a draft, ask for permission on the place and whether its reader is up to date; save its new revision."""
    with transaction.atomic():
        draft = locked_draft(version, actor=actor)
        require(actor, ACT, _thing(draft.district, key[1]))
        if seen is not None and seen < draft.revision:
            _refuse_stale(draft, key, seen=seen, actor=actor)
        yield draft
        draft.save(update_fields=["revision"])


def _refuse_stale(draft: MatrixVersion, key: RowKey, *, seen: int, actor: Actor) -> None:
    """Refuse when somebody else changed this very row after `seen`; changes elsewhere in the draft do not matter."""
    place = dict(zip(("class_prefix", "area_prefix", "condition"), key, strict=True))
    changed = record_of(draft).filter(event__in=["MatrixRowSet", "MatrixRowRemoved"], data__contains=place)
    last = changed.filter(data__revision__gt=seen).exclude(actor=actor.key).last()
    if last is not None:
        name, _unit = staff_by_key([last.actor]).get(last.actor, (last.actor, ""))
        raise RowChangedMeanwhile(who=name, revision=draft.revision)


def _require_some(actor: Actor, district: str) -> None:
    """Return when the actor keeps some part of a district's matrix.

    :raises Forbidden: none of it
    """
    grounds = actor.scope(ACT).grounds
    if not any(not ground.value or ground.value.startswith(district) for ground in grounds):
        require(actor, ACT, Thing(district))


def _thing(district: str, area_prefix: str) -> Thing:
    return Thing(district if area_prefix == EVERY else area_prefix)


def _newest(district: str) -> MatrixVersion | None:
    """The published version that has the last word: the one in force, or one to come."""
    published = MatrixVersion.objects.filter(district=district, published_at__isnull=False)
    return published.order_by("-since_on", "-published_at", "-number").first()


def _rows_at(draft: MatrixVersion, key: RowKey) -> QuerySet[Responsibility]:
    return Responsibility.objects.filter(version=draft, class_prefix=key[0], area_prefix=key[1], condition=key[2])


def _copy(rows: Iterable[Responsibility], draft: MatrixVersion) -> None:
    copied = list(rows)
    for row in copied:
        row.pk, row.version = None, draft
    Responsibility.objects.bulk_create(copied)


def _columns(row: Row) -> dict[str, object]:
    return {"lead": row.lead, "assisting": list(row.assisting), "fallback": row.fallback, "reason": row.reason}


def _whole(row: Row, draft: MatrixVersion) -> dict[str, object]:
    place = {"class_prefix": row.class_prefix, "area_prefix": row.area_prefix, "condition": row.condition}
    return {"district": draft.district, **place, **_columns(row)}


def _words(row: Row) -> MatrixRowWords:
    return MatrixRowWords(row.lead, row.assisting, row.fallback, row.reason)


def _title(title: str) -> str:
    title = redact(storable(title).strip()).text
    if not title or len(title) > LONGEST_TITLE:
        raise TitleMissing(longest=LONGEST_TITLE)
    return title


def _record(event: object, version: MatrixVersion, *, actor: Actor, at: datetime) -> None:
    about = Subject(MATRIX, version.pk, area=version.district)
    record(event, about=about, actor=actor.key, at=at)
