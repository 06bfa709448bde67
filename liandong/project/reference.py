"""The reference of the interface as a page: made of its own description, with every call, field and refusal."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

import liandong
from liandong.kernel.refusal import Refusal, code_of, marked
from liandong.people.rules.key_scopes import SCOPES
from liandong.project.api import api

TAGS: Final[Mapping[str, str]] = {
    "cases": marked("案件"),
    "lists": marked("筛选与批量办理"),
    "desk": marked("待办队列、导出与派单"),
    "problems": marked("问题"),
    "replies": marked("答复模板"),
    "verifying": marked("核查与三率"),
    "reporters": marked("报告人"),
    "uploads": marked("分段上传（tus）"),
    "rules": marked("类别、单位与职责"),
    "areas": marked("区域与地点"),
    "duty": marked("值班"),
    "messages": marked("消息"),
    "webhooks": marked("推送"),
    "me": marked("本人"),
}
"""The parts of the interface, in the order of the page."""


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Every call with its parameters, bodies and answers; every scope; every refusal by name."""
    described = _described(translation.get_language() or "")
    parts = [
        {"tag": tag, "word": gettext(word), "calls": [call for call in described if call["tag"] == tag]}
        for tag, word in TAGS.items()
    ]
    context = {
        "parts": parts,
        "scopes": [(scope, gettext(word)) for scope, word in SCOPES.items()],
        "refusals": [
            {"code": code_of(kind), "status": kind.status, "says": gettext(kind.says), "remedy": gettext(kind.remedy)}
            for kind in refusals()
        ],
    }
    return render(request, "project/reference.html", context)


@cache
def refusals() -> tuple[type[Refusal], ...]:
    """Every refusal of the installation once by its name, in the order of the alphabet."""
    for module in pkgutil.walk_packages(liandong.__path__, "liandong."):
        if not module.name.startswith(("liandong.project", "liandong.demo")) and "migrations" not in module.name:
            importlib.import_module(module.name)
    found = {code_of(kind): kind for kind in _below(Refusal) if kind.__module__.startswith("liandong.")}
    return tuple(found[code] for code in sorted(found))


@cache
def _described(_language: str) -> tuple[dict[str, Any], ...]:
    """Every call as the page shows it, in the order in which the interface names them."""
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    schemas = schema["components"]["schemas"]
    return tuple(
        _call(path, method, call, schemas)
        for path, methods in schema["paths"].items()
        for method, call in methods.items()
    )


def _call(path: str, method: str, call: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    good = {status: told for status, told in call["responses"].items() if int(status) < 300}
    bad = sorted(int(status) for status in call["responses"] if int(status) >= 400)
    return {
        "id": call["operationId"],
        "tag": call["tags"][0],
        "method": method.upper(),
        "path": path,
        "summary": call.get("summary", ""),
        "says": call.get("description", ""),
        "scope": call["x-scope"],
        "parameters": [_parameter(one, schemas) for one in call.get("parameters", ())],
        "body": _content(call.get("requestBody", {}), schemas),
        "answers": [{"status": status, **_content(told, schemas)} for status, told in good.items()],
        "refused": bad,
    }


def _parameter(one: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    field = _field(one["name"], one.get("schema", {}), schemas, is_required=one.get("required", False))
    return {**field, "where": one["in"], "says": one.get("description", "") or field["says"]}


def _content(told: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """What a body or an answer holds: its media types, and the fields of its schema where it is JSON."""
    content = told.get("content", {})
    given = content.get("application/json", {}).get("schema", {})
    name, is_list = _named(given)
    found = schemas.get(name, {})
    required = found.get("required", ())
    return {
        "kinds": list(content),
        "name": name,
        "is_list": is_list,
        "says": found.get("description", "") or told.get("description", ""),
        "fields": [
            _field(field, asked, schemas, is_required=field in required)
            for field, asked in found.get("properties", {}).items()
        ],
    }


def _named(given: Mapping[str, Any]) -> tuple[str, bool]:
    if given.get("type") == "array":
        return _named(given.get("items", {}))[0], True
    return str(given.get("$ref", "")).rpartition("/")[2], False


def _field(name: str, asked: Mapping[str, Any], schemas: Mapping[str, Any], *, is_required: bool) -> dict[str, Any]:
    bounds = ("maxLength", "minimum", "maximum", "exclusiveMinimum", "maxItems", "format", "default")
    said = [f"{bound}: {asked[bound]}" for bound in bounds if asked.get(bound) not in (None, "", [], {})]
    return {
        "name": name,
        "kind": _kind(asked, schemas),
        "is_required": is_required,
        "says": asked.get("description", ""),
        "bounds": ", ".join(said),
    }


def _kind(asked: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    """The type of a field in few words: its values where they are counted."""
    if "$ref" in asked:
        name = _named(asked)[0]
        values = schemas.get(name, {}).get("enum")
        return " | ".join(map(str, values)) if values else name
    if "enum" in asked:
        return " | ".join(map(str, asked["enum"]))
    choices = asked.get("anyOf") or asked.get("allOf")
    if choices:
        return " | ".join(dict.fromkeys(_kind(one, schemas) for one in choices))
    if asked.get("type") == "array":
        items = asked.get("items") or {}
        return f"[{_kind(items, schemas)}]"
    return str(asked.get("type", "object"))


def _below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for below in kind.__subclasses__():
        yield from _below(below)
        if not below.__subclasses__():
            yield below
