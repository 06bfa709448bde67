"""What every request passes: security headers, and refusals turned into answers a reader understands."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from liandong.kernel.refusal import Refusal, marked
from liandong.web.refusals import Explanation, explain

Handler = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("web")

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)


class DatabaseGone(Refusal):
    """PostgreSQL cannot be reached just now."""

    status = 503
    says = marked("数据库暂时无法连接。")
    remedy = marked("尚未提交的内容没有丢失，请稍候重试；恢复后无需任何操作。")


class PageNotFound(Refusal):
    """No page stands at this address."""

    status = 404
    says = marked("没有找到这个页面。")
    remedy = marked("请检查地址，或从首页重新进入。")


class PageForbidden(Refusal):
    """The page is not for this person."""

    status = 403
    says = marked("您无权打开这个页面。")
    remedy = marked("请用有相应岗位的账号登录。")


class TooMuch(Refusal):
    """More was sent than one request may hold."""

    status = 413
    says = marked("提交的内容过大。")
    remedy = marked("请缩短文字或分次上传附件。")


class ByteUnstorable(Refusal):
    """A text with a zero byte, which no row of the database can hold or be found by."""

    status = 400
    says = marked("提交的内容或地址中含有无法保存的字符。")
    remedy = marked("请重新输入，不要粘贴特殊字符。")


class SecurityHeaders:
    """The content security policy and its companions, on every answer."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer and add the headers."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        return response


class Refusals:
    """Innermost of all: whatever a view refuses becomes a page, a fragment or a problem document."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; `process_exception` does the work."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn what is a refusal into an answer; leave true errors to Django."""
        refusal = refusal_for(error)
        if refusal is None:
            return None
        told = explain(refusal)
        log.info("refused", code=told.code, status=told.status, path=request.path)
        return answer_for(request, told)


def refusal_for(error: Exception) -> Refusal | None:
    """The refusal an exception stands for, if it does."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, OperationalError | InterfaceError):
        return DatabaseGone()
    if isinstance(error, DataError) and "NUL" in str(error):
        return ByteUnstorable()
    if isinstance(error, RequestDataTooBig):
        return TooMuch()
    if isinstance(error, Http404):
        return PageNotFound()
    if isinstance(error, PermissionDenied):
        return PageForbidden()
    return None


def answer_for(request: HttpRequest, told: Explanation) -> HttpResponse:
    """A refusal as this reader wants it: problem document, fragment or page."""
    if request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", ""):
        return problem(told)
    template = "ui/refusal.html" if request.headers.get("HX-Request") else "web/refusal.html"
    response = render(request, template, {"refusal": told}, status=told.status)
    if told.status == 503:
        response["Retry-After"] = "2"
    return response


def problem(told: Explanation) -> HttpResponse:
    """A refusal as `application/problem+json` (RFC 9457)."""
    body = {
        "type": f"urn:liandong:refusal:{told.code}",
        "title": told.code,
        "status": told.status,
        "detail": told.says,
        "remedy": told.remedy,
    }
    # What a refusal carries stands beside the members of the RFC and never in their place.
    carried = {name: value for name, value in told.extra.items() if isinstance(value, str | int | float | list)}
    body = {**carried, **body}
    response = JsonResponse(body, status=told.status, content_type="application/problem+json")
    if told.status == 503:
        response["Retry-After"] = "2"
    return response
