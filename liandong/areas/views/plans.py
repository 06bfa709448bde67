"""A redrawing plan as a whole: opening it, its editor, moving, adopting and dropping it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from liandong.areas.forms import LEVELS, ImportForm, MoveForm, OverlayForm, OverlayImportForm
from liandong.areas.geojson import LARGEST_FILE
from liandong.areas.models import RedrawingState
from liandong.areas.operations import TopologyFaults, adopt_redrawing, drop_redrawing, move_redrawing, open_redrawing
from liandong.areas.queries import district_map
from liandong.areas.views.answers import answer, cleaned, plan_for, refused
from liandong.areas.views.maps import STATE_TONES, new_plan_form, overview_page
from liandong.areas.views.picture import fault_features, fault_rows, names_in, panel_context
from liandong.areas.views.steps import overlay_context
from liandong.areas.views.tools import TOOLS
from liandong.areas.views.words import script_words
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.names import name_of


@desk("areas.redraw")
@require_POST
def open_plan(request: DeskRequest) -> HttpResponse:
    """Open a plan and go to its editor; the form comes back when it cannot be opened."""
    at = timezone.now()
    district = district_of(request.actor)
    form = new_plan_form(request, district_map(district).day_of(at), request.POST)
    if form is None or not form.is_valid():
        return overview_page(request, form=form, status=422)
    try:
        plan = open_redrawing(district, **form.cleaned_data, actor=request.actor, at=at)
    except NotFound:
        raise
    except Refusal as refusal:
        return overview_page(request, form=form, refusal=refusal, status=refusal.status)
    return HttpResponseRedirect(reverse("areas:plan", args=[plan.pk]))


@desk("areas.redraw")
@require_safe
@gzip_page
def plan(request: DeskRequest, redrawing: int) -> HttpResponse:
    """The editor; a plan that is adopted or dropped can only be looked at."""
    view = plan_for(request, redrawing)
    facts = view.facts
    areas = district_map(facts.district).areas
    context = {
        **panel_context(view),
        **overlay_context(request, facts.effective_on),
        "is_draft": facts.state == RedrawingState.DRAFT,
        "state": dict(RedrawingState.choices).get(facts.state, facts.state),
        "tone": STATE_TONES.get(facts.state, "grey"),
        "within": name_of(areas[facts.area]) if facts.area in areas else _("全区"),
        "tools": TOOLS,
        "levels": LEVELS,
        "largest_file": LARGEST_FILE,
        "import_form": ImportForm(auto_id="import_%s"),
        "move_form": MoveForm(initial={"title": facts.title, "effective_on": facts.effective_on}, auto_id="move_%s"),
        "overlay_form": OverlayForm(initial={"since_on": facts.effective_on}, auto_id="overlay_%s"),
        "overlay_file_form": OverlayImportForm(initial={"since_on": facts.effective_on}, auto_id="overlays_%s"),
        "words": script_words(),
    }
    return render(request, "areas/plan.html", context)


@desk("areas.redraw")
@require_safe
@gzip_page
def state(request: DeskRequest, redrawing: int) -> HttpResponse:
    """What the plan looks like now."""
    return answer(request, plan_for(request, redrawing))


@desk("areas.redraw")
@require_POST
def move(request: DeskRequest, redrawing: int) -> HttpResponse:
    """Give the draft another title or day; the page is read anew, for another day has another map."""
    details = cleaned(MoveForm(request.POST))
    move_redrawing(redrawing, **details, actor=request.actor, at=timezone.now())
    messages.success(request, _("方案已改名或改期。"))
    return _again(redrawing)


@desk("areas.redraw")
@require_POST
def adopt(request: DeskRequest, redrawing: int) -> HttpResponse:
    """Adopt the plan; faults of the map it would make come back as shapes."""
    try:
        adopted = adopt_redrawing(redrawing, actor=request.actor, at=timezone.now())
    except TopologyFaults as refusal:
        names = names_in(plan_for(request, redrawing))
        rows = fault_rows(refusal.faults, names)
        lines = [_("：").join([row.word, _("、").join(name for _code, name in row.areas)]) for row in rows]
        says = _("方案有 %(count)s 处错误，不能批准；地图上用红色标出。") % {"count": len(refusal.faults)}
        return refused(refusal, says=says, lines=lines, faults=fault_features(refusal.faults))
    day = adopted.effective_on.isoformat()
    messages.success(request, _("方案已批准，自 %(day)s 起按新区划派遣。") % {"day": day})
    return _again(redrawing)


@desk("areas.redraw")
@require_POST
def drop(request: DeskRequest, redrawing: int) -> HttpResponse:
    """Drop the draft."""
    drop_redrawing(redrawing, actor=request.actor, at=timezone.now())
    messages.success(request, _("方案已撤销，地图没有变化。"))
    return JsonResponse({"go": reverse("areas:overview")})


def _again(redrawing: int) -> HttpResponse:
    return JsonResponse({"go": reverse("areas:plan", args=[redrawing])})
