"""The map while a plan is worked out: which areas there are, which codes are free, and what became of the old ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from liandong.areas.redrawing.cutting import reading_order, tidy
from liandong.areas.rules.recoding import Recoding
from liandong.areas.shapes import NARROW_M, NOISE_M2, Plane, Shape, seat_of
from liandong.kernel.area_codes import AreaLevel, level_of, parent_of, validate
from liandong.kernel.refusal import Refusal, marked

LONGEST_NAME: Final = 80
LONGEST_NAME_EN: Final = 120

_LEAST_SHARE = 0.005
"""A new area that took over less of an old one than this took over nothing of it."""

_LEAST_OUTSIDE = 0.01
"""An outline that reaches out of its parent by no more of itself was meant to end there."""


class UnknownArea(Refusal):
    """A code of no area there is on that day."""

    status = 422
    says = marked("在生效日没有代码为“%(area)s”的区域。")
    remedy = marked("请从地图上选择区域；已撤销的代码不再使用。")


class NotDrawn(Refusal):
    """An area without an outline."""

    status = 422
    says = marked("“%(area)s”还没有轮廓。")
    remedy = marked("请先为它画出轮廓（调整边界）。")


class DistrictStays(Refusal):
    """A step that would do away with the district itself."""

    status = 422
    says = marked("区本身只能调整边界。")
    remedy = marked("请选择街镇、居村或网格。")


class OtherParent(Refusal):
    """Areas of different levels, or of different parents."""

    status = 422
    says = marked("只能合并同一上级之下的同级区域：%(areas)s。")
    remedy = marked("请先调整上级区域，或分别合并。")


class HasAreasWithin(Refusal):
    """An area that still holds others."""

    status = 422
    says = marked("“%(area)s”之内还有 %(count)s 个下级区域。")
    remedy = marked("请先撤销或合并它的下级区域。")


class CutsThrough(Refusal):
    """A line through a smaller area within the one that is split."""

    status = 422
    says = marked("分割线穿过下级区域“%(area)s”。")
    remedy = marked("请先用同一条线分割该下级区域，或让线沿它的边界走。")


class ReachesOutside(Refusal):
    """An outline that reaches out of the area around it."""

    status = 422
    says = marked("新的轮廓有 %(surface)s 平方米在“%(parent)s”之外。")
    remedy = marked("请把轮廓收到上级区域之内，或先调整上级区域的边界。")


class CodeTaken(Refusal):
    """A code that was given before. Codes are never given twice."""

    status = 409
    says = marked("代码“%(code)s”已用过，不能再次使用。")
    remedy = marked("请换一个代码，或由系统编号。")


class CodesUsedUp(Refusal):
    """No code is left within an area."""

    status = 409
    says = marked("“%(parent)s”之内的代码已用完。")
    remedy = marked("请与上级编码管理部门协商。")


class NameMissing(Refusal):
    """An area, an overlay or a plan without a name."""

    status = 422
    says = marked("没有填写名称。")
    remedy = marked("请填写名称。")


class NameTooLong(Refusal):
    """A name that does not fit."""

    status = 422
    says = marked("名称有 %(length)s 个字，最多 %(longest)s 个。")
    remedy = marked("请缩短名称。")


@dataclass(frozen=True, slots=True)
class Redrawn:
    """What a plan comes to: the map after it, and what is new, ended, moved, renamed and re-coded in it.

    `steps` are those given, with the codes they made.
    """

    steps: tuple[dict[str, Any], ...]
    shapes: dict[str, Shape]
    created: tuple[str, ...]
    ended: tuple[str, ...]
    reshaped: tuple[str, ...]
    renamed: tuple[str, ...]
    recoding: tuple[Recoding, ...]

    @property
    def touched(self) -> frozenset[str]:
        """Every code that the plan makes, ends, moves or renames."""
        return frozenset((*self.created, *self.ended, *self.reshaped, *self.renamed))


class Plan:
    """A map that steps change, and the codes ever used on it."""

    def __init__(self, shapes: Mapping[str, Shape], taken: Collection[str]) -> None:
        self.before = dict(shapes)
        self.shapes = dict(shapes)
        self.plane = Plane.around(area.outline for area in shapes.values())
        self._taken = {*shapes, *taken}
        self._undrawn: dict[str, str] = {}

    def area(self, code: Any) -> Shape:
        """The area of that code.

        :raises MalformedCode, UnknownArea: there is none
        """
        found = self.shapes.get(validate(str(code)))
        if found is None:
            raise UnknownArea(area=str(code))
        return found

    def drawn(self, code: Any) -> tuple[Shape, BaseGeometry]:
        """An area below the district, and its outline.

        :raises UnknownArea, DistrictStays, NotDrawn: it cannot be cut or joined
        """
        area = self.below_the_district(code)
        if area.outline is None:
            raise NotDrawn(area=area.name)
        return area, area.outline

    def below_the_district(self, code: Any) -> Shape:
        """An area that a plan may make and end.

        :raises UnknownArea, DistrictStays: it is none
        """
        area = self.area(code)
        if area.level == AreaLevel.DISTRICT:
            raise DistrictStays
        return area

    def within(self, code: str) -> list[Shape]:
        """The areas right below one, by code."""
        return sorted((area for area in self.shapes.values() if area.parent == code), key=lambda area: area.code)

    def siblings(self, code: str, parent: str) -> dict[str, BaseGeometry]:
        """The outlines of the other areas within `parent`."""
        others = (area for area in self.within(parent) if area.code != code)
        return {area.code: area.outline for area in others if area.outline is not None}

    def put(self, area: Shape) -> None:
        """Set an area down on the map, new or changed."""
        self.shapes[area.code] = area

    def end(self, code: str) -> None:
        """Take an area off the map; its code stays used."""
        del self.shapes[code]

    def codes(self, parent: str, count: int, *, given: Sequence[str] = ()) -> list[str]:
        """Codes for new areas within `parent`: those given, else the next after the highest ever used there.

        :raises CodeTaken: one that is given was used before
        :raises CodesUsedUp: none are left
        """
        codes = list(given) if len(given) == count else self._next(parent, count)
        for code in codes:
            if code in self._taken:
                raise CodeTaken(code=code)
            if parent_of(code) != parent:
                raise UnknownArea(area=code)
        self._taken.update(codes)
        return codes

    def rehome(self, parts: Sequence[Shape], gone: Collection[str]) -> None:
        """Give the areas within `gone` codes of the part they lie in, and so on down.

        :raises CutsThrough: one lies in two parts
        """
        lying: dict[str, list[Shape]] = {part.code: [] for part in parts}
        for child in [child for code in gone for child in self.within(code)]:
            lying[self._home(child, parts)].append(child)
        for part in parts:
            children = in_order(lying[part.code])
            codes = self.codes(part.code, len(children))
            for child, code in zip(children, codes, strict=True):
                moved = replace(child, code=code, parent=part.code)
                self.end(child.code)
                self.put(moved)
                if child.outline is None:
                    self._undrawn[child.code] = code
                self.rehome([moved], [child.code])

    def clipped(self, outline: BaseGeometry, parent: str) -> BaseGeometry:
        """The outline as far as it lies within its parent.

        :raises ReachesOutside: more than a hundredth of it does not
        """
        around = self.shapes[parent].outline if parent else None
        if around is None or around.covers(outline):
            return outline
        outside = shapely.difference(outline, around)
        inside = tidy(shapely.intersection(outline, around), plane=self.plane)
        if inside is None or outside.area > outline.area * _LEAST_OUTSIDE:
            surface = round(self.plane.surface(outside))
            raise ReachesOutside(surface=surface, parent=self.shapes[parent].name)
        return inside

    def result(self, steps: Sequence[dict[str, Any]]) -> Redrawn:
        """What the plan came to."""
        created = tuple(sorted(self.shapes.keys() - self.before.keys()))
        ended = tuple(sorted(self.before.keys() - self.shapes.keys()))
        stayed = sorted(self.before.keys() & self.shapes.keys())
        reshaped = tuple(code for code in stayed if self.shapes[code].outline is not self.before[code].outline)
        renamed = tuple(code for code in stayed if _names(self.shapes[code]) != _names(self.before[code]))
        for code in reshaped:
            self.shapes[code] = _seated(self.shapes[code])
        recoding = tuple(one for code in ended for one in self._recoding(code, (*created, *reshaped)))
        return Redrawn(tuple(steps), self.shapes, created, ended, reshaped, renamed, recoding)

    def _next(self, parent: str, count: int) -> list[str]:
        used = [suffix_number(code[-3:]) for code in self._taken if len(code) > 6 and code[:-3] == parent]
        first = max(used, default=0) + 1
        if first + count - 1 > _LAST_SUFFIX:
            raise CodesUsedUp(parent=self.shapes[parent].name)
        return [parent + suffix(number) for number in range(first, first + count)]

    def _home(self, child: Shape, parts: Sequence[Shape]) -> str:
        """The part an area lies in; where nothing is drawn, the part that holds its seat, or the first."""
        drawn = [(part.code, part.outline) for part in parts if part.outline is not None]
        if child.outline is not None and drawn:
            shared = {code: shapely.intersection(child.outline, outline) for code, outline in drawn}
            home = max(shared, key=lambda code: shared[code].area)
            for code, part in shared.items():
                is_cut = self.plane.surface(part) > NOISE_M2 and self.plane.width(part) > NARROW_M
                if code != home and is_cut:
                    raise CutsThrough(area=child.name)
            return home
        seat = shapely.Point(child.lon, child.lat) if child.lon is not None and child.lat is not None else None
        holding = [code for code, outline in drawn if seat is not None and outline.intersects(seat)]
        return (holding or [parts[0].code])[0]

    def _recoding(self, old: str, among: Sequence[str]) -> list[Recoding]:
        """Who took over an ended area, the largest part first; the first is the heir."""
        outline, level = self.before[old].outline, self.before[old].level
        if outline is None:
            heir = self._undrawn.get(old)
            return [Recoding(old, heir, 1.0, 0.0, is_heir=True)] if heir in self.shapes else []
        took: list[tuple[float, str]] = []
        for code in among:
            new = self.shapes[code]
            if new.level == level and new.outline is not None and new.outline.intersects(outline):
                part = shapely.intersection(outline, new.outline)
                if part.area > outline.area * _LEAST_SHARE:
                    took.append((float(part.area), code))
        took.sort(key=lambda part: (-part[0], part[1]))
        return [
            Recoding(old, new, round(part / outline.area, 4), self.surface(part), is_heir=number == 0)
            for number, (part, new) in enumerate(took)
        ]

    def surface(self, square_degrees: float) -> float:
        """Square metres, to the tenth."""
        return round(square_degrees * self.plane.per_lon * self.plane.per_lat, 1)


def in_order(areas: Sequence[Shape]) -> list[Shape]:
    """Areas as they are numbered: from west to east, then from north to south, those not drawn last by code."""
    drawn = [(area, area.outline) for area in areas if area.outline is not None]
    order = reading_order([outline for _area, outline in drawn]) if drawn else []
    return [*(drawn[number][0] for number in order), *(area for area in areas if area.outline is None)]


def cleaned(text: Any) -> str:
    """A text as it may be stored."""
    return str(text or "").replace("\x00", "").strip()


def named(step: Mapping[str, Any]) -> tuple[str, str]:
    """The names a step gives.

    :raises NameMissing, NameTooLong: they are none
    """
    name, name_en = (cleaned(step.get(key)) for key in ("name", "name_en"))
    if not name:
        raise NameMissing
    for text, longest in ((name, LONGEST_NAME), (name_en, LONGEST_NAME_EN)):
        if len(text) > longest:
            raise NameTooLong(length=len(text), longest=longest)
    return name, name_en


def level_below(parent: Shape) -> str:
    """The level of areas within `parent`.

    :raises MalformedCode: there is none below a grid
    """
    return level_of(validate(parent.code + "001")).value


_LAST_SUFFIX = 999 + 26 * 100


def suffix(number: int) -> str:
    """The last three places of a code: 001 to 999, then A00 to Z99."""
    letter, rest = divmod(number - 1000, 100)
    return f"{number:03}" if number < 1000 else f"{chr(ord('A') + letter)}{rest:02}"


def suffix_number(text: str) -> int:
    """The number of a suffix; 0 for one that is numbered otherwise."""
    if text.isdigit():
        return int(text)
    return 1000 + (ord(text[0]) - ord("A")) * 100 + int(text[1:]) if text[1:].isdigit() else 0


def _names(area: Shape) -> tuple[str, str]:
    return area.name, area.name_en


def _seated(area: Shape) -> Shape:
    """The area with a seat that its outline holds."""
    if area.outline is None:
        return area
    if area.lon is not None and area.lat is not None and area.outline.contains(shapely.Point(area.lon, area.lat)):
        return area
    lon, lat = seat_of(area.outline)
    return replace(area, lon=lon, lat=lat)
