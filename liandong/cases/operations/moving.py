"""After the map was redrawn: posts, units and rows of the matrix go over from ended codes to those that took them over.

Posts change from the day of the plan, units on that day or later, rows of the matrix in a draft that somebody
publishes. What is not chosen stays as it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from liandong.areas.queries import redrawing_for
from liandong.areas.rules.recoding import Recoding
from liandong.cases.matrices.checking import check_row
from liandong.cases.models import MatrixVersion
from liandong.cases.operations.matrix import (
    ACT,
    LONGEST_TITLE,
    locked_draft,
    open_draft,
    put_row,
    row_at,
    take_row,
)
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.responsibility import RowKey
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, require
from liandong.people.operations import move_post, move_unit
from liandong.people.operations.moving import NotASuccessor
from liandong.people.rules.scope import Thing

if TYPE_CHECKING:
    from liandong.areas.models import Redrawing


class PlanNotAdopted(Refusal):
    """A plan that has not changed any code yet, or never will."""

    status = 409
    says = marked("方案“%(title)s”还没有批准，编码没有变化。")
    remedy = marked("请在方案批准之后改写。")


class NothingToMove(Refusal):
    """Nothing was chosen."""

    status = 422
    says = marked("没有选择任何岗位、规则或单位。")
    remedy = marked("请勾选要改写的各行及其新区域。")


class UnitMovesOnTheDay(Refusal):
    """A unit that was to answer for an area that there is not yet."""

    status = 409
    says = marked("新区划 %(day)s 才生效，单位的区域没有起止日期，现在不能改写。")
    remedy = marked("请在生效日或以后再改写单位；此前由承接关系照旧找到它。")


class RowsCollide(Refusal):
    """Two rows of merged areas that would stand at one place and say different things."""

    status = 409
    says = marked("“%(class_prefix)s”在 %(area)s 上会有两条不同的规则。")
    remedy = marked("请只选其中一条，另一条留在原处或在草案中删除。")


@dataclass(frozen=True, slots=True)
class Moved:
    """How much went over, and the number of the draft that holds the rows; 0 where there are none."""

    posts: int
    units: int
    rows: int
    draft: int


@transaction.atomic
def move_to_successors(
    redrawing: int,
    *,
    posts: Mapping[int, Sequence[str]],
    units: Mapping[str, str],
    rows: Mapping[RowKey, Sequence[str]],
    actor: Actor,
    at: datetime,
) -> Moved:
    """Move posts, units and rows of the matrix to new codes of an adopted plan: all that was chosen, or nothing.

    :raises NotFound: there is no such plan, post or unit for this actor
    :raises Forbidden: one of them is not for this actor to change
    :raises PlanNotAdopted, NothingToMove, UnitMovesOnTheDay: it is not the time, or nothing was chosen
    :raises NotASuccessor, PostMovedAlready, RowsCollide, RowMissing, Refusal: something cannot go where it was sent
    """
    plan = redrawing_for(redrawing, actor=actor)
    if plan.adopted_at is None:
        raise PlanNotAdopted(title=plan.title)
    if not (posts or units or rows):
        raise NothingToMove
    book = rulebook_for(plan.district_id)
    if units and book.day_of(at) < plan.effective_on:
        raise UnitMovesOnTheDay(day=plan.effective_on.isoformat())
    successors: dict[str, list[str]] = defaultdict(list)
    for one in (Recoding(**row) for row in plan.recoding):
        successors[one.old].append(one.new)
    day = plan.effective_on
    for post, areas in posts.items():
        move_post(post, areas=areas, since_on=day, successors=successors, actor=actor, at=at)
    for code, area in sorted(units.items(), key=lambda pair: (len(pair[1]), pair[0])):
        move_unit(code, area=area, successors=successors, actor=actor, at=at)
    draft = 0
    if rows:
        draft = _move_rows(plan, rows, successors=successors, actor=actor, at=at).number
    return Moved(len(posts), len(units), len(rows), draft)


def _move_rows(
    plan: Redrawing,
    rows: Mapping[RowKey, Sequence[str]],
    *,
    successors: Mapping[str, Sequence[str]],
    actor: Actor,
    at: datetime,
) -> MatrixVersion:
    """Let rows stand over the new areas in the draft of this plan, which is opened where there is none."""
    draft = _draft_for(plan.district_id, f"区划调整：{plan.title}"[:LONGEST_TITLE], actor=actor, at=at)
    book = rulebook_for(plan.district_id)
    day = max(plan.effective_on, book.day_of(at))
    # All are taken out first: of merged areas one row may stand where another stood.
    taken = [(key, take_row(draft, key, actor=actor, at=at)) for key in sorted(rows)]
    for key, row in taken:
        for area in dict.fromkeys(rows[key]):
            if area not in successors.get(row.area_prefix, ()):
                raise NotASuccessor(area=area[:20], old=row.area_prefix)
            for place in (row.area_prefix, area):
                require(actor, ACT, Thing(place))
            moved = replace(row, area_prefix=area)
            there = row_at(draft, moved.key)
            if there is not None and there != moved:
                raise RowsCollide(class_prefix=row.class_prefix, area=area)
            check_row(moved, book, day=day)
            put_row(draft, moved, actor=actor, at=at)
    draft.save(update_fields=["revision"])
    return draft


def _draft_for(district: str, title: str, *, actor: Actor, at: datetime) -> MatrixVersion:
    known = MatrixVersion.objects.filter(district=district, title=title, published_at__isnull=True).first()
    if known is not None:
        return locked_draft(known.pk, actor=actor)
    return open_draft(district, title=title, actor=actor, at=at)
