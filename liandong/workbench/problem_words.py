"""What happened to a problem, in words: one telling for each kind of event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from liandong.cases.rulebook import Rulebook
from liandong.people.queries import staff_by_key
from liandong.workbench.rows import class_name, unit_name
from liandong.workbench.story import Told

if TYPE_CHECKING:
    from liandong.timeline.models import Entry

Data = Mapping[str, Any]
Line = tuple[str, str, str, str, list[tuple[str, str]]]
"""Label, icon, tone, the words quoted, facts."""


def tell_problem(entries: Iterable[Entry], book: Rulebook) -> list[Told]:
    """Return what happened, newest first; people are asked for in one statement."""
    known = list(entries)
    people = staff_by_key({entry.actor for entry in known})
    told = []
    for entry in reversed(known):
        name, unit = people.get(entry.actor, (entry.actor, ""))
        label, icon, tone, text, facts = TELLERS[entry.event](entry.data, book)
        at = entry.at.astimezone(book.map.calendar.zone)
        shown = [(word, value) for word, value in facts if value]
        told.append(Told(name, unit_name(unit, book), at, label=label, icon=icon, tone=tone, text=text, facts=shown))
    return told


def _opened(data: Data, book: Rulebook) -> Line:
    facts = [
        (_("问题名称"), data["title"]),
        (_("类别"), class_name(data["class_code"], book)),
        (_("牵头单位"), unit_name(data["owner_unit"], book)),
        (_("地址"), data.get("address", "")),
    ]
    return _("立为问题"), "flag", "blue", data.get("description", ""), facts


def _changed(data: Data, book: Rulebook) -> Line:
    facts = [(_("问题名称"), data["title"]), (_("牵头单位"), unit_name(data["owner_unit"], book))]
    return _("更改问题"), "pencil", "grey", data.get("description", ""), facts


def _linked(data: Data, _book: Rulebook) -> Line:
    return _("归入案件"), "link-45deg", "blue", data.get("reason", ""), [(_("案件"), data["number"])]


def _unlinked(data: Data, _book: Rulebook) -> Line:
    return _("移出案件"), "x-circle", "amber", data["reason"], [(_("案件"), data["number"])]


def _solved(data: Data, _book: Rulebook) -> Line:
    return _("问题已解决"), "check-circle", "green", data["reason"], []


def _reopened(data: Data, _book: Rulebook) -> Line:
    return _("重新列为未解决"), "arrow-counterclockwise", "amber", data["reason"], []


TELLERS: Final[dict[str, Callable[[Data, Rulebook], Line]]] = {
    "ProblemOpened": _opened,
    "ProblemChanged": _changed,
    "ProblemCaseLinked": _linked,
    "ProblemCaseUnlinked": _unlinked,
    "ProblemSolved": _solved,
    "ProblemReopened": _reopened,
}
