"""What every page of the matrix begins with: the version looked at, the others, and what its reader may do to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.cases.matrices import (
    RowChange,
    VersionFacts,
    changes_between,
    matrix_for,
    version_numbered,
    versions_of,
)
from liandong.cases.matrices.versions import THE_VERSION
from liandong.cases.rulebook import Matrix, Rulebook, rulebook_for
from liandong.cases.rules.responsibility import EVERY
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound
from liandong.people.desk import district_of
from liandong.people.queries import staff_by_key
from liandong.people.rules.scope import Reach, Thing
from liandong.workbench.matrix_words import STATES, version_title

ACT: Final = "cases.set_matrix"
TABS: Final = (
    ("matrix_version", marked("网格")),
    ("matrix_gaps", marked("缺口与重叠")),
    ("matrix_trial", marked("试算")),
    ("matrix_record", marked("变更记录")),
)


@dataclass(frozen=True, slots=True)
class MatrixPage:
    """One version as somebody looks at it."""

    actor: Actor
    book: Rulebook
    day: date
    facts: VersionFacts
    versions: list[VersionFacts]
    matrix: Matrix
    changes: list[RowChange]
    """Where it differs from the matrix in force."""

    @property
    def keeps_some(self) -> bool:
        """Whether the reader keeps any part of this district's matrix."""
        district = self.book.map.district.code
        grounds = self.actor.scope(ACT).grounds
        return any(ground.reach is Reach.EVERYWHERE or ground.value.startswith(district) for ground in grounds)

    def may_set(self, area: str) -> bool:
        """Whether the reader may change a rule of this version that stands in an area."""
        place = self.book.map.district.code if area == EVERY else area
        return self.facts.is_draft and self.actor.may(ACT, Thing(place))


def page_for(actor: Actor, number: int | None, *, at: datetime) -> MatrixPage:
    """The version of that number, the one in force without a number.

    :raises NotFound: the district has no such version
    """
    book = rulebook_for(district_of(actor))
    day = book.day_of(at)
    versions = versions_of(book.map.district.code, day=day)
    if number is None:
        facts = next((one for one in versions if one.state == "in_force"), versions[0] if versions else None)
    else:
        facts = next((one for one in versions if one.number == number), None)
    if facts is None:
        raise NotFound(what=THE_VERSION)
    matrix = matrix_for(version_numbered(book.map.district.code, facts.number), book)
    changes = changes_between(book.matrix_on(day).rows, matrix.rows)
    return MatrixPage(actor, book, day, facts, versions, matrix, changes)


def page_context(page: MatrixPage, tab: str) -> dict[str, Any]:
    """What the frame around every tab shows."""
    facts = page.facts
    makers = staff_by_key({one.made_by for one in page.versions})
    newest = next((one for one in page.versions if not one.is_draft), None)
    earliest = max(filter(None, (page.day, newest.since_on if newest else None)))
    return {
        "version": facts,
        "state": _state(facts),
        "title": version_title(facts.title, facts.number),
        "versions": [_line(one, makers) for one in page.versions],
        "tabs": [
            {"url": reverse(f"workbench:{view}", args=[facts.number]), "label": _(word), "active": view == tab}
            for view, word in TABS
        ],
        "keeps_some": page.keeps_some,
        "is_outdated": facts.is_draft and newest is not None and facts.based_on != newest.number,
        "newest": newest,
        "earliest": earliest,
        "changes": len(page.changes),
        "today": page.day,
    }


def _line(facts: VersionFacts, makers: dict[str, tuple[str, str]]) -> dict[str, Any]:
    return {
        "facts": facts,
        "state": _state(facts),
        "title": version_title(facts.title, facts.number),
        "maker": makers.get(facts.made_by, (_("平台"), ""))[0],
        "url": reverse("workbench:matrix_version", args=[facts.number]),
    }


def _state(facts: VersionFacts) -> dict[str, str]:
    word, tone = STATES[facts.state]
    return {"word": _(word), "tone": tone}
