"""GET discovery."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from tests.open311.conftest import Open311


@pytest.mark.parametrize("path", ["/open311/discovery", "/open311/v2/discovery"])
def test_discovery_names_endpoints_that_answer(open311: Open311, path: str) -> None:
    told = open311.read(open311.client.get(f"{path}.{open311.form}"), 200)
    assert list(told) == ["changeset", "contact", "key_service", "endpoints"]
    assert datetime.fromisoformat(told["changeset"]) < datetime(2026, 12, 1, tzinfo=UTC)
    assert {endpoint["type"] for endpoint in told["endpoints"]} == {"production", "test"}
    for endpoint in told["endpoints"]:
        assert list(endpoint) == ["specification", "url", "changeset", "type", "formats"]
        assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
        assert endpoint["formats"] == ["text/xml", "application/json"]
        assert endpoint["url"].startswith("http://testserver/open311/")
        assert open311.read(open311.client.get(f"{endpoint['url']}/services.{open311.form}"), 200)


def test_the_public_address_is_named_where_there_is_one(city: object, settings: object) -> None:
    settings.PUBLIC_URL = "https://liandong.example"  # type: ignore[attr-defined]
    told = Client().get("/open311/discovery.json").json()
    assert told["endpoints"][0]["url"] == "https://liandong.example/open311/v2"
