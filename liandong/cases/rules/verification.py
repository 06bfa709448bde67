"""Nothing closes unverified: what a case still lacks before it may close, and when it may be returned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from liandong.cases.rules.words import Demand, Identity, Urgency
from liandong.kernel.refusal import Refusal, marked
from liandong.kernel.working_time import Calendar, Limit, TimeUnit, due

CALL_ATTEMPTS = 3
"""Attempts, over two days, before an on-site check stands in for a call that nobody answers (`CASE.md` §2)."""

GIVEN_UP = "given_up"
"""The result of a call-back that nobody answered often enough."""

RETURNS_BEFORE_RULING = 2
"""The return after which only the supervisor dispatches, and that ruling binds (`CASE.md` §2 return)."""

REWORKS_BEFORE_SPECIAL = 2
"""The rework after which a supervisor may close as 特殊结案."""

_RETURN_WITHIN = Limit(Decimal(4), TimeUnit.WORKING_HOUR, "CASE §2 return")
_RETURN_WITHIN_URGENT = Limit(Decimal(1), TimeUnit.EMERGENCY_HOUR, "CASE §2 return")


class Unverified(Refusal):
    """A case cannot close while what its class demands is missing."""

    status = 409
    says = marked("案件尚未通过%(missing)s，不能结案。")
    remedy = marked("请先完成核查或回访；结果不合格的案件应返工。")


class ReturnTooLate(Refusal):
    """A unit wanted to return what it had already kept too long."""

    status = 409
    says = marked("退单期限已于 %(until)s 届满，案件视为已正式接收。")
    remedy = marked("请处置案件；确有权属争议的，请联系值班长。")


class RulingBinds(Refusal):
    """A unit wanted to return a case that the supervisor had ruled to be its own."""

    status = 409
    says = marked("值班长已裁定由本单位处置，不能再次退单。")
    remedy = marked("请处置案件；对裁定有异议的，请书面报值班长。")


class HandDownBinds(Refusal):
    """A unit wanted to return what the unit above had handed down again after two returns: its ruling in its line."""

    status = 409
    says = marked("%(above)s已两次收到退单，其再次下派即为确定，不能再退。")
    remedy = marked("请处置案件；确有异议的，请%(above)s收回，或由其上报协调。")


class NotReadyForSpecialClosing(Refusal):
    """Special closing was asked before the case had been reworked often enough."""

    status = 409
    says = marked("案件返工未满 %(reworks)s 次，不能特殊结案。")
    remedy = marked("请先返工，或按正常程序核查后结案。")


@dataclass(frozen=True, slots=True)
class Verification:
    """How far a handled case has been verified."""

    demands: Demand
    identity: Identity
    has_contact: bool
    check_result: str
    call_back_result: str


def demanded(state: Verification) -> frozenset[str]:
    """Return `check` and `call_back` as demanded now.

    Nobody to call, or nobody reached: an on-site check stands in and the call is no longer demanded.
    """
    wanted = {
        Demand.NONE: set[str](),
        Demand.CHECK: {"check"},
        Demand.CALL_BACK: {"call_back"},
        Demand.BOTH: {"check", "call_back"},
    }[state.demands]
    nobody = state.identity is Identity.ANONYMOUS or not state.has_contact
    if "call_back" in wanted and (nobody or state.call_back_result == GIVEN_UP):
        return frozenset({"check"})
    return frozenset(wanted)


def is_given_up(*, attempts: int, called_since: datetime, at: datetime, calendar: Calendar) -> bool:
    """Whether calling has been tried often enough, and over two days, for an on-site check to stand in."""
    first_day, today = (moment.astimezone(calendar.zone).date() for moment in (called_since, at))
    return attempts >= CALL_ATTEMPTS and today > first_day


def missing(state: Verification) -> tuple[str, ...]:
    """Return what must still be passed, in the order check, call_back."""
    passed = {"check": state.check_result == "ok", "call_back": state.call_back_result == "solved"}
    return tuple(name for name in ("check", "call_back") if name in demanded(state) and not passed[name])


def return_until(*, received_at: datetime, urgency: Urgency, calendar: Calendar) -> datetime:
    """Until when a received case may still be returned; afterwards it counts as received for good."""
    limit = _RETURN_WITHIN if urgency is Urgency.NORMAL else _RETURN_WITHIN_URGENT
    return due(limit, since=received_at, calendar=calendar)


def may_reopen(*, closed_at: datetime, at: datetime, days: int) -> bool:
    """Whether a closed case is still within the days in which it may be reopened."""
    return at <= closed_at + timedelta(days=days)
