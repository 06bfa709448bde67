"""签入与签出: which extension somebody's calls ring at."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liandong.intake_channels.hotline import operations
from liandong.kernel.refusal import Refusal
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.refusals import explain


@desk("hotline.take_calls")
@require_POST
def sit(request: DeskRequest) -> HttpResponse:
    """Sit down at an extension."""
    extension = request.POST.get("extension", "")
    try:
        operations.take_seat(district_of(request.actor), extension=extension, actor=request.actor, at=timezone.now())
        messages.success(request, _("已签入分机 %(extension)s。") % {"extension": extension.strip()})
    except Refusal as refusal:
        told = explain(refusal)
        messages.error(request, f"{told.says}{told.remedy}")
    return _back(request)


@desk("hotline.take_calls", "hotline.free_seat")
@require_POST
def leave(request: DeskRequest) -> HttpResponse:
    """Leave one's extension, or free the one named."""
    operations.leave_seat(
        district_of(request.actor),
        extension=request.POST.get("extension", ""),
        actor=request.actor,
        at=timezone.now(),
    )
    messages.success(request, _("已签出分机。"))
    return _back(request)


def _back(request: DeskRequest) -> HttpResponse:
    """To the page the form stood on, if it is one of ours."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/desk/")
    return HttpResponseRedirect(wanted if ours else reverse("hotline:figures"))
