"""The files of a case on its page: shown, added without script, opened, and doubts dismissed."""

from __future__ import annotations

from typing import BinaryIO, cast

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liandong.cases import operations
from liandong.cases.queries import case_for, file_for
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk
from liandong.web.files import send_file
from liandong.web.refusals import explain
from liandong.workbench.attachment_forms import AttachmentForm, DismissForm
from liandong.workbench.files import files_context
from liandong.workbench.views.steps import announced


@desk()
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: DeskRequest, number: str) -> HttpResponse:
    """The files of a case; a posted form adds one. Scripts send theirs in pieces, and ask here for the result."""
    case = case_for(request.actor, number)
    if request.method != "POST":
        return render(request, "workbench/files.html", files_context(request.actor, case))
    before = case.version
    form = AttachmentForm(request.POST, request.FILES)
    if not form.is_valid():
        return _again(request, number, form, status=422)
    sent = form.cleaned_data["file"]
    try:
        operations.attach_file(
            number,
            stream=cast("BinaryIO", sent),
            name=sent.name or "",
            purpose=form.cleaned_data["purpose"],
            actor=request.actor,
            at=timezone.now(),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        told = explain(refusal)
        form.add_error(None, f"{told.says}{told.remedy}")
        return _again(request, number, form, status=refusal.status)
    case = case_for(request.actor, number)
    if not request.headers.get("HX-Request"):
        messages.success(request, _("附件已上传。"))
        return HttpResponseRedirect(reverse("workbench:case", args=[number]))
    response = render(request, "workbench/files.html", files_context(request.actor, case))
    events = {"ld:version": {"from": before, "to": case.version}}
    return announced(response, message=_("附件已上传。"), events=events)


@desk()
@require_safe
def content(request: DeskRequest, number: str, photo: int) -> HttpResponseBase:
    """A file for whoever may see its case: of a photo the copy, or the original for those who judge it."""
    is_original = request.GET.get("original") == "1"
    return send_file(request, file_for(request.actor, number, photo, original=is_original))


@desk("cases.dismiss_flag")
@require_POST
def dismiss(request: DeskRequest, number: str, flag: int) -> HttpResponse:
    """A supervisor has looked at a doubt and says why it is none."""
    case = case_for(request.actor, number)
    form = DismissForm(request.POST)
    status = 200 if form.is_valid() else 422
    if form.is_valid():
        try:
            why = form.cleaned_data["why"]
            operations.dismiss_flag(number, flag=flag, why=why, actor=request.actor, at=timezone.now())
            form = DismissForm()
        except NotFound:
            raise
        except Refusal as refusal:
            told = explain(refusal)
            form.add_error("why", f"{told.says}{told.remedy}")
            status = refusal.status
    if status == 200 and not request.headers.get("HX-Request"):
        messages.success(request, _("存疑已解除。"))
        return HttpResponseRedirect(reverse("workbench:case", args=[number]))
    context = files_context(request.actor, case, refused=form if form.errors else None, flag=flag)
    response = render(request, "workbench/files.html", context, status=status)
    return announced(response, message=_("存疑已解除。")) if status == 200 else response


def _again(request: DeskRequest, number: str, form: AttachmentForm, *, status: int) -> HttpResponse:
    case = case_for(request.actor, number)
    context = files_context(request.actor, case, form=form)
    return render(request, "workbench/files.html", context, status=status)
