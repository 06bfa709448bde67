"""Verifying: what was drawn for the caller, who was drawn for a case, how well is verified, doubts about proofs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Schema
from pydantic import AwareDatetime

from liandong.cases import operations
from liandong.cases.api import bodies
from liandong.cases.api.headers import IDEMPOTENCY_KEY, answered_once
from liandong.cases.api.reading import READ, number_in, router
from liandong.cases.api.writing import WRITE
from liandong.cases.docket import thing_of
from liandong.cases.idempotency import Answer
from liandong.cases.models import Draw, EvidenceFlag
from liandong.cases.operations.evidence import THE_FLAG
from liandong.cases.queries import case_for, flags_of
from liandong.cases.queries.draws import CHECK, LOOKED_AT, REDRAW, draws_of, involved_units, looks_for
from liandong.cases.queries.verification import Share, verification_figures
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Forbidden, NotFound, act_word, require
from liandong.people.api import answer, caller_of

MOST_LOOKS = 200
_YEARS_AT_MOST = 366


class PeriodTooLong(Refusal):
    """A period that runs backwards, or over more than a year."""

    status = 422
    says = marked("统计时段须由早到晚，且不超过 %(days)s 天。")
    remedy = marked("请更正 since 与 until，或分段统计。")


class LookRow(Schema):
    """A place to look at: `check` of a handled case, `spot` or `audit` of a closed one. Not `is_mine`: open to all."""

    number: str
    kind: str
    version: int
    class_code: str
    address: str
    area: str
    due_at: datetime | None
    made_at: datetime
    is_mine: bool


class Looks(Schema):
    """What was drawn for the caller and what is open to everybody permitted, what is due first first."""

    looks: list[LookRow]


class DrawRow(Schema):
    """One draw for a case: who, how it stands, and what they found."""

    kind: str
    state: str
    key: str
    made_at: datetime
    reason: str
    redraw_at: datetime | None
    ended_at: datetime | None
    done_by: str
    is_ok: bool | None


class DrawsOfCase(Schema):
    """Every draw for a case, the youngest first."""

    number: str
    draws: list[DrawRow]


class ShareRow(Schema):
    """So many of so many; `percent` is null where there is nothing to share."""

    count: int
    of: int
    percent: float | None


class Figures(Schema):
    """How well was verified among the cases closed in a period, and the three rates (三率)."""

    since: datetime
    until: datetime
    checked: ShareRow
    failed: ShareRow
    undrawn: int
    spots_failed: ShareRow
    audits_failed: ShareRow
    response: ShareRow
    solution: ShareRow
    satisfaction: ShareRow


class FlagRow(Schema):
    """One reason to doubt a proof, until a supervisor dismissed it."""

    id: int
    attachment: int
    reason: str
    facts: dict[str, Any]
    raised_at: datetime
    dismissed_at: datetime | None
    dismissed_by: str
    dismissal: str


class FlagsOfCase(Schema):
    """What speaks against the proofs of a case, open doubts first."""

    number: str
    flags: list[FlagRow]


@router.get("/looks", response=Looks, tags=["verifying"], operation_id="list_looks", summary="我的核查")
def list_looks(request: HttpRequest) -> HttpResponse:
    """What the caller is to look at. Taken with `check` or `spot_check`."""
    actor = caller_of(request, READ).actor
    rows = looks_for(actor)[:MOST_LOOKS]
    return answer({"looks": [_look(row, actor.user_id) for row in rows]})


@router.get(
    "/cases/{number}/draws", response=DrawsOfCase, tags=["verifying"], operation_id="list_draws", summary="抽取核查员"
)
def list_draws(request: HttpRequest, number: str) -> HttpResponse:
    """Who was drawn to look at a case, for those outside the units concerned."""
    actor = caller_of(request, READ).actor
    case = case_for(actor, number_in(number))
    may = any(actor.may(act, thing_of(case)) for act in (CHECK, REDRAW, *LOOKED_AT.values()))
    if not may or actor.units & involved_units(case):
        raise Forbidden(act=act_word(REDRAW))
    names = DrawRow.model_fields
    rows = [{name: getattr(row, name) for name in names} for row in draws_of(case)]
    return answer({"number": case.number, "draws": rows})


@router.get("/verification", response=Figures, tags=["verifying"], operation_id="verification", summary="核查与三率")
def verification(request: HttpRequest, since: AwareDatetime, until: AwareDatetime) -> HttpResponse:
    """The figures over the cases the caller may see that were closed in [since, until), a year at most."""
    actor = caller_of(request, READ).actor
    if not since < until or (until - since).days > _YEARS_AT_MOST:
        raise PeriodTooLong(days=_YEARS_AT_MOST)
    found = verification_figures(actor, since=since, until=until)
    names = [name for name in Figures.model_fields if name not in ("since", "until")]
    told = {name: _share(getattr(found, name)) for name in names}
    return answer({"since": since, "until": until, **told})


@router.get(
    "/cases/{number}/flags", response=FlagsOfCase, tags=["verifying"], operation_id="list_flags", summary="存疑"
)
def list_flags(request: HttpRequest, number: str) -> HttpResponse:
    """What speaks against the proofs of a case, for those who judge them."""
    actor = caller_of(request, READ).actor
    case = case_for(actor, number_in(number))
    require(actor, "cases.see_evidence", thing_of(case))
    return answer({"number": case.number, "flags": [_flag(row) for row in flags_of(case)]})


@router.post(
    "/cases/{number}/flags/{flag}/dismiss",
    response=FlagRow,
    tags=["verifying"],
    operation_id="dismiss_flag",
    summary="解除存疑",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def dismiss_flag(request: HttpRequest, number: str, flag: int, body: bodies.ReasonBody) -> HttpResponse:
    """Somebody has looked: the doubt is answered, and why."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()

    def effect() -> Answer:
        if not 0 < flag < 2**63:
            raise NotFound(what=THE_FLAG)
        row = operations.dismiss_flag(number_in(number), flag=flag, why=body.reason, actor=actor, at=at)
        return Answer(200, _flag(row))

    return answered_once(request, effect, actor=actor, at=at)


def _look(row: Draw, account: int | None) -> dict[str, Any]:
    case = row.case
    return {
        **{name: getattr(case, name) for name in ("number", "version", "class_code", "address", "area")},
        "kind": row.kind,
        "due_at": row.clock.due_at if row.clock else None,
        "made_at": row.made_at,
        "is_mine": row.person is not None and row.person == account,
    }


def _share(value: Share | int) -> dict[str, Any] | int:
    return value if isinstance(value, int) else {"count": value.count, "of": value.of, "percent": value.percent}


def _flag(row: EvidenceFlag) -> dict[str, Any]:
    names = ("reason", "facts", "raised_at", "dismissed_at", "dismissed_by", "dismissal")
    return {"id": row.pk, "attachment": row.attachment_id, **{name: getattr(row, name) for name in names}}
