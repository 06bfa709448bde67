"""Leaders' instructions at the desk: written down once, to a case or as a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liandong.cases.operations import AlreadyReported
from liandong.intake_channels.contract import File
from liandong.intake_channels.forms import InstructionForm
from liandong.intake_channels.operations import take_instruction
from liandong.intake_channels.operations.instructions import Instruction, NewMatter
from liandong.kernel.refusal import Refusal
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.refusals import explain

if TYPE_CHECKING:
    from liandong.cases.models import Case


@desk("cases.supervise")
@require_http_methods(["GET", "HEAD", "POST"])
def instructions(request: DeskRequest) -> HttpResponse:
    """Enter an instruction; whoever presses twice has entered it once."""
    fresh = {"token": uuid4().hex, "number": request.GET.get("number", "").replace("\x00", "")[:40]}
    form, status = InstructionForm(request.POST or None, request.FILES or None, initial=fresh), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                number = _taken(request, form.cleaned_data).number
            except AlreadyReported as already:
                number = str(already.values["number"])
            except Refusal as refusal:
                told = explain(refusal)
                form.add_error(None, f"{told.says}{told.remedy}")
                return _page(request, form, status=told.status)
            messages.success(request, _("批示已登记，等待回复。"))
            return HttpResponseRedirect(reverse("workbench:case", args=[number]))
    return _page(request, form, status=status)


def _taken(request: DeskRequest, said: dict[str, Any]) -> Case:
    matter = None
    if not said["number"] and said["description"]:
        matter = NewMatter(said["description"], said["class_code"], said["area"], said["address"])
    scan = said["scan"]
    return take_instruction(
        Instruction(said["leader"], said["text"], said["due_at"], said["token"]),
        district=district_of(request.actor),
        number=said["number"],
        matter=matter,
        scan=File(scan.name, scan.read()) if scan else None,
        actor=request.actor,
        at=timezone.now(),
    )


def _page(request: DeskRequest, form: InstructionForm, *, status: int) -> HttpResponse:
    texts = {name: str(form.data.get(f"{name}_text", ""))[:80] for name in ("class_code", "area")}
    return render(request, "intake_channels/instructions.html", {"form": form, "texts": texts}, status=status)
