"""Draws: made when a check is awaited, made again when they fail, and done by whoever looks.

Numbers come from the edge: `chance` gives one in [0, 1) each time it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from liandong.areas.queries import district_codes
from liandong.cases import changes
from liandong.cases.docket import Docket, limit_of
from liandong.cases.events import CheckDrawn
from liandong.cases.models import AuditRound, Case, Clock, Draw
from liandong.cases.operations.beats import amendment
from liandong.cases.queries.draws import (
    REDRAW,
    SPOT_CHECK,
    Crowd,
    checks_to_draw,
    closed_on,
    days_to_sample,
    is_above_lots,
    looked_before,
    may_look,
    spots_to_draw,
    waiting_draw,
    waiting_draws,
)
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.drawing import (
    DRAW_AWAITED,
    LOOKED_AT_WITHIN,
    DrawKind,
    DrawState,
    draw,
    lots_of,
    proof_of,
)
from liandong.cases.rules.redaction import remark
from liandong.cases.rules.words import ClockKind, RunBy, Stage
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.cases.saving import save_docket
from liandong.kernel.refusal import Refusal, marked
from liandong.kernel.working_time import Limit
from liandong.people.access import Actor, require

Chance = Callable[[], float]

CLOSED_KINDS: Final = (DrawKind.SPOT, DrawKind.AUDIT)
_ENDINGS: Final = ("state", "ended_at", "done_by", "is_ok")

NOT_DONE = marked("到期未核查")
LEFT = marked("离岗或请假")


class DrawnForAnother(Refusal):
    """Somebody else was drawn for this look."""

    status = 403
    says = marked("本次核查已随机抽给其他核查员。")
    remedy = marked("核查员不能到场的，请值班长重新抽取。")


class DrawAwaited(Refusal):
    """The draw for this check is being made."""

    status = 409
    says = marked("正在随机抽取核查员。")
    remedy = marked("请稍候十几秒再试；抽中者会在“我的核查”中看到。")


class NothingDrawn(Refusal):
    """A look at a closed case that nobody drew, or a redraw where nothing is drawn."""

    status = 409
    says = marked("本案没有待办的抽取。")
    remedy = marked("请刷新“我的核查”；需要核实的，请联系值班长。")


def draw_checks(cases: Collection[int] = (), *, chance: Chance, actor: Actor, at: datetime, limit: int = 200) -> int:
    """Draw somebody for each of these cases whose check is awaited and not drawn; for any, where none is named.

    Returns how many were drawn.

    :raises Forbidden: the actor is neither the platform nor a supervisor
    """
    require(actor, REDRAW)
    with transaction.atomic():
        found = checks_to_draw(cases, limit=max(limit, len(cases)))
        return _each(found, _draw_check, chance=chance, actor=actor, at=at) if found else 0


def draw_spots(cases: Collection[int], *, chance: Chance, actor: Actor, at: datetime) -> int:
    """Draw somebody of another unit for cases solved on the spot that are to be looked at. Returns how many.

    :raises Forbidden: as `draw_checks`
    """
    require(actor, REDRAW)
    with transaction.atomic():
        found = spots_to_draw(cases, at=at)
        return _each(found, _draw_spot, chance=chance, actor=actor, at=at) if found else 0


def draw_audits(*, chance: Chance, actor: Actor, at: datetime) -> int:
    """Sample what was closed on each day until yesterday, once for a day, by the shares of the class. Returns how many.

    :raises Forbidden: as `draw_checks`
    """
    require(actor, REDRAW)
    return sum(
        _audit_day(district, day, chance=chance, actor=actor, at=at)
        for district in district_codes()
        for day in days_to_sample(district, at=at)
    )


def draw_again(*, chance: Chance, actor: Actor, at: datetime) -> int:
    """Draw again where the person left, is away or did not come by half of the time; end what became needless.

    Returns how many draws were touched.

    :raises Forbidden: as `draw_checks`
    """
    require(actor, REDRAW)
    waiting = set(waiting_draws().values_list("case", flat=True))
    with transaction.atomic():
        return _each(waiting, _renew, chance=chance, actor=actor, at=at) if waiting else 0


def redraw_check(
    number: str, *, reason: str, drawn: float, actor: Actor, at: datetime, version: int | None = None
) -> Case:
    """重新抽取: a supervisor has another person drawn, and says why. `drawn` is a random number in [0, 1).

    :raises NothingDrawn: nothing waits
    :raises ReasonNeeded: nothing says why
    """
    with amendment(number, REDRAW, actor=actor, at=at, version=version) as docket:
        said = remark(reason, longest=200)
        if not said:
            raise ReasonNeeded(step=marked("重新抽取"))
        row = waiting_draw(docket.case)
        if row is None:
            raise NothingDrawn
        _redraw(docket, row, Crowd(docket.case.district, at=at), drawn=drawn, reason=said)
    return docket.case


def spot_check_case(
    number: str, *, ok: bool, actor: Actor, at: datetime, note: str = "", version: int | None = None
) -> Case:
    """抽查: somebody of another unit looked at a closed case. A failed sample of work on the spot reopens it.

    :raises NothingDrawn: nobody drew this case
    :raises DrawnForAnother: somebody else is to look
    """
    with amendment(number, SPOT_CHECK, actor=actor, at=at, version=version) as docket:
        row = waiting_draw(docket.case, *CLOSED_KINDS)
        if row is None:
            raise NothingDrawn
        if not may_look(actor, row):
            raise DrawnForAnother
        changes.spot_check(docket, kind=DrawKind(row.kind), ok=ok, note=note)
        _finish(row, docket, ok=ok)
    return docket.case


def check_by_lot(docket: Docket, *, ok: bool, note: str) -> None:
    """核查 by whoever was drawn. A check that was never awaited, or for which nobody draws, is open to all permitted.

    :raises DrawnForAnother: somebody else is to check
    :raises DrawAwaited: the draw is being made
    """
    clock = docket.clock_of(ClockKind.CHECK)
    row = waiting_draw(docket.case, DrawKind.CHECK)
    if row is not None and (clock is None or row.clock_id != clock.pk):
        _end(row, DrawState.LAPSED, docket.at)
        row = None
    if not may_look(docket.actor, row):
        raise DrawnForAnother
    is_young = clock is not None and docket.at - clock.started_at < DRAW_AWAITED
    # An interface passes on what was looked at elsewhere; it cannot wait, and is refused only where somebody was drawn.
    is_patient = not is_above_lots(docket.actor) and "integrator" not in docket.actor.role_codes
    if row is None and is_young and is_patient:
        raise DrawAwaited
    changes.check_case(docket, ok=ok, note=note)
    if row is None and clock is not None:
        row = Draw(
            case=docket.case, kind=DrawKind.CHECK, clock=clock, grid=docket.case.area, made_by=docket.actor.key,
            made_at=docket.at,
        )  # fmt: skip
    if row is not None:
        _finish(row, docket, ok=ok)


_Act = Callable[[Docket, Crowd, Chance], int]


def _each(keys: Iterable[int], act: _Act, *, chance: Chance, actor: Actor, at: datetime) -> int:
    crowds: dict[str, Crowd] = {}
    count = 0
    for case in Case.objects.select_for_update().defer("terms").filter(pk__in=list(keys)).order_by("pk"):
        crowd = crowds.get(case.district) or crowds.setdefault(case.district, Crowd(case.district, at=at))
        docket = Docket(case, rulebook_for(case.district))
        docket.start_of(actor, at)
        found = act(docket, crowd, chance)
        if found:
            save_docket(docket)
        count += found
    return count


def _draw_check(docket: Docket, crowd: Crowd, chance: Chance) -> int:
    clock = docket.clock_of(ClockKind.CHECK)
    if docket.case.stage != Stage.HANDLED or clock is None or Draw.objects.filter(clock=clock).exists():
        return 0
    before = waiting_draw(docket.case, DrawKind.CHECK)
    if before is not None:
        _end(before, DrawState.LAPSED, docket.at)
    _draw(docket, DrawKind.CHECK, crowd, drawn=chance(), clock=clock)
    return 1


def _draw_spot(docket: Docket, crowd: Crowd, chance: Chance) -> int:
    if docket.case.stage != Stage.CLOSED or waiting_draw(docket.case, *CLOSED_KINDS) is not None:
        return 0
    _draw(docket, DrawKind.SPOT, crowd, drawn=chance())
    return 1


def _draw_audit(docket: Docket, crowd: Crowd, chance: Chance) -> int:
    if docket.case.stage != Stage.CLOSED or waiting_draw(docket.case, *CLOSED_KINDS) is not None:
        return 0
    _draw(docket, DrawKind.AUDIT, crowd, drawn=chance(), without=looked_before(docket.case))
    return 1


def _audit_day(district: str, day: date, *, chance: Chance, actor: Actor, at: datetime) -> int:
    """Sample one day in one transaction: a day half sampled would be sampled twice."""
    book = rulebook_for(district)
    with transaction.atomic():
        rows = list(closed_on(district, day).values_list("pk", "class_code", "run_by"))
        made, is_new = AuditRound.objects.get_or_create(
            district=district, day=day, defaults={"closed": len(rows), "drawn": 0, "made_at": at}
        )
        if not is_new:
            return 0
        chosen = []
        for key, class_code, run_by in rows:
            policy = book.policy(class_code)
            share = max(policy.audit_share, policy.district_share if run_by == RunBy.TOWN else 0.0)
            if share and chance() < share:
                chosen.append(key)
        made.drawn = _each(chosen, _draw_audit, chance=chance, actor=actor, at=at) if chosen else 0
        made.save(update_fields=["drawn"])
    return made.drawn


def _renew(docket: Docket, crowd: Crowd, chance: Chance) -> int:
    count = 0
    for row in waiting_draws().filter(case=docket.case).order_by("id"):
        if not _is_awaited(docket, row):
            _end(row, DrawState.LAPSED, docket.at)
            count += 1
        elif row.person is not None and (why := _why_again(docket, row, crowd)):
            _redraw(docket, row, crowd, drawn=chance(), reason=why)
            count += 1
    return count


def _is_awaited(docket: Docket, row: Draw) -> bool:
    if row.kind != DrawKind.CHECK:
        return docket.case.stage == Stage.CLOSED
    clock = docket.clock_of(ClockKind.CHECK)
    return docket.case.stage == Stage.HANDLED and clock is not None and clock.pk == row.clock_id


def _why_again(docket: Docket, row: Draw, crowd: Crowd) -> str:
    if not crowd.holds(row.person, DrawKind(row.kind), docket.case):
        return str(LEFT)
    return str(NOT_DONE) if row.redraw_at is not None and row.redraw_at < docket.at else ""


def _redraw(docket: Docket, row: Draw, crowd: Crowd, *, drawn: float, reason: str) -> None:
    """Put another draw in the place of one that stands; whoever was drawn is left out this once."""
    _end(row, DrawState.REDRAWN, docket.at)
    without = {row.person} if row.person is not None else set()
    if row.kind == DrawKind.AUDIT:
        without |= looked_before(docket.case)
    _draw(docket, DrawKind(row.kind), crowd, drawn=drawn, clock=row.clock, without=without, reason=reason)


def _draw(
    docket: Docket,
    kind: DrawKind,
    crowd: Crowd,
    *,
    drawn: float,
    clock: Clock | None = None,
    without: Collection[int] = (),
    reason: str = "",
) -> None:
    """Draw, keep the lots and the number, and tell that it was done."""
    found = crowd.drawable(docket.case, kind, without=without)
    lots = lots_of(found.candidates)
    key = draw(lots, drawn)
    Draw.objects.create(
        case=docket.case,
        kind=kind,
        clock=clock,
        person=found.people.get(key),
        key=key,
        drawn=drawn,
        lots=[[lot.key, lot.weight] for lot in lots],
        grid=docket.case.area,
        made_by=docket.actor.key,
        made_at=docket.at,
        reason=reason,
        redraw_at=_redraw_at(docket, clock),
    )
    # News, but nobody's decision about the case: what somebody is about to save stays valid.
    docket.record(CheckDrawn(kind.value, len(lots), proof_of(lots, drawn), reason), is_change=False)


def _redraw_at(docket: Docket, clock: Clock | None) -> datetime | None:
    """When a draw is made again by itself: at half of the check's time, if that is before it is due."""
    if clock is None:
        return docket.at + LOOKED_AT_WITHIN
    limit = limit_of(clock)
    half = docket.rulebook.due(Limit(limit.amount / Decimal(2), limit.unit, limit.clause), since=docket.at)
    return half if half < clock.due_at else None


def _finish(row: Draw, docket: Docket, *, ok: bool) -> None:
    row.state, row.ended_at, row.done_by, row.is_ok = DrawState.DONE, docket.at, docket.actor.key, ok
    row.save(update_fields=_ENDINGS if row.pk else None)


def _end(row: Draw, state: DrawState, at: datetime) -> None:
    row.state, row.ended_at = state, at
    row.save(update_fields=_ENDINGS)
