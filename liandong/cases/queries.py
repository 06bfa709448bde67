"""Named questions about cases. Everything shown to anybody comes through `permitted_cases` or `case_for`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from liandong.cases import changes
from liandong.cases.docket import Docket, thing_of
from liandong.cases.models import OPEN, Attachment, Case, CaseClass, Clock, IdempotentCall
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.redaction import storable
from liandong.cases.rules.verification import missing
from liandong.cases.rules.words import ClockKind, Stage
from liandong.cases.rules.workflow import Step, steps_from
from liandong.cases.search import ContainsTerms
from liandong.kernel.bigrams import query_terms
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound
from liandong.people.rules.scope import Ground, Reach, Scope
from liandong.timeline.queries import Entry, trace

THE_CASE = marked("这个案件")


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list is asked for: one meaning, filled by forms and by the API alike."""

    stages: tuple[str, ...] = ()
    class_prefix: str = ""
    area_prefix: str = ""
    unit: str = ""
    channel: str = ""
    urgency: str = ""
    text: str = ""
    is_open: bool | None = None
    is_late: bool | None = None
    is_placed: bool | None = None
    reported_from: datetime | None = None
    reported_until: datetime | None = None

    def apply(self, cases: QuerySet[Case]) -> QuerySet[Case]:
        """Return `cases` narrowed to what is asked for."""
        if self.stages:
            cases = cases.filter(stage__in=[storable(stage) for stage in self.stages])
        for column, value in (("unit", self.unit), ("channel", self.channel), ("urgency", self.urgency)):
            if storable(value):
                cases = cases.filter(**{column: storable(value)})
        if self.class_prefix:
            cases = cases.filter(class_code__startswith=storable(self.class_prefix))
        if self.area_prefix:
            cases = cases.filter(area__startswith=storable(self.area_prefix))
        if self.is_open is not None:
            cases = cases.filter(OPEN) if self.is_open else cases.exclude(OPEN)
        if self.is_late is not None:
            cases = cases.filter(OPEN, late_since__isnull=not self.is_late)
        if self.is_placed is not None:
            cases = cases.filter(lon__isnull=not self.is_placed)
        if self.reported_from:
            cases = cases.filter(reported_at__gte=self.reported_from)
        if self.reported_until:
            cases = cases.filter(reported_at__lt=self.reported_until)
        return with_words(cases, self.text) if self.text.strip() else cases


def permitted_cases(actor: Actor, act: str = "cases.view") -> QuerySet[Case]:
    """The cases on which `actor` may do `act`: the only door to lists, exports, maps and searches."""
    return Case.objects.filter(within(actor.scope(act)))


def within(scope: Scope) -> Q:
    """A scope as a condition on cases; agrees with `Scope.covers` for every case."""
    grounds = Q(pk__in=[])
    for ground in _widest(scope.grounds):
        grounds |= _held_by(ground, scope.person)
    if scope.centre or not scope.own_units:
        return grounds
    return grounds & ~Q(about_unit__in=scope.own_units)


def case_for(actor: Actor, number: str) -> Case:
    """The case of that number.

    :raises NotFound: there is none, or not for this actor
    """
    case = Case.objects.filter(number=storable(number)).first()
    if case is None or not actor.may("cases.view", thing_of(case)):
        raise NotFound(what=THE_CASE)
    return case


def steps_open_to(actor: Actor, case: Case) -> tuple[Step, ...]:
    """The steps that are legal now and permitted to this actor: what a page offers, and nothing else."""
    thing = thing_of(case)
    return tuple(step for step in steps_from(Stage(case.stage)) if actor.may(step.act, thing))


def with_words(cases: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Cases that hold every term of `text`, or whose number begins with it."""
    text = storable(text)
    terms = query_terms(text)
    number = text.strip().upper()
    if not terms:
        return cases.filter(number__startswith=number)
    found = Q(**{f"terms__{ContainsTerms.lookup_name}": terms})
    return cases.filter(found | Q(number=number) if "-" in number else found)


def trace_of(case: Case) -> QuerySet[Entry]:
    """Everything that happened to a case, oldest first."""
    return trace("case", case.pk)


def changes_since(case: Case, version: int) -> list[Entry]:
    """What happened to a case after its reader saw `version`."""
    return [entry for entry in trace_of(case) if entry.data.get("version", 0) > version]


def clocks_of(case: Case) -> QuerySet[Clock]:
    """The clocks of a case, in the order in which they started."""
    return Clock.objects.filter(case=case).order_by("id")


def photos_of(case: Case) -> QuerySet[Attachment]:
    """The photos of a case."""
    return Attachment.objects.filter(case=case).order_by("id")


def clock_runs(*kinds: str) -> Q:
    """A condition on cases: a clock of one of these kinds is running."""
    return Q(Exists(Clock.objects.filter(case=OuterRef("pk"), kind__in=kinds, stopped_at__isnull=True)))


def still_missing(case: Case) -> tuple[str, ...]:
    """What a handled case must still pass before it may close: `check`, `call_back`, both or nothing."""
    return missing(changes.verification_of(Docket(case, rulebook_for(case.district))))


def fallen_due(*, at: datetime, limit: int) -> QuerySet[Clock]:
    """Running clocks whose time is over at `at` and that are not marked yet; exactly at due is in time."""
    return Clock.objects.filter(stopped_at__isnull=True, overdue_at__isnull=True, due_at__lt=at).order_by(
        "due_at", "id"
    )[:limit]


def already_reported(channel: str, external_ids: Sequence[str]) -> dict[str, str]:
    """Which outside numbers of a channel are already cases: outside number → our number."""
    known = Case.objects.filter(channel=channel, external_id__in=external_ids)
    return dict(known.values_list("external_id", "number"))


def public_cases(district: str) -> QuerySet[Case]:
    """Cases anybody may see: of classes whose public level is open, and neither complaints nor reports."""
    return Case.objects.filter(district=district, is_public=True)


def public_classes(district: str) -> list[CaseClass]:
    """The leaf classes the public may see and report."""
    book: Rulebook = rulebook_for(district)
    return [kind for kind in book.classes.values() if kind.is_public and kind.is_leaf]


def handling_dues(cases: Sequence[int]) -> dict[int, datetime]:
    """When the work on each of these cases is due, by id; cases that no unit was ever sent are left out."""
    if not cases:
        return {}
    clocks = Clock.objects.filter(case__in=cases, kind=ClockKind.HANDLE).order_by("id")
    return dict(clocks.values_list("case_id", "due_at"))


def is_numbered(district: str, number: str) -> bool:
    """Whether a district has a case of that number, public or not."""
    return Case.objects.filter(district=district, number=number).exists()


def earlier_answer(account: int, key: str) -> IdempotentCall | None:
    """The answer once given to this account's call with this key."""
    return IdempotentCall.objects.filter(account=account, key=key).first()


def digest_of_call(*parts: bytes) -> bytes:
    """What tells two calls with the same idempotency key apart."""
    return hashlib.sha256(b"\x00".join(parts)).digest()


def cases_without_entries() -> int:
    """How many cases have no audit row: always 0, or the record is broken."""
    told = Entry.objects.filter(about="case").values("about_id")
    return Case.objects.exclude(pk__in=told).count()


def entries_without_cases() -> int:
    """How many audit rows tell of no case: always 0, or the record is broken."""
    return Entry.objects.filter(about="case").exclude(about_id__in=Case.objects.values("pk")).count()


def _held_by(ground: Ground, person: int | None) -> Q:
    level = Q(run_by=ground.level) if ground.level else Q()
    match ground.reach:
        case Reach.EVERYWHERE:
            return level & Q(pk__isnull=False)  # an empty Q would vanish when joined by "or"
        case Reach.AREA if len(ground.value) == 6:
            return level & Q(district=ground.value)
        case Reach.AREA:
            return level & Q(area__startswith=ground.value)
        case Reach.UNIT:
            return level & (Q(unit=ground.value) | Q(assisting__contains=[ground.value]))
        case Reach.OWN:
            return level & Q(reporter=person)


def _widest(grounds: frozenset[Ground]) -> list[Ground]:
    """Drop grounds that a wider one already holds, so that the planner sees the plainest condition."""
    if any(ground.reach is Reach.EVERYWHERE and not ground.level for ground in grounds):
        return [Ground(Reach.EVERYWHERE)]
    return sorted(grounds, key=lambda ground: (ground.reach, ground.value, ground.level))
