"""Who may call the API: a key in `Authorization: Bearer`, or the session of a page with its CSRF token."""

from __future__ import annotations

from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie
from ninja.utils import check_csrf

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor
from liandong.people.keys import Caller, caller_with, count_call
from liandong.people.rules.key_scopes import APART, EVERYTHING
from liandong.web.errors import FormExpired

router = Router(tags=["me"])


class KeyMissing(Refusal):
    """A call without a key and without a session."""

    status = 401
    says = marked("缺少接口密钥。")
    remedy = marked("请在请求头 Authorization: Bearer 后写明密钥；密钥由管理员发放。")


class KeyUnknown(Refusal):
    """A key that was never given out, has expired or was revoked."""

    status = 401
    says = marked("接口密钥无效、已过期或已停用。")
    remedy = marked("请核对密钥，或请管理员重新发放。")


class ScopeMissing(Refusal):
    """A key that was not given for this use. Carries the scope it lacks."""

    status = 403
    says = marked("此密钥没有“%(scope)s”的权限范围。")
    remedy = marked("请使用有该范围的密钥，或请管理员补发。")


class Key(HttpBearer):
    """A key given to a service."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Return who holds the key.

        :raises KeyUnknown: nobody does
        :raises TooManyCalls: it was used too often in this minute
        """
        caller = caller_with(token.strip(), at=timezone.now())
        if caller is None:
            raise KeyUnknown
        request.actor = caller.actor  # type: ignore[attr-defined]
        request.allowance = count_call(caller, at=timezone.now())  # type: ignore[attr-defined]
        return caller


class SessionOfPage(APIKeyCookie):
    """The session of a signed-in person; every change must bring the page's CSRF token."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Caller | None:
        """Return who is signed in, None when nobody is.

        :raises FormExpired: a change came without its CSRF token
        """
        return self.authenticate(request, request.COOKIES.get(self.param_name))

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        """See `__call__`."""
        if not key or not request.user.is_authenticated:
            return None
        if check_csrf(request):
            raise FormExpired
        actor: Actor = request.actor  # type: ignore[attr-defined]
        return Caller(actor, frozenset({EVERYTHING, *APART}))


def caller_of(request: HttpRequest, scope: str = "") -> Caller:
    """Who makes this call.

    :raises ScopeMissing: their key was not given for `scope`
    """
    caller: Caller = request.auth  # type: ignore[attr-defined]
    if scope and not caller.has(scope):
        raise ScopeMissing(scope=scope)
    return caller


def answer(content: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    """JSON of hand-made rows: response schemas document an answer, they do not build it (3 ms per 50 rows)."""
    response = HttpResponse(
        orjson.dumps(content, option=orjson.OPT_UTC_Z), status=status, content_type="application/json", headers=headers
    )
    response["Cache-Control"] = "no-store"
    return response


class PostRow(Schema):
    """A post the caller holds."""

    unit: str
    role: str
    area: str
    title: str


class Me(Schema):
    """The caller, as permission sees them."""

    actor: str
    name: str
    scopes: list[str]
    posts: list[PostRow]


@router.get("/me", response=Me, summary="我是谁，有哪些岗位", operation_id="me")
def me(request: HttpRequest) -> HttpResponse:
    """The caller's account, posts and scopes."""
    caller = caller_of(request)
    return answer(
        {
            "actor": caller.actor.key,
            "name": caller.actor.name,
            "scopes": sorted(caller.scopes),
            "posts": [
                {"unit": post.unit, "role": post.role, "area": post.area, "title": post.title}
                for post in caller.actor.posts
            ],
        }
    )
