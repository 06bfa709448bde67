"""Who may order whom: a town its own units, and a department's local force only while the department lets it."""

from __future__ import annotations

from liandong.cases.docket import Docket
from liandong.cases.models import Case
from liandong.cases.rulebook import Rulebook, UnitFacts
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor


class NoCommandHere(Refusal):
    """A town wanted to order a unit that is not its own, without a delegation for this class, area and day."""

    status = 403
    says = marked("%(unit)s不由本街镇指挥，不能直接派遣。")
    remedy = marked("请向区中心申请协调，或请%(department)s委托先期指挥权；也可以请其协办。")


class UnitNotNamed(Refusal):
    """A dispatch without a unit, of a case for which none is suggested."""

    status = 422
    says = marked("本案没有建议单位，请选定承办单位。")
    remedy = marked("可选单位：%(suitable)s。")


def commanding_towns(actor: Actor, docket: Docket) -> tuple[str, ...]:
    """The towns that bound whom `actor` may order; none for whoever dispatches by another post."""
    towns = tuple(post.unit for post in actor.posts if post.role == "town")
    others = tuple(post for post in actor.posts if post.role != "town")
    # Built anew and not by `replace`: at a desk the actor is looked up lazily, and is no dataclass until then.
    without = Actor(actor.key, actor.user_id, actor.name, others, actor.ends_at)
    if not towns or without.may("cases.dispatch", docket.thing()):
        return ()
    return towns


def is_below(book: Rulebook, code: str, above: str) -> bool:
    """Whether a unit is another one, or stands below it."""
    return any(unit.code == above for unit in _upwards(book, code))


def department_of(book: Rulebook, unit: UnitFacts) -> str:
    """The department to which a unit belongs: itself, or one above it; empty for units of towns and the centre."""
    return next((one.code for one in _upwards(book, unit.code) if one.kind == "department"), "")


def is_local_force(book: Rulebook, unit: UnitFacts, town: str) -> bool:
    """Whether a unit is a department's own in the area of a town: what a delegation is about."""
    place = book.units[town].area if town in book.units else ""
    return bool(place) and unit.kind != "department" and unit.area.startswith(place) and bool(department_of(book, unit))


def require_command(docket: Docket, unit: UnitFacts, *, commanded_by: int) -> None:
    """Return when the actor may order `unit`; `commanded_by` is the delegation that lets a town, 0 for none.

    :raises NoCommandHere: it is not theirs to order
    """
    book, towns = docket.rulebook, commanding_towns(docket.actor, docket)
    if not towns or commanded_by or any(is_below(book, unit.code, town) for town in towns):
        return
    owner = book.units.get(department_of(book, unit)) or book.units.get(unit.parent) or unit
    raise NoCommandHere(unit=unit.name, department=owner.name)


def is_about(case: Case, unit: UnitFacts, book: Rulebook) -> bool:
    """Whether a case is about a unit, or about the department to which it belongs."""
    return bool(case.about_unit) and case.about_unit in (unit.code, department_of(book, unit))


def _upwards(book: Rulebook, code: str) -> list[UnitFacts]:
    """A unit and all units above it, the nearest first."""
    found: list[UnitFacts] = []
    while code in book.units and book.units[code] not in found:
        found.append(book.units[code])
        code = found[-1].parent
    return found
