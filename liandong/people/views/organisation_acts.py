"""Changing the organisation from its pages: units, posts, lending. A refusal is told where the person stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound, role_word
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.models import Lending, Post, Unit
from liandong.people.operations import (
    UnitRow,
    appoint,
    change_post,
    change_unit,
    close_unit,
    end_post,
    lend_post,
    open_unit,
    recall_post,
)
from liandong.people.operations.beats import ORGANISE
from liandong.people.rules.posts import PostFacts
from liandong.people.rules.unit_tree import kinds_below
from liandong.people.structure import day_of
from liandong.people.views.organisation import unit_page
from liandong.people.views.organisation_facts import (
    ACTS,
    area_word,
    may_organise,
    post_rows,
    post_seen,
    unit_seen,
)
from liandong.people.views.organisation_forms import (
    USUAL_ROLES,
    AppointForm,
    BorrowForm,
    ChangePostForm,
    ChangeUnitForm,
    CloseUnitForm,
    EndForm,
    LendForm,
    OpenUnitForm,
)
from liandong.web.names import name_of
from liandong.web.refusals import explain


def done_or_refused(form: Form, act: Callable[[Mapping[str, Any]], object]) -> int:
    """Do `act` with what a valid form holds; a refusal becomes the form's error. Returns 0 when it was done."""
    if not form.is_valid():
        return 422
    try:
        act(form.cleaned_data)
    except NotFound:
        raise
    except Refusal as refusal:
        told = explain(refusal)
        form.add_error(None, f"{told.says}{told.remedy}")
        return told.status
    return 0


@desk(ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_unit(request: DeskRequest) -> HttpResponse:
    """Set up a unit, below the one the address names."""
    parent = Unit.objects.filter(pk=request.GET.get("parent", "")[:40]).first()
    if parent is not None:
        unit_seen(request.actor, parent.code)
    texts = {"parent": name_of(parent), "area": area_word(parent.area)} if parent else {}
    initial = {"parent": parent.code, "area": parent.area, "force": parent.force} if parent else {}
    form = OpenUnitForm(request.POST if request.method == "POST" else None, initial=initial, texts=texts)
    if parent:
        form.offer_kinds(kinds_below(parent.kind))
    status = 200
    if request.method == "POST":
        district = district_of(request.actor)
        opened: list[Unit] = []
        status = done_or_refused(form, lambda given: opened.append(_open(request, district, given)))
        if not status:
            messages.success(request, _("已设立“%(name)s”。") % {"name": opened[0].name})
            return HttpResponseRedirect(reverse("organisation_unit", args=[opened[0].code]))
    return render(request, "people/organisation_new.html", {"form": form, "parent": parent}, status=status or 200)


@desk(ORGANISE)
@require_POST
def change(request: DeskRequest, code: str) -> HttpResponse:
    """Change facts of a unit."""
    unit = unit_seen(request.actor, code)
    form = ChangeUnitForm(request.POST, prefix="change")
    status = done_or_refused(form, lambda given: change_unit(code, actor=request.actor, at=timezone.now(), **given))
    return _on_unit(request, unit, "change", form, status, done=_("已更改。"))


@desk(ORGANISE)
@require_POST
def close(request: DeskRequest, code: str) -> HttpResponse:
    """Close a unit after a day."""
    unit = unit_seen(request.actor, code)
    form = CloseUnitForm(request.POST, prefix="close")
    status = done_or_refused(form, lambda given: close_unit(code, actor=request.actor, at=timezone.now(), **given))
    return _on_unit(request, unit, "close", form, status, done=_("已登记撤销；在办事项请由值班长重新派遣。"))


@desk(ORGANISE)
@require_POST
def borrow(request: DeskRequest, code: str) -> HttpResponse:
    """Lend a post to the joint team whose page this is."""
    unit = unit_seen(request.actor, code)
    form = BorrowForm(request.POST, prefix="borrow")
    status = done_or_refused(
        form,
        lambda given: lend_post(
            given["post"], team=code, since_on=given["since"], until_on=given["until"], actor=request.actor,
            at=timezone.now(),
        ),
    )  # fmt: skip
    return _on_unit(request, unit, "borrow", form, status, done=_("已借调。"))


@desk(ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_post(request: DeskRequest, code: str) -> HttpResponse:
    """Appoint somebody in a unit."""
    unit = unit_seen(request.actor, code)
    texts = {"area": area_word(unit.area)}
    usual = {"area": unit.area, "role": USUAL_ROLES.get(unit.kind, "")}
    form = AppointForm(request.POST if request.method == "POST" else None, initial=usual, texts=texts)
    status = 200
    if request.method == "POST":
        status = done_or_refused(form, lambda given: _appoint(request, unit, given))
        if not status:
            messages.success(request, _("已任命。"))
            return HttpResponseRedirect(reverse("organisation_unit", args=[code]))
    context = {"form": form, "unit": unit, "title": name_of(unit)}
    return render(request, "people/organisation_appoint.html", context, status=status)


@desk(*ACTS)
@require_safe
def post(request: DeskRequest, number: int) -> HttpResponse:
    """One post: who, where, and what may be done with it."""
    return post_page(request, post_seen(request.actor, number))


@desk(ORGANISE)
@require_POST
def change_a_post(request: DeskRequest, number: int) -> HttpResponse:
    """Change facts of a post."""
    held = post_seen(request.actor, number)
    form = ChangePostForm(request.POST, prefix="change")
    status = done_or_refused(
        form,
        lambda given: change_post(
            number, actor=request.actor, at=timezone.now(), **{**given, "area": given["area"] or held.unit.area}
        ),
    )
    return _on_post(request, held, "change", form, status, done=_("已更改。"))


@desk(ORGANISE)
@require_POST
def end(request: DeskRequest, number: int) -> HttpResponse:
    """End a post after a day."""
    held = post_seen(request.actor, number)
    form = EndForm(request.POST, prefix="end")
    status = done_or_refused(
        form, lambda given: end_post(number, until_on=given["on"], actor=request.actor, at=timezone.now())
    )
    if not status:
        messages.success(request, _("已登记终止。"))
        return HttpResponseRedirect(reverse("organisation_unit", args=[held.unit_id]))
    return _on_post(request, held, "end", form, status, done="")


@desk(ORGANISE)
@require_POST
def lend(request: DeskRequest, number: int) -> HttpResponse:
    """Lend a post to a joint team."""
    held = post_seen(request.actor, number)
    form = LendForm(request.POST, prefix="lend")
    status = done_or_refused(
        form,
        lambda given: lend_post(
            number, team=given["team"], since_on=given["since"], until_on=given["until"], actor=request.actor,
            at=timezone.now(),
        ),
    )  # fmt: skip
    return _on_post(request, held, "lend", form, status, done=_("已借调。"))


@desk(ORGANISE)
@require_POST
def recall(request: DeskRequest, number: int) -> HttpResponse:
    """Call a lent post back: today is its last day in the team."""
    found = Lending.objects.filter(pk=number).first()
    at = timezone.now()
    try:
        recall_post(number, until_on=day_of(at), actor=request.actor, at=at)
    except NotFound:
        raise
    except Refusal as refusal:
        told = explain(refusal)
        messages.error(request, f"{told.says}{told.remedy}")
    else:
        messages.success(request, _("已召回，今天是最后一天。"))
    team = found.team_id if found else ""
    return HttpResponseRedirect(reverse("organisation_unit", args=[team]))


def post_page(
    request: DeskRequest, held: Post, *, forms: Mapping[str, Form] | None = None, status: int = 200, opened: str = ""
) -> HttpResponse:
    """The page of a post; `forms` are those just filled in, `opened` which of them is to be seen."""
    on = day_of(timezone.now())
    facts = {"title": held.title, "rank": held.rank, "force": held.force, "area": held.area}
    may = may_organise(request.actor, held.unit.area) and (held.until_on is None or held.until_on >= on)
    context: dict[str, Any] = {
        "post": held,
        "row": post_rows([held])[0],
        "role": _(role_word(held.role)),
        "lendings": list(Lending.objects.filter(post=held).select_related("team").order_by("-since_on", "id")),
        "may": may,
        "opened": opened,
        "change_form": ChangePostForm(initial=facts, prefix="change", texts={"area": area_word(held.area)}),
        "end_form": EndForm(initial={"on": on}, prefix="end"),
        "lend_form": LendForm(initial={"since": on}, prefix="lend"),
        **(forms or {}),
    }
    return render(request, "people/organisation_post.html", context, status=status)


def _open(request: DeskRequest, district: str, given: Mapping[str, Any]) -> Unit:
    code = given["code"].upper()
    row = UnitRow(
        code=f"{district}-{code.removeprefix(f'{district}-')}",
        parent=given["parent"],
        kind=given["kind"],
        level="",
        force=given["force"],
        name=given["name"],
        name_en=given["name_en"],
        area=given["area"],
        phone=given["phone"],
        since=given["since"],
    )
    return open_unit(row, actor=request.actor, at=timezone.now())


def _appoint(request: DeskRequest, unit: Unit, given: Mapping[str, Any]) -> Post:
    facts = PostFacts(
        account=given["account"] or given["new_account"].lower(),
        person="" if given["account"] else given["person"],
        unit=unit.code,
        role=given["role"],
        area=given["area"],
        title=given["title"],
        rank=given["rank"],
        force=given["force"],
        since_on=given["since"],
        until_on=given["until"],
    )
    return appoint(facts, actor=request.actor, at=timezone.now())


def _on_unit(request: DeskRequest, unit: Unit, what: str, form: Form, status: int, *, done: str) -> HttpResponse:
    if not status:
        messages.success(request, done)
        return HttpResponseRedirect(reverse("organisation_unit", args=[unit.code]))
    return unit_page(request, unit, forms={f"{what}_form": form}, status=status, opened=what)


def _on_post(request: DeskRequest, held: Post, what: str, form: Form, status: int, *, done: str) -> HttpResponse:
    if not status:
        messages.success(request, done)
        return HttpResponseRedirect(reverse("organisation_post", args=[held.pk]))
    return post_page(request, held, forms={f"{what}_form": form}, status=status, opened=what)
