"""What is done to one account from its page: each act a POST, each refused where the administrator stands."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from liandong.kernel.refusal import Refusal
from liandong.people.contacts import contact_of
from liandong.people.desk import DeskRequest, desk
from liandong.people.forms import KeyForm, ReasonForm, StaffContactForm
from liandong.people.managing import MANAGE
from liandong.people.models import User
from liandong.people.operations import (
    deactivate_account,
    issue_key,
    reactivate_account,
    remove_lost_second_factor,
    reset_password,
    revoke_key,
    revoke_session,
    revoke_sessions,
    set_contact,
    unlink_identity,
    unlock_account,
)
from liandong.people.operations.api_keys import ISSUE
from liandong.people.operations.contacts import NotAMobile, NotAnEmail
from liandong.people.views.accounts import account_named, account_page
from liandong.web.refusals import explain

Act = Callable[[DeskRequest, User], HttpResponse | None]


def _act(act: Act) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """A view that does `act` to the account of its address, and shows the page again."""

    def done(request: DeskRequest, name: str) -> HttpResponse:
        user = account_named(request, name)
        try:
            answer = act(request, user)
        except Refusal as refusal:
            return account_page(request, user, refusal=refusal)
        return answer or HttpResponseRedirect(reverse("account", args=[user.username]))

    return desk(MANAGE, ISSUE)(require_POST(done))


def _reset(request: DeskRequest, user: User) -> HttpResponse:
    password = reset_password(user, actor=request.actor, at=timezone.now())
    user.refresh_from_db()
    return account_page(request, user, one_time=password)


def _unlock(request: DeskRequest, user: User) -> None:
    unlock_account(user, actor=request.actor, at=timezone.now())
    messages.success(request, _("已解除锁定。"))


def _end_session(request: DeskRequest, user: User) -> None:
    at = timezone.now()
    if mark := request.POST.get("mark", "")[:16]:
        revoke_session(user, mark=mark, actor=request.actor, at=at)
        count = 1
    else:
        count = revoke_sessions(user, actor=request.actor, at=at)
    messages.success(request, _("已结束 %(count)s 个登录会话。") % {"count": count})


def _deactivate(request: DeskRequest, user: User) -> None:
    deactivate_account(user, reason=_reason(request), actor=request.actor, at=timezone.now())
    messages.success(request, _("账号已停用。"))


def _reactivate(request: DeskRequest, user: User) -> None:
    reactivate_account(user, reason=_reason(request), actor=request.actor, at=timezone.now())
    messages.success(request, _("账号已恢复。"))


def _remove_factor(request: DeskRequest, user: User) -> None:
    remove_lost_second_factor(user, reason=_reason(request), actor=request.actor, at=timezone.now())
    messages.success(request, _("动态口令已移除；本人下次登录时会看到提示。"))


def _unlink(request: DeskRequest, user: User) -> None:
    unlink_identity(user, reason=_reason(request), actor=request.actor, at=timezone.now())
    messages.success(request, _("已解除统一身份绑定。"))


def _contact(request: DeskRequest, user: User) -> HttpResponse | None:
    form = StaffContactForm(request.POST, kept=contact_of(user.pk))
    if not form.is_valid():
        return account_page(request, user, contact_form=form)
    try:
        set_contact(user, **form.contact(), actor=request.actor, at=timezone.now())
    except (NotAMobile, NotAnEmail) as refusal:
        told = explain(refusal)
        form.add_error("phone" if isinstance(refusal, NotAMobile) else "email", f"{told.says}{told.remedy}")
        return account_page(request, user, contact_form=form)
    messages.success(request, _("联系方式已保存。"))
    return None


def _issue(request: DeskRequest, user: User) -> HttpResponse:
    form = KeyForm(request.POST)
    if not form.is_valid():
        return account_page(request, user, key_form=form)
    at = timezone.now()
    secret = secrets.token_urlsafe(32)
    issue_key(
        user,
        secret=secret,
        label=form.cleaned_data["label"],
        scopes=" ".join(form.cleaned_data["scopes"]),
        until_at=at + form.term,
        actor=request.actor,
        at=at,
    )
    return account_page(request, user, secret=secret)


def _revoke(request: DeskRequest, _user: User) -> None:
    given = request.POST.get("key", "")
    key = int(given) if given.isascii() and given.isdigit() else 0
    revoke_key(key, reason=_reason(request), actor=request.actor, at=timezone.now())
    messages.success(request, _("密钥已停用。"))


def _reason(request: DeskRequest) -> str:
    form = ReasonForm(request.POST)
    return str(form.cleaned_data["reason"]) if form.is_valid() else ""


reset = _act(_reset)
unlock = _act(_unlock)
end_sessions = _act(_end_session)
deactivate = _act(_deactivate)
reactivate = _act(_reactivate)
remove_lost_factor = _act(_remove_factor)
unlink = _act(_unlink)
contact = sensitive_post_parameters("phone", "email")(_act(_contact))
issue = _act(_issue)
revoke = _act(_revoke)
