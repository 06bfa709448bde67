"""An organisation from a workbook, in two steps: a dry run that shows every row, then the taking of the good ones.

What was shown is what is taken: the plan is made again under the lock, and another outcome is refused. The bad rows
go back as a workbook with the reasons in its last column. Taking the same workbook again changes nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.utils.translation import gettext

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.people.events import PostChanged, PostTaken, SheetTaken, UnitChanged, UnitOpened
from liandong.people.models import Post, SheetDraft, Source, Unit, User
from liandong.people.operations.beats import ORGANISE, about_person, about_unit, lock_organisation, spelt, tell
from liandong.people.operations.loading import UnitRow, parents_first
from liandong.people.operations.posts import taken
from liandong.people.operations.sheet_lines import Known, Line, State
from liandong.people.operations.sheet_posts import plan_posts
from liandong.people.operations.sheet_shapes import (
    KIND,
    POSTS,
    SHAPES,
    UNITS,
    asked_posts,
    asked_units,
    headings_of,
    name_of_sheet,
)
from liandong.people.operations.sheet_units import plan_units
from liandong.people.operations.units import CHANGEABLE, put_facts
from liandong.people.rules.posts import PostFacts
from liandong.people.rules.unit_tree import level_of_kind
from liandong.people.structure import day_of
from liandong.timeline.copying import Row, copy_rows, next_ids
from liandong.timeline.operations import Entry, Subject, entry_for, record, record_in_bulk
from liandong.web.refusals import explain
from liandong.web.sheets import Written, read_workbook, write_workbook

LONGEST_KEPT: Final = timedelta(days=30)
_BATCH: Final = 2000
_THE_DRAFT = marked("这次导入")


class StaleDraft(Refusal):
    """Taking a draft would no longer do what its dry run showed."""

    status = 409
    says = marked("预览之后机构有了变动，现在导入的结果与所见不同。")
    remedy = marked("下面是按最新情况重做的预览，请核对后再导入。")


class DraftTaken(Refusal):
    """A draft taken twice."""

    status = 409
    says = marked("这个文件已经导入过了。")
    remedy = marked("如有更改，请重新上传。")


class NothingToTake(Refusal):
    """A draft without a row that would change anything."""

    status = 422
    says = marked("没有可导入的行：其余各行与现状相同或有误。")
    remedy = marked("请下载有误的行，改正后重新上传。")


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking a draft would do; `digest` tells two outcomes apart."""

    units: tuple[Line, ...]
    posts: tuple[Line, ...]
    digest: str

    @property
    def lines(self) -> Iterator[Line]:
        """All rows of both sheets."""
        yield from self.units
        yield from self.posts

    def counts(self, sheet: str) -> Counter[str]:
        """How many rows of a sheet are new, changed, the same and wrong."""
        return Counter(line.state.value for line in (self.units if sheet == UNITS.name else self.posts))


@transaction.atomic
def draft_from_workbook(content: bytes, *, name: str, district: str, actor: Actor, at: datetime) -> SheetDraft:
    """Keep an uploaded workbook until it is taken. It has been read once: what cannot be read is not kept.

    :raises Forbidden: the actor organises nothing in the district
    :raises Refusal: see `web.sheets`: the workbook cannot be read
    """
    require(actor, ORGANISE)
    read_workbook(content, SHAPES)
    return SheetDraft.objects.create(
        district=district, kind=KIND, name=name[-120:], content=content, made_by=actor.key, made_at=at
    )


def draft_for(actor: Actor, number: int) -> SheetDraft:
    """A draft of this person's own.

    :raises NotFound: there is none
    """
    draft = SheetDraft.objects.filter(pk=number, kind=KIND, made_by=actor.key).first()
    if draft is None:
        raise NotFound(what=_THE_DRAFT)
    return draft


def dry_run(draft: SheetDraft, *, actor: Actor, at: datetime) -> Plan:
    """What taking the draft would do now. Nothing is written."""
    sheets = read_workbook(bytes(draft.content), SHAPES)
    known = Known.of(draft.district, actor=actor, at=at)
    units = plan_units(asked_units(sheets.get(UNITS.name, []), district=draft.district), known)
    posts = plan_posts(asked_posts(sheets.get(POSTS.name, []), district=draft.district), known, units=units)
    return Plan(tuple(units), tuple(posts), _digest([*units, *posts]))


@transaction.atomic
def take_draft(number: int, *, shown: str, actor: Actor, at: datetime) -> Plan:
    """Take the good rows of a draft, all of them or none. `shown` is the digest of the plan the actor has seen.

    :raises NotFound: the actor made no such draft
    :raises DraftTaken: it has been taken
    :raises StaleDraft: the outcome would be another than was shown
    :raises NothingToTake: no row would change anything
    """
    draft = draft_for(actor, number)
    lock_organisation(draft.district)
    draft = SheetDraft.objects.select_for_update().get(pk=draft.pk)
    if draft.taken_at is not None:
        raise DraftTaken
    plan = dry_run(draft, actor=actor, at=at)
    if plan.digest != shown:
        raise StaleDraft
    if not any(line.state in (State.NEW, State.CHANGED) for line in plan.lines):
        raise NothingToTake
    entries = [*_take_units(plan, draft, actor=actor, at=at)]
    accounts, told = _take_posts(plan, actor=actor, at=at)
    record_in_bulk([*entries, *told])
    draft.taken_at = at
    draft.save(update_fields=["taken_at"])
    record(_told(plan, draft, accounts), about=_about(draft), actor=actor.key, at=at)
    tell(draft.district)
    return plan


def bad_rows(plan: Plan) -> bytes:
    """The wrong rows as a workbook: the cells as they were, and the reasons in the last column."""
    sheets = []
    for shape, lines in ((UNITS, plan.units), (POSTS, plan.posts)):
        wrong = [line for line in lines if line.state is State.WRONG]
        rows = [
            [*(line.cells.get(column.name, "") for column in shape.columns), str(line.number), reasons(line)]
            for line in wrong
        ]
        if rows:
            headings = [*headings_of(shape), gettext("原行号"), gettext("原因")]
            widths = (*(16 for _column in shape.columns), 8, 80)
            sheets.append(Written(name_of_sheet(shape), headings, rows, widths))
    return write_workbook(sheets or [Written(name_of_sheet(UNITS), headings_of(UNITS), [])])


def reasons(line: Line) -> str:
    """Why a row is wrong, and what to do, in the reader's language."""
    return "；".join(f"{told.says}{told.remedy}" for told in (explain(fault) for _column, fault in line.faults))


def forget_old_drafts(*, at: datetime) -> int:
    """Delete drafts nobody took for a month, and what was taken as long ago."""
    forgotten, _by_model = SheetDraft.objects.filter(made_at__lt=at - LONGEST_KEPT).delete()
    return forgotten


def _digest(lines: Sequence[Line]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(repr((line.sheet, line.number, line.key, line.state.value, line.changes)).encode())
    return digest.hexdigest()


def _take_units(plan: Plan, draft: SheetDraft, *, actor: Actor, at: datetime) -> Iterator[Entry]:
    on = day_of(at)
    new = [line.wanted for line in plan.units if line.state is State.NEW and isinstance(line.wanted, UnitRow)]
    levels = dict(Unit.objects.filter(district=draft.district).values_list("code", "level"))
    opened = []
    for row in parents_first(new):
        levels[row.code] = level_of_kind(row.kind, parent_level=levels.get(row.parent, ""))
        opened.append(
            Unit(
                code=row.code, district=draft.district, parent_id=row.parent or None, kind=row.kind,
                level=levels[row.code], force=row.force, name=row.name, name_en=row.name_en, area=row.area,
                phone=row.phone, since_on=on,
            )
        )  # fmt: skip
    Unit.objects.bulk_create(opened, batch_size=_BATCH)
    changed = [line for line in plan.units if line.state is State.CHANGED]
    for line in changed:
        if isinstance(line.target, Unit):
            put_facts(line.target, {name: after for name, _before, after in line.changes})
    targets = [line.target for line in changed if isinstance(line.target, Unit)]
    Unit.objects.bulk_update(targets, list(CHANGEABLE), batch_size=_BATCH)
    for unit in opened:
        told = UnitOpened(
            unit.code, unit.parent_id or "", unit.kind, unit.force, unit.name, unit.area, spelt(unit.since_on)
        )
        yield entry_for(told, about=about_unit(unit), actor=actor.key, at=at)
    for line, unit in zip(changed, targets, strict=True):
        yield entry_for(UnitChanged(unit.code, _changes(line)), about=about_unit(unit), actor=actor.key, at=at)


def _take_posts(plan: Plan, *, actor: Actor, at: datetime) -> tuple[int, list[Entry]]:
    """Take new and changed posts: how many accounts were made for them, and what to record."""
    new = [line.wanted for line in plan.posts if line.state is State.NEW and isinstance(line.wanted, PostFacts)]
    accounts, made = _accounts(new)
    rows = [_post(post, accounts[post.account], at=at) for post in new]
    held = _copied(Post, rows)
    changed = [line for line in plan.posts if line.state is State.CHANGED and isinstance(line.wanted, PostFacts)]
    entries = [_entry(post, taken(post), actor, at) for post in held]
    for line in changed:
        post, wanted = line.target, line.wanted
        if isinstance(post, Post) and isinstance(wanted, PostFacts):
            post.title, post.rank, post.force, post.until_on = wanted.title, wanted.rank, wanted.force, wanted.until_on
            entries.append(_entry(post, PostChanged(post.pk, post.unit_id, _changes(line)), actor, at))
    targets = [line.target for line in changed if isinstance(line.target, Post)]
    Post.objects.bulk_update(targets, ["title", "rank", "force", "until_on"], batch_size=_BATCH)
    return made, entries


def _post(post: PostFacts, user: User, *, at: datetime) -> Post:
    return Post(
        user=user,
        unit_id=post.unit,
        role=post.role,
        area=post.area,
        title=post.title,
        rank=post.rank,
        force=post.force,
        source=Source.SHEET,
        since_on=post.since_on or day_of(at),
        until_on=post.until_on,
    )


def _accounts(posts: Sequence[PostFacts]) -> tuple[dict[str, User], int]:
    """The accounts of these posts by name, and how many were made: without a password, to be set at first sign-in."""
    names = sorted({post.account for post in posts})
    people = {post.account: post.person for post in posts}
    known = _known_accounts(names)
    missing = [
        # What make_password(None) makes, without choosing forty letters one by one for each of fifty thousand.
        User(
            username=name,
            name=people[name],
            password=UNUSABLE_PASSWORD_PREFIX + secrets.token_urlsafe(30),
            must_change_password=True,
        )
        for name in names
        if name not in known
    ]
    _copied(User, missing)
    return {**known, **{user.username: user for user in missing}}, len(missing)


def _copied(model: type[Row], rows: list[Row]) -> list[Row]:
    """Write new rows by COPY, which for fifty thousand takes a fifth of the time; they know their ids."""
    for row, number in zip(rows, next_ids(model, len(rows)), strict=True):
        row.pk = number
    copy_rows(model, rows, leave_out=frozenset())
    return rows


def _known_accounts(names: Sequence[str]) -> dict[str, User]:
    found: dict[str, User] = {}
    for start in range(0, len(names), 10_000):
        found.update({user.username: user for user in User.objects.filter(username__in=names[start : start + 10_000])})
    return found


def _entry(post: Post, told: PostTaken | PostChanged, actor: Actor, at: datetime) -> Entry:
    about = about_person(post.user, area=post.area, units=(post.unit_id,))
    return entry_for(told, about=about, actor=actor.key, at=at)


def _changes(line: Line) -> dict[str, tuple[str, str]]:
    return {name: (before, after) for name, before, after in line.changes}


def _told(plan: Plan, draft: SheetDraft, accounts: int) -> SheetTaken:
    units, posts = plan.counts(UNITS.name), plan.counts(POSTS.name)
    return SheetTaken(
        draft=draft.pk,
        name=draft.name,
        new_units=units["new"],
        changed_units=units["changed"],
        new_posts=posts["new"],
        changed_posts=posts["changed"],
        new_accounts=accounts,
        refused=units["wrong"] + posts["wrong"],
    )


def _about(draft: SheetDraft) -> Subject:
    return Subject("organisation", int(draft.district), area=draft.district)
