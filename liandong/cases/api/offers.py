"""Every step as the interface offers it: the operation it calls, the body it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import SystemRandom
from typing import Any

from liandong.cases import operations
from liandong.cases.api import bodies, law_bodies
from liandong.cases.changes import PartOfCase
from liandong.cases.models import Case


@dataclass(frozen=True, slots=True)
class Offer:
    """One step as the interface offers it."""

    operation: Callable[..., Case]
    body: type[bodies.Body]


def _solve_on_spot(number: str, **details: Any) -> Case:
    return operations.solve_case_on_spot(number, drawn=SystemRandom().random(), **details)


def _split(number: str, *, parts: list[dict[str, str]], **details: Any) -> Case:
    return operations.split_case(number, parts=[PartOfCase(**part) for part in parts], **details)


OFFERS: Mapping[str, Offer] = {
    "accept": Offer(operations.accept_case, bodies.AcceptBody),
    "refuse": Offer(operations.refuse_case, bodies.ReasonBody),
    "answer": Offer(operations.answer_case, bodies.AnswerBody),
    "verify_report": Offer(operations.verify_report, law_bodies.VerifyReportBody),
    "file": Offer(operations.file_case, bodies.FileBody),
    "decline": Offer(operations.decline_case, bodies.ReasonBody),
    "dispatch": Offer(operations.dispatch_case, bodies.DispatchBody),
    "dispatch_by_phone": Offer(operations.dispatch_by_phone, law_bodies.PhoneBody),
    "file_afterwards": Offer(operations.file_afterwards, bodies.FileBody),
    "receive": Offer(operations.receive_case, bodies.ReceiveBody),
    "return": Offer(operations.return_case, bodies.ReturnBody),
    "hand_down": Offer(operations.hand_down_case, law_bodies.HandDownBody),
    "contact": Offer(operations.contact_reporter, bodies.ContactedBody),
    "arrive": Offer(operations.arrive_at_case, bodies.ArriveBody),
    "warn": Offer(operations.warn_in_case, bodies.WarnBody),
    "raise_force": Offer(operations.raise_force, bodies.RaiseForceBody),
    "ask_for_force": Offer(operations.ask_for_force, bodies.AskForForceBody),
    "advise": Offer(operations.advise_in_case, law_bodies.AdviseBody),
    "assist": Offer(operations.assist_in_case, bodies.ReasonBody),
    "hand_in": Offer(operations.hand_in_case, bodies.HandInBody),
    "transfer": Offer(operations.transfer_case, law_bodies.TransferBody),
    "change_class": Offer(operations.change_class, law_bodies.ChangeClassBody),
    "take_back": Offer(operations.take_back_case, bodies.ReasonBody),
    "arbitrate": Offer(operations.arbitrate_case, law_bodies.ArbitrateBody),
    "request_coordination": Offer(operations.request_coordination, bodies.ReasonBody),
    "accept_coordination": Offer(operations.accept_coordination, law_bodies.NoteBody),
    "decline_coordination": Offer(operations.decline_coordination, bodies.ReasonBody),
    "excuse_assistant": Offer(operations.excuse_assistant, law_bodies.ExcuseBody),
    "request_extension": Offer(operations.request_extension, law_bodies.ExtensionBody),
    "grant_extension": Offer(operations.grant_extension, law_bodies.NoteBody),
    "refuse_extension": Offer(operations.refuse_extension, bodies.ReasonBody),
    "suspend": Offer(operations.suspend_case, law_bodies.SuspendBody),
    "resume": Offer(operations.resume_case, law_bodies.NoteBody),
    "supervise": Offer(operations.supervise_case, law_bodies.SuperviseBody),
    "reply_supervision": Offer(operations.reply_supervision, bodies.ReasonBody),
    "lift_overdue": Offer(operations.lift_overdue, bodies.ReasonBody),
    "check": Offer(operations.check_case, bodies.CheckBody),
    "call_back": Offer(operations.call_back_reporter, bodies.CallBackBody),
    "send_back": Offer(operations.send_back_case, bodies.ReasonBody),
    "close": Offer(operations.close_case, bodies.CloseBody),
    "reopen": Offer(operations.reopen_case, bodies.ReasonBody),
    "follow_up": Offer(operations.follow_up_case, law_bodies.FollowUpBody),
    "solve_on_spot": Offer(_solve_on_spot, bodies.SolveOnSpotBody),
    "void": Offer(operations.void_case, bodies.ReasonBody),
    "merge": Offer(operations.merge_case, law_bodies.MergeBody),
    "unmerge": Offer(operations.unmerge_case, bodies.ReasonBody),
    "split": Offer(_split, law_bodies.SplitBody),
    "urge": Offer(operations.urge_case, law_bodies.NoteBody),
    "add_note": Offer(operations.add_note, bodies.ReasonBody),
    "withdraw": Offer(operations.withdraw_case, law_bodies.NoteBody),
    "rate": Offer(operations.rate_case, law_bodies.RateBody),
    "dispute": Offer(operations.dispute_case, bodies.ReasonBody),
    "refuse_dispute": Offer(operations.refuse_dispute, bodies.ReasonBody),
}
"""Every step of the table but `report`, which is `POST /cases`, and `pass_out`, which answers with a link."""
