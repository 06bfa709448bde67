"""Single sign-on by OpenID Connect: allauth speaks the protocol (state, PKCE), here is what we add and leave out.

Added: a nonce, the check that the provider is who the settings say, that both its answers speak of one person, and the
signature of the identity token in every case. Left out: sign-up, e-mail, stored tokens and claims. Who an identity is
on our side is decided in `views.single_sign_on`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from requests import RequestException

from liandong.kernel.refusal import Refusal, marked

PROVIDER: Final = "sso"
LONGEST_IDENTITY: Final = 190
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
log = structlog.get_logger("sso")


class ProviderUnreachable(Refusal):
    """The identity provider does not answer, or not with what it should."""

    status = 503
    says = marked("统一身份认证暂时无法使用。")
    remedy = marked("请稍后再试，或用账号和密码登录；一直如此请告诉管理员。")


class ProviderIsAnother(Refusal):
    """The provider calls itself something else than the settings do, or its address is not safe."""

    status = 503
    says = marked("统一身份认证的设置不正确：对方自称“%(issuer)s”。")
    remedy = marked("请用账号和密码登录，并请管理员核对 LIANDONG_OIDC_ISSUER。")


class SignOnDeclined(Refusal):
    """The person, or the provider, did not agree."""

    status = 403
    says = marked("您在统一身份认证中取消了登录，或没有同意授权。")
    remedy = marked("如需登录，请重新开始并同意授权。")


class SignOnFailed(Refusal):
    """What came back does not belong to a sign-in begun here, or does not hold together."""

    status = 403
    says = marked("统一身份认证没有完成：返回的内容与本次登录不符或已过期。")
    remedy = marked("请回到登录页重新开始。")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is: its own lasting name for them, and the claim our accounts are matched by."""

    subject: str
    claim: str
    next_url: str


class StaffAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The one provider of the settings; no sign-up; an identity is handed to us instead of being signed in."""

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """The provider as the settings tell, none without them."""
        if not is_configured():
            return []
        app = SocialApp(
            provider=OpenIDConnectProvider.id,
            provider_id=PROVIDER,
            name=settings.LIANDONG_OIDC_NAME,
            client_id=settings.LIANDONG_OIDC_CLIENT_ID,
            secret=settings.LIANDONG_OIDC_CLIENT_SECRET,
            settings={"server_url": settings.LIANDONG_OIDC_ISSUER, "oauth_pkce_enabled": True, "scope": _scopes()},
        )
        return [app]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody opens an account for themselves."""
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **told: Any) -> None:
        """Name what went wrong.

        :raises SignOnDeclined, ProviderUnreachable, SignOnFailed: by what allauth met
        """
        error = told.get("exception")
        log.warning("sso.refused", error=str(told.get("error")), why=repr(error)[:300])
        if told.get("error") == AuthError.CANCELLED:
            raise SignOnDeclined
        if isinstance(error, RequestException):
            raise ProviderUnreachable from error
        raise SignOnFailed

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Hand over whom the provider vouches for, and end allauth's part here."""
        request.identity = _identity(sociallogin, request.claims)  # type: ignore[attr-defined]
        raise ImmediateHttpResponse(HttpResponse())


class NoSignUp(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody opens an account for themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False


class StaffConnect(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The protocol with our return address; the identity token's signature is verified wherever it came from."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider tells of itself.

        :raises ProviderIsAnother: it is not the one of the settings, or reached over an open line
        """
        told: dict[str, Any] = super().openid_config
        issuer = str(told.get("issuer", ""))
        if issuer.rstrip("/") != settings.LIANDONG_OIDC_ISSUER.rstrip("/") or not _is_safe(issuer):
            raise ProviderIsAnother(issuer=issuer[:120])
        return told

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Where the provider sends people back to."""
        path = reverse("sso_return")
        return settings.PUBLIC_URL + path if settings.PUBLIC_URL else request.build_absolute_uri(path)

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> Any:
        """The tokens; allauth would take their coming straight from the provider for a signature."""
        tokens = super().get_access_token_data(*args, **kwargs)
        self.did_fetch_access_token = False
        if not tokens.get("id_token"):
            raise SignOnFailed
        return tokens


class StaffProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """Asks for as little as will do, and keeps nothing of what it hears."""

    oauth2_adapter_class = StaffConnect

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Nothing for the database; the request carries the claims as far as they are needed."""
        self.request.claims = data
        return {}


def is_configured() -> bool:
    """Whether there is a single sign-on."""
    return bool(settings.LIANDONG_OIDC_ISSUER and settings.LIANDONG_OIDC_CLIENT_ID)


def begin(request: HttpRequest, *, next_url: str) -> HttpResponse:
    """Send the browser to the provider.

    :raises ProviderUnreachable, ProviderIsAnother: not to this one
    """
    provider = StaffAdapter(request).get_provider(request, PROVIDER)
    nonce = secrets.token_urlsafe(24)
    try:
        answer: HttpResponse = provider.redirect(
            request, AuthProcess.LOGIN, next_url=next_url, data={"nonce": nonce}, auth_params={"nonce": nonce}
        )
    except (RequestException, ValueError, KeyError) as error:
        log.warning("sso.unreachable", issuer=settings.LIANDONG_OIDC_ISSUER, why=repr(error)[:300])
        raise ProviderUnreachable from error
    return answer


def finish(request: HttpRequest) -> Identity:
    """Who came back from the provider.

    :raises SignOnDeclined, SignOnFailed, ProviderUnreachable: nobody did
    """
    try:
        OAuth2CallbackView.adapter_view(StaffConnect(request, PROVIDER))(request)
    # A token that names another algorithm than its key has is a TypeError of the library.
    except (RequestException, ValueError, KeyError, TypeError) as error:
        log.warning("sso.broken", why=repr(error)[:300])
        raise ProviderUnreachable from error
    identity: Identity | None = getattr(request, "identity", None)
    if identity is None:
        raise SignOnFailed
    return identity


def _identity(login: SocialLogin, told: dict[str, Any]) -> Identity:
    token, person = told.get("id_token") or {}, told.get("userinfo") or {}
    nonce = (login.state.get("data") or {}).get("nonce", "")
    subject = str(token.get("sub", ""))
    if not nonce or token.get("nonce") != nonce or not subject or person.get("sub") != subject:
        raise SignOnFailed
    if len(subject) > LONGEST_IDENTITY:
        raise SignOnFailed
    claim = settings.LIANDONG_OIDC_CLAIM
    return Identity(subject, str(person.get(claim) or token.get(claim) or ""), str(login.state.get("next") or ""))


def _is_safe(issuer: str) -> bool:
    parts = urlsplit(issuer)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _scopes() -> list[str]:
    return ["openid", "profile", *(["email"] if settings.LIANDONG_OIDC_CLAIM == "email" else [])]
