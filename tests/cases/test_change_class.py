"""改类: another class after filing; the time already spent counts against the new limits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from liandong.cases.models import CaseClass
from liandong.cases.rulebook import ClassRetired, UnknownClass, forget_rules
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.people.access import Forbidden
from tests.cases.paths import clock, last_entry
from tests.world import World


def test_the_new_class_has_its_own_limit_from_the_same_beginning(world: World) -> None:
    case = world.received()
    before = clock(case, "handle")
    world.later(hours=1)
    world.do("change_class", case, "operator", class_code="A0203", reason="核实为非法行医")
    case.refresh_from_db()
    after = clock(case, "handle")
    assert (case.class_code, case.condition) == ("A0203", "suspected")
    assert after.pk != before.pk
    assert after.started_at == before.started_at
    assert after.due_at == before.started_at + timedelta(hours=168)
    assert clock(case, "hop").due_at == after.due_at
    before.refresh_from_db()
    assert (before.stopped_by, before.stopped_at) == ("change_class", world.at)
    assert last_entry(case).event == "CaseReclassified"
    assert case.due_at == min(clock(case, kind).due_at for kind in ("handle", "hop", "arrive"))


def test_a_change_needs_a_reason_a_class_in_use_and_somebody_who_may(world: World) -> None:
    case = world.received()
    with pytest.raises(ReasonNeeded):
        world.do("change_class", case, "operator", class_code="A0203", reason="")
    with pytest.raises(UnknownClass):
        world.do("change_class", case, "operator", class_code="X99", reason="改")
    with pytest.raises(Forbidden):
        world.do("change_class", case, "bureau002", class_code="A0203", reason="改")


def test_a_retired_class_takes_no_new_report_and_older_cases_keep_it(world: World) -> None:
    case = world.received()
    CaseClass.objects.filter(code="M06010").update(until_on=date(2026, 2, 1))
    forget_rules()
    with pytest.raises(ClassRetired):
        world.report()
    world.do("hand_in_case", case, "bureau002", result="已清运")
