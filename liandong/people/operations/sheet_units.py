"""Planning the sheet of units: the tree as it would be, and which rows cannot stand in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from liandong.kernel.refusal import Refusal, marked
from liandong.people.models import Post
from liandong.people.operations.loading import UnitRow
from liandong.people.operations.sheet_lines import Known, Line, settled
from liandong.people.operations.sheet_shapes import Asked
from liandong.people.operations.units import CHANGEABLE, PostsCarryMore, UnitClosedAlready, facts_of
from liandong.people.rules.force import covers
from liandong.people.rules.granting import BeyondYourArea
from liandong.people.rules.posts import PostOutsideUnit
from liandong.people.rules.sheet_rows import RowFault, RowTwice
from liandong.people.rules.unit_tree import (
    KIND_WORDS,
    Node,
    OutsideParentArea,
    Standing,
    UnknownUnitArea,
    faults_of_facts,
    faults_of_place,
)


class KindFixed(RowFault):
    """A row that would make a unit of one kind into one of another."""

    column = "kind"
    says = marked("该单位的类别是“%(kind)s”，不能改。")
    remedy = marked("请另立新单位，再撤销原单位。")


def plan_units(asked: Sequence[Asked], known: Known) -> list[Line]:
    """What each row of the sheet of units would do."""
    rows = [(one, _completed(one, known)) for one in asked]
    firsts: dict[str, int] = {}
    for one, row in rows:
        one.faults += _by_itself(one, row, firsts, known)
    _fit_into_tree(rows, known)
    return [_line(one, row, known) for one, row in rows]


def _completed(one: Asked, known: Known) -> UnitRow:
    """The row with what it leaves empty filled from the unit as it stands."""
    row = one.unit or UnitRow("", "", "", "", "", "", "", "", "")
    unit = known.units.get(row.code)
    if unit is None:
        return row
    return replace(
        row,
        parent=row.parent or unit.parent_id or "",
        name_en=row.name_en or unit.name_en,
        phone=row.phone or unit.phone,
    )


def _by_itself(one: Asked, row: UnitRow, firsts: dict[str, int], known: Known) -> Iterator[tuple[str, Refusal]]:
    empty = {name for name, _fault in one.faults}
    for fault in faults_of_facts(row.code, district=known.district, name=row.name, force=row.force, phone=row.phone):
        if fault.column not in empty:
            yield fault.column, fault
    first = firsts.setdefault(row.code, one.row.number)
    if row.code and first != one.row.number:
        yield "code", RowTwice(row=first)
    unit = known.units.get(row.code)
    if unit is not None and unit.until_on is not None and unit.until_on < known.today:
        yield "code", UnitClosedAlready(name=unit.name, on=unit.until_on.isoformat())
    if unit is not None and row.kind in KIND_WORDS and unit.kind != row.kind:
        yield "kind", KindFixed(kind=KIND_WORDS[unit.kind])
    if row.area and row.area not in known.areas:
        yield "area", UnknownUnitArea(area=row.area[:20])
    elif row.area and not (known.may(row.area) and (unit is None or known.may(unit.area))):
        yield "area", BeyondYourArea(what=row.area)
    parent = known.units.get(row.parent)
    is_moved = unit is None or unit.parent_id != row.parent
    if parent is not None and is_moved and not known.may(parent.area):
        yield "parent", BeyondYourArea(what=row.parent)


def _fit_into_tree(rows: Sequence[tuple[Asked, UnitRow]], known: Known) -> None:
    """Find what cannot stand, again and again, for what stands below a wrong row is wrong as well."""
    standing: dict[str, Standing] = {
        unit.code: Node(unit.code, unit.parent_id or "", unit.kind, unit.area) for unit in known.units.values()
    }
    tried = list(rows)
    tree = {**standing, **{row.code: row for one, row in tried if not _is_twice(one)}}
    while True:
        for one, row in tried:
            told = {name for name, _fault in one.faults}
            faults = [*faults_of_place(row, tree=tree, district=known.district)]
            one.faults += [(fault.column, fault) for fault in faults if fault.column not in told]
        _look_below(tried, tree, known)
        good = [(one, row) for one, row in tried if not one.faults]
        if len(good) == len(tried):
            return
        tried = good
        tree = {**standing, **{row.code: row for _one, row in good}}


def _is_twice(one: Asked) -> bool:
    return any(isinstance(fault, RowTwice) for _name, fault in one.faults)


def _look_below(tried: Sequence[tuple[Asked, UnitRow]], tree: Mapping[str, Standing], known: Known) -> None:
    """A unit that changes its area or force must still hold what stands below and in it."""
    moved = {}
    for one, row in tried:
        unit = known.units.get(row.code)
        if unit is not None and not one.faults and (unit.area, unit.force) != (row.area, row.force):
            moved[row.code] = (one, row)
    if not moved:
        return
    in_sheet = {row.code for _one, row in tried}
    for node in tree.values():
        if node.parent in moved and node.code not in in_sheet:
            one, row = moved[node.parent]
            if not one.faults and not node.area.startswith(row.area):
                one.faults.append(("area", OutsideParentArea(area=node.area, around=row.area)))
    for post in Post.objects.filter(known.standing_posts, unit__in=moved):
        one, row = moved[post.unit_id]
        if one.faults:
            continue
        if not post.area.startswith(row.area):
            one.faults.append(("area", PostOutsideUnit(area=post.area, around=row.area)))
        elif not covers(row.force, post.force):
            one.faults.append(("force", PostsCarryMore(count=1)))


def _line(one: Asked, row: UnitRow, known: Known) -> Line:
    unit = known.units.get(row.code)
    before = facts_of(unit) if unit else {}
    after = {name: str(getattr(row, name)) for name in CHANGEABLE}
    return settled(one, key=row.code, before=before, after=after, target=unit, wanted=row)
