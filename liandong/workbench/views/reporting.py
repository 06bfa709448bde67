"""Reporting by staff: whoever walks the streets says what and where, and goes on with it on the page of the case."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liandong.cases import operations
from liandong.kernel.refusal import Refusal
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.refusals import explain
from liandong.workbench.intake_forms import StaffReportForm


@desk("cases.report")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: DeskRequest) -> HttpResponse:
    """A short form; a report that was taken down leads to its case, where it can be solved on the spot."""
    form, status = StaffReportForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                district = district_of(request.actor)
                case = operations.report_case(form.report(), district=district, actor=request.actor, at=timezone.now())
                messages.success(request, _("已上报：%(number)s") % {"number": case.number})
                return HttpResponseRedirect(reverse("workbench:case", args=[case.number]))
            except Refusal as refusal:
                told = explain(refusal)
                form.add_error(None, f"{told.says}{told.remedy}")
                status = refusal.status
    return render(request, "workbench/staff_report.html", {"form": form}, status=status)
