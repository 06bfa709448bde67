"""Handing over to 110, 119, 120 by one key, the three-way note, the receipt: a strip at the operator's desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.intake_channels.hotline import operations
from liandong.intake_channels.hotline.forms import HandOverForm, NoteForm, ReceiptForm
from liandong.intake_channels.hotline.queries import hand_overs_at_desk, is_overdue
from liandong.intake_channels.hotline.rules.handing_over import OUTCOME_WORDS, PARTY_WORDS, STAYS_WORDS
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.refusals import explain

ACT = "hotline.hand_over"


@desk(ACT)
@require_safe
def at_desk(request: DeskRequest) -> HttpResponse:
    """What waits for its receipt, and what I handed over lately."""
    return _strip(request)


@desk(ACT)
@require_POST
def new(request: DeskRequest, party: str) -> HttpResponse:
    """Hand over with what is typed so far."""
    form = HandOverForm(request.POST)
    given = form.details() if form.is_valid() else {}
    try:
        row = operations.hand_over(
            district_of(request.actor), party=party, **given, actor=request.actor, at=timezone.now()
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _strip(request, refused=_told(refusal), status=refusal.status)
    return _strip(request, opened=row.pk)


@desk(ACT)
@require_POST
def note(request: DeskRequest, pk: int) -> HttpResponse:
    """Write the three-way note."""
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _strip(request, opened=pk, refused=_("请检查转接方式与字数。"), status=422)
    try:
        operations.note_three_way(pk, **form.cleaned_data, actor=request.actor, at=timezone.now())
    except Refusal as refusal:
        return _strip(request, opened=pk, refused=_told(refusal), status=refusal.status)
    return _strip(request)


@desk(ACT)
@require_POST
def receipt(request: DeskRequest, pk: int) -> HttpResponse:
    """Write down the receipt."""
    form = ReceiptForm(request.POST)
    if not form.is_valid():
        return _strip(request, opened=pk, refused=_("请选择回执结果。"), status=422)
    try:
        operations.receipt_hand_over(pk, **form.cleaned_data, actor=request.actor, at=timezone.now())
    except NotFound:
        raise
    except Refusal as refusal:
        return _strip(request, opened=pk, refused=_told(refusal), status=refusal.status)
    return _strip(request)


def lines_of(rows: Any, *, at: Any) -> list[dict[str, Any]]:
    """Hand-overs as pages show them."""
    return [
        {
            "row": row,
            "party": _(PARTY_WORDS[row.party]) if row.party != "other" else row.to_name,
            "stays": _(STAYS_WORDS[row.stays]) if row.stays else "",
            "outcome": _(OUTCOME_WORDS[row.outcome]),
            "is_overdue": is_overdue(row, at=at),
        }
        for row in rows
    ]


def _strip(request: DeskRequest, *, opened: int = 0, refused: str = "", status: int = 200) -> HttpResponse:
    at = timezone.now()
    rows = hand_overs_at_desk(request.actor, district=district_of(request.actor), at=at)
    lines = lines_of(rows, at=at)
    for line in lines:
        row = line["row"]
        line["opened"] = row.pk == opened
        given = {"stays": row.stays, "told": row.told, "case": row.case}
        line["note"] = NoteForm(initial=given, auto_id=f"note_{row.pk}_%s")
        line["receipt"] = ReceiptForm(initial={"outcome": "taken"}, auto_id=f"receipt_{row.pk}_%s")
    context = {"lines": lines, "refused": refused, "now": at}
    response = render(request, "hotline/hand_overs.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _told(refusal: Refusal) -> str:
    told = explain(refusal)
    return f"{told.says}{told.remedy}"
