"""Finding cases by phone: its own page, a stated purpose, and nothing of the phone in any address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from liandong.cases.operations import find_by_phone
from liandong.kernel.refusal import Refusal
from liandong.people.desk import DeskRequest, desk
from liandong.web.refusals import explain
from liandong.workbench.rows import rows_of


class PhoneForm(forms.Form):
    """Which phone, and what for."""

    phone = forms.CharField(label=_("电话或后四位"), max_length=30)
    purpose = forms.CharField(label=_("查找用途"), max_length=200, help_text=_("记入案件经过，例如：来电人询问进度。"))


@desk("cases.find_by_phone")
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: DeskRequest) -> HttpResponse:
    """Ask for a phone and a purpose; show the latest cases of it that one may see, and put that on the record."""
    at, form = timezone.now(), PhoneForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "now": at}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            found = find_by_phone(**form.cleaned_data, actor=request.actor, at=at)
            context |= {"rows": rows_of(found, at=at), "has_searched": True}
        except Refusal as refusal:
            told = explain(refusal)
            form.add_error(None, f"{told.says}{told.remedy}")
    if form.errors:
        status = 422
    response = render(request, "workbench/phone.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
