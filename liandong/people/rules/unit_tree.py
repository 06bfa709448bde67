"""The tree of units: what may stand below what, at which level it works, and where it may answer.

    centre      district    below nothing
    department  district    below the centre
    town        town        below the centre
    bureau      town        below a town
    office      town        below a department; its area is a town's (派驻机构)
    station     station     below a town
    team        its parent's, below a town, a station or a department
    joint       its parent's, below the centre or a town (联合执勤队)
    mediation   its parent's, below the centre, a department, a town or a station: industry bodies, a town's
                pre-mediation centre, a village's mediation room (大调解)
    grid        grid        below a station

A unit answers within its parent's area. Faults are refusals that know the column they stand in; nothing is raised
here, so that a file or a sheet is told all of its faults at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

from liandong.kernel.area_codes import MalformedCode, validate
from liandong.kernel.refusal import Refusal, marked
from liandong.people.rules.force import ORDER

LONGEST_CODE: Final = 40
LONGEST_NAME: Final = 80
LONGEST_ENGLISH_NAME: Final = 120
LONGEST_PHONE: Final = 30

_LOCAL_CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]*")
_PHONE = re.compile(r"(?=.*\d)[0-9+()（）#*,，;；、/ 转分机内线extEXT.-]*|")


class Standing(Protocol):
    """Anything that stands in the tree: a row of a file or sheet, or a `Node`."""

    @property
    def code(self) -> str:
        """The unit's code."""
        ...

    @property
    def parent(self) -> str:
        """The code of the unit it stands below; empty for a centre."""
        ...

    @property
    def kind(self) -> str:
        """The kind of unit."""
        ...

    @property
    def area(self) -> str:
        """The area it answers for."""
        ...


@dataclass(frozen=True, slots=True)
class Node:
    """A unit as far as the tree is concerned. `parent` is empty for a centre."""

    code: str
    parent: str
    kind: str
    area: str


@dataclass(frozen=True, slots=True)
class Place:
    """What the tree says of one kind: what it may stand below, its level ("" is its parent's), lengths of its area."""

    parents: tuple[str, ...]
    level: str
    sizes: tuple[int, ...]


PLACES: Final[Mapping[str, Place]] = {
    "centre": Place((), "district", (6,)),
    "department": Place(("centre",), "district", (6,)),
    "town": Place(("centre",), "town", (9,)),
    "bureau": Place(("town",), "town", (9,)),
    "office": Place(("department",), "town", (9,)),
    "station": Place(("town",), "station", (12,)),
    "team": Place(("town", "station", "department"), "", (6, 9, 12, 15)),
    "joint": Place(("centre", "town"), "", (6, 9, 12)),
    "mediation": Place(("centre", "department", "town", "station"), "", (6, 9, 12)),
    "grid": Place(("station",), "grid", (15,)),
}

KIND_WORDS: Final[Mapping[str, str]] = {
    "centre": marked("联动中心"),
    "department": marked("委办局"),
    "town": marked("街镇分中心"),
    "bureau": marked("科室"),
    "office": marked("派驻机构"),
    "station": marked("居村工作站"),
    "team": marked("队伍"),
    "joint": marked("联合执勤队"),
    "mediation": marked("调解组织"),
    "grid": marked("网格"),
}


class TreeFault(Refusal):
    """Something in a unit's row that the tree does not allow."""

    status = 422
    column: ClassVar[str] = "code"


class WrongUnitCode(TreeFault):
    """A unit code that holds other signs than capitals, digits, dot, dash and underscore."""

    says = marked("“%(code)s”不能作单位代码。")
    remedy = marked("单位代码由大写字母、数字、点、横线组成，以字母或数字开头，最多 32 位。")


class UnitNameless(TreeFault):
    """A unit without a name, or with one too long."""

    column = "name"
    says = marked("单位名称为空或过长。")
    remedy = marked("请填写单位名称，最多 %(longest)s 字。")


class UnknownUnitKind(TreeFault):
    """A kind of unit that there is not."""

    column = "kind"
    says = marked("没有“%(kind)s”这一类单位。")
    remedy = marked("请从列出的单位类别中选择。")


class UnknownForce(TreeFault):
    """A kind of force that there is not."""

    column = "force"
    says = marked("“%(force)s”不是力量性质。")
    remedy = marked("力量性质为服务、管理或执法。")


class WrongPhone(TreeFault):
    """A telephone number with letters in it, or too long."""

    column = "phone"
    says = marked("“%(phone)s”不是电话号码。")
    remedy = marked("电话只能含数字、横线、括号、分隔符和“转”“分机”“内线”，最多 30 位。")


class UnknownParent(TreeFault):
    """A unit said to stand below one that there is not."""

    column = "parent"
    says = marked("没有代码为“%(parent)s”的上级单位。")
    remedy = marked("请核对上级单位代码，或先建立上级单位。")


class ParentNeeded(TreeFault):
    """A unit that stands below nothing although its kind must stand below something."""

    column = "parent"
    says = marked("这类单位（%(kind)s）必须有上级单位。")
    remedy = marked("只有联动中心没有上级；请填写上级单位代码。")


class WrongParentKind(TreeFault):
    """A unit below one of a kind it may not stand below."""

    column = "parent"
    says = marked("“%(kind)s”不能设在“%(parent_kind)s”之下。")
    remedy = marked("请按机构层级另选上级单位。")


class UnitCycle(TreeFault):
    """A unit that would stand, over some steps, below itself."""

    column = "parent"
    says = marked("上下级成了环：%(path)s。")
    remedy = marked("单位不能设在自己的下级之下，请另选上级单位。")


class WrongUnitArea(TreeFault):
    """An area code that is none, or not one of the level this kind of unit answers for."""

    column = "area"
    says = marked("区域代码“%(area)s”不适合这类单位（%(kind)s）。")
    remedy = marked("中心和委办局填区代码（6 位），街镇、科室、派驻机构填街镇代码（9 位），工作站 12 位，网格 15 位。")


class UnknownUnitArea(TreeFault):
    """An area that the district's map does not hold."""

    column = "area"
    says = marked("本区没有代码为“%(area)s”的区域。")
    remedy = marked("请核对区域代码。")


class OutsideParentArea(TreeFault):
    """A unit that would answer for what lies outside its parent's area."""

    column = "area"
    says = marked("区域“%(area)s”不在上级单位的辖区“%(around)s”内。")
    remedy = marked("请改用上级单位辖区内的区域，或另选上级单位。")


class ForeignDistrict(TreeFault):
    """A unit whose area lies in another district than its own."""

    column = "area"
    says = marked("区域“%(area)s”不属于本区。")
    remedy = marked("请填写以本区代码开头的区域代码。")


def level_of_kind(kind: str, *, parent_level: str) -> str:
    """The level a unit of this kind works at below a parent of that level."""
    return PLACES[kind].level or parent_level or "district"


def kinds_below(kind: str) -> tuple[str, ...]:
    """The kinds of units that may stand below one of this kind."""
    return tuple(below for below, place in PLACES.items() if kind in place.parents)


def faults_of_facts(code: str, *, district: str, name: str, force: str, phone: str) -> Iterator[TreeFault]:
    """What is wrong with a unit by itself: its code, name, force and telephone."""
    local = code.removeprefix(f"{district}-")
    if not _LOCAL_CODE.fullmatch(local) or len(local) > 32:
        yield WrongUnitCode(code=local[:LONGEST_CODE])
    if not name or len(name) > LONGEST_NAME:
        yield UnitNameless(longest=LONGEST_NAME)
    if force not in ORDER:
        yield UnknownForce(force=force[:20])
    if len(phone) > LONGEST_PHONE or not _PHONE.fullmatch(phone):
        yield WrongPhone(phone=phone[:LONGEST_PHONE])


def faults_of_place(node: Standing, *, tree: Mapping[str, Standing], district: str) -> Iterator[TreeFault]:
    """What is wrong with where a unit stands; `tree` holds all units by code, as they would be."""
    place = PLACES.get(node.kind)
    if place is None:
        yield UnknownUnitKind(kind=node.kind[:20])
        return
    yield from _faults_of_parent(node, place, tree)
    yield from _faults_of_area(node, place, tree, district)


def cycle_through(code: str, *, tree: Mapping[str, Standing]) -> tuple[str, ...]:
    """The codes of the ring on which `code` stands, from itself upwards to itself again; nothing when it is on none."""
    path = [code]
    node = tree.get(code)
    while node is not None and node.parent and len(path) <= len(tree):
        if node.parent == code:
            return (*path, code)
        if node.parent in path:
            return ()
        path.append(node.parent)
        node = tree.get(node.parent)
    return ()


def _faults_of_parent(node: Standing, place: Place, tree: Mapping[str, Standing]) -> Iterator[TreeFault]:
    if not node.parent:
        if place.parents:
            yield ParentNeeded(kind=KIND_WORDS[node.kind])
        return
    parent = tree.get(node.parent)
    if parent is None:
        yield UnknownParent(parent=node.parent[:LONGEST_CODE])
        return
    ring = cycle_through(node.code, tree={**tree, node.code: node} if tree.get(node.code) != node else tree)
    if ring:
        yield UnitCycle(path=" → ".join(ring))
    elif parent.kind not in place.parents:
        yield WrongParentKind(kind=KIND_WORDS[node.kind], parent_kind=KIND_WORDS.get(parent.kind, parent.kind))


def _faults_of_area(node: Standing, place: Place, tree: Mapping[str, Standing], district: str) -> Iterator[TreeFault]:
    try:
        validate(node.area)
    except MalformedCode:
        yield WrongUnitArea(area=node.area[:20], kind=KIND_WORDS[node.kind])
        return
    if not node.area.startswith(district):
        yield ForeignDistrict(area=node.area)
    elif len(node.area) not in place.sizes:
        yield WrongUnitArea(area=node.area, kind=KIND_WORDS[node.kind])
    elif (parent := tree.get(node.parent)) is not None and not node.area.startswith(parent.area):
        yield OutsideParentArea(area=node.area, around=parent.area)
