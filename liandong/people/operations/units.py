"""Opening, changing and closing units: the tree stays a tree, and nothing is left without whoever answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from liandong.kernel.area_codes import validate
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.people.events import UnitChanged, UnitClosed, UnitOpened
from liandong.people.models import Lending, Post, Unit
from liandong.people.operations.beats import (
    ORGANISE,
    about_unit,
    lock_organisation,
    spelt,
    tell,
    unit_within_reach,
)
from liandong.people.operations.loading import UnitRow
from liandong.people.operations.posts import end_all
from liandong.people.rules.force import covers
from liandong.people.rules.posts import PostOutsideUnit
from liandong.people.rules.scope import Thing
from liandong.people.rules.unit_tree import (
    Node,
    UnknownParent,
    UnknownUnitArea,
    faults_of_facts,
    faults_of_place,
    level_of_kind,
)
from liandong.people.structure import areas_of, day_of, open_work_of
from liandong.timeline.operations import record

CHANGEABLE = ("name", "name_en", "phone", "force", "parent", "area")


class UnitCodeTaken(Refusal):
    """A unit opened under a code that another unit has, or had."""

    status = 409
    says = marked("代码“%(code)s”已被“%(name)s”使用。")
    remedy = marked("请换一个代码；已撤销单位的代码也不再使用。")


class PostsCarryMore(Refusal):
    """A unit's force lowered below that of some of its posts."""

    status = 409
    says = marked("单位内有 %(count)s 个岗位的力量性质高于所改的性质。")
    remedy = marked("请先调低这些岗位的力量性质，再改单位。")


class UnitStillHas(Refusal):
    """A unit closed over units and posts that would outlast it."""

    status = 409
    says = marked("该单位到 %(on)s 之后还有 %(children)s 个下级单位、%(posts)s 个岗位。")
    remedy = marked("请先撤销或迁出下级单位，并终止或改任这些岗位。")


class UnitHoldsOpenWork(Refusal):
    """A unit closed with open work and nobody named to go on with it."""

    status = 409
    says = marked("该单位还有 %(count)s 件在办事项。")
    remedy = marked("请指定承接单位：本单位的岗位随之终止，在办案件由值班长重新派遣。")


class ClosedInThePast(Refusal):
    """A unit closed on a day that is over, or before it began."""

    status = 422
    says = marked("撤销日期 %(on)s 已经过去，或早于设立日期。")
    remedy = marked("请填写今天或以后的日期；过去的归属不再改动。")


class UnitClosedAlready(Refusal):
    """Something done to a unit that has closed."""

    status = 409
    says = marked("单位“%(name)s”已于 %(on)s 撤销。")
    remedy = marked("已撤销的单位只供查阅。")


class NoSuccessorUnit(Refusal):
    """A successor that is the closing unit itself, has closed, or belongs elsewhere."""

    status = 422
    says = marked("“%(code)s”不能作承接单位。")
    remedy = marked("请选择本区在设的另一个单位。")


@transaction.atomic
def open_unit(row: UnitRow, *, actor: Actor, at: datetime) -> Unit:
    """Set up a unit from today or `row.since`; its level follows from its kind.

    :raises MalformedCode: its area is none
    :raises Forbidden: the actor may not organise the area of the unit or of its parent
    :raises TreeFault: the unit cannot stand there, or its facts are wrong
    :raises UnitCodeTaken: the code has been used before
    """
    require(actor, ORGANISE, Thing(validate(row.area)))
    district = row.area[:6]
    lock_organisation(district)
    code = row.code if row.code.startswith(f"{district}-") else f"{district}-{row.code}"
    tree = tree_of(district)
    node = Node(code, row.parent, row.kind, row.area)
    check_unit(replace(row, code=code), node, tree, district)
    taken = Unit.objects.filter(pk=code).first()
    if taken is not None:
        raise UnitCodeTaken(code=code, name=taken.name)
    parent = _parent_within_reach(row.parent, actor) if row.parent else None
    unit = Unit.objects.create(
        code=code,
        district=district,
        parent=parent,
        kind=row.kind,
        level=level_of_kind(row.kind, parent_level=parent.level if parent else ""),
        force=row.force,
        name=row.name,
        name_en=row.name_en,
        area=row.area,
        phone=row.phone,
        since_on=row.since or day_of(at),
        until_on=row.until,
    )
    told = UnitOpened(code, row.parent, row.kind, row.force, row.name, row.area, spelt(unit.since_on))
    record(told, about=about_unit(unit), actor=actor.key, at=at)
    tell(district)
    return unit


@transaction.atomic
def change_unit(
    code: str,
    *,
    actor: Actor,
    at: datetime,
    name: str | None = None,
    name_en: str | None = None,
    phone: str | None = None,
    force: str | None = None,
    parent: str | None = None,
    area: str | None = None,
) -> Unit:
    """Change facts of a unit; what is not named or stays the same is no change.

    :raises NotFound: the actor sees no such unit
    :raises Forbidden: the actor may not organise it, or where it would go
    :raises TreeFault: it cannot stand there, such as below one of its own (UnitCycle)
    :raises PostsCarryMore: posts in it carry more force than it would
    """
    unit = unit_within_reach(code, actor)
    _refuse_closed(unit, at)
    asked = {"name": name, "name_en": name_en, "phone": phone, "force": force, "parent": parent, "area": area}
    before = facts_of(unit)
    after = {**before, **{fact: value for fact, value in asked.items() if value is not None}}
    changes = {fact: (before[fact], after[fact]) for fact in CHANGEABLE if before[fact] != after[fact]}
    if changes:
        _check_change(unit, after, actor=actor, at=at)
        put_facts(unit, after)
        unit.save(update_fields=list(CHANGEABLE))
        record(UnitChanged(unit.code, changes), about=about_unit(unit), actor=actor.key, at=at)
        tell(unit.district)
    return unit


@transaction.atomic
def close_unit(code: str, *, on: date, actor: Actor, at: datetime, successor: str = "") -> Unit:
    """Close a unit after the day `on`. Open work it holds is listed for the successor and dispatched anew by hand.

    With a successor its posts and lendings end that day too: open work keeps them from ending one by one before.

    :raises NotFound: the actor sees no such unit
    :raises Forbidden: the actor may not organise it
    :raises UnitStillHas: units below it would outlast it, or posts in it where no successor is named
    :raises UnitHoldsOpenWork: it holds open work, and no successor is named
    :raises LastAdministrator: nobody would be left to administer the district
    """
    unit = unit_within_reach(code, actor)
    _refuse_closed(unit, at)
    if on < max(day_of(at), unit.since_on or on):
        raise ClosedInThePast(on=on.isoformat())
    outlasting = Q(until_on__isnull=True) | Q(until_on__gt=on)
    children = Unit.objects.filter(outlasting, parent=unit).count()
    work = open_work_of([code]).get(code, 0)
    if work and not successor:
        raise UnitHoldsOpenWork(count=work)
    posts = list(Post.objects.filter(outlasting, unit=unit).select_related("user", "unit").order_by("id"))
    lendings = list(Lending.objects.filter(outlasting, team=unit).select_related("post__user", "team").order_by("id"))
    if children or (not successor and (posts or lendings)):
        raise UnitStillHas(on=on.isoformat(), children=children, posts=len(posts) + len(lendings))
    if successor:
        _check_successor(successor, unit, on)
        end_all(posts, lendings, on=on, actor=actor, at=at)
    unit.until_on = on
    unit.save(update_fields=["until_on"])
    record(UnitClosed(code, on.isoformat(), successor, work), about=about_unit(unit), actor=actor.key, at=at)
    tell(unit.district)
    return unit


def tree_of(district: str) -> dict[str, Node]:
    """All units of a district as the rules of the tree see them."""
    rows = Unit.objects.filter(district=district).values_list("code", "parent_id", "kind", "area")
    return {code: Node(code, parent or "", kind, area) for code, parent, kind, area in rows}


def check_unit(row: UnitRow, node: Node, tree: dict[str, Node], district: str) -> None:
    """Raise the first fault of a unit.

    :raises TreeFault: its facts are wrong, or it cannot stand there
    """
    for fault in faults_of_facts(row.code, district=district, name=row.name, force=row.force, phone=row.phone):
        raise fault
    for fault in faults_of_place(node, tree=tree, district=district):
        raise fault
    if node.area not in areas_of(district):
        raise UnknownUnitArea(area=node.area)


def facts_of(unit: Unit) -> dict[str, str]:
    """The facts of a unit that may change, by name."""
    return {fact: (unit.parent_id or "") if fact == "parent" else str(getattr(unit, fact)) for fact in CHANGEABLE}


def put_facts(unit: Unit, facts: Mapping[str, str]) -> None:
    """Put facts into a unit; saving it is the caller's."""
    for fact, value in facts.items():
        setattr(unit, "parent_id" if fact == "parent" else fact, (value or None) if fact == "parent" else value)


def _check_change(unit: Unit, after: Mapping[str, str], *, actor: Actor, at: datetime) -> None:
    row = UnitRow(unit.code, after["parent"], unit.kind, unit.level, after["force"], after["name"],
                  after["name_en"], after["area"], after["phone"])  # fmt: skip
    node = Node(unit.code, row.parent, unit.kind, row.area)
    tree = {**tree_of(unit.district), unit.code: node}
    check_unit(row, node, tree, unit.district)
    _check_below(unit, row, tree, at)
    require(actor, ORGANISE, Thing(row.area))
    if row.parent and row.parent != unit.parent_id:
        _parent_within_reach(row.parent, actor)


def _check_below(unit: Unit, row: UnitRow, tree: dict[str, Node], at: datetime) -> None:
    """Whatever stands below or in the unit must still fit when its area or force changes."""
    for node in tree.values():
        if node.parent == unit.code:
            for fault in faults_of_place(node, tree=tree, district=unit.district):
                raise fault
    today = day_of(at)
    posts = Post.objects.filter(Q(until_on__isnull=True) | Q(until_on__gte=today), unit=unit)
    outside = posts.exclude(area__startswith=row.area).first()
    if outside is not None:
        raise PostOutsideUnit(area=outside.area, around=row.area)
    stronger = sum(not covers(row.force, force) for force in posts.exclude(force="").values_list("force", flat=True))
    if stronger:
        raise PostsCarryMore(count=stronger)


def _parent_within_reach(code: str, actor: Actor) -> Unit:
    """The parent a unit is to stand below, which the actor must organise too.

    :raises UnknownParent: there is none the actor sees
    """
    try:
        return unit_within_reach(code, actor)
    except NotFound as error:
        raise UnknownParent(parent=code) from error


def _refuse_closed(unit: Unit, at: datetime) -> None:
    if unit.until_on is not None and unit.until_on < day_of(at):
        raise UnitClosedAlready(name=unit.name, on=unit.until_on.isoformat())


def _check_successor(code: str, unit: Unit, on: date) -> None:
    found = Unit.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=on), pk=code, district=unit.district)
    if code == unit.code or not found.exists():
        raise NoSuccessorUnit(code=code)
