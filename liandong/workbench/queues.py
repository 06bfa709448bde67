"""What awaits whom: each queue is an act, a condition on cases and the page that works it off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db.models import Count, F, Q, QuerySet

from liandong.cases.queries import clock_runs, permitted_cases, within
from liandong.kernel.refusal import marked
from liandong.people.access import Actor
from liandong.workbench.rows import SOON

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


def _at(*stages: str) -> Callable[[datetime], Q]:
    return lambda _at: Q(stage__in=stages)


def _late(at: datetime) -> Q:
    return Q(ended_at__isnull=True, due_at__lt=at)


def _due_soon(at: datetime) -> Q:
    return Q(ended_at__isnull=True, due_at__gte=at, due_at__lte=at + SOON)


_HANDLED = Q(stage="handled")
_INBOX = "workbench:inbox"
_VERIFY = "workbench:verify"

QUEUES: Final[dict[str, Queue]] = {
    queue.code: queue
    for queue in (
        Queue("accept", "cases.accept", marked("待受理"), "inbox", "violet", "workbench:intake", "", _at("reported")),
        Queue(
            "file", "cases.file", marked("待立案"), "person-check", "indigo", "workbench:intake", "", _at("accepted")
        ),
        Queue("dispatch", "cases.dispatch", marked("待派遣"), "send", "blue", "workbench:dispatch", "", _at("filed")),
        Queue(
            "receive", "cases.receive", marked("待签收"), "inbox", "orange", _INBOX, "tab=receive", _at("dispatched")
        ),
        Queue(
            "hand_in",
            "cases.hand_in",
            marked("处置中"),
            "tools",
            "teal",
            _INBOX,
            "tab=hand_in",
            _at("received", "on_scene"),
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
        ),
        Queue(
            "call_back",
            "cases.call_back",
            marked("待回访"),
            "telephone",
            "olive",
            _VERIFY,
            "tab=call_back",
            lambda _at: _HANDLED & clock_runs("call_back"),
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
    """The cases of a queue this actor may work off, soonest due first."""
    queue = QUEUES[code]
    waiting = permitted_cases(actor, queue.act).filter(queue.waiting(at), ended_at__isnull=True)
    return waiting.defer("terms").order_by(F("due_at").asc(nulls_last=True), "id")


def waiting_counts(actor: Actor, codes: tuple[str, ...], *, at: datetime) -> dict[str, int]:
    """How many cases wait in each of these queues, in one statement over what is open."""
    seen = permitted_cases(actor).filter(ended_at__isnull=True)
    counts = {
        code: Count("pk", filter=within(actor.scope(QUEUES[code].act)) & QUEUES[code].waiting(at)) for code in codes
    }
    return dict(seen.aggregate(**counts)) if counts else {}
