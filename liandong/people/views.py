"""Signing in and out."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from liandong.people.access import role_word
from liandong.people.forms import SignInForm
from liandong.people.models import User
from liandong.people.operations import record_sign_in, record_sign_out
from liandong.people.queries import demo_roles


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form; on the right password start a session and put it on the record."""
    form = SignInForm(request, data=request.POST if request.method == "POST" else None)
    if request.method == "POST" and not _is_locked(request) and form.is_valid():
        user = form.get_user()
        login(request, user)
        if isinstance(user, User):
            record_sign_in(user, address=request.META.get("REMOTE_ADDR", ""), at=timezone.now())
        return HttpResponseRedirect(_next(request) or settings.LOGIN_REDIRECT_URL)
    locked = _is_locked(request)
    context: dict[str, Any] = {
        "form": form,
        "next": _next(request),
        "locked_minutes": _cool_off_minutes() if locked else None,
        "demo_accounts": [(account, gettext(role_word(role))) for account, role in demo_roles()],
    }
    status = 429 if locked else 422 if form.errors else 200
    return render(request, "web/sign_in.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if isinstance(request.user, User):
        record_sign_out(request.user, at=timezone.now())
    logout(request)
    return HttpResponseRedirect(settings.LOGOUT_REDIRECT_URL)


def _is_locked(request: HttpRequest) -> bool:
    name = request.POST.get("username", "").strip().lower()
    return bool(name) and not AxesProxyHandler.is_allowed(request, {"username": name})


def _cool_off_minutes() -> int:
    gap: timedelta | float = settings.AXES_COOLOFF_TIME
    hours = gap.total_seconds() / 3600 if isinstance(gap, timedelta) else float(gap)
    return math.ceil(hours * 60)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else ""
