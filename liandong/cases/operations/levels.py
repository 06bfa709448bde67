"""Steps between the levels, before filing, and of the station. `changes` says what each does."""

from __future__ import annotations

from datetime import datetime

from liandong.cases import changes
from liandong.cases.models import Case
from liandong.cases.operations.beats import step
from liandong.cases.operations.steps import delegation_behind
from liandong.people.access import Actor
from liandong.people.operations import use_command


def verify_report(
    number: str,
    *,
    is_true: bool,
    actor: Actor,
    at: datetime,
    note: str = "",
    version: int | None = None,
) -> Case:
    """核实: whether what was reported is so, before it is filed."""
    with step(number, "verify_report", actor=actor, at=at, version=version) as docket:
        changes.verify_report(docket, is_true=is_true, note=note)
    return docket.case


def dispatch_by_phone(
    number: str,
    *,
    acknowledged_by: str,
    actor: Actor,
    at: datetime,
    to: str = "",
    assisting: tuple[str, ...] = (),
    note: str = "",
    version: int | None = None,
) -> Case:
    """电话派遣: a critical case, ordered at once by telephone; to be filed within half an hour afterwards."""
    with step(number, "dispatch_by_phone", actor=actor, at=at, version=version) as docket:
        changes.dispatch_by_phone(docket, acknowledged_by=acknowledged_by, to=to, assisting=assisting, note=note)
    return docket.case


def file_afterwards(
    number: str,
    *,
    actor: Actor,
    at: datetime,
    class_code: str = "",
    condition: str = "",
    version: int | None = None,
) -> Case:
    """补立案: file what was dispatched by telephone."""
    with step(number, "file_afterwards", actor=actor, at=at, version=version) as docket:
        changes.file_afterwards(docket, class_code=class_code, condition=condition)
    return docket.case


def hand_down_case(
    number: str, *, to: str, actor: Actor, at: datetime, note: str = "", version: int | None = None
) -> Case:
    """下派: to a unit below, or to a department's local force under its delegation."""
    with step(number, "hand_down", actor=actor, at=at, version=version) as docket:
        delegation = delegation_behind(docket, to)
        changes.hand_down(docket, to=to, note=note, commanded_by=delegation)
        if delegation:
            use_command(delegation, case=number, unit=to, actor=actor, at=docket.at)
    return docket.case


def transfer_case(
    number: str,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    to: str = "",
    assisting: tuple[str, ...] = (),
    version: int | None = None,
) -> Case:
    """转派: to another lead unit, or more assisting units; nothing resets."""
    with step(number, "transfer", actor=actor, at=at, version=version) as docket:
        delegation = delegation_behind(docket, to) if to else 0
        changes.transfer_case(docket, reason=reason, to=to, assisting=assisting, commanded_by=delegation)
        if delegation:
            use_command(delegation, case=number, unit=docket.case.unit, actor=actor, at=docket.at)
    return docket.case


def take_back_case(
    number: str,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """收回: what was handed down or dispatched."""
    with step(number, "take_back", actor=actor, at=at, version=version) as docket:
        changes.take_back(docket, reason=reason)
    return docket.case


def arbitrate_case(
    number: str,
    *,
    to: str,
    reason: str,
    actor: Actor,
    at: datetime,
    on_site: bool = False,
    version: int | None = None,
) -> Case:
    """裁定: the supervisor's ruling on a case returned twice."""
    with step(number, "arbitrate", actor=actor, at=at, version=version) as docket:
        changes.arbitrate_case(docket, to=to, reason=reason, on_site=on_site)
    return docket.case


def request_coordination(
    number: str,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """上报协调: the town asks the district."""
    with step(number, "request_coordination", actor=actor, at=at, version=version) as docket:
        changes.request_coordination(docket, reason=reason)
    return docket.case


def accept_coordination(
    number: str,
    *,
    actor: Actor,
    at: datetime,
    note: str = "",
    version: int | None = None,
) -> Case:
    """同意协调: the district takes over, the town assists."""
    with step(number, "accept_coordination", actor=actor, at=at, version=version) as docket:
        changes.accept_coordination(docket, note=note)
    return docket.case


def decline_coordination(
    number: str,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """退回协调: back to the town, with reasons."""
    with step(number, "decline_coordination", actor=actor, at=at, version=version) as docket:
        changes.decline_coordination(docket, reason=reason)
    return docket.case


def excuse_assistant(
    number: str,
    *,
    unit: str,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """免等协办: the lead may hand in past a late assistant."""
    with step(number, "excuse_assistant", actor=actor, at=at, version=version) as docket:
        changes.excuse_assistant(docket, unit=unit, reason=reason)
    return docket.case


def advise_in_case(
    number: str,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    outcome: str = "",
    version: int | None = None,
) -> Case:
    """劝阻: the station's advice and its result."""
    with step(number, "advise", actor=actor, at=at, version=version) as docket:
        changes.advise_in_case(docket, reason=reason, outcome=outcome)
    return docket.case


def assist_in_case(
    number: str,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """配合: the station's help to the handler."""
    with step(number, "assist", actor=actor, at=at, version=version) as docket:
        changes.assist_in_case(docket, reason=reason)
    return docket.case


def follow_up_case(
    number: str,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    is_relapse: bool = False,
    version: int | None = None,
) -> Case:
    """善后跟踪: a visit after closing; a relapse reopens."""
    with step(number, "follow_up", actor=actor, at=at, version=version) as docket:
        changes.follow_up_case(docket, reason=reason, is_relapse=is_relapse)
    return docket.case
