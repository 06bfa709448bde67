"""A colleague who reported in confidence stays unnamed wherever their case is read (`CASE.md` §7)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from liandong.people.models import User
from tests.workbench.conftest import SignedIn
from tests.world import World

WORKER = "grid001"


def _read(world: World, signed_in: SignedIn, identity: str) -> tuple[str, str]:
    """What the operator reads of a case reported and added to by a grid worker: on the page, and as JSON."""
    case = world.report(WORKER, channel="staff", identity=identity)
    world.do("add_note", case, WORKER, reason="还在堆")
    client = signed_in("operator")
    page = client.get(reverse("workbench:case", args=[case.number])).content.decode()
    page += client.get(reverse("workbench:case", args=[case.number]), {"part": "story"}).content.decode()
    answers = [client.get(f"/api/v1/cases/{case.number}{more}").content.decode() for more in ("", "/timeline")]
    return page, "".join(answers)


@pytest.fixture
def name(world: World) -> str:
    return User.objects.get(username=WORKER).name


def test_a_colleague_who_reported_in_confidence_is_told_of_as_the_reporter(
    world: World, signed_in: SignedIn, name: str
) -> None:
    page, answers = _read(world, signed_in, "confidential")
    assert name not in page
    assert "报告人" in page
    assert f"user/{WORKER}" not in answers
    assert '"actor":"reporter"' in answers


def test_a_colleague_who_hides_nothing_is_named(world: World, signed_in: SignedIn, name: str) -> None:
    page, answers = _read(world, signed_in, "named")
    assert name in page
    assert f"user/{WORKER}" in answers


def test_an_operator_who_wrote_down_what_a_confidential_caller_said_is_named(world: World) -> None:
    from liandong.cases.queries import hidden_reporter

    assert hidden_reporter(world.report("operator", channel="hotline", identity="confidential")) == ""
