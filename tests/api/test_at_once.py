"""Many calls at once: one key means one case, one version means one step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from liandong.cases.models import Case
from liandong.people.keys import forget_keys
from tests.api.conftest import Caller, caller, give_keys, report
from tests.world import World


@pytest.fixture
def api(shared_world: World) -> Iterator[Caller]:
    """A caller in a database where threads see what others have committed."""
    give_keys(shared_world)
    yield caller("full")
    forget_keys()


def _at_once(count: int, call: Callable[[], Any]) -> list[Any]:
    def _closing(_number: int) -> Any:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(_closing, range(count)))


def test_ten_duplicates_at_once_report_one_case(api: Caller) -> None:
    answers = _at_once(10, lambda: api.post("/cases", report(), **{"Idempotency-Key": "k"}))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["number"] for answer in answers}) == Case.objects.count() == 1
    assert sum("Idempotency-Replayed" not in answer for answer in answers) == 1


def test_of_ten_steps_at_once_one_wins_and_the_others_are_told(api: Caller) -> None:
    case = api.post("/cases", report()).json()
    answers = _at_once(10, lambda: api.step(case["number"], "accept", case["version"]))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [409] * 9
    lost = [answer.json() for answer in answers if answer.status_code == 409]
    assert {problem["current"] for problem in lost} == {case["version"] + 1}
    assert all(problem["changed"] == ["CaseAccepted"] for problem in lost)
