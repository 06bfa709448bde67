"""The REST interface, put together: which routers, who may call, and how anything is refused.

Mount it with `path("api/v1/", api.urls)`. Every refusal is `application/problem+json` in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from liandong.areas.api import router as areas_router
from liandong.cases import api as cases_api
from liandong.duty.api import router as duty_router
from liandong.exchange.api import router as exchange_router
from liandong.intake_channels.api import router as channels_router
from liandong.kernel.refusal import Refusal, marked
from liandong.notify.api import router as notify_router
from liandong.people.api import Key, KeyMissing, SessionOfPage
from liandong.people.api import router as people_router
from liandong.people.keys import Allowance, TooManyCalls
from liandong.web.errors import MethodUnknown
from liandong.web.middleware import problem
from liandong.web.refusals import explain
from liandong.workbench.api import router as desk_router

_JSON = "application/json"
_CHANGING = ("post", "put", "patch", "delete")


class MalformedJson(Refusal):
    """A body that is no JSON."""

    status = 400
    says = marked("请求正文不是有效的 JSON（UTF-8）。")
    remedy = marked("请检查引号、逗号与编码后重新发送。")


class NotJson(Refusal):
    """A body of another kind than JSON."""

    status = 415
    says = marked("请求正文的类型“%(type)s”不受支持。")
    remedy = marked("请以 Content-Type: application/json 发送 JSON。")


class FieldsInvalid(Refusal):
    """Fields or parameters that are missing or wrong. Carries one sentence for each."""

    status = 422
    says = marked("请求中有 %(count)s 处内容不符合要求。")
    remedy = marked("请按 errors 中的说明逐项更正后重新发送。")


_FAULTS = {
    "missing": marked("缺少此项"),
    "extra_forbidden": marked("没有这一项"),
    "string_type": marked("应为文字"),
    "string_too_long": marked("不得超过 %(max_length)s 个字符"),
    "enum": marked("有效取值：%(expected)s"),
    "literal_error": marked("有效取值：%(expected)s"),
    "bool_type": marked("应为 true 或 false"),
    "bool_parsing": marked("应为 true 或 false"),
    "int_type": marked("应为整数"),
    "int_parsing": marked("应为整数"),
    "int_from_float": marked("应为整数"),
    "float_type": marked("应为数值"),
    "float_parsing": marked("应为数值"),
    "finite_number": marked("应为有限的数值"),
    "greater_than_equal": marked("不得小于 %(ge)s"),
    "less_than_equal": marked("不得大于 %(le)s"),
    "too_long": marked("不得超过 %(max_length)s 项"),
    "timezone_aware": marked("时间须注明时区，例如 2026-03-02T09:30:00+08:00"),
    "datetime_parsing": marked("应为时间，例如 2026-03-02T09:30:00+08:00"),
    "datetime_from_date_parsing": marked("应为时间，例如 2026-03-02T09:30:00+08:00"),
    "model_attributes_type": marked("应为 JSON 对象"),
    "model_type": marked("应为 JSON 对象"),
    "dict_type": marked("应为 JSON 对象"),
    "list_type": marked("应为数组"),
    "tuple_type": marked("应为数组"),
}
_FAULT = marked("内容无效")


class StrictParser(Parser):
    """Reads JSON only, and drops the NUL bytes that PostgreSQL cannot hold."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body.

        :raises NotJson, MalformedJson: it cannot be read
        """
        if request.content_type != _JSON:
            raise NotJson(type=(request.content_type or "")[:60])
        try:
            content = orjson.loads(request.body)
        except orjson.JSONDecodeError as error:
            raise MalformedJson from error
        return _without_nul(content) if rb"\u0000" in request.body else content

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Return the query parameters."""
        given = super().parse_querydict(data, list_fields, request)
        return {name: _without_nul(value) for name, value in given.items()}


class Api(NinjaAPI):
    """The interface with its own manner of refusing, from the wrong method to the unknown fault."""

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        """The addresses, each refusing unknown methods in words."""
        patterns, app_name, namespace = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = _with_allowance(_with_known_methods(pattern.callback))
        return patterns, app_name, namespace

    def set_default_exception_handlers(self) -> None:
        """Refuse by name; what is no refusal passes on to Django, which shows nobody its insides."""
        self.add_exception_handler(Exception, _pass_on)
        self.add_exception_handler(Http404, _pass_on)
        self.add_exception_handler(Refusal, _refuse)
        self.add_exception_handler(AuthenticationError, _refuse_unknown_caller)
        self.add_exception_handler(HttpError, _refuse_unreadable)
        self.add_exception_handler(ValidationError, _refuse_fields)

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The description of the interface, with the refusals every call may meet."""
        schema = super().get_openapi_schema(**options)
        schema["components"]["schemas"]["Problem"] = _PROBLEM
        for path, methods in schema["paths"].items():
            for method, call in methods.items():
                call["responses"].update(_refusals(changes=method in _CHANGING, is_step="{number}" in path))
                call["x-scope"] = scope_of(call["operationId"], method=method, tags=call["tags"])
        return schema


def _refused(refusal: Refusal) -> HttpResponse:
    response = problem(explain(refusal))
    if refusal.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="liandong"'
    if isinstance(refusal, TooManyCalls):
        limit, seconds = refusal.values["limit"], refusal.values["seconds"]
        response["Retry-After"] = str(seconds)
        _tell(response, limit=limit, left=0, seconds=seconds)
    return response


def scope_of(operation: str, *, method: str, tags: list[str]) -> str:
    """The scope a key needs for a call; nothing where any key will do."""
    if operation in _ANY_KEY:
        return ""
    by_tag = next((scope for tag in tags if (scope := _SCOPES.get(tag))), "")
    if by_tag:
        return by_tag
    reads = method == "get" or operation in _READ_BY_POST
    return "cases:read" if reads else "cases:write"


def _pass_on(_request: HttpRequest, error: Any) -> NoReturn:
    raise error


def _refuse(_request: HttpRequest, error: Any) -> HttpResponse:
    return _refused(error)


def _refuse_unknown_caller(_request: HttpRequest, _error: Any) -> HttpResponse:
    return _refused(KeyMissing())


def _refuse_unreadable(_request: HttpRequest, error: Any) -> HttpResponse:
    cause = error.__cause__
    if isinstance(cause, Exception) and not isinstance(cause, Refusal):
        raise cause
    return _refused(cause if isinstance(cause, Refusal) else MalformedJson())


def _refuse_fields(_request: HttpRequest, error: Any) -> HttpResponse:
    return _refused(_fields_invalid(error))


def _fields_invalid(error: ValidationError) -> FieldsInvalid:
    faults = [{"field": _field(fault["loc"]), "says": _fault(fault)} for fault in error.errors[:50]]
    return FieldsInvalid(count=len(error.errors), errors=faults)


def _field(place: tuple[str | int, ...]) -> str:
    """Name a field as its sender knows it: without where the framework read it from."""
    source, *rest = place
    names = rest[1:] if source == "body" else rest
    return ".".join(str(name) for name in names) or str(source)


def _fault(fault: dict[str, Any]) -> str:
    words = _FAULTS.get(fault["type"], _FAULT)
    return gettext(words) % {name: str(value) for name, value in fault.get("ctx", {}).items()}


def _without_nul(content: Any) -> Any:
    if isinstance(content, str):
        return content.replace("\x00", "")
    if isinstance(content, list):
        return [_without_nul(item) for item in content]
    if isinstance(content, dict):
        return {_without_nul(name): _without_nul(value) for name, value in content.items()}
    return content


def _with_known_methods(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def _answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        allowed = ", ".join(sorted(response["Allow"].split(", ")))
        refused = _refused(MethodUnknown(method=request.method, allowed=allowed))
        refused["Allow"] = allowed
        return refused

    return _answer


def _with_allowance(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Tell the caller on every answer what is left of the calls its key may make in this minute."""

    @wraps(view)
    def _answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        allowance: Allowance | None = getattr(request, "allowance", None)
        if allowance is not None:
            _tell(response, limit=allowance.limit, left=allowance.left, seconds=allowance.seconds)
        return response

    return _answer


def _tell(response: HttpResponse, *, limit: object, left: object, seconds: object) -> None:
    """The headers of draft-ietf-httpapi-ratelimit-headers-10."""
    response["RateLimit-Policy"] = f'"key";q={limit};w=60'
    response["RateLimit"] = f'"key";r={left};t={seconds}'


_ANY_KEY = frozenset({"me", "list_classes", "list_units", "list_events", "upload_options"})
_READ_BY_POST = frozenset({"find_similar"})
_SCOPES = {
    "webhooks": "webhooks:manage",
    "reporters": "reporters:reveal",
    "messages": "messages:read",
    "duty": "duty:read",
}
"""The scope of every call of a tag; calls of other tags read or write cases."""

_PROBLEM = {
    "title": "Problem",
    "type": "object",
    "description": "A refusal (RFC 9457): what, why, and what to do.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:liandong:refusal:stale_version"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "remedy": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "says": {"type": "string"}},
            },
        },
        "current": {"type": "integer", "description": "409: the version the case has now"},
        "changed": {"type": "array", "items": {"type": "string"}, "description": "409: what happened since"},
    },
}


def _refusals(*, changes: bool, is_step: bool) -> dict[int, Any]:
    words = {
        401: "no valid key",
        403: "not permitted, or the key lacks the scope",
        422: "a field or value is wrong",
        429: "too many calls in this minute: see `Retry-After`",
        503: "database gone",
    }
    if is_step:
        words[404] = "no such case, or not for this caller"
    if changes:
        words |= {400: "unreadable", 409: "not now: stale version or illegal step", 413: "too large", 415: "no JSON"}
    if changes and is_step:
        words[428] = "If-Match missing"
    return {
        status: {
            "description": text,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, text in sorted(words.items())
    }


api = Api(
    title="Liandong 联动",
    version="1",
    description="Report cases and take every step of their life. 上报案件并办理其全部环节。",
    urls_namespace="api",
    docs_url=None,
    auth=[Key(), SessionOfPage()],
    parser=StrictParser(),
)
api.add_router("", cases_api.router)
api.add_router("", cases_api.uploads_router)
api.add_router("", people_router)
api.add_router("", duty_router)
api.add_router("", areas_router)
api.add_router("", desk_router)
api.add_router("", notify_router)
api.add_router("", channels_router)
api.add_router("", exchange_router)
