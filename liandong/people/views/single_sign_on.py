"""The way to the single sign-on and back: an identity comes in only as an account that exists here."""

from __future__ import annotations

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from liandong.kernel.refusal import Refusal, marked
from liandong.people import oidc
from liandong.people.models import User
from liandong.people.operations import link_identity, record_refused_sign_in
from liandong.people.views.entering import address_of, enter, safe_next
from liandong.web.middleware import PageNotFound
from liandong.web.refusals import explain


class NoAccountHere(Refusal):
    """An identity the provider vouches for, for whom there is no account on our side, or a stopped one."""

    status = 403
    says = marked("您在统一身份认证中的身份“%(name)s”在本系统没有可用的账号。")
    remedy = marked("请联系管理员开通账号；本系统不自动开户。")


@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider. A plain link: our policy lets no form lead to another site."""
    if not oidc.is_configured():
        raise PageNotFound
    try:
        return oidc.begin(request, next_url=safe_next(request))
    except Refusal as refusal:
        return _refused(request, refusal)


@never_cache
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Take in whoever the provider sends back, if there is an account for them."""
    if not oidc.is_configured():
        raise PageNotFound
    try:
        identity = oidc.finish(request)
        user = _account_of(request, identity)
    except Refusal as refusal:
        return _refused(request, refusal)
    return enter(request, user, by="sso", next_url=identity.next_url, is_strong=settings.LIANDONG_OIDC_IS_STRONG)


def _account_of(request: HttpRequest, identity: oidc.Identity) -> User:
    provider = f"{oidc.PROVIDER}:{settings.LIANDONG_OIDC_ISSUER}"[:200]
    tie = SocialAccount.objects.filter(provider=provider, uid=identity.subject).select_related("user").first()
    named = User.objects.filter(username=identity.claim.strip().lower()).first() if identity.claim else None
    user: User | None = tie.user if tie else named
    # Demo accounts are everybody's: an identity of one person does not become one.
    if user is None or not user.is_active or user.is_service or user.is_demo:
        if user is not None:
            record_refused_sign_in(user, why="sso", address=address_of(request), at=timezone.now())
        raise NoAccountHere(name=identity.claim or identity.subject)
    if tie is None:
        _refuse_second_identity(user, provider, identity)
        link_identity(user, provider=provider, identity=identity.subject, at=timezone.now())
    return user


def _refuse_second_identity(user: User, provider: str, identity: oidc.Identity) -> None:
    """An account tied to one identity is not taken over by another that has come to bear its name."""
    if SocialAccount.objects.filter(provider=provider, user_id=user.pk).exists():
        raise NoAccountHere(name=identity.claim)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    told = explain(refusal)
    return render(request, "people/account_sign_on.html", {"told": told}, status=told.status)
