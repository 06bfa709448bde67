"""What awaits whom: each queue is an act, a condition on cases and the page that works it off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from liandong.cases.queries import SOON, clock_runs, holds_a_part, permitted_cases, promised_to, within
from liandong.cases.queries.draws import mine_to_check
from liandong.kernel.refusal import marked
from liandong.people.access import Actor
from liandong.people.rules.scope import Reach

if TYPE_CHECKING:
    from liandong.cases.models import Case

LONGEST_QUEUE = 50
"""Cases a queue shows at once; the rest moves up as it is worked off."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Cases that wait for `act`. `view` and `query` are the page that shows them."""

    code: str
    act: str
    word: str
    icon: str
    tone: str
    view: str
    query: str
    waiting: Callable[[datetime], Q]
    mine: Callable[[Actor], Q] = lambda _actor: Q()
    """What of it is this person's or their unit's."""
    order: tuple[Any, ...] = (F("due_at").asc(nulls_last=True), "id")
    is_open: bool = True
    """Whether it holds what has not ended; others are counted apart."""


def _at(*stages: str) -> Callable[[datetime], Q]:
    return lambda _at: Q(stage__in=stages)


def _to_verify(_at: datetime) -> Q:
    return Q(stage="accepted") & clock_runs("verify")


def _to_file(_at: datetime) -> Q:
    """What awaits its verdict is not yet to be filed."""
    return Q(stage="verified") | (Q(stage="accepted") & ~clock_runs("verify"))


def _to_call(at: datetime) -> Q:
    """Reporters to be called now: one whom nobody reached comes back at another time of day."""
    rests = Q(call_again_at__gt=at)
    return Q(stage__in=["handled", "merged"]) & clock_runs("call_back") & ~rests


def _late(at: datetime) -> Q:
    return Q(ended_at__isnull=True, due_at__lt=at)


def _due_soon(at: datetime) -> Q:
    return Q(ended_at__isnull=True, due_at__gte=at, due_at__lte=at + SOON)


def _part_of(state: str, else_at: tuple[str, ...]) -> Callable[[Actor], Q]:
    """Cases in which the reader's own unit has come so far with its part, whatever the others are at.

    Whoever acts for a whole area has no part of their own: for them the stage of the case decides.
    """

    def mine(actor: Actor) -> Q:
        reaches = {ground.reach for ground in actor.scope("cases.receive").grounds}
        if reaches - {Reach.UNIT}:
            return Q(stage__in=else_at)
        return holds_a_part(actor.units - {""}, state=state)

    return mine


def _asks(kind: str) -> Callable[[datetime], Q]:
    # Said twice, for the index holds only those that ask.
    return lambda _at: Q(asks__contains=[kind]) & ~Q(asks=[])


def _to_visit(actor: Actor) -> Q:
    return promised_to(actor.units - {""})


_HANDLED = Q(stage="handled")
_AT_UNIT = _at("dispatched", "received", "on_scene")
_ASKED = "workbench:asked"
_INBOX = "workbench:inbox"
_VERIFY = "workbench:verify"

QUEUES: Final[dict[str, Queue]] = {
    queue.code: queue
    for queue in (
        Queue("accept", "cases.accept", marked("待受理"), "inbox", "violet", "workbench:intake", "", _at("reported")),
        Queue(
            "verify_report",
            "cases.verify_report",
            marked("待核实"),
            "clipboard-check",
            "violet",
            _VERIFY,
            "tab=verify_report",
            _to_verify,
        ),
        Queue("file", "cases.file", marked("待立案"), "person-check", "indigo", "workbench:intake", "", _to_file),
        Queue("dispatch", "cases.dispatch", marked("待派遣"), "send", "blue", "workbench:dispatch", "", _at("filed")),
        Queue(
            "receive",
            "cases.receive",
            marked("待签收"),
            "inbox",
            "orange",
            _INBOX,
            "tab=receive",
            _AT_UNIT,
            _part_of("sent", ("dispatched",)),
        ),
        Queue(
            "hand_in",
            "cases.hand_in",
            marked("处置中"),
            "tools",
            "teal",
            _INBOX,
            "tab=hand_in",
            _AT_UNIT,
            _part_of("in_hand", ("received", "on_scene")),
        ),
        Queue(
            "handed_down",
            "cases.hand_down",
            marked("已下派"),
            "arrow-right",
            "indigo",
            _INBOX,
            "tab=handed_down",
            _AT_UNIT,
            _part_of("handed_down", ()),
        ),
        Queue(
            "check",
            "cases.check",
            marked("待核查"),
            "clipboard-check",
            "olive",
            _VERIFY,
            "tab=check",
            lambda _at: _HANDLED & clock_runs("check"),
            mine_to_check,
        ),
        Queue(
            "call_back",
            "cases.call_back",
            marked("待回访"),
            "telephone",
            "olive",
            _VERIFY,
            "tab=call_back",
            _to_call,
            order=(Coalesce("call_again_at", "stage_since"), "id"),
        ),
        Queue(
            "close",
            "cases.close",
            marked("待结案"),
            "check-circle",
            "green",
            _VERIFY,
            "tab=close",
            lambda _at: _HANDLED & ~clock_runs("check", "call_back"),
        ),
        Queue(
            "coordination",
            "cases.accept_coordination",
            marked("待协调答复"),
            "people",
            "violet",
            _ASKED,
            "tab=coordination",
            _asks("coordination"),
        ),
        Queue(
            "extension",
            "cases.grant_extension",
            marked("待审批延期"),
            "hourglass-split",
            "amber",
            _ASKED,
            "tab=extension",
            _asks("extension"),
        ),
        Queue(
            "ruling",
            "cases.arbitrate",
            marked("待裁定"),
            "diagram-3",
            "red",
            _ASKED,
            "tab=ruling",
            lambda _at: Q(awaits_ruling=True),
        ),
        Queue(
            "appeal",
            "cases.refuse_dispute",
            marked("待答复申诉"),
            "chat-left-text",
            "red",
            _ASKED,
            "tab=appeal",
            _asks("appeal"),
            is_open=False,
        ),
        Queue(
            "follow_up",
            "cases.follow_up",
            marked("待善后"),
            "calendar-event",
            "olive",
            _ASKED,
            "tab=follow_up",
            lambda _at: Q(visits_left__gt=0),
            _to_visit,
            is_open=False,
        ),
        Queue(
            "suspended",
            "cases.resume",
            marked("挂账"),
            "pause-circle",
            "grey",
            _ASKED,
            "tab=suspended",
            lambda _at: Q(suspended_at__isnull=False),
        ),
        Queue(
            "due_soon", "cases.hand_in", marked("将超时"), "hourglass-split", "amber", _INBOX, "tab=due_soon", _due_soon
        ),
        Queue("late", "cases.hand_in", marked("已超时"), "exclamation-octagon", "red", _INBOX, "tab=late", _late),
        Queue(
            "place",
            "cases.place",
            marked("位置待定"),
            "geo",
            "grey",
            "workbench:cases",
            "placed=no&open=yes",
            lambda _at: Q(ended_at__isnull=True, lon__isnull=True),
        ),
        Queue("all_late", "cases.view", marked("辖区超时"), "alarm", "red", "workbench:cases", "late=yes", _late),
        Queue(
            "open",
            "cases.view",
            marked("在办案件"),
            "folder2-open",
            "blue",
            "workbench:cases",
            "open=yes",
            lambda _at: Q(),
        ),
    )
}


def cases_in(code: str, actor: Actor, *, at: datetime) -> QuerySet[Case]:
    """The cases of a queue this actor may work off, in the order of the queue: soonest due first unless it says so."""
    queue = QUEUES[code]
    waiting = permitted_cases(actor, queue.act).filter(
        queue.waiting(at), queue.mine(actor), ended_at__isnull=queue.is_open
    )
    return waiting.defer("terms").order_by(*queue.order)


def waiting_counts(actor: Actor, codes: tuple[str, ...], *, at: datetime) -> dict[str, int]:
    """How many cases wait in each of these queues: one statement over what is open, one for each other queue."""
    seen = permitted_cases(actor).filter(ended_at__isnull=True)
    asked = {
        code: Count(
            "pk", filter=within(actor.scope(QUEUES[code].act)) & QUEUES[code].waiting(at) & QUEUES[code].mine(actor)
        )
        for code in codes
        if QUEUES[code].is_open
    }
    counts = dict(seen.aggregate(**asked)) if asked else {}
    others = {code: cases_in(code, actor, at=at).count() for code in codes if not QUEUES[code].is_open}
    return {code: (counts | others)[code] for code in codes}
