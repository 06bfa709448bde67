"""What Django shows when no view could answer: the same refusals as everywhere."""

from __future__ import annotations

import sys
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse

from liandong.kernel.refusal import Refusal, marked
from liandong.web.middleware import PageForbidden, PageNotFound, answer_for, refusal_for
from liandong.web.refusals import explain

log = structlog.get_logger("web")


class BadRequest(Refusal):
    """A request that cannot be read at all."""

    status = 400
    says = marked("请求无法读取。")
    remedy = marked("请返回上一页重新提交。")


class FormExpired(Refusal):
    """The form's token is missing or old (CSRF)."""

    status = 403
    says = marked("页面已过期，或请求不是从本系统页面发出的。")
    remedy = marked("请刷新页面后重试；您填写的内容请先复制保留。")


class MethodUnknown(Refusal):
    """An address that exists, but not for this method."""

    status = 405
    says = marked("此地址不支持 %(method)s 方法。")
    remedy = marked("可用的方法：%(allowed)s。")


class Broken(Refusal):
    """A fault of ours, noted under a reference."""

    status = 500
    says = marked("系统内部出错，编号 %(reference)s。")
    remedy = marked("您的操作没有保存。请稍后重试；如再次出现，请把编号告诉管理员。")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return answer_for(request, explain(refusal_for(exception) or BadRequest()))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return answer_for(request, explain(PageForbidden()))


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form without a valid token."""
    return answer_for(request, explain(FormExpired()))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return answer_for(request, explain(PageNotFound()))


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or whatever refusal a middleware ran into: a database that is gone is no fault of the page."""
    error = sys.exc_info()[1]
    refusal = refusal_for(error) if isinstance(error, Exception) else None
    if refusal is None:
        reference = uuid4().hex[:8]
        log.error("broken", reference=reference, path=request.path, exc_info=error)
        refusal = Broken(reference=reference)
    return answer_for(request, explain(refusal))
