"""Named questions about cases. Everything shown to anybody comes through `permitted_cases` or `case_for`."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from liandong.cases import changes
from liandong.cases.docket import Docket, thing_of
from liandong.cases.models import (
    OPEN,
    Assignment,
    Case,
    Clock,
    IdempotentCall,
    MatrixVersion,
    Responsibility,
)
from liandong.cases.reach import by_area, kept_out
from liandong.cases.reach import within as within
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.force import is_enforcement
from liandong.cases.rules.redaction import storable
from liandong.cases.rules.verification import missing
from liandong.cases.rules.words import ClockKind, Closing, Force, Identity, Part
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound
from liandong.people.hands import Hand, hands_of
from liandong.people.queries import key_of_account
from liandong.people.rules.force import covers
from liandong.timeline.queries import Entry, trace

THE_CASE = marked("这个案件")


def permitted_cases(actor: Actor, act: str = "cases.view") -> QuerySet[Case]:
    """The cases on which `actor` may do `act`: the only door to lists, exports, maps and searches."""
    return Case.objects.filter(within(actor.scope(act)))


@dataclass(frozen=True, slots=True)
class AreaReach:
    """What somebody may see, in two: whole areas, which can be counted ahead, and single cases `beyond` them.

    An empty code among `areas` is everywhere. In the areas they see nothing about `own_units`, but in `centres` do.
    """

    areas: tuple[str, ...]
    own_units: frozenset[str]
    centres: frozenset[str]
    beyond: QuerySet[Case] | None


def permitted_by_area(actor: Actor, act: str = "cases.view") -> AreaReach:
    """The same cases as `permitted_cases`, each on one side: within the areas, or beyond."""
    scope = actor.scope(act)
    areas, beyond = by_area(scope)
    return AreaReach(areas, *kept_out(scope), None if beyond is None else Case.objects.filter(beyond))


def case_for(actor: Actor, number: str) -> Case:
    """The case of that number.

    :raises NotFound: there is none, or not for this actor
    """
    case = Case.objects.filter(number=storable(number)).first()
    if case is None or not actor.may("cases.view", thing_of(case)):
        raise NotFound(what=THE_CASE)
    return case


def trace_of(case: Case) -> QuerySet[Entry]:
    """Everything that happened to a case, oldest first."""
    return trace("case", case.pk)


def changes_since(case: Case, version: int) -> list[Entry]:
    """What happened to a case after its reader saw `version`."""
    return [entry for entry in trace_of(case) if entry.data.get("version", 0) > version]


def clocks_of(case: Case) -> QuerySet[Clock]:
    """The clocks of a case, in the order in which they started."""
    return Clock.objects.filter(case=case).order_by("id")


def enforcers_of(case: Case, *, at: datetime) -> tuple[Hand, ...]:
    """The members of the joint team that holds a case who may enforce now; nobody where a single unit holds it."""
    unit = rulebook_for(case.district).units.get(case.unit)
    if unit is None or unit.kind != "joint":
        return ()
    return tuple(hand for hand in hands_of(unit.code, at=at) if covers(hand.force, Force.ENFORCEMENT))


def answering_unit(case: Case) -> str:
    """The unit that answers for the enforcement of a case (执法主体); empty where it is met with less."""
    if not is_enforcement(case.force):
        return ""
    named = Assignment.objects.filter(case=case, unit=case.unit, part=Part.LEAD).exclude(answers_for="").order_by("-id")
    unit = rulebook_for(case.district).units.get(case.unit)
    alone = case.unit if unit is not None and unit.kind != "joint" else ""
    return named.values_list("answers_for", flat=True).first() or alone


def solved_by_force(cases: QuerySet[Case]) -> dict[Force, int]:
    """How many of `cases` were solved by service, by management and by enforcement; special and wrong closings not."""
    solved = cases.filter(closing__in=[Closing.NORMAL, Closing.LATE]).exclude(solved_force="")
    counts = dict(solved.values_list("solved_force").annotate(count=Count("pk")).order_by())
    return {force: counts.get(force.value, 0) for force in Force}


def clock_runs(*kinds: str) -> Q:
    """A condition on cases: a clock of one of these kinds is running."""
    return Q(Exists(Clock.objects.filter(case=OuterRef("pk"), kind__in=kinds, stopped_at__isnull=True)))


def still_missing(case: Case) -> tuple[str, ...]:
    """What a handled case must still pass before it may close: `check`, `call_back`, both or nothing."""
    return missing(changes.verification_of(Docket(case, rulebook_for(case.district))))


def waking_clocks(*, at: datetime, limit: int) -> QuerySet[Clock]:
    """Running clocks whose next instant has passed at `at`; exactly at due is in time."""
    return Clock.objects.filter(wake_at__lt=at).order_by("wake_at", "id")[:limit]


def cases_to_wake(*, at: datetime) -> list[int]:
    """Suspended cases whose day has come, in the time of their district."""
    resting = Case.objects.filter(wake_on__lte=at.date() + timedelta(days=1)).values_list("pk", "district", "wake_on")
    return [pk for pk, district, wake_on in resting if wake_on and wake_on <= rulebook_for(district).day_of(at)]


def cases_to_review(*, at: datetime) -> list[int]:
    """Suspended cases that nobody has looked at for a month."""
    resting = Case.objects.filter(wake_on__isnull=False, review_on__lte=at.date() + timedelta(days=1))
    known = resting.values_list("pk", "district", "review_on")
    return [pk for pk, district, review_on in known if review_on and review_on <= rulebook_for(district).day_of(at)]


def hidden_reporter(case: Case) -> str:
    """The key that nobody is told: of a colleague who reported in confidence. Nothing in all other cases.

    Where an operator wrote down what a caller said, the account is the operator's, who hides nothing.
    """
    if case.channel != "staff" or case.identity != Identity.CONFIDENTIAL or case.reporter is None:
        return ""
    return key_of_account(case.reporter)


def already_reported(channel: str, external_ids: Sequence[str]) -> dict[str, str]:
    """Which outside numbers of a channel are already cases: outside number → our number."""
    known = Case.objects.filter(channel=channel, external_id__in=external_ids)
    return dict(known.values_list("external_id", "number"))


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


def open_work_of(units: Collection[str]) -> dict[str, int]:
    """How many open cases each of these units holds or assists with; units without any are left out."""
    codes = list(units)
    held = Case.objects.filter(OPEN, unit__in=codes).values_list("unit").annotate(count=Count("pk")).order_by()
    counted = Counter(dict(held))
    for involved in Case.objects.filter(OPEN, involved__overlap=codes).values_list("involved", flat=True):
        counted.update(set(involved) & set(codes))
    return dict(counted)


def area_uses(codes: Sequence[str]) -> list[tuple[str, str, str]]:
    """Rules of the matrix and open cases that name one of these areas: kind, name, code."""
    # A past version rules nothing any more: the two newest are the one in force and the one to come.
    published = MatrixVersion.objects.filter(district__in={code[:6] for code in codes}, published_at__isnull=False)
    newest = list(published.order_by("-since_on", "-number").values_list("pk", flat=True)[:2])
    rules = Responsibility.objects.filter(Q(version__in=newest) | Q(version__published_at__isnull=True))
    rows = rules.filter(area_prefix__in=codes).order_by("area_prefix", "class_prefix").distinct()
    held = Case.objects.filter(OPEN, area__in=codes).values_list("area").annotate(count=Count("pk")).order_by("area")
    return [
        *((marked("责任矩阵"), name, area) for name, area in rows.values_list("class_prefix", "area_prefix")),
        *((marked("未结案件"), str(count), area) for area, count in held),
    ]


def cases_without_entries() -> int:
    """How many cases have no audit row: always 0, or the record is broken."""
    told = Entry.objects.filter(about="case").values("about_id")
    return Case.objects.exclude(pk__in=told).count()


def entries_without_cases() -> int:
    """How many audit rows tell of no case: always 0, or the record is broken."""
    return Entry.objects.filter(about="case").exclude(about_id__in=Case.objects.values("pk")).count()
