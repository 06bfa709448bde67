"""Every call asks for the scope that its description names, and for nothing less."""

from __future__ import annotations

from typing import Any

import pytest
from schemathesis import GenerationMode

from liandong.people.access import platform
from liandong.people.keys import Caller as KeyHolder
from liandong.people.keys import caller_with
from liandong.people.models import User
from liandong.people.operations import issue_key
from liandong.people.rules.key_scopes import APART, SCOPES, scopes_given
from liandong.project.api import api
from tests.api.conftest import Caller
from tests.api.test_schemathesis import OPERATIONS, probed, uncounted
from tests.world import World

__all__ = ["uncounted"]

SCOPE_OF = {name: operation.definition.raw["x-scope"] for name, operation in OPERATIONS.items()}
# A HEAD is answered without a word, so it cannot say which scope it lacks.
GUARDED = [name for name, scope in SCOPE_OF.items() if scope and name != "upload_state"]


def test_every_scope_is_asked_for_by_some_call() -> None:
    assert set(SCOPE_OF.values()) - {""} == set(SCOPES) - {"*"}


@pytest.mark.parametrize("operation", GUARDED)
def test_a_key_without_the_scope_gets_nothing(uncounted: World, operation: str) -> None:
    answers = probed(uncounted, operation, GenerationMode.POSITIVE, key="none-key")
    assert all(answer.status_code >= 400 for answer in answers)
    told: list[Any] = [answer.json() for answer in answers]
    refused = [one for one in told if one["title"] == "scope_missing"]
    assert {one["scope"] for one in refused} == {SCOPE_OF[operation]}


def test_what_shows_persons_is_no_part_of_everything(keys: World) -> None:
    number = keys.report(channel="hotline").number
    api_ = Caller("full-key")
    assert api_.post(f"/cases/{number}/reporter", {"purpose": "核实"}).json()["scope"] == "reporters:reveal"
    user = User.objects.get(username="integrator")
    scopes = scopes_given(["*", "reporters:reveal"])
    issue_key(user, secret="named", label="x", scopes=scopes, actor=platform("test"), at=keys.at)
    assert Caller("named").post(f"/cases/{number}/reporter", {"purpose": "核实"}).status_code == 200
    holder = caller_with("named", at=keys.at)
    assert isinstance(holder, KeyHolder)
    assert holder.scopes == {"*", *APART}


def test_everything_beside_single_scopes_is_everything_alone() -> None:
    assert scopes_given(["*", "cases:read"]) == "*"
    assert scopes_given(["*", "cases:read", "reporters:reveal"]) == "reporters:reveal *"


def test_every_change_may_be_made_once_by_a_key(uncounted: World) -> None:
    described = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    without = {
        call["operationId"]
        for methods in described.values()
        for method, call in methods.items()
        if method in ("post", "put", "patch", "delete")
        and "Idempotency-Key" not in {one["name"] for one in call.get("parameters", ())}
    }
    assert without == {
        "find_similar",  # read by POST
        "read_messages",  # saying it again changes nothing
        "reveal_reporter",  # each look stands on the record
        "reveal_joined",
        "find_by_phone",
        "continue_upload",  # a piece carries its offset
        "drop_upload",
    }
