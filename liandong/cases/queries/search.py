"""Finding cases by what people type: numbers, words of the text and place, names of units and of staff.

Texts are found by their character pairs. The newest come first, or the best: then the rarest pairs fetch a bounded
set of candidates from the index, and those are ranked (`rules.ranking`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db import connection
from django.db.models import Q, QuerySet

from liandong.areas.queries import district_codes
from liandong.cases.models import Case, JoinedReport, TermCount
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.ranking import MOST_CANDIDATES, Counted, rarest, scores
from liandong.cases.rules.redaction import storable
from liandong.cases.search import ContainsAnyTerm, ContainsTerms, ReadsTerms
from liandong.kernel.bigrams import query_terms
from liandong.kernel.numbering import MalformedNumber, parse_number
from liandong.people.queries import staff_names

Row = TypeVar("Row", bound=Any)

BEST_SHOWN: Final = 200
"""Cases ranked lists hold: whoever reads on narrows the question instead."""
NEWEST_RANKED: Final = 200
"""Candidates where words asked for are common: the newest that hold all of them, or any where hardly one holds all."""
ENOUGH: Final = 50
"""So many candidates are a page: with fewer, more are sought by commoner words."""
LATEST: Final = 3_000
COMMON_SHARE: Final = 0.02
"""Where each word stands in so many of all cases, the latest `LATEST` are read before the index is asked: PostgreSQL
takes words for independent of each other and fetches every row that holds all, though most texts repeat."""
LEAST_SHARE: Final = 0.03
"""Of the best score; what answers less is noise."""
MOST_UNITS: Final = 40
MOST_JOINED: Final = 50
"""Joined reports whose numbers begin so that lead to their cases; a whole number is one of them."""
REMEMBERED_SECONDS: Final = 60.0

_NUMBER_BEGINS = re.compile(r"[A-Za-z]{1,8}-[0-9]{4,8}(-[0-9]{0,6}(-[0-9])?)?")
_names_known: tuple[dict[str, frozenset[str]], float] = ({}, float("-inf"))
_latest_known: tuple[Q, float] = (Q(), float("-inf"))
_counts_known: dict[str, tuple[int, float]] = {}


@dataclass(frozen=True, slots=True)
class Words:
    """A text taken apart: what must hold besides (a number, somebody's name), and the terms to find and rank by."""

    named: tuple[Q, ...]
    terms: tuple[str, ...]

    @property
    def conditions(self) -> tuple[Q, ...]:
        """Everything that must hold where every word counts."""
        return (*self.named, _holds(self.terms)) if self.terms else self.named


def with_words(cases: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Cases whose number, or that of a report joined to them, begins with `text`, or which answer every word.

    Words are sought in text and place, and as names of units and staff.
    """
    return cases.filter(*words_in(text).conditions)


def words_in(text: str) -> Words:
    """Take a text apart. A word that names units or staff asks for what they hold or handled, or for its characters."""
    text = storable(text).strip()
    if number := _number_in(text):
        return Words((number,), ())
    if whole := _named(text):
        return Words((whole,), ())
    named: list[Q] = []
    plain: list[str] = []
    for word in text.split():
        if condition := _named(word):
            named.append(condition)
        else:
            plain.append(word)
    terms = query_terms(" ".join(plain))
    if not terms and not named:
        return Words((Q(number__startswith=text.upper()),), ())
    return Words(tuple(named), terms)


def best_first(cases: QuerySet[Case], text: str) -> list[int]:
    """The keys of up to `BEST_SHOWN` cases that answer `text` best, best first; equals by the latest.

    The rarest terms fetch the candidates, so one that lacks a common word is found too, further down. Where hardly any
    case holds a rare one, the newest that hold the common ones are candidates as well.
    """
    words = words_in(text)
    cases = cases.filter(*words.named)
    newest = cases.order_by("-reported_at", "-id")
    if not words.terms:
        return list(newest.values_list("pk", flat=True)[:BEST_SHOWN])
    counted = counts_of(words.terms)
    asked = rarest(words.terms, counted)
    found = {row[0]: row for row in _candidates(cases.filter(terms__contains_any_term=asked))} if asked else {}
    common = [term for term in words.terms if term in counted.known and term not in asked]
    if common and len(found) < ENOUGH:
        rows = newest.values_list("pk", "description", "address")
        found |= {row[0]: row for row in _latest(rows, common, counted)[:NEWEST_RANKED]}
        for lookup in (ContainsTerms, ContainsAnyTerm):
            if len(found) < ENOUGH:
                more = rows.filter(**{f"terms__{lookup.lookup_name}": common})
                found |= {row[0]: row for row in more[:NEWEST_RANKED]}
    marks = scores([f"{description} {address}" for _pk, description, address in found.values()], words.terms, counted)
    ranked = sorted(zip(marks, found, strict=True), reverse=True)[:BEST_SHOWN]
    least = ranked[0][0] * LEAST_SHARE if ranked else 0.0
    return [pk for mark, pk in ranked if mark >= least]


def latest_with_words(cases: QuerySet[Case], text: str, *, most: int) -> list[int] | None:
    """The keys of the newest `most` cases that answer every word, where the latest cases hold so many of them.

    None where they do not, or a word is rare: then the index finds them sooner (`with_words`).
    """
    words = words_in(text) if text.strip() else Words((), ())
    if words.named or not words.terms:
        return None
    newest = cases.order_by("-reported_at", "-id").values_list("pk", flat=True)
    found = list(_latest(newest, words.terms, counts_of(words.terms))[:most])
    return found if len(found) == most else None


def in_order(cases: QuerySet[Case], keys: Sequence[int]) -> list[Case]:
    """The cases of these keys, in the order of the keys; keys that `cases` does not hold are left out."""
    found = {case.pk: case for case in cases.filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


def counts_of(terms: Sequence[str]) -> Counted:
    """About how many cases hold each term, by the last count of the sample."""
    now = time.monotonic()
    asked = ("", *terms)
    missing = [term for term in asked if now - _counts_known.get(term, (0, float("-inf")))[1] > REMEMBERED_SECONDS]
    if missing:
        if len(_counts_known) > 20_000:
            _counts_known.clear()
        found = dict(TermCount.objects.filter(term__in=missing).values_list("term", "cases"))
        _counts_known.update({term: (found.get(term, 0), now) for term in missing})
    known = {term: count for term in terms if (count := _counts_known.get(term, (0, 0.0))[0])}
    return Counted(_counts_known.get("", (0, 0.0))[0], known)


def forget_search() -> None:
    """Drop what is remembered of names and counts: for tests, which begin with other people."""
    global _names_known, _latest_known
    _names_known = {}, float("-inf")
    _latest_known = Q(), float("-inf")
    _counts_known.clear()


def _latest(rows: QuerySet[Case, Row], terms: Sequence[str], counted: Counted) -> QuerySet[Case, Row]:
    """Of the latest cases those that hold all of the terms; nothing where a term is not common."""
    if min(counted.known.get(term, 0) for term in terms) < COMMON_SHARE * max(1, counted.total):
        return rows.none()
    return rows.filter(_among_latest(), **{f"terms__{ReadsTerms.lookup_name}": terms})


def _among_latest() -> Q:
    """Which cases are the `LATEST` of their district, looked up every minute."""
    global _latest_known
    known, since = _latest_known
    if time.monotonic() - since > REMEMBERED_SECONDS:
        known = Q()
        for district in district_codes():
            reports = Case.objects.filter(district=district).order_by("-reported_at", "-id")
            begin = reports.values_list("reported_at", flat=True)[LATEST : LATEST + 1].first()
            known |= Q(district=district, reported_at__gte=begin) if begin else Q(district=district)
        _latest_known = known, time.monotonic()
    return known


def _candidates(cases: QuerySet[Case]) -> list[tuple[int, str, str]]:
    """Key, text and place of what the index finds. Fenced: a limit tempts the planner to read the table instead."""
    text, parameters = cases.order_by().values_list("pk", "description", "address").query.sql_with_params()
    with connection.cursor() as cursor:
        fenced = f"WITH found AS MATERIALIZED ({text}) SELECT * FROM found LIMIT {MOST_CANDIDATES}"
        cursor.execute(fenced, parameters)
        return list(cursor.fetchall())


def number_typed(text: str) -> str:
    """The whole number of a case or of a joined report that a text is; empty where it is none."""
    try:
        return str(parse_number(storable(text).strip()))
    except MalformedNumber:
        return ""


def _number_in(text: str) -> Q | None:
    if whole := number_typed(text):
        return Q(number=whole) | _joined_as(number=whole)
    if _NUMBER_BEGINS.fullmatch(text):
        begins = {"number__startswith": text.upper()}
        return Q(**begins) | _joined_as(**begins)
    return None


def _joined_as(**number: str) -> Q:
    """The cases that reports with such numbers were joined to. Asked first: a join would keep a list from its index."""
    joined = JoinedReport.objects.filter(**number).order_by("number").values_list("case", flat=True)
    cases = set(joined[:MOST_JOINED])
    return Q(pk__in=cases) if cases else Q()


def _holds(terms: Sequence[str]) -> Q:
    return Q(**{f"terms__{ContainsTerms.lookup_name}": terms}) if terms else Q(pk__in=[])


def _named(word: str) -> Q | None:
    """What units and staff of that name hold or handled, or what speaks of them; None where it names nobody."""
    held = _held_by(word)
    return held | _holds(query_terms(word)) if held is not None else None


def _held_by(word: str) -> Q | None:
    """What the units and staff of that name hold or handled; None where the word is nobody's name."""
    sought = word.casefold()
    if len(sought) < 2:
        return None
    names = _names()
    units = sorted(names.get(f"unit {sought}", ()))
    if not units and (len(sought) >= 4 or not sought.isascii() and len(sought) >= 3):
        units = sorted({code for name, codes in names.items() if name.startswith("unit ") and sought in name[5:]
                        for code in codes})  # fmt: skip
    keys = sorted(names.get(f"staff {sought}", ()))
    held = Q()
    if 0 < len(units) <= MOST_UNITS:
        held |= Q(unit__in=units) | Q(assisting__overlap=units) & ~Q(assisting=[])
    if keys:
        held |= Q(handled_by__in=keys)
    return held or None


def _names() -> dict[str, frozenset[str]]:
    """`unit <name>` → unit codes and `staff <name>` → account keys, read anew every minute."""
    global _names_known
    known, since = _names_known
    if time.monotonic() - since > REMEMBERED_SECONDS:
        found: dict[str, set[str]] = {}
        for district in district_codes():
            for unit in rulebook_for(district).units.values():
                for name in {unit.name, unit.name_en, unit.code} - {""}:
                    found.setdefault(f"unit {name.casefold()}", set()).add(unit.code)
        for key, name in staff_names():
            found.setdefault(f"staff {name.casefold()}", set()).add(key)
        known = {name: frozenset(codes) for name, codes in found.items()}
        _names_known = known, time.monotonic()
    return known
