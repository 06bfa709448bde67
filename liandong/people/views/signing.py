"""Signing in, with a second step where the account has one, and out."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from liandong.kernel.refusal import Refusal
from liandong.people import oidc
from liandong.people.access import role_word
from liandong.people.forms import CodeForm, SignInForm
from liandong.people.models import User
from liandong.people.obligations import OneTimePasswordExpired, check_one_time
from liandong.people.operations import check_code, record_refused_sign_in, record_sign_out
from liandong.people.operations.second_factors import ACCEPTED, REFUSED
from liandong.people.queries import demo_roles
from liandong.people.views.entering import (
    address_of,
    come_in,
    enter,
    forget_half,
    half_way,
    is_locked,
    lock_minutes,
    safe_next,
)
from liandong.web.refusals import Explanation, explain


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form; on the right password go on to the second step, or start the session."""
    form = SignInForm(request, data=request.POST if request.method == "POST" else None)
    told: Explanation | None = None
    if request.method == "POST" and not is_locked(request, _name(request)):
        try:
            if form.is_valid():
                return _welcome(request, form.get_user())
            _note_refusal(request, why="password")
        except Refusal as refusal:
            told = explain(refusal)
    elif request.method == "POST":
        _note_refusal(request, why="locked")
    locked = request.method == "POST" and is_locked(request, _name(request))
    context: dict[str, Any] = {
        "form": form,
        "told": told,
        "next": safe_next(request),
        "locked_minutes": lock_minutes() if locked else None,
        "sign_on": gettext(settings.LIANDONG_OIDC_NAME) if oidc.is_configured() else "",
        "demo_accounts": [(account, gettext(role_word(role))) for account, role in demo_roles()],
    }
    status = told.status if told else 429 if locked else 422 if request.method == "POST" else 200
    return render(request, "web/sign_in.html", context, status=status)


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The second step: a code of the authenticator, or a recovery code."""
    half = half_way(request)
    if half is None:
        return HttpResponseRedirect(settings.LOGIN_URL)
    form = CodeForm(request.POST if request.method == "POST" else None)
    told: Explanation | None = None
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        outcome = check_code(half.user, code=form.cleaned_data["code"], at=at)
        if outcome in ACCEPTED:
            return come_in(request, half.user, by=half.by, next_url=half.next_url, second=outcome)
        record_refused_sign_in(half.user, why=f"code_{outcome}", address=address_of(request), at=at)
        told = explain(REFUSED[outcome]())
    context = {"form": form, "told": told, "person": half.user}
    status = told.status if told else 422 if form.errors else 200
    return render(request, "people/account_code.html", context, status=status)


@require_POST
def leave_half_way(request: HttpRequest) -> HttpResponse:
    """Forget a sign-in that waits for its code."""
    forget_half(request)
    return HttpResponseRedirect(settings.LOGIN_URL)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if isinstance(request.user, User):
        record_sign_out(request.user, at=timezone.now())
    logout(request)
    return HttpResponseRedirect(settings.LOGOUT_REDIRECT_URL)


def answer_of_ours(request: HttpRequest, response: HttpResponse, _credentials: Any = None) -> HttpResponse:
    """What django-axes shows once it has locked an account: the page that was going to be shown anyway."""
    return response


def _welcome(request: HttpRequest, user: Any) -> HttpResponse:
    """Let in whoever knew the password.

    :raises OneTimePasswordExpired: it was a one-time password, and its time is over
    """
    by = _by(user)
    try:
        if by == "password":
            check_one_time(user, at=timezone.now())
    except OneTimePasswordExpired:
        _note_refusal(request, why="expired")
        raise
    return enter(request, user, by=by, next_url=safe_next(request))


def _note_refusal(request: HttpRequest, *, why: str) -> None:
    user = User.objects.filter(username=_name(request)).first()
    if user is None:
        return
    locks = why != "locked" and is_locked(request, user.username)
    record_refused_sign_in(
        user,
        why=why,
        address=address_of(request),
        locked_minutes=lock_minutes() if locks else 0,
        at=timezone.now(),
    )


def _name(request: HttpRequest) -> str:
    # As the form reads it, or another spelling would be counted and recorded as another account.
    given = unicodedata.normalize("NFKC", request.POST.get("username", "").replace("\x00", ""))
    return given.strip().lower()[:60]


def _by(user: Any) -> str:
    return "directory" if str(getattr(user, "backend", "")).endswith("DirectoryBackend") else "password"
