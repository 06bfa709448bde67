"""What is done with a phone in the field: each act is a form, an operation, and the photos it may bring.

The acts themselves are the steps of the case; what is decided about them, the operations decide. Photos and step are
one: either all of it has happened or nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from liandong.cases import operations
from liandong.cases.changes import Report
from liandong.cases.operations.beats import hold_case
from liandong.cases.queries import case_for, photos_of
from liandong.cases.rules.claims import is_belated
from liandong.cases.rules.evidence import Capture
from liandong.cases.rules.files import FileKind
from liandong.people.access import Actor
from liandong.workbench.choices import LONGEST_ANSWER
from liandong.workbench.forms import ContactForm, StepForm, words
from liandong.workbench.law_forms import AdviseForm, reason_form
from liandong.workbench.verifying_forms import LookForm, SendBackLookForm

if TYPE_CHECKING:
    from liandong.cases.models import Case

CHANNEL: Final = "staff"


@dataclass(frozen=True, slots=True)
class SentPhoto:
    """A photo that came with an act: what it shows, and what the phone says of when and where it was taken."""

    file: UploadedFile[bytes]
    purpose: str
    capture: Capture


@dataclass(frozen=True, slots=True)
class Claim:
    """When the phone says the act was done: in our time where that can be told, and as its own clock had it."""

    at: datetime | None = None
    by_device: str = ""


@dataclass(frozen=True, slots=True)
class FieldAct:
    """One act: what it asks, what it does, and the purposes of the photos it may bring."""

    form: type[StepForm]
    take: Callable[..., Case]
    photos: tuple[str, ...] = ()


class ArriveForm(StepForm):
    """Where the phone was, where it knew."""

    lon = forms.FloatField(required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90)


class HandInForm(StepForm):
    result = words(_("处置结果（内部）"))
    answer = words(_("给报告人的答复"), required=False)


class SolvedForm(StepForm):
    result = words(_("处置结果"))


class FieldReportForm(StepForm):
    """What somebody of the staff saw and where; with a `result`, what they did about it at once."""

    class_code = forms.CharField(label=_("类别"), max_length=10)
    description = words(_("问题描述"))
    lon = forms.FloatField(label=_("经度"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("纬度"), required=False, min_value=-90, max_value=90)
    area = forms.CharField(label=_("区域"), required=False, max_length=15)
    address = forms.CharField(label=_("详细地址"), required=False, max_length=200)
    is_solved = forms.BooleanField(label=_("已当场解决"), required=False)
    result = forms.CharField(label=_("处置结果"), required=False, max_length=LONGEST_ANSWER)

    def clean(self) -> dict[str, Any]:
        """It has a place, and what was solved says how."""
        found = super().clean() or {}
        if found.get("lon") is None and not found.get("area"):
            self.add_error("area", _("请用手机定位，或选择所在区域。"))
        if found.get("is_solved") and not found.get("result", "").strip():
            self.add_error("result", _("请写明怎样解决的。"))
        return found

    def report(self, *, external_id: str) -> Report:
        """What the operation takes. `external_id` is what the phone calls it, so that it is taken once for good."""
        given = self.cleaned_data
        has_point = given["lon"] is not None and given["lat"] is not None
        return Report(
            class_code=given["class_code"],
            description=given["description"],
            channel=CHANNEL,
            lon=given["lon"] if has_point else None,
            lat=given["lat"] if has_point else None,
            area="" if has_point else given["area"],
            address=given["address"],
            external_id=external_id,
        )


def take_act(
    code: str,
    number: str,
    *,
    details: dict[str, Any],
    photos: Sequence[SentPhoto],
    version: int | None,
    claim: Claim,
    actor: Actor,
    at: datetime,
) -> Case:
    """Do one act with its photos, in the caller's transaction, on the version the phone had.

    :raises Refusal: whatever the operations refuse; then nothing of it has happened
    """
    hold_case(number, act="cases.view", actor=actor, version=version)
    _note_claim(code, number, claim, actor=actor, at=at)
    _attach(number, photos, actor=actor, at=at)
    return ACTS[code].take(number, actor=actor, at=at, **details)


def take_report(
    form: FieldReportForm,
    *,
    district: str,
    photos: Sequence[SentPhoto],
    claim: Claim,
    external_id: str,
    actor: Actor,
    at: datetime,
) -> Case:
    """Report with photos and, where it was solved on the spot, solve: all or nothing, in the caller's transaction.

    :raises Refusal: whatever the operations refuse
    """
    case = operations.report_case(form.report(external_id=external_id), district=district, actor=actor, at=at)
    is_solved = form.cleaned_data["is_solved"]
    _note_claim("solve_on_spot" if is_solved else "report", case.number, claim, actor=actor, at=at)
    _attach(case.number, photos, actor=actor, at=at)
    if not is_solved:
        return case_for(actor, case.number)
    return _solve(case.number, result=form.cleaned_data["result"], actor=actor, at=at)


def _note_claim(step: str, number: str, claim: Claim, *, actor: Actor, at: datetime) -> None:
    """Note when it was done, where that was not now, or where the phone's clock makes it impossible to say."""
    if is_belated(claim.at, at=at) or (claim.by_device and claim.at is None):
        operations.claim_time_of_act(number, step=step, claimed=claim.at, by_device=claim.by_device, actor=actor, at=at)


def _attach(number: str, photos: Sequence[SentPhoto], *, actor: Actor, at: datetime) -> None:
    for photo in photos:
        operations.attach_file(
            number,
            stream=cast("BinaryIO", photo.file),
            name="",
            purpose=photo.purpose,
            actor=actor,
            at=at,
            only=FileKind.PHOTO,
            capture=photo.capture,
        )


def _solve(number: str, **given: Any) -> Case:
    return operations.solve_case_on_spot(number, drawn=random.SystemRandom().random(), **given)


def _hand_in(number: str, *, actor: Actor, **given: Any) -> Case:
    after = tuple(photo.sha256 for photo in photos_of(case_for(actor, number)) if photo.purpose == "after")
    return operations.hand_in_case(number, photos=after, actor=actor, **given)


def _arrive(number: str, *, lon: float | None, lat: float | None, **given: Any) -> Case:
    is_known = lon is not None and lat is not None
    return operations.arrive_at_case(number, lon=lon if is_known else None, lat=lat if is_known else None, **given)


def _check(number: str, *, ok: str, note: str, send_back: bool, actor: Actor, at: datetime) -> Case:
    is_ok = ok == "yes"
    case = operations.check_case(number, ok=is_ok, note=note, actor=actor, at=at)
    if is_ok or not send_back:
        return case
    return operations.send_back_case(number, reason=note, actor=actor, at=at)


def _spot_check(number: str, *, ok: str, note: str, actor: Actor, at: datetime) -> Case:
    return operations.spot_check_case(number, ok=ok == "yes", note=note, actor=actor, at=at)


ACTS: Final[dict[str, FieldAct]] = {
    "receive": FieldAct(StepForm, operations.receive_case),
    "contact": FieldAct(ContactForm, operations.contact_reporter),
    "arrive": FieldAct(ArriveForm, _arrive),
    "hand_in": FieldAct(HandInForm, _hand_in, ("before", "after", "evidence")),
    "return": FieldAct(reason_form(_("退单理由")), operations.return_case),
    "advise": FieldAct(AdviseForm, operations.advise_in_case),
    "assist": FieldAct(reason_form(_("配合内容")), operations.assist_in_case),
    "solve_on_spot": FieldAct(SolvedForm, _solve, ("before", "after")),
    "check": FieldAct(SendBackLookForm, _check, ("evidence",)),
    "spot_check": FieldAct(LookForm, _spot_check, ("evidence",)),
}
"""In the order in which a task offers them. A case that was drawn for a look is offered that one alone."""
REPORT_PHOTOS: Final = ("report", "before", "after")
AFTER_RECEIVING: Final = ("contact", "arrive", "hand_in", "return", "advise", "assist")
"""What a task received without a network offers next, if one may: the phone cannot ask."""
