"""Bulk: whole lives of cases at once, by the same changes, constraints and chain as one step at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from liandong.cases import changes
from liandong.cases.changes import Report
from liandong.cases.docket import Docket
from liandong.cases.events import PhotoAdded
from liandong.cases.models import Attachment, Case
from liandong.cases.rulebook import rulebook_for
from liandong.cases.saving import save_lives
from liandong.people.access import Actor, require

CHANGES: Mapping[str, Callable[..., None]] = {
    "accept": changes.accept_case,
    "refuse": changes.refuse_case,
    "answer": changes.answer_case,
    "file": changes.file_case,
    "decline": changes.decline_case,
    "dispatch": changes.dispatch_case,
    "receive": changes.receive_case,
    "return": changes.return_case,
    "contact": changes.contact,
    "arrive": changes.arrive,
    "warn": changes.warn_in_case,
    "raise_force": changes.raise_force,
    "ask_for_force": changes.ask_for_force,
    "hand_in": changes.hand_in_case,
    "check": changes.check_case,
    "call_back": changes.call_back,
    "send_back": changes.send_back_case,
    "close": changes.close_case,
    "reopen": changes.reopen_case,
    "solve_on_spot": changes.solve_case_on_spot,
    "verify_report": changes.verify_report,
    "dispatch_by_phone": changes.dispatch_by_phone,
    "file_afterwards": changes.file_afterwards,
    "hand_down": changes.hand_down,
    "transfer": changes.transfer_case,
    "change_class": changes.change_class,
    "take_back": changes.take_back,
    "arbitrate": changes.arbitrate_case,
    "request_coordination": changes.request_coordination,
    "accept_coordination": changes.accept_coordination,
    "decline_coordination": changes.decline_coordination,
    "excuse_assistant": changes.excuse_assistant,
    "advise": changes.advise_in_case,
    "assist": changes.assist_in_case,
    "request_extension": changes.request_extension,
    "grant_extension": changes.grant_extension,
    "refuse_extension": changes.refuse_extension,
    "suspend": changes.suspend_case,
    "resume": changes.resume_case,
    "supervise": changes.supervise_case,
    "reply_supervision": changes.reply_supervision,
    "lift_overdue": changes.lift_overdue,
    "urge": changes.urge_case,
    "add_note": changes.add_note,
    "withdraw": changes.withdraw_case,
    "rate": changes.rate_case,
    "dispute": changes.dispute_case,
    "refuse_dispute": changes.refuse_dispute,
    "void": changes.void_case,
}
"""Step → the change it makes. But for `report`, which makes the docket, and what other cases or links have part in."""


@dataclass(frozen=True, slots=True)
class Move:
    """One step somebody took, or `add_photo` between steps, and with which details."""

    step: str
    at: datetime
    actor: Actor
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Life:
    """A report and everything that followed."""

    report: Report
    at: datetime
    actor: Actor
    moves: tuple[Move, ...] = ()


def live_through(life: Life, *, district: str) -> Docket:
    """Return the docket of a life lived in memory; nothing is saved.

    :raises Refusal: a move was illegal, exactly as it would be at a desk
    """
    docket = changes.new_docket(life.report, rulebook=rulebook_for(district), actor=life.actor, at=life.at)
    for move in life.moves:
        if move.step == "add_photo":
            docket.start_of(move.actor, move.at)
            _add_photo(docket, **move.details)
        else:
            docket.begin(move.step, actor=move.actor, at=move.at)
            CHANGES[move.step](docket, **move.details)
    return docket


def record_lives(dockets: Sequence[Docket], *, actor: Actor) -> list[Case]:
    """Save lived dockets in one transaction, for histories and replays. Clocks still running are left to the sweep.

    :raises Forbidden: the actor may not load histories
    """
    require(actor, "cases.load_history")
    with transaction.atomic():
        save_lives(dockets)
    return [docket.case for docket in dockets]


def _add_photo(docket: Docket, *, purpose: str, sha256: str, content_type: str, size: int) -> None:
    """Add a photo whose content is kept already; the row and the event of `amendments.add_photo`."""
    docket.photos.append(
        Attachment(
            case=docket.case,
            purpose=purpose,
            sha256=sha256,
            content_type=content_type,
            size=size,
            added_by=docket.actor.key,
            added_at=docket.at,
        )
    )
    docket.record(PhotoAdded(purpose, sha256))
