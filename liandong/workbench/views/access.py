"""Pages about permission: who can see a case, what a person may do and why, giving and ending rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.cases.docket import thing_of
from liandong.cases.queries import case_for
from liandong.cases.rulebook import rulebook_for
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound, require
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.explaining import LOOKING_AFTER, actor_named, grants_for, people_like, person_for
from liandong.people.operations import cover_post, grant_role, revoke_grant
from liandong.web.refusals import explain
from liandong.workbench.access import role_names, role_table, tried, what_may, who_sees
from liandong.workbench.access_forms import CoverForm, GrantForm, RevokeForm
from liandong.workbench.access_words import grant_row

if TYPE_CHECKING:
    from liandong.people.models import User

MOST_PEOPLE = 20
MOST_GRANTS = 100
LONGEST_QUESTION = 60


@desk(*LOOKING_AFTER)
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """Find a person, and see what is granted and covered where one looks after it."""
    return _index(request)


@desk("people.see_access")
@require_safe
def roles(request: DeskRequest) -> HttpResponse:
    """The table of roles: who may do what, and how far it reaches."""
    return render(request, "workbench/access_roles.html", {"table": role_table(), "roles": role_names()})


@desk()
@require_safe
def person(request: DeskRequest, account: str) -> HttpResponse:
    """What a person may do and why; everybody may ask it of themselves."""
    return _person(request, _found(request, account))


@desk("people.grant")
@require_POST
def grant(request: DeskRequest, account: str) -> HttpResponse:
    """Give this person a role for a time."""
    user, at = _found(request, account), timezone.now()
    form = GrantForm(request.POST, actor=request.actor, book=rulebook_for(district_of(request.actor)), at=at)
    if form.is_valid():
        try:
            grant_role(user, **form.cleaned_data, actor=request.actor, at=at)
            return _back(request, _("已授权：%(name)s") % {"name": user.name}, "workbench:person", user.username)
        except Refusal as refusal:
            _refused(form, refusal)
    return _person(request, user, grant_form=form)


@desk("people.cover")
@require_POST
def cover(request: DeskRequest, account: str) -> HttpResponse:
    """Let somebody stand in for this person."""
    user, at = _found(request, account), timezone.now()
    book = rulebook_for(district_of(request.actor))
    form = CoverForm(request.POST, posts=actor_named(user, at=at).posts, book=book, at=at)
    if form.is_valid():
        details = form.cleaned_data
        unit, _bar, role = details.pop("post").partition("|")
        try:
            stand_in = person_for(request.actor, details.pop("stand_in"), at=at)
            cover_post(stand_in, colleague=user, unit=unit, role=role, **details, actor=request.actor, at=at)
            said = _("已安排：%(who)s 代 %(name)s 的班") % {"who": stand_in.name, "name": user.name}
            return _back(request, said, "workbench:person", user.username)
        except Refusal as refusal:
            _refused(form, refusal)
    return _person(request, user, cover_form=form)


@desk("people.grant", "people.cover")
@require_POST
def revoke(request: DeskRequest, grant: int) -> HttpResponse:
    """End a right before its time."""
    form = RevokeForm(request.POST)
    if not form.is_valid():
        return _index(request, revoke_form=form, failed=grant)
    try:
        ended = revoke_grant(grant, reason=form.cleaned_data["reason"], actor=request.actor, at=timezone.now())
    except NotFound:
        raise
    except Refusal as refusal:
        _refused(form, refusal)
        return _index(request, revoke_form=form, failed=grant)
    said = _("已撤销：%(name)s") % {"name": ended.user.name}
    if request.POST.get("from") == "person":
        return _back(request, said, "workbench:person", ended.user.username)
    return _back(request, said, "workbench:access")


@desk("people.see_access")
@require_safe
def case(request: DeskRequest, number: str) -> HttpResponse:
    """Everybody who can see a case, and why."""
    found = case_for(request.actor, number)
    require(request.actor, "people.see_access", thing_of(found))
    context = {"case": found, **who_sees(found, at=timezone.now())}
    response = render(request, "workbench/access_case.html", context)
    response["Cache-Control"] = "no-store"
    return response


@desk(*LOOKING_AFTER)
@require_safe
def people(request: DeskRequest) -> HttpResponse:
    """People to choose from, as JSON."""
    text = request.GET.get("q", "").replace("\x00", "")[:LONGEST_QUESTION]
    found = people_like(text, actor=request.actor, at=timezone.now(), limit=MOST_PEOPLE)
    options = [{"value": user.username, "label": user.name, "note": user.username} for user in found]
    return JsonResponse({"options": options})


def _found(request: DeskRequest, account: str) -> User:
    return person_for(request.actor, account, at=timezone.now())


def _index(request: DeskRequest, *, revoke_form: forms.Form | None = None, failed: int = 0) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    book = rulebook_for(district_of(actor))
    text = request.GET.get("q", "").replace("\x00", "")[:LONGEST_QUESTION]
    grants = [grant_row(grant, book, actor=actor, at=at) for grant in grants_for(actor, at=at)[:MOST_GRANTS]]
    context = {
        "asked": text,
        "people": people_like(text, actor=actor, at=at, limit=MOST_PEOPLE) if text.strip() else [],
        "grants": grants,
        "revoke_form": revoke_form,
        "failed": failed,
        "may_see_roles": actor.may("people.see_access"),
    }
    return render(request, "workbench/access.html", context, status=422 if failed else 200)


def _person(
    request: DeskRequest, user: User, *, grant_form: GrantForm | None = None, cover_form: CoverForm | None = None
) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    book = rulebook_for(district_of(actor))
    held = actor_named(user, at=at)
    is_self = user.pk == actor.user_id
    context: dict[str, Any] = {
        **what_may(user, held, book, viewer=actor, at=at),
        "is_self": is_self,
        "now": at,
        "sought": request.GET.get("case", "").strip()[:40],
    }
    if actor.may("people.grant") and user.is_active:
        context["grant_form"] = grant_form or GrantForm(actor=actor, book=book, at=at)
    if actor.may("people.cover") and user.is_active:
        context["cover_form"] = cover_form or CoverForm(posts=held.posts, book=book, at=at)
    if context["sought"]:
        try:
            context["tried"] = tried(held, case_for(actor, context["sought"].upper()), at=at)
        except NotFound as refusal:
            context["untried"] = explain(refusal)
    return render(request, "workbench/access_person.html", context, status=422 if grant_form or cover_form else 200)


def _refused(form: forms.Form, refusal: Refusal) -> None:
    told = explain(refusal)
    form.add_error(None, f"{told.says}{told.remedy}")


def _back(request: DeskRequest, said: str, view: str, *args: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(reverse(view, args=args))
