"""Two hundred random walks through the real operations: what PostgreSQL keeps of families of cases is the law."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from liandong.cases.models import ClassPolicy
from liandong.cases.rulebook import forget_rules
from tests.cases.forces import TEAM, joint_team
from tests.cases.walks.choosing import cast
from tests.cases.walks.law import OFFICE, UNITS, Person
from tests.cases.walks.steps_together import TOGETHER_FROM
from tests.cases.walks.stored import stored_walks
from tests.world import DISTRICT, World

WALKS, CHUNKS = 200, 4
MEMBERS = ("bureau002", "department03", "patrol001", "grid001")


@pytest.fixture
def people(world: World, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Person]:
    """The cast with a joint team, in a district whose rules have one class of reports verified first."""
    team = {"parent": f"{DISTRICT}-T01", "kind": "joint", "force": "enforcement", "area": f"{DISTRICT}001"}
    monkeypatch.setitem(UNITS, TEAM, team)
    monkeypatch.delitem(UNITS, OFFICE)
    policy = {"class_code": "C01001", "name": "verify_report", "value": "yes", "clause": "测试"}
    ClassPolicy.objects.create(district=DISTRICT, **policy)
    joint_team(world)
    forget_rules()
    return cast(dict.fromkeys(MEMBERS, (TEAM,)))


@pytest.mark.parametrize("seed", range(CHUNKS))
def test_what_is_stored_is_what_the_law_says(world: World, people: Mapping[str, Person], seed: int) -> None:
    met = stored_walks(world, people, seed=seed, count=WALKS // CHUNKS, steps=14)
    assert met["refused"] > 0.15 * met["taken"]
    assert set(TOGETHER_FROM) - set(met) <= {"follow_up"}, "a visit after closing is rare in fifty walks"
