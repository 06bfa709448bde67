"""Every call of the interface with what its own description allows, and with what it forbids: never a fault of ours.

The cases are made by schemathesis from `tests/golden/openapi.json`, the same ones in every run. Half of them name a
case that is there.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.control import SkipTest

from liandong.people.models import User
from tests.api.conftest import report
from tests.world import World

GOLDEN = Path(__file__).parents[1] / "golden" / "openapi.json"
EXAMPLES = 4
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
_DESCRIBED = json.loads(GOLDEN.read_text(encoding="utf-8"))
_SCHEMA = schemathesis.openapi.from_dict(_DESCRIBED)
OPERATIONS = {found.ok().definition.raw["operationId"]: found.ok() for found in _SCHEMA.get_all_operations()}
_SETTINGS = settings(
    max_examples=EXAMPLES,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)
_NOT_SENT = {"authorization", "cookie", "host", "content-length", "content-type", "transfer-encoding"}


def send(case: Any, *, key: str, path: dict[str, str]) -> Any:
    """Send a made case through the whole chain."""
    values = {name: str(value) for name, value in (case.path_parameters or {}).items()} | path
    address = case.path.format(**{name: quote(value, safe="", errors="replace") for name, value in values.items()})
    query = {name: _plain(value) for name, value in (case.query or {}).items()}
    headers = {name: str(value) for name, value in (case.headers or {}).items() if name.lower() not in _NOT_SENT}
    headers["Authorization"] = f"Bearer {key}"
    content, kind = _body(case)
    client = Client()
    return client.generic(case.method.upper(), address, content, content_type=kind, query_params=query, headers=headers)


def _plain(value: Any) -> Any:
    """A value as an address can hold it."""
    if isinstance(value, list | tuple):
        return [str(_plain(one)) for one in value]
    return json.dumps(value) if value is None or isinstance(value, bool | dict) else str(value)


def _body(case: Any) -> tuple[bytes, str]:
    body, kind = case.body, case.media_type
    if kind is None or type(body).__name__ == "NotSet":
        return b"", "application/json"
    if kind == "application/json":
        return json.dumps(body, default=str).encode("utf-8", "replace"), kind
    if kind == "multipart/form-data" and isinstance(body, dict):
        form = {
            name: SimpleUploadedFile("x.bin", _bytes(value)) if name in ("file", "photo") else str(value)
            for name, value in body.items()
        }
        return encode_multipart(BOUNDARY, form), MULTIPART_CONTENT
    return _bytes(body), kind


def _bytes(value: Any) -> bytes:
    content = getattr(value, "data", value)
    return content if isinstance(content, bytes) else str(content).encode("utf-8", "replace")


def probed(world: World, operation: str, mode: GenerationMode, *, key: str) -> list[Any]:
    """Send made cases of one call, each in a transaction that is undone, and return the answers."""
    numbers = [world.report().number, world.dispatched().number, world.closed().number]
    answers = []

    @seed(20260302)
    @_SETTINGS
    @given(data=st.data())
    def probe(data: st.DataObject) -> None:
        case = data.draw(OPERATIONS[operation].as_strategy(generation_mode=mode))
        known = data.draw(st.sampled_from(["", *numbers]))
        path = {"number": known} if known and "{number}" in case.path else {}
        with transaction.atomic():
            answers.append(send(case, key=key, path=path))
            transaction.set_rollback(True)

    with suppress(Unsatisfiable, SkipTest):  # There is nothing to get wrong about some calls.
        probe()
    return answers


@pytest.fixture
def uncounted(keys: World) -> World:
    """The district with keys whose calls nobody counts."""
    User.objects.filter(username="integrator").update(is_demo=True)
    return keys


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_call_runs_into_a_fault_of_ours(uncounted: World, operation: str, mode: GenerationMode) -> None:
    for answer in probed(uncounted, operation, mode, key="full-key"):
        assert answer.status_code < 500, (answer.status_code, answer.request, answer.content)
        if answer.status_code >= 400 and answer.content:
            assert answer["Content-Type"] == "application/problem+json", answer.request
            told = answer.json()
            assert told["type"] == f"urn:liandong:refusal:{told['title']}"
            assert told["detail"]
            assert told["status"] == answer.status_code


def test_the_description_names_every_call_of_a_case(uncounted: World) -> None:
    assert len(OPERATIONS) > 110
    assert report()["class_code"]
