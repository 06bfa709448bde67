"""The small district with a key for its service account, and short words for calling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from liandong.people.access import platform
from liandong.people.keys import forget_keys
from liandong.people.models import User
from liandong.people.operations import issue_key
from tests.world import GRID_1, World


class Caller:
    """A client that sends JSON with a key, and reads JSON back."""

    def __init__(self, key: str | None = None, **headers: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.headers |= headers

    def get(self, path: str, params: Any = None, **headers: str) -> Any:
        """GET under /api/v1."""
        return self.client.get(f"/api/v1{path}", params, headers={**self.headers, **headers})

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST JSON under /api/v1; bytes are sent as they are."""
        return self.client.post(
            f"/api/v1{path}", body or {}, content_type="application/json", headers={**self.headers, **headers}
        )

    def step(self, number: str, step: str, version: int, **body: Any) -> Any:
        """Take a step on the version seen."""
        return self.post(f"/cases/{number}/{step}", body, **{"If-Match": f'"{version}"'})


def report(**details: Any) -> dict[str, Any]:
    """A report of a matter in grid 1."""
    return {
        "class_code": "M06010",
        "description": "小区门口垃圾堆了三天没人清",
        "lon": GRID_1[0],
        "lat": GRID_1[1],
        **details,
    }


def give_keys(world: World) -> None:
    """Give keys `full`, `read`, `write`, `none` to the service account, and one each to some handlers."""
    forget_keys()
    for name, account, scopes in (
        ("full", "integrator", "*"),
        ("read", "integrator", "cases:read"),
        ("write", "integrator", "cases:write"),
        ("none", "integrator", ""),
        ("grid", "grid001", "*"),
        ("far", "grid009", "*"),
        ("bureau", "bureau002", "*"),
        ("other-bureau", "bureau003", "*"),
    ):
        user = User.objects.get(username=account)
        issue_key(user, secret=f"{name}-key", label=name, scopes=scopes, actor=platform("test"), at=world.at)


@pytest.fixture
def keys(world: World) -> Iterator[World]:
    """The district, with keys."""
    give_keys(world)
    yield world
    forget_keys()


@pytest.fixture
def api(keys: World) -> Caller:
    """A caller who may do everything in the district."""
    return Caller("full-key")


def caller(name: str, **headers: str) -> Caller:
    """A caller with one of the keys."""
    return Caller(f"{name}-key", **headers)
