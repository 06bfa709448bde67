"""A case as its reporter reads it: plain words for stages and for what happened, and no names of people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liandong.cases.queries import handling_dues, photos_of, steps_open_to, trace_of
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.words import Nature, Stage
from liandong.citizen.queries import APP, Followed
from liandong.web.names import name_of

if TYPE_CHECKING:
    from liandong.cases.models import Attachment, Case

Text = str | Promise

STAGES: Final[Mapping[str, tuple[Text, str, str]]] = {
    Stage.REPORTED: (_("已收到，等待受理"), "waiting", "violet"),
    Stage.ACCEPTED: (_("已受理，正在核对情况"), "waiting", "indigo"),
    Stage.VERIFIED: (_("已核实，准备立案"), "waiting", "indigo"),
    Stage.REFUSED: (_("未能受理"), "warning", "grey"),
    Stage.ANSWERED: (_("已答复"), "done", "green"),
    Stage.FILED: (_("已立案，正在安排处置单位"), "waiting", "blue"),
    Stage.DECLINED: (_("未能立案"), "warning", "grey"),
    Stage.DISPATCHED: (_("已派给处置单位"), "waiting", "orange"),
    Stage.RECEIVED: (_("处置单位已接手"), "waiting", "teal"),
    Stage.ON_SCENE: (_("处置人员已到现场"), "waiting", "teal"),
    Stage.HANDLED: (_("处置单位报告已处理，正在核实"), "waiting", "olive"),
    Stage.CLOSED: (_("已办结"), "done", "green"),
    Stage.MERGED: (_("已与同一问题合并办理"), "waiting", "blue"),
    Stage.WITHDRAWN: (_("您已撤回"), "done", "grey"),
    Stage.VOID: (_("已作废"), "warning", "grey"),
}
"""Stage → what it is called, sign and tone."""

_EVENTS: Final[Mapping[str, Text]] = {
    "CaseReported": _("收到您的反映"),
    "CaseAccepted": _("已受理"),
    "CaseVerified": _("已核实情况"),
    "CaseRefused": _("未能受理"),
    "CaseAnswered": _("已答复"),
    "CaseFiled": _("已立案"),
    "CaseFiledAfterwards": _("已立案"),
    "CaseDeclined": _("未能立案"),
    "CaseDispatched": _("已派给%(unit)s"),
    "CaseDispatchedByPhone": _("已电话派给%(unit)s"),
    "CaseHandedDown": _("已交由%(unit)s办理"),
    "CaseReceived": _("%(unit)s已接手"),
    "CaseArrived": _("处置人员已到现场"),
    "CaseHandedIn": _("%(unit)s报告已处理"),
    "CaseSolvedOnSpot": _("已当场解决"),
    "CaseChecked": _("已到现场核查"),
    "CaseSentBack": _("核实没有解决，要求重新处理"),
    "ExtensionGranted": _("需要更多时间，已延期"),
    "CaseSuspended": _("暂时无法处理，等待条件具备"),
    "CaseResumed": _("恢复办理"),
    "CaseMerged": _("与同一问题合并办理"),
    "CaseUnmerged": _("恢复单独办理"),
    "CaseClosed": _("已办结"),
    "CaseReopened": _("重新办理"),
    "CaseUrged": _("您催办了一次"),
    "NoteAdded": _("您补充了情况"),
    "CaseWithdrawn": _("您撤回了反映"),
    "CaseRated": _("您作了评价"),
    "CaseDisputed": _("您提出没有解决"),
    "DisputeRefused": _("已答复您的异议"),
    "CaseVoided": _("已作废"),
}
"""What its reporter is told of; all else is the work of the house."""

_REASONS: Final = ("CaseRefused", "CaseDeclined", "DisputeRefused")
"""Events whose reason was written for the reporter."""
_ANSWERED: Final = frozenset({Stage.REFUSED, Stage.ANSWERED, Stage.DECLINED, Stage.CLOSED})
_ACTS: Final = ("rate", "dispute", "urge", "add_note", "withdraw")
_NO_RESULT_SHOWN: Final = frozenset({Nature.REPORT, Nature.COMPLAINT})
"""Natures whose photos of the result may show somebody who was reported on: their reporters read the answer only."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened."""

    at: datetime
    words: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """All a reporter is shown of a case."""

    followed: Followed
    kind: str
    stage: Text
    sign: str
    tone: str
    place: str
    unit: str
    due_at: datetime | None
    answer: str
    events: tuple[Told, ...]
    before: tuple[Attachment, ...]
    after: tuple[Attachment, ...]
    acts: frozenset[str]


def story_of(followed: Followed) -> Story:
    """A case as who follows it reads it. Who joined it sees how it stands, and neither its words nor its photos."""
    case, book = followed.case, rulebook_for(followed.case.district)
    stage, sign, tone = STAGES[Stage(case.stage)]
    before, after = ((), ()) if followed.is_joined else _photos(case)
    kind, unit = book.classes.get(case.class_code), book.units.get(case.unit)
    return Story(
        followed=followed,
        kind=name_of(kind) if kind else case.class_code,
        stage=stage,
        sign=sign,
        tone=tone,
        place=_place(case, book, is_joined=followed.is_joined),
        unit=name_of(unit) if unit else "",
        due_at=handling_dues([case.pk]).get(case.pk) if case.ended_at is None else None,
        answer=case.answer if case.stage in _ANSWERED and not followed.is_joined else "",
        events=_events(case, book, is_joined=followed.is_joined),
        before=before,
        after=after,
        acts=frozenset() if followed.is_joined else _acts(case),
    )


def shown_photos(followed: Followed) -> tuple[Attachment, ...]:
    """The photos whoever follows a case may open."""
    before, after = ((), ()) if followed.is_joined else _photos(followed.case)
    return (*before, *after)


def _acts(case: Case) -> frozenset[str]:
    return frozenset(step.code for step in steps_open_to(APP, case) if step.code in _ACTS)


def _photos(case: Case) -> tuple[tuple[Attachment, ...], tuple[Attachment, ...]]:
    """The photos that came with the report, and after it was closed those of the result."""
    safe = photos_of(case).filter(scan__in=["clean", "unscanned"])
    before = tuple(safe.filter(purpose="report"))
    shows = case.stage == Stage.CLOSED and case.nature not in _NO_RESULT_SHOWN
    return before, tuple(safe.filter(purpose="after")) if shows else ()


def _place(case: Case, book: Rulebook, *, is_joined: bool) -> str:
    areas = " ".join(name_of(area) for area in book.map.path(case.area))
    return areas if is_joined or not case.address else f"{areas} {case.address}".strip()


def _events(case: Case, book: Rulebook, *, is_joined: bool) -> tuple[Told, ...]:
    """What happened, the latest first."""
    zone, told = book.map.calendar.zone, []
    for entry in trace_of(case):
        words = _EVENTS.get(entry.event)
        if words is None or (is_joined and entry.event in _OF_THE_REPORTER):
            continue
        unit = book.units.get(str(entry.data.get("unit", "")))
        said = str(words) % {"unit": name_of(unit) if unit else gettext("处置单位")}
        more = "" if is_joined else _MORE.get(entry.event, _nothing)(entry.data)
        told.append(Told(entry.at.astimezone(zone), said, more))
    return tuple(reversed(told))


def _nothing(_data: Mapping[str, Any]) -> str:
    return ""


def _reason(data: Mapping[str, Any]) -> str:
    return str(data.get("reason", ""))


def _disputed(data: Mapping[str, Any]) -> str:
    return gettext("重新办理") if data.get("reopens") else gettext("等待值班长答复")


_MORE: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    **dict.fromkeys(_REASONS, _reason),
    "CaseDisputed": _disputed,
}
_OF_THE_REPORTER: Final = frozenset(
    {"CaseUrged", "NoteAdded", "CaseWithdrawn", "CaseRated", "CaseDisputed", "DisputeRefused"}
)


def stages_of(cases: Iterable[Case]) -> dict[int, Text]:
    """What the stage of each case is called, by id."""
    return {case.pk: STAGES[Stage(case.stage)][0] for case in cases}
