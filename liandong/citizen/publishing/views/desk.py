"""The desk behind the portal: which cases and photos the public sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from liandong.areas.queries import district_map
from liandong.cases.docket import thing_of
from liandong.cases.queries import case_for, permitted_cases, photos_of, public_cases
from liandong.cases.rulebook import rulebook_for
from liandong.citizen.publishing import operations
from liandong.citizen.publishing.forms import ReasonForm, WhyForm
from liandong.citizen.publishing.queries import decisions_of, hiding_of, hidings_of, photos_waiting
from liandong.citizen.publishing.rules.words import REASON_WORDS, Reason
from liandong.citizen.publishing.showing import COLUMNS, shown
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import NotFound, require
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.web.refusals import explain

MODERATE, ANSWER, WRITE = "publishing.moderate", "publishing.answer", "publishing.write_news"
MOST: Final = 30
TABS: Final = (
    ("moderation", marked("案件与照片"), (MODERATE,)),
    ("questions", marked("网友提问"), (MODERATE, ANSWER)),
    ("articles", marked("资讯与预警"), (WRITE,)),
)


def page(request: DeskRequest, template: str, context: dict[str, Any], *, tab: str, status: int = 200) -> HttpResponse:
    """Render a page of the desk with the tabs its reader may open."""
    tabs = [
        {"url": reverse(f"publishing:{view}"), "label": gettext(word), "active": view == tab}
        for view, word, acts in TABS
        if any(request.actor.may(act) for act in acts)
    ]
    zone = district_map(district_of(request.actor)).calendar.zone
    return render(request, f"publishing/desk/{template}.html", {"tabs": tabs, "zone": zone, **context}, status=status)


def said(refusal: Refusal) -> str:
    """A refusal in one paragraph: why, and what to do."""
    words = explain(refusal)
    return f"{words.says}{words.remedy}"


def done(request: DeskRequest, act: Callable[[], object], words: str, address: str) -> HttpResponse:
    """Do something and go on to `address`, with `words` for success or the refusal's own."""
    try:
        act()
        messages.success(request, words)
    except NotFound:
        raise
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, said(refusal))
    return HttpResponseRedirect(address)


@desk(MODERATE, ANSWER, WRITE)
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """The first tab its reader may open."""
    view = next(view for view, _word, acts in TABS if any(request.actor.may(act) for act in acts))
    return HttpResponseRedirect(reverse(f"publishing:{view}"))


@desk(MODERATE)
@require_safe
def moderation(request: DeskRequest) -> HttpResponse:
    """Photos that wait to be looked at, the latest public cases, and what is hidden now."""
    district, at = district_of(request.actor), timezone.now()
    book = rulebook_for(district)
    number = request.GET.get("number", "").replace("\x00", "").strip()
    if number and permitted_cases(request.actor, MODERATE).filter(number=number).exists():
        return HttpResponseRedirect(reverse("publishing:case", args=[number]))
    mine = permitted_cases(request.actor, MODERATE).values("pk")
    rows = public_cases(district, at=at).filter(pk__in=mine).order_by("-reported_at", "-id").values(*COLUMNS)[:MOST]
    context = {
        "photos": photos_waiting(request.actor, district, limit=MOST),
        "rows": shown(rows, book),
        "hidden": [
            {"number": one.number, "reason": gettext(REASON_WORDS[Reason(one.reason)]), "note": one.note,
             "at": one.hidden_at}
            for one in hidings_of(request.actor, district)[:MOST]
        ],
        "number": number,
        "not_found": bool(number),
    }  # fmt: skip
    return page(request, "moderation", context, tab="moderation", status=404 if number else 200)


@desk(MODERATE)
@require_safe
def case(request: DeskRequest, number: str) -> HttpResponse:
    """One case as the public sees it or would, with its photos and what was decided."""
    found = case_for(request.actor, number)
    require(request.actor, MODERATE, thing_of(found))
    book = rulebook_for(found.district)
    photos = list(photos_of(found).filter(purpose="report"))
    decided = decisions_of([photo.pk for photo in photos])
    hiding = hiding_of(found.pk)
    context = {
        "case": shown([{name: getattr(found, name) for name in COLUMNS}], book)[0],
        "is_public": public_cases(found.district, at=timezone.now()).filter(pk=found.pk).exists(),
        "of_open_class": found.is_public,
        "hiding": hiding,
        "reason": gettext(REASON_WORDS[Reason(hiding.reason)]) if hiding else "",
        "photos": [
            {"pk": photo.pk, "decision": decided.get(photo.pk), "form": ReasonForm(prefix=f"photo{photo.pk}_")}
            for photo in photos
        ],
        "hide_form": ReasonForm(),
        "show_form": WhyForm(),
    }
    return page(request, "case", context, tab="moderation")


@desk(MODERATE)
@require_POST
def hide(request: DeskRequest, number: str) -> HttpResponse:
    """Take a case out of public sight."""
    given = _reason(request)

    def act() -> object:
        return operations.hide_case(number, **given, actor=request.actor, at=timezone.now())

    return done(request, act, gettext("已不公开：地图、开放数据与接口都不再显示。"), _to(number))


@desk(MODERATE)
@require_POST
def show(request: DeskRequest, number: str) -> HttpResponse:
    """Let the public see a case again."""
    why = request.POST.get("why", "")

    def act() -> object:
        return operations.show_case(number, why=why, actor=request.actor, at=timezone.now())

    return done(request, act, gettext("已恢复公开。"), _to(number))


@desk(MODERATE)
@require_POST
def release(request: DeskRequest, number: str, photo: int) -> HttpResponse:
    """Let the public see a photo."""

    def act() -> object:
        return operations.release_photo(number, photo=photo, actor=request.actor, at=timezone.now())

    back = reverse("publishing:moderation") if request.POST.get("back") == "queue" else _to(number)
    return done(request, act, gettext("照片已公开。"), back)


@desk(MODERATE)
@require_POST
def withhold(request: DeskRequest, number: str, photo: int) -> HttpResponse:
    """Keep a photo from the public."""
    given = _reason(request)

    def act() -> object:
        return operations.withhold_photo(number, photo=photo, **given, actor=request.actor, at=timezone.now())

    return done(request, act, gettext("照片不公开；原件保留。"), _to(number))


def _reason(request: DeskRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in ("reason", "note")}


def _to(number: str) -> str:
    return reverse("publishing:case", args=[number])
