"""To whom a case goes back (返工、重开): the unit that had it, whoever took over, or whom a supervisor names."""

from __future__ import annotations

from collections.abc import Sequence

from liandong.cases.changes.command import is_about, require_command
from liandong.cases.changes.force import force_of
from liandong.cases.changes.handling import unit_that_may_hold
from liandong.cases.docket import Docket
from liandong.kernel.refusal import Refusal, marked
from liandong.people.rules.force import covers


class UnitGone(Refusal):
    """The unit that had handled the case has closed, and nobody who may hold the case took over from it."""

    status = 409
    says = marked("%(unit)s在 %(day)s 已不在运行，又没有可以接办的承接单位，案件不能发回。")
    remedy = marked("请值班长（街镇办理的案件由街镇分中心）指定改由哪个单位接办。")


class UnitStands(Refusal):
    """Another unit was named for a case that goes back to one that is still at work."""

    status = 422
    says = marked("%(unit)s仍在运行，案件应发回该单位。")
    remedy = marked("请不填接办单位；确需换单位的，发回后转派。")


class NotTheirsToName(Refusal):
    """Somebody who does not dispatch named the unit a case goes back to."""

    status = 403
    says = marked("只有值班长或街镇分中心可以指定接办单位。")
    remedy = marked("请交值班长指定，或不填接办单位。")


def units_back(docket: Docket, units: Sequence[str], *, to: str = "") -> list[str]:
    """The line down which a case goes back, the lowest unit first: `units`, each replaced by whoever took over from it.

    Where nobody did, the unit above has it, which had handed it down; `to` is whom a supervisor chooses instead of a
    unit that has closed.

    :raises UnitGone: the lowest unit has closed, and neither who took over nor anybody above may hold the case
    :raises UnitStands, NotTheirsToName: `to` is given, and needless or not theirs to give
    :raises UnknownUnit, UnitNotAtWork, AboutItself, ForceTooWeak, NoCommandHere: `to` is no unit to hold it
    """
    book, day = docket.rulebook, docket.rulebook.day_of(docket.at)
    last = book.unit(units[0])
    if to:
        return [_chosen(docket, to, instead_of=last.code)]
    heirs = [book.units[code] for code in map(docket.heir_of, units) if code]
    line = list(dict.fromkeys(unit.code for unit in heirs if not is_about(docket.case, unit, book)))
    while line and line[0] != last.code and not _is_strong(docket, line[0]):
        line.pop(0)
    if not line:
        raise UnitGone(unit=last.name, day=day.isoformat())
    return line


def units_back_or_centre(docket: Docket, units: Sequence[str]) -> list[str]:
    """The same where nobody is there to choose: without anybody to take over, the centre has it and sends it on."""
    try:
        return units_back(docket, units)
    except UnitGone:
        book = docket.rulebook
        return [book.by_place["centre", book.map.district.code]]


def _chosen(docket: Docket, to: str, *, instead_of: str) -> str:
    if not docket.actor.may("cases.dispatch", docket.thing()):
        raise NotTheirsToName
    if docket.heir_of(instead_of) == instead_of:
        raise UnitStands(unit=docket.rulebook.unit(instead_of).name)
    unit = unit_that_may_hold(docket, to)
    require_command(docket, unit, commanded_by=0)
    return unit.code


def _is_strong(docket: Docket, code: str) -> bool:
    """Whether a unit carries the force the case must be met with."""
    return covers(force_of(docket, docket.rulebook.unit(code)), docket.case.force)
