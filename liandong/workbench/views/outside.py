"""The page behind a one-use link: an outside firm takes a job, adds photos, says it is done. Nobody signs in here.

It shows the job and the place, and nothing of who reported.
"""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from liandong.cases import operations
from liandong.cases.changes.station import LinkDead
from liandong.cases.queries import outside_task, photos_sent_by_firm
from liandong.cases.rulebook import rulebook_for
from liandong.kernel.refusal import Refusal
from liandong.web.refusals import explain
from liandong.workbench.rows import class_name


class OutsideForm(forms.Form):
    """What a firm sends: a photo, a report, or both."""

    what = forms.ChoiceField(choices=[("received", ""), ("photo", ""), ("done", "")])
    purpose = forms.ChoiceField(choices=[("before", _("处置前")), ("after", _("处置后"))], required=False)
    photo = forms.FileField(required=False)
    report = forms.CharField(max_length=2000, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
def outside(request: HttpRequest, token: str) -> HttpResponse:
    """The job, and what the firm may do with it."""
    at = timezone.now()
    task = outside_task(token, at=at)
    if task is None:
        raise LinkDead
    told = ""
    if request.method == "POST":
        form = OutsideForm(request.POST, request.FILES)
        try:
            if form.is_valid() and _act(form, token):
                if form.cleaned_data["what"] == "done":
                    # The link is dead from here on: this is its last page.
                    return _kept_private(render(request, "workbench/outside.html", {"is_done": True}))
                return HttpResponseRedirect(reverse("workbench:outside", args=[token]))
        except LinkDead:
            raise
        except Refusal as refusal:
            told = f"{explain(refusal).says}{explain(refusal).remedy}"
        else:
            told = str(_("请选择照片，或写明完成情况。"))
    book = rulebook_for(task.case.district)
    context = {
        "task": task,
        "case": task.case,
        "kind": class_name(task.case.class_code, book),
        "told": told,
        "sent": photos_sent_by_firm(task),
        "purposes": [("before", _("处置前")), ("after", _("处置后"))],
    }
    return _kept_private(render(request, "workbench/outside.html", context, status=422 if told else 200))


def _kept_private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    # Not "no-referrer": a browser would then send its forms with no origin, and they would be refused.
    response["Referrer-Policy"] = "same-origin"
    return response


def _act(form: OutsideForm, token: str) -> bool:
    asked, at = form.cleaned_data, timezone.now()
    if asked["what"] == "received":
        operations.firm_acts(token, what="received", at=at)
        return True
    if asked["photo"]:
        content = asked["photo"].read()
        operations.firm_adds_photo(token, content=content, purpose=asked["purpose"] or "after", at=at)
    if asked["what"] == "done" and asked["report"].strip():
        operations.firm_acts(token, what="done", at=at, report=asked["report"])
        return True
    return bool(asked["photo"]) and asked["what"] == "photo"
