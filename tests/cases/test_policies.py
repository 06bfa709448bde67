"""How a class is dealt with: the longest beginning of its code that states a value decides it."""

from __future__ import annotations

from pathlib import Path

import pytest

from liandong.cases.folder import BrokenFolder, read_catalogue
from liandong.cases.models import ClassPolicy
from liandong.cases.operations import load_catalogue
from liandong.cases.rulebook import forget_rules, rulebook_for
from liandong.cases.rules.policies import Evidence, Policy, Recurrence, parse_policy, policy_for
from liandong.people.access import platform
from tests.world import DISTRICT, World

HEAD = "class,policy,value,clause\n"


def test_each_value_comes_from_the_longest_class_that_states_it() -> None:
    stated = {
        ("*", "reopen_days"): 10,
        ("M06", "reopen_days"): 20,
        ("M06010", "evidence"): Evidence.PAIR,
        ("M", "recurs_as"): Recurrence.REOPEN,
    }
    assert policy_for(stated, "M06010") == Policy(reopen_days=20, evidence=Evidence.PAIR, recurs_as=Recurrence.REOPEN)
    assert policy_for(stated, "A0203") == Policy(reopen_days=10)


@pytest.mark.parametrize(
    ("name", "value"),
    [("colour", "red"), ("verify_report", "maybe"), ("sample_share", "1.5"), ("reopen_days", "-1"), ("evidence", "x")],
)
def test_a_policy_nobody_knows_or_without_such_a_value_is_a_fault_of_the_file(
    tmp_path: Path, name: str, value: str
) -> None:
    (tmp_path / "policies.csv").write_text(f"{HEAD}*,{name},{value},\n", encoding="utf-8")
    with pytest.raises(BrokenFolder) as refusal:
        read_catalogue(DISTRICT, [tmp_path])
    assert "policies.csv:2" in str(refusal.value)


def test_loaded_policies_hold_for_new_questions(world: World) -> None:
    rows = [ClassPolicy(district=DISTRICT, class_code="M06", name="follow_up_days", value="30;7")]
    kept = {"classes": [], "conditions": [], "limits": [], "matrix": []}
    load_catalogue(DISTRICT, policies=rows, actor=platform("import"), at=world.at, **kept)
    forget_rules()
    assert rulebook_for(DISTRICT).policy("M06010").follow_up_days == (7, 30)
    assert parse_policy("follow_up_days", "") == ()
