"""Reading and posting as an Open311 client would, in both formats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from liandong.people.access import platform
from liandong.people.keys import forget_keys
from liandong.people.models import User
from liandong.people.operations import issue_key
from tests.world import GRID_1, World

BASE = "/open311/v2"
KEY = "demo-key"


class Open311:
    """A client of one format. What it reads is turned into lists and dictionaries, whichever format it is."""

    def __init__(self, form: str) -> None:
        self.form = form
        self.client = Client()

    def get(self, path: str, params: Any = None, *, status: int = 200, **headers: str) -> Any:
        """GET a resource named without its suffix; `status` is expected."""
        return self.read(self.client.get(f"{BASE}/{path}.{self.form}", params, headers=headers), status)

    def post(self, *, status: int = 200, base: str = BASE, language: str = "zh", **fields: Any) -> Any:
        """POST a request: a matter in grid 1 unless `fields` say otherwise; None leaves a field out."""
        form = {"api_key": KEY, "service_code": "M06010", "lat": GRID_1[1], "long": GRID_1[0], **fields}
        sent = {name: value for name, value in form.items() if value is not None}
        headers = {"Accept-Language": language}
        return self.read(self.client.post(f"{base}/requests.{self.form}", sent, headers=headers), status)

    def read(self, response: Any, status: int) -> Any:
        """The content of a response of that status, its headers checked."""
        assert response.status_code == status, response.content.decode()
        if self.form == "json":
            assert response["Content-Type"] == "application/json; charset=utf-8"
            return response.json()
        assert response["Content-Type"] == "text/xml; charset=utf-8"
        assert response.content.startswith(b"<?xml")
        return plain(ElementTree.fromstring(response.content))


LISTS = {"services", "attributes", "values", "service_requests", "errors", "endpoints", "formats"} | {
    "service_request_updates"
}


def plain(element: ElementTree.Element) -> Any:
    """An element as JSON would have it."""
    if element.tag in LISTS:
        return [plain(child) for child in element]
    if len(element):
        return {child.tag: plain(child) for child in element}
    return element.text


def give_keys(world: World) -> None:
    """Give the service account a key for everything, and one that may only read."""
    forget_keys()
    user = User.objects.get(username="integrator")
    for secret, scopes in ((KEY, "*"), ("read-key", "cases:read")):
        issue_key(user, secret=secret, label=secret, scopes=scopes, actor=platform("test"), at=world.at)


@pytest.fixture
def city(world: World) -> Iterator[World]:
    """The district, with keys."""
    give_keys(world)
    yield world
    forget_keys()


@pytest.fixture(params=["xml", "json"])
def open311(city: World, request: pytest.FixtureRequest) -> Open311:
    """A client, once for each format."""
    return Open311(request.param)
