"""Named questions about draws: who may be drawn, who was, what waits for whom, what was found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from liandong.cases.docket import thing_of
from liandong.cases.models import Assignment, AuditRound, Case, Clock, Draw
from liandong.cases.reach import within
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.drawing import LATELY, SPOT_WITHIN, Candidate, DrawKind, DrawState, Lot, draw
from liandong.cases.rules.words import ClockKind, RunBy
from liandong.duty.queries import serving_in
from liandong.duty.schedules import absent_at
from liandong.people.access import Actor
from liandong.people.hands import holders_of
from liandong.people.rules.scope import PostHeld

CHECK: Final = "cases.check"
SPOT_CHECK: Final = "cases.spot_check"
REDRAW: Final = "cases.redraw"
LOOKED_AT: Final[Mapping[DrawKind, str]] = {
    DrawKind.CHECK: CHECK,
    DrawKind.SPOT: SPOT_CHECK,
    DrawKind.AUDIT: SPOT_CHECK,
}
"""The permission each look asks for."""

_Fits = Callable[[PostHeld, str], bool]


def _is_verifier(post: PostHeld, _town: str) -> bool:
    return post.role == "verifier"


def _is_verifier_of_the_town(post: PostHeld, town: str) -> bool:
    return post.role == "verifier" and post.area.startswith(town)


def _is_of_the_town(post: PostHeld, town: str) -> bool:
    return post.role == "town" and post.area.startswith(town)


def _is_either(post: PostHeld, town: str) -> bool:
    return _is_verifier(post, town) or _is_of_the_town(post, town)


_DISTRICTS: Final = (_is_verifier,)
_POOLS: Final[Mapping[tuple[DrawKind, RunBy], tuple[_Fits, ...]]] = {
    (DrawKind.CHECK, RunBy.DISTRICT): _DISTRICTS,
    # A town checks what it runs (`CASE.md` §3); where nobody there may, the district does.
    (DrawKind.CHECK, RunBy.TOWN): (_is_verifier_of_the_town, _is_of_the_town, _is_verifier),
    (DrawKind.SPOT, RunBy.DISTRICT): (_is_either,),
    (DrawKind.SPOT, RunBy.TOWN): (_is_either,),
    (DrawKind.AUDIT, RunBy.DISTRICT): _DISTRICTS,
    (DrawKind.AUDIT, RunBy.TOWN): _DISTRICTS,
}
"""From whom is drawn: the first of these groups in which anybody qualifies."""
_ROLES: Final = ("verifier", "town")


@dataclass(frozen=True, slots=True)
class Drawable:
    """Who may be drawn for one look: the candidates of the rule, and their accounts by key."""

    candidates: tuple[Candidate, ...]
    people: Mapping[str, int]


class Crowd:
    """Everybody a district can draw from at one instant, read once for a whole batch."""

    def __init__(self, district: str, *, at: datetime) -> None:
        self.at = at
        found = holders_of(_ROLES, district=district, at=at)
        away = absent_at((actor.user_id or 0 for actor in found), at=at)
        self.actors = tuple(actor for actor in found if actor.user_id not in away)
        units = {unit for actor in self.actors for unit in actor.units if unit}
        self.serving = serving_in(units, district=district, at=at) if units else set()

    def holds(self, person: int | None, kind: DrawKind, case: Case) -> bool:
        """Whether somebody may still make a look they were drawn for."""
        return any(actor.user_id == person and actor.may(LOOKED_AT[kind], thing_of(case)) for actor in self.actors)

    def drawable(self, case: Case, kind: DrawKind, *, without: Collection[int] = ()) -> Drawable:
        """Who may be drawn to look at a case: permitted, of no unit that ever had it, and no part in it themselves."""
        shut_out = involved_units(case)
        fit = [
            actor
            for actor in self.actors
            if actor.user_id not in without
            and actor.key != case.handled_by
            and actor.user_id != case.reporter
            and not _units_of(actor) & shut_out
            and actor.may(LOOKED_AT[kind], thing_of(case))
        ]
        town = case.area[:9]
        for fits in _POOLS[kind, RunBy(case.run_by)]:
            pool = [actor for actor in fit if any(fits(post, town) for post in actor.posts)]
            if pool:
                return self._candidates(pool, case)
        return Drawable((), {})

    def _candidates(self, pool: list[Actor], case: Case) -> Drawable:
        people = {actor.key: actor.user_id or 0 for actor in pool}
        drawn = Draw.objects.filter(person__in=people.values(), made_at__gt=self.at - LATELY)
        lately = dict(drawn.exclude(state=DrawState.LAPSED).values_list("person").annotate(Count("pk")).order_by())
        last = Draw.objects.filter(grid=case.area, person__isnull=False).order_by("-id").first()
        return Drawable(
            tuple(
                Candidate(
                    key, lately.get(pk, 0), was_here_last=last is not None and last.person == pk,
                    is_on_duty=pk in self.serving,
                )
                for key, pk in people.items()
            ),
            people,
        )  # fmt: skip


def involved_units(case: Case) -> set[str]:
    """Every unit that ever had a case, and the one it is about."""
    had = Assignment.objects.filter(case=case).values_list("unit", flat=True)
    return {code for code in (*had, case.unit, *case.involved, case.about_unit) if code}


def looked_before(case: Case) -> set[int]:
    """Who has looked at a case before: a second look is for other eyes."""
    done = Draw.objects.filter(case=case, state=DrawState.DONE).values_list("person", flat=True)
    return {person for person in done if person is not None}


def _units_of(actor: Actor) -> set[str]:
    return {unit for post in actor.posts for unit in (post.unit, post.home) if unit}


def checks_to_draw(among: Collection[int] = (), *, limit: int) -> list[int]:
    """Handled cases whose check clock runs and for which nothing was drawn yet, of these cases or of all.

    A history of a hundred thousand cases starts as many check clocks; those that still run are few.
    """
    drawn = Draw.objects.filter(clock=OuterRef("pk"))
    clocks = Clock.objects.filter(~Exists(drawn), kind=ClockKind.CHECK, stopped_at__isnull=True, case__stage="handled")
    if among:
        clocks = clocks.filter(case__in=among)
    return list(clocks.order_by("case").values_list("case", flat=True)[:limit])


def spots_to_draw(among: Collection[int], *, at: datetime) -> list[int]:
    """Those of these cases that were closed lately enough to be worth a look."""
    fresh = Case.objects.filter(pk__in=among, stage="closed", ended_at__gte=at - SPOT_WITHIN)
    return list(fresh.order_by("pk").values_list("pk", flat=True))


def waiting_draws(*kinds: DrawKind) -> QuerySet[Draw]:
    """Draws that nobody has done anything about."""
    return Draw.objects.filter(state=DrawState.WAITING, kind__in=[kind.value for kind in kinds or tuple(DrawKind)])


def waiting_draw(case: Case, *kinds: DrawKind) -> Draw | None:
    """The draw of one of these kinds that stands for a case."""
    return waiting_draws(*kinds).filter(case=case).order_by("id").first()


def draws_of(case: Case) -> list[Draw]:
    """Every draw for a case, the youngest first."""
    return list(Draw.objects.filter(case=case).order_by("-id"))


def agrees(row: Draw) -> bool:
    """Whether drawing again with the number and the lots kept gives the same person."""
    lots = [Lot(key, weight) for key, weight in row.lots]
    return row.drawn is None or draw(lots, row.drawn) == row.key


def _still_awaited() -> Q:
    """A condition on waiting draws: what they are for is still to be done."""
    running = Clock.objects.filter(pk=OuterRef("clock"), stopped_at__isnull=True)
    return Q(Exists(running), kind=DrawKind.CHECK, case__stage="handled") | Q(
        kind__in=[DrawKind.SPOT, DrawKind.AUDIT], case__stage="closed"
    )


def looks_for(actor: Actor) -> QuerySet[Draw]:
    """What was drawn for this person, and what is open to everybody permitted, soonest due first."""
    mine = Q(person=actor.user_id) if actor.user_id is not None else Q(pk__in=[])
    waiting = waiting_draws().filter(mine | Q(person__isnull=True), _still_awaited())
    permitted = Q(pk__in=[])
    for kind, act in LOOKED_AT.items():
        allowed = Case.objects.filter(within(actor.scope(act)))
        permitted |= Q(kind=kind, case__in=allowed)
    return waiting.filter(permitted).select_related("case", "clock").order_by("clock__due_at", "made_at", "id")


def mine_to_check(actor: Actor) -> Q:
    """A condition on cases: nobody else was drawn to check them. Who supervises sees all of them."""
    if is_above_lots(actor):
        return Q()
    others = Draw.objects.filter(case=OuterRef("pk"), kind=DrawKind.CHECK, state=DrawState.WAITING)
    return ~Q(Exists(others.filter(person__isnull=False).exclude(person=actor.user_id or 0)))


def may_look(actor: Actor, row: Draw | None) -> bool:
    """Whether a draw lets somebody look: it is theirs, or nobody's, or they supervise."""
    return row is None or row.person is None or row.person == actor.user_id or is_above_lots(actor)


def is_above_lots(actor: Actor) -> bool:
    """Whether somebody may look in another's place: a supervisor, or the platform itself."""
    return bool(actor.role_codes & {"supervisor", "platform"})


def failed_audits(actor: Actor) -> QuerySet[Draw]:
    """Audits that found a closed case wanting, which nobody has reopened since."""
    seen = Case.objects.filter(within(actor.scope(REDRAW)), stage="closed")
    failed = Draw.objects.filter(kind__in=[DrawKind.AUDIT, DrawKind.SPOT], state=DrawState.DONE, is_ok=False)
    since = failed.filter(case__in=seen, ended_at__gte=F("case__ended_at"))
    return since.select_related("case").order_by("-ended_at", "-id")


def days_to_sample(district: str, *, at: datetime, most: int = 7) -> list[date]:
    """The days up to yesterday that nobody has sampled yet; the last `most` of them, or yesterday alone at first."""
    yesterday = rulebook_for(district).day_of(at) - timedelta(days=1)
    last = AuditRound.objects.filter(district=district).order_by("-day").first()
    first = max(last.day + timedelta(days=1), yesterday - timedelta(days=most - 1)) if last else yesterday
    return [first + timedelta(days=n) for n in range((yesterday - first).days + 1)]


def closed_on(district: str, day: date) -> QuerySet[Case]:
    """The cases of a district that were closed on one of its days and still are."""
    zone = rulebook_for(district).map.calendar.zone
    begins = datetime.combine(day, time.min, zone)
    closed = Case.objects.filter(district=district, stage="closed", ended_at__gte=begins)
    return closed.filter(ended_at__lt=datetime.combine(day + timedelta(days=1), time.min, zone)).order_by("pk")


def names_in(rows: Iterable[Draw]) -> set[str]:
    """The keys of everybody named in draws."""
    return {key for row in rows for key in (row.key, row.done_by, row.made_by) if key}
