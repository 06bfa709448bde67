"""The interface as it is described: `tests/golden/openapi.json`, refreshed by `make golden`."""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.test import Client
from django.utils import translation

from liandong.project.api import api

GOLDEN = Path(__file__).parent / "openapi.json"


def test_the_interface_is_described_as_agreed() -> None:
    with translation.override("zh-hans"):
        described = json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("LIANDONG_GOLDEN") == "write":
        GOLDEN.write_text(described, encoding="utf-8")
    assert described == GOLDEN.read_text(encoding="utf-8"), "run `make golden` and look at what changed"


def test_anybody_may_read_the_description(db: None) -> None:
    described = Client().get("/api/v1/openapi.json")
    assert described.json() == json.loads(GOLDEN.read_text(encoding="utf-8"))
