"""What if: past cases put before a draft and before the matrix in force, and where the two name different units.

Cases are grouped by the database first: two cases of one class, area, condition, force and unit complained about come
to the same answer. Only groups that a changed row covers are asked for at all. Everything is told of cases that the
reader may see, and of no others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from django.db.models import Count, Max, Min, Q, QuerySet

from liandong.cases.matrices.versions import RowChange, changes_between
from liandong.cases.models import Case
from liandong.cases.queries import permitted_cases
from liandong.cases.rulebook import Matrix, Rulebook
from liandong.cases.rules.responsibility import EVERY, RowTable, suggest
from liandong.people.access import Actor
from liandong.people.rules.force import covers

MOST_CONDITIONS: Final = 60
"""Above so many changed rows the database is asked for every group: more conditions cost more than they spare."""
EXAMPLES: Final = 3
_COLUMNS = ("class_code", "area", "condition", "force", "about_unit")
Asked = tuple[str, str, str, str, str]
"""What the answer depends on: class, area, condition, force and the unit complained about."""


@dataclass(frozen=True, slots=True)
class Move:
    """So many cases would go to another unit; `numbers` are a few of them. A unit is empty where nobody is named."""

    before: str
    after: str
    count: int
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a draft would have changed: of all cases the reader may see, by unit, class and town."""

    cases: int
    changed: int
    rows: int
    moves: tuple[Move, ...]
    by_class: tuple[tuple[str, int], ...]
    by_town: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ChangedCase:
    """One case that a draft would have sent elsewhere."""

    pk: int
    number: str
    class_code: str
    area: str
    reported_at: datetime
    sent_to: str
    before: str
    after: str


def what_if(draft: Matrix, book: Rulebook, *, since: datetime, until: datetime, actor: Actor, at: datetime) -> Trial:
    """Run the cases reported in a time through a draft and through the matrix in force at `at`."""
    in_force = book.matrix_at(at)
    changes = changes_between(in_force.rows, draft.rows)
    cases = _reported(book, since=since, until=until, actor=actor)
    total = cases.count()
    moved: dict[tuple[str, str], list[Any]] = {}
    classes: Counter[str] = Counter()
    towns: Counter[str] = Counter()
    answers = _answering(in_force, draft, book, at=at)
    touched = cases.filter(_touched(changes)) if changes else cases.none()
    counted = touched.values_list(*_COLUMNS).annotate(Count("pk"), Min("number"), Max("number")).order_by()
    for *asked, count, first, last in counted:
        before, after = answers(tuple(asked))
        if before == after:
            continue
        found = moved.setdefault((before, after), [0, []])
        found[0] += count
        found[1] += [number for number in dict.fromkeys((first, last)) if len(found[1]) < EXAMPLES]
        classes[asked[0]] += count
        towns[asked[1][:9]] += count
    moves = (Move(*units, count, tuple(numbers[:EXAMPLES])) for units, (count, numbers) in moved.items())
    return Trial(
        total,
        sum(classes.values()),
        len(changes),
        tuple(sorted(moves, key=lambda move: (-move.count, move.before, move.after))),
        tuple(sorted(classes.items(), key=lambda item: (-item[1], item[0]))),
        tuple(sorted(towns.items(), key=lambda item: (-item[1], item[0]))),
    )


def changed_cases(
    draft: Matrix,
    book: Rulebook,
    *,
    since: datetime,
    until: datetime,
    actor: Actor,
    at: datetime,
    before: str | None = None,
    after: str | None = None,
    below: int | None = None,
    limit: int = 50,
) -> list[ChangedCase]:
    """The cases a draft would have sent elsewhere, newest first, `limit` at a time from below an id.

    `before`, `after` narrow them to one move.
    """
    in_force = book.matrix_at(at)
    changes = changes_between(in_force.rows, draft.rows)
    if not changes:
        return []
    cases = _reported(book, since=since, until=until, actor=actor).filter(_touched(changes))
    cases = cases.filter(pk__lt=below) if below else cases
    answers = _answering(in_force, draft, book, at=at)
    found = []
    columns = ("pk", "number", "reported_at", "unit", *_COLUMNS)
    for pk, number, reported_at, unit, *asked in cases.order_by("-pk").values_list(*columns).iterator(1000):
        units = answers(tuple(asked))
        if units[0] == units[1] or before not in (None, units[0]) or after not in (None, units[1]):
            continue
        found.append(ChangedCase(pk, number, asked[0], asked[1], reported_at, unit, *units))
        if len(found) == limit:
            break
    return found


def _reported(book: Rulebook, *, since: datetime, until: datetime, actor: Actor) -> QuerySet[Case]:
    within = {"district": book.map.district.code, "reported_at__gte": since, "reported_at__lt": until}
    return permitted_cases(actor).filter(**within)


def _touched(changes: Iterable[RowChange]) -> Q:
    """A condition on cases: one of the changed rows covers them."""
    keys = [change.key for change in changes]
    if len(keys) > MOST_CONDITIONS:
        return Q()
    found = Q(pk__in=[])
    for class_prefix, area_prefix, condition in keys:
        place = Q(pk__isnull=False)
        place &= Q() if class_prefix == EVERY else Q(class_code__startswith=class_prefix)
        place &= Q() if area_prefix == EVERY else Q(area__startswith=area_prefix)
        place &= Q() if condition == EVERY else Q(condition=condition)
        found |= place
    return found


def _answering(in_force: Matrix, draft: Matrix, book: Rulebook, *, at: datetime) -> Callable[[Asked], tuple[str, str]]:
    """What tells to which unit the matrix in force and the draft send such cases; the words are resolved once."""
    resolve = cache(book.resolver(book.day_of(at)))
    centre = book.by_place.get(("centre", book.map.district.code), "")

    def unit_in(rows: RowTable, asked: Asked) -> str:
        class_code, area, condition, force, about_unit = asked

        def strong_enough(word: str, place: str) -> str | None:
            code = resolve(word, place)
            return code if code and covers(book.units[code].force, force) else None

        found = suggest(rows, class_code=class_code, area=area, condition=condition, resolve=strong_enough)
        if found is not None and found.lead != about_unit:
            return found.lead
        return centre if centre and covers(book.units[centre].force, force) else ""

    return lambda asked: (unit_in(in_force.rows, asked), unit_in(draft.rows, asked))
