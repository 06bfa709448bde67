"""Every address of the installation, asked by nobody in particular: only what is listed here answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.world import World

PUBLIC = (
    "/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/language/setlang/",
    "/session/",
    "/desk/sign-in/",
    "/desk/sign-out/",
    "/field/sw.js",
    "/field/app.webmanifest",
    "/open311/",
    "/map/",
    "/figures/",
    "/open-data/",
    "/questions/",
    "/news/",
    "/api/v1/openapi.json",
    "/api/v1/docs",
    "/care/",
    "/report/",
    "/phone/",
    "/track/",
    "/worker.js",
    "/manifest.webmanifest",
)
"""Addresses, or the beginnings of them, that answer anybody; each looks after itself."""

SAMPLES = {"number": "XA-20260302-000001-0", "pk": "1", "path": "x", "code": "x", "kind": "x", "sha256": "0" * 64}
CLOSED = {302, 401, 403, 404, 405}


def _addresses(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern).lstrip("^").rstrip("$")
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route


def _filled(route: str) -> str:
    parts = []
    for part in route.split("/"):
        name = part.rpartition(":")[2].strip("<>")
        parts.append(SAMPLES.get(name, "1") if part.startswith("<") else part)
    return "/".join(parts)


ADDRESSES = sorted({_filled(route) for route in _addresses(get_resolver())})


def _is_public(address: str) -> bool:
    return any(address == public or (public.endswith("/") and public != "/" and address.startswith(public))
               for public in PUBLIC)  # fmt: skip


def test_there_are_addresses_of_every_kind() -> None:
    assert len(ADDRESSES) > 40
    for beginning in ("/desk/", "/api/v1/", "/open311/"):
        assert any(address.startswith(beginning) for address in ADDRESSES), beginning


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_gets_anything_that_is_not_meant_for_everybody(world: World, method: str) -> None:
    world.report()
    client = Client()
    answered = {}
    for address in ADDRESSES:
        if _is_public(address):
            continue
        answer = getattr(client, method)(address)
        if answer.status_code not in CLOSED:
            answered[address] = answer.status_code
        elif answer.status_code == 302:
            assert answer["Location"].startswith("/desk/sign-in/"), address
    assert answered == {}
