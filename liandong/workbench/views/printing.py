"""打印派单: one sheet for each case, as a page for the printer or as PDF."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from liandong.cases.queries import case_for
from liandong.kernel.refusal import Refusal, marked
from liandong.people.desk import DeskRequest, desk
from liandong.workbench.orders import orders_of
from liandong.workbench.pdf import can_make_pdf, pdf_of
from liandong.workbench.views.batches import chosen_cases

if TYPE_CHECKING:
    from liandong.cases.models import Case

MOST_SHEETS: Final = 50
SHEET: Final = "workbench/order.css"


class NothingToPrint(Refusal):
    """No case was chosen."""

    status = 422
    says = marked("没有选中要打印的案件。")
    remedy = marked("请先在列表中选择案件，再打印派单。")


class TooManySheets(Refusal):
    """More sheets than anybody means to print at once."""

    status = 422
    says = marked("一次最多打印 %(most)s 张派单。")
    remedy = marked("请分几次打印。")


@desk("cases.view")
@require_safe
def one(request: DeskRequest, number: str) -> HttpResponse:
    """The sheet of one case."""
    return _printed(request, [case_for(request.actor, number)], at=timezone.now(), as_pdf=False)


@desk("cases.view")
@require_safe
def one_pdf(request: DeskRequest, number: str) -> HttpResponse:
    """The sheet of one case as PDF."""
    return _printed(request, [case_for(request.actor, number)], at=timezone.now(), as_pdf=True)


@desk("cases.view")
@require_POST
def many(request: DeskRequest) -> HttpResponse:
    """The sheets of the chosen cases, each on a page of its own."""
    at = timezone.now()
    cases, _versions = chosen_cases(request, at=at)
    if not cases:
        raise NothingToPrint
    if len(cases) > MOST_SHEETS:
        raise TooManySheets(most=MOST_SHEETS)
    return _printed(request, cases, at=at, as_pdf=request.POST.get("as") == "pdf")


def _printed(request: DeskRequest, cases: list[Case], *, at: datetime, as_pdf: bool) -> HttpResponse:
    orders = orders_of(cases, address=request.build_absolute_uri("/")[:-1], at=at)
    numbers = " ".join(f"{case.number}:{case.version}" for case in cases)
    context = {"orders": orders, "at": at, "by": request.actor.name, "chosen": numbers, "pdf": as_pdf}
    if as_pdf:
        page = render_to_string("workbench/order.html", context, request=request)
        response = HttpResponse(pdf_of(page, sheet=SHEET), content_type="application/pdf")
        name = cases[0].number if len(cases) == 1 else at.strftime("orders-%Y%m%d-%H%M%S")
        response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    else:
        response = render(request, "workbench/order.html", context | {"can_pdf": can_make_pdf()})
    response["Cache-Control"] = "no-store"
    return response
