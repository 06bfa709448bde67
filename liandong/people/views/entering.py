"""Between the proof of who somebody is and their session: the second step, the record, what they must be told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from liandong.kernel.refusal import Refusal, marked
from liandong.people.backend import LOCAL
from liandong.people.models import User
from liandong.people.obligations import PROVED
from liandong.people.operations import record_refused_sign_in, record_sign_in
from liandong.people.rules.devices import device_of
from liandong.people.second_factor import has_second_factor
from liandong.people.session_store import ADDRESS, DEVICE, SEEN, SINCE
from liandong.people.views.account_story import news_for

HALF: Final = "half_signed_in"
PATIENCE: Final = timedelta(minutes=10)
"""How long a password that was right waits for its code."""


class PasswordWrong(Refusal):
    """A present password that is not."""

    status = 422
    says = marked("当前密码不正确。")
    remedy = marked("请核对后重新输入；连续输错 5 次将暂时锁定。")


class TriesPaused(Refusal):
    """Too many wrong passwords."""

    status = 429
    says = marked("连续多次输错密码，暂时不再受理。")
    remedy = marked("请过一刻钟再试，或联系管理员解锁。")


@dataclass(frozen=True, slots=True)
class Half:
    """Somebody whose password was right and whose code is awaited."""

    user: User
    by: str
    next_url: str


def enter(request: HttpRequest, user: Any, *, by: str, next_url: str, is_strong: bool = False) -> HttpResponse:
    """Go on with somebody who has proved who they are: to the second step, or in.

    `is_strong` when whoever vouched for them asks for a second factor already.
    """
    if is_strong or not has_second_factor(user):
        return come_in(request, user, by=by, next_url=next_url, is_strong=is_strong)
    # Whoever was signed in here is out, and a session planted beforehand is not the one that waits.
    request.session.flush()
    request.session[HALF] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "by": by,
        "next": next_url,
        "backend": getattr(user, "backend", LOCAL),
        "at": int(timezone.now().timestamp()),
    }
    return HttpResponseRedirect(reverse("sign_in_code"))


def half_way(request: HttpRequest) -> Half | None:
    """Who awaits the second step in this session; nobody after ten minutes, or when the account changed."""
    told = request.session.get(HALF)
    if not told or told["at"] + PATIENCE.total_seconds() < timezone.now().timestamp():
        return None
    user = User.objects.filter(pk=told["user"], is_active=True).first()
    if user is None or not constant_time_compare(told["hash"], user.get_session_auth_hash()):
        return None
    user.backend = told["backend"]
    return Half(user, told["by"], told["next"])


def forget_half(request: HttpRequest) -> None:
    """Let nobody await the second step."""
    request.session.pop(HALF, None)


def come_in(
    request: HttpRequest, user: User, *, by: str, next_url: str, second: str = "", is_strong: bool = False
) -> HttpResponse:
    """Start the session, put it on the record, and tell what happened to the account meanwhile."""
    at = timezone.now()
    forget_half(request)
    news = [] if user.is_demo else news_for(user)
    login(request, user, backend=getattr(user, "backend", LOCAL))
    note_session(request, at=at, is_proved=bool(second) or is_strong)
    device = request.session[DEVICE]
    record_sign_in(user, address=address_of(request), by=by, second=second, device=device, at=at)
    for line in news:
        messages.warning(request, line)
    response = HttpResponseRedirect(next_url or settings.LOGIN_REDIRECT_URL)
    if user.language != settings.LANGUAGE_CODE:
        speak(response, user.language)
    return response


def note_session(request: HttpRequest, *, at: datetime, is_proved: bool) -> None:
    """Note in the session from where and since when it is, for the list of sessions."""
    seconds = int(at.timestamp())
    request.session[ADDRESS] = address_of(request)
    request.session[DEVICE] = device_of(request.headers.get("User-Agent", ""))
    request.session[SINCE] = request.session[SEEN] = seconds
    if is_proved:
        request.session[PROVED] = True


def prove(request: HttpRequest, password: str) -> None:
    """Return when it is the present password of whoever is signed in; failures count as failed sign-ins.

    :raises PasswordWrong: it is not
    :raises TriesPaused: it was wrong too often
    """
    user = request.user
    assert isinstance(user, User)
    if is_locked(request, user.username):
        raise TriesPaused
    found = authenticate(request, username=user.username, password=password)
    if found is None or found.pk != user.pk:
        locks = is_locked(request, user.username)
        minutes = lock_minutes() if locks else 0
        address = address_of(request)
        record_refused_sign_in(user, why="proof", address=address, locked_minutes=minutes, at=timezone.now())
        raise PasswordWrong


def speak(response: HttpResponse, language: str) -> None:
    """Let the browser's next pages be in that language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=31_536_000, samesite="Lax", secure=settings.CSRF_COOKIE_SECURE
    )


def address_of(request: HttpRequest) -> str:
    """Where the request comes from."""
    return str(request.META.get("REMOTE_ADDR", ""))


def is_locked(request: HttpRequest, name: str) -> bool:
    """Whether too many wrong passwords for that account came from here."""
    return bool(name) and not AxesProxyHandler.is_allowed(request, {"username": name})


def lock_minutes() -> int:
    """How long a lock lasts."""
    gap: timedelta | float = settings.AXES_COOLOFF_TIME
    hours = gap.total_seconds() / 3600 if isinstance(gap, timedelta) else float(gap)
    return math.ceil(hours * 60)


def safe_next(request: HttpRequest) -> str:
    """Where somebody wanted to go, if that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else ""
