"""The administration of accounts: find one, open one for a person or a system, and see all about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import NotFound, actor_for, role_word
from liandong.people.contacts import contact_of
from liandong.people.desk import DeskRequest, desk
from liandong.people.forms import AccountForm, KeyForm, ReasonForm, ServiceForm, StaffContactForm
from liandong.people.managing import MANAGE, manageable
from liandong.people.models import Post, Session, Unit, User
from liandong.people.obligations import one_time_until
from liandong.people.operations import PostRow, open_account, open_service_account
from liandong.people.operations.api_keys import ISSUE
from liandong.people.second_factor import has_second_factor, must_have
from liandong.people.views.account_facts import area_name, codes_left, key_rows, posts_held, session_rows
from liandong.people.views.account_story import story_of
from liandong.web.names import name_of
from liandong.web.refusals import explain

ON_A_PAGE: Final = 50
ONE_TIME: Final = "one_time"
KINDS: Final = {
    "people": (marked("人员"), Q(is_service=False)),
    "services": (marked("接口账号"), Q(is_service=True)),
    "stopped": (marked("已停用"), Q(is_active=False)),
    "first": (marked("待改密码"), Q(must_change_password=True)),
}


@desk(MANAGE)
@require_safe
def accounts(request: DeskRequest) -> HttpResponse:
    """The accounts within one's area: found by name, unit or role."""
    asked = {name: request.GET.get(name, "").replace("\x00", "").strip()[:60] for name in ("text", "kind")}
    start = request.GET.get("after", "").replace("\x00", "")[:60]
    found = _asked_for(manageable(request.actor), asked).filter(username__gt=start).order_by("username")
    page = list(_with_signs(found, at=timezone.now())[: ON_A_PAGE + 1])
    rows, more = page[:ON_A_PAGE], len(page) > ON_A_PAGE
    query = request.GET.copy()
    if more:
        query["after"] = rows[-1].username
    context = {
        "rows": _rows(rows),
        "asked": asked,
        "kinds": [(kind, _(word)) for kind, (word, _fits) in KINDS.items()],
        "pager": {"total": None, "shown": len(rows), "older_url": f"?{query.urlencode()}" if more else ""},
        "may_issue": request.actor.may(ISSUE),
    }
    return render(request, "people/account_list.html", context)


@desk(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_account(request: DeskRequest) -> HttpResponse:
    """Open an account for a person; the one-time password is shown once."""
    form = AccountForm(request.POST if request.method == "POST" else None)
    told = None
    if request.method == "POST" and form.is_valid():
        try:
            name = form.cleaned_data["account"].strip().lower()
            person = form.cleaned_data["name"]
            user, password = open_account(name, person=person, actor=request.actor, at=timezone.now())
            return account_page(request, user, one_time=password)
        except Refusal as refusal:
            told = explain(refusal)
    status = told.status if told else 422 if form.errors else 200
    return render(request, "people/account_new.html", {"form": form, "told": told}, status=status)


@desk(ISSUE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_service(request: DeskRequest) -> HttpResponse:
    """Open an account for another system, with its unit, role and area."""
    form = ServiceForm(request.POST if request.method == "POST" else None)
    told = None
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            account, unit = given["account"].strip().lower(), Unit.objects.filter(pk=given["unit"]).first()
            area = given["area"] or (unit.area if unit else "")
            post = PostRow(account, given["name"], given["unit"], given["role"], area, _("接口账号"))
            open_service_account(account, post=post, is_demo=False, actor=request.actor, at=timezone.now())
            return HttpResponseRedirect(reverse("account", args=[account]))
        except Refusal as refusal:
            told = explain(refusal)
    picked = {name: request.POST.get(f"{name}_text", "")[:80] for name in ("unit", "area")}
    status = told.status if told else 422 if form.errors else 200
    return render(request, "people/account_service.html", {"form": form, "told": told, "picked": picked}, status=status)


@desk(MANAGE, ISSUE)
@require_safe
def account(request: DeskRequest, name: str) -> HttpResponse:
    """All about one account."""
    return account_page(request, account_named(request, name))


def account_named(request: DeskRequest, name: str) -> User:
    """The account of that name, if it is within the reader's area.

    :raises NotFound: there is none there
    """
    visible = manageable(request.actor) | manageable(request.actor, ISSUE)
    user = visible.filter(username=name.replace("\x00", "").lower()).first()
    if user is None:
        raise NotFound(what=marked("这个账号"))
    return user


def account_page(
    request: DeskRequest,
    user: User,
    *,
    one_time: str = "",
    secret: str = "",
    refusal: Refusal | None = None,
    **forms: Any,
) -> HttpResponse:
    """The page of an account, with what is shown but once, or why something was refused."""
    at, actor = timezone.now(), request.actor
    held = actor_for(user, at=at)
    told = explain(refusal) if refusal else None
    context = {
        "person": user,
        "told": told,
        "one_time": one_time,
        "one_time_until": one_time_until(user),
        "is_expired": (one_time_until(user) or at) < at,
        "secret": secret,
        "posts": posts_held(held),
        "has_factor": has_second_factor(user),
        "codes_left": codes_left(user),
        "must_have_factor": must_have(user, held.role_codes),
        "ties": list(SocialAccount.objects.filter(user_id=user.pk).values_list("uid", flat=True)),
        "sessions": session_rows(user, current=request.session.session_key, at=at),
        "keys": key_rows(user, at=at),
        "story": story_of(user),
        "is_me": user.pk == actor.user_id,
        "may_manage": actor.may(MANAGE),
        "may_issue": actor.may(ISSUE) and user.is_service,
        "key_form": KeyForm(),
        "reason_form": ReasonForm(),
        **_contact_of(user),
        **forms,
    }
    status = told.status if told else 422 if any(form.errors for form in forms.values()) else 200
    response = render(request, "people/account_page.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _contact_of(user: User) -> dict[str, Any]:
    """Where the person is reached, and the form that changes it."""
    kept = contact_of(user.pk)
    return {"kept": kept, "contact_form": StaffContactForm(kept=kept)}


def _asked_for(found: QuerySet[User], asked: dict[str, str]) -> QuerySet[User]:
    if asked["kind"] in KINDS:
        found = found.filter(KINDS[asked["kind"]][1])
    if text := asked["text"]:
        of_unit = Post.objects.filter(unit__name__icontains=text).values("user")
        found = found.filter(Q(username__icontains=text) | Q(name__icontains=text) | Q(pk__in=of_unit))
    return found


def _with_signs(found: QuerySet[User], *, at: datetime) -> QuerySet[User]:
    factor = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    session = Session.objects.filter(user=OuterRef("pk"), expire_date__gt=at)
    return found.annotate(has_factor=Exists(factor), is_here=Exists(session))


def _rows(users: list[User]) -> list[dict[str, Any]]:
    first: dict[int, Post] = {}
    for post in Post.objects.filter(user__in=users).select_related("unit").order_by("id"):
        first.setdefault(post.user_id, post)
    return [
        {
            "user": user,
            "role": _(role_word(first[user.pk].role)) if user.pk in first else "",
            "unit": name_of(first[user.pk].unit) if user.pk in first else "",
            "area": area_name(first[user.pk].area) if user.pk in first else "",
        }
        for user in users
    ]
