"""My account: password, second factor, sessions, language; and what must be done before anything else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liandong.kernel.refusal import Refusal
from liandong.people.desk import DeskRequest
from liandong.people.forms import CodeForm, PasswordForm, ProofForm
from liandong.people.models import User
from liandong.people.obligations import PROVED, due_first
from liandong.people.operations import (
    add_second_factor,
    change_password,
    check_code,
    choose_language,
    record_refused_sign_in,
    remove_second_factor,
    renew_recovery_codes,
    revoke_session,
    revoke_sessions,
)
from liandong.people.operations.second_factors import ACCEPTED, REFUSED
from liandong.people.second_factor import enrolment, has_second_factor, must_have, new_secret
from liandong.people.views.account_facts import codes_left, posts_held, session_rows
from liandong.people.views.account_story import story_of
from liandong.people.views.entering import address_of, prove, speak
from liandong.web.refusals import explain

SECRET: Final = "second_factor_secret"
CODES: Final = "second_factor_codes"


class MyRequest(DeskRequest):
    """A request of somebody signed in."""

    user: User


def mine(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Open a page to whoever is signed in, with or without a post."""
    return cast(Callable[..., HttpResponseBase], login_required(never_cache(wraps(view)(view))))


@mine
@require_safe
def my_account(request: MyRequest) -> HttpResponse:
    """The page itself."""
    at = timezone.now()
    context = {
        "posts": posts_held(request.actor),
        "has_factor": has_second_factor(request.user),
        "codes_left": codes_left(request.user),
        "must_have_factor": must_have(request.user, request.actor.role_codes),
        "has_password": request.user.has_usable_password(),
        "sessions": session_rows(request.user, current=request.session.session_key, at=at),
        "story": story_of(request.user)[:12],
    }
    return render(request, "people/account_me.html", context)


@sensitive_post_parameters("old", "new", "again")
@mine
@require_http_methods(["GET", "HEAD", "POST"])
def my_password(request: MyRequest) -> HttpResponse:
    """Change one's own password."""
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            prove(request, form.cleaned_data["old"])
            user = change_password(
                request.user,
                new=form.cleaned_data["new"],
                keep_session=request.session.session_key or "",
                actor=request.actor,
                at=timezone.now(),
            )
        except Refusal as refusal:
            return _page(request, "people/account_password.html", {"form": form}, refusal)
        update_session_auth_hash(request, user)
        messages.success(request, _("密码已修改；其他设备上的登录已结束。"))
        return HttpResponseRedirect(reverse("my_account"))
    return _page(request, "people/account_password.html", {"form": form})


@sensitive_post_parameters("code")
@mine
@require_http_methods(["GET", "HEAD", "POST"])
def my_second_factor(request: MyRequest) -> HttpResponse:
    """Set up an authenticator: scan or type the secret, confirm with a code."""
    if has_second_factor(request.user):
        return _page(request, "people/account_factor.html", _factor_context(request))
    sealed = request.session.get(SECRET) or new_secret()
    request.session[SECRET] = sealed
    form = CodeForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "enrolment": enrolment(request.user, sealed)}
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        try:
            codes = add_second_factor(
                request.user,
                sealed_secret=sealed,
                code=code,
                keep_session=request.session.session_key or "",
                actor=request.actor,
                at=timezone.now(),
            )
        except Refusal as refusal:
            return _page(request, "people/account_enrol.html", context, refusal)
        del request.session[SECRET]
        request.session[PROVED] = True
        request.session.cycle_key()
        return _show_codes(request, codes)
    return _page(request, "people/account_enrol.html", context)


@sensitive_post_parameters("password", "code")
@mine
@require_POST
def remove_factor(request: MyRequest) -> HttpResponse:
    """Give up one's own second factor, with password and code."""
    form = ProofForm(request.POST, asks_password=_asks_password(request))
    context = {**_factor_context(request), "remove": form}
    if not form.is_valid():
        return _page(request, "people/account_factor.html", context)
    try:
        if "password" in form.cleaned_data:
            prove(request, form.cleaned_data["password"])
        _prove_code(request, form.cleaned_data["code"])
        remove_second_factor(request.user, actor=request.actor, at=timezone.now())
    except Refusal as refusal:
        return _page(request, "people/account_factor.html", context, refusal)
    request.session.pop(PROVED, None)
    messages.success(request, _("动态口令已停用。"))
    return HttpResponseRedirect(reverse("my_account"))


@sensitive_post_parameters("password")
@mine
@require_POST
def renew_codes(request: MyRequest) -> HttpResponse:
    """New recovery codes instead of the old ones."""
    form = _renewal(request, request.POST)
    context = {**_factor_context(request), "renew": form}
    if not form.is_valid():
        return _page(request, "people/account_factor.html", context)
    try:
        if "password" in form.cleaned_data:
            prove(request, form.cleaned_data["password"])
        else:
            _prove_code(request, form.cleaned_data["code"])
        codes = renew_recovery_codes(request.user, actor=request.actor, at=timezone.now())
    except Refusal as refusal:
        return _page(request, "people/account_factor.html", context, refusal)
    return _show_codes(request, codes)


@mine
@require_POST
def end_session(request: MyRequest) -> HttpResponse:
    """End one of one's own sessions, or all others."""
    at = timezone.now()
    mark = request.POST.get("mark", "")[:16]
    try:
        if mark:
            revoke_session(request.user, mark=mark, actor=request.actor, at=at)
            count = 1
        else:
            own = request.session.session_key or ""
            count = revoke_sessions(request.user, keep_session=own, actor=request.actor, at=at)
        messages.success(request, _("已结束 %(count)s 个登录会话。") % {"count": count})
    except Refusal as refusal:
        messages.error(request, explain(refusal).says)
    return HttpResponseRedirect(reverse("my_account"))


@mine
@require_POST
def my_language(request: MyRequest) -> HttpResponse:
    """Remember the language of one's pages, on whichever device."""
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(reverse("my_account"))
    if language in dict(settings.LANGUAGES):
        choose_language(request.user, language=language, at=timezone.now())
        speak(response, language)
    return response


def _show_codes(request: MyRequest, codes: list[str]) -> HttpResponse:
    return _page(request, "people/account_codes.html", {"codes": codes})


def _prove_code(request: MyRequest, code: str) -> None:
    at = timezone.now()
    outcome = check_code(request.user, code=code, at=at)
    if outcome not in ACCEPTED:
        record_refused_sign_in(request.user, why=f"code_{outcome}", address=address_of(request), at=at)
        raise REFUSED[outcome]


def _asks_password(request: MyRequest) -> bool:
    """Whether there is a password to ask for: whoever comes by single sign-on has none here."""
    return request.user.has_usable_password() or bool(settings.LIANDONG_LDAP_URL)


def _renewal(request: MyRequest, data: QueryDict | None = None) -> ProofForm:
    """Asks for the password, or for a code where there is none: an open desk alone gives nobody recovery codes."""
    asks = _asks_password(request)
    return ProofForm(data, prefix_of_ids="renew", asks_password=asks, asks_code=not asks)


def _factor_context(request: MyRequest) -> dict[str, Any]:
    asks = _asks_password(request)
    return {
        "remove": ProofForm(asks_password=asks),
        "renew": _renewal(request),
        "codes_left": codes_left(request.user),
        "must_have_factor": must_have(request.user, request.actor.role_codes),
    }


def _page(request: HttpRequest, template: str, context: dict[str, Any], refusal: Refusal | None = None) -> HttpResponse:
    """A page of mine; without the desk around it while something else must come first."""
    request = cast(MyRequest, request)
    told = explain(refusal) if refusal else None
    is_due = bool(due_first(request.user, request.actor, request.session, at=timezone.now()))
    invalid = any(getattr(part, "errors", None) for part in context.values())
    context |= {"told": told, "is_due": is_due, "frame": "web/plain.html" if is_due else "web/base.html"}
    context |= {"least": settings.LIANDONG_PASSWORD_MIN, "long": settings.LIANDONG_PASSWORD_MIN + 4}
    return render(request, template, context, status=told.status if told else 422 if invalid else 200)
