"""会办: assisting units have a smaller life of their own, and the lead waits for them or has them excused."""

from __future__ import annotations

import pytest

from liandong.cases.changes.handling import AssistantsUnfinished
from liandong.cases.changes.levels import NotAssisting, NotOverdue
from liandong.cases.models import Case
from liandong.cases.operations import mark_overdue
from liandong.cases.queries import assignments_of, steps_open_to
from liandong.cases.rules.workflow import ASSISTING, IllegalStep, ReasonNeeded, Suspended
from liandong.people.access import Forbidden, platform
from tests.cases.paths import last_entry, take, told
from tests.cases.paths.words import B001, B002, D03
from tests.world import World


def _with_help(world: World, *helpers: str) -> Case:
    case = take(world, "dispatch", world.filed(), "lin", assisting=helpers or (D03,))
    return take(world, "receive", case, "bureau002")


def test_an_assistant_goes_its_own_way_and_the_case_stays_with_its_lead(world: World) -> None:
    case = _with_help(world)
    for step, event in (("receive", "CaseReceived"), ("arrive", "CaseArrived"), ("hand_in", "AssistantHandedIn")):
        case = take(world, step, case, "department03")
        assert (case.stage, case.unit, case.assisting) == ("received", B002, [D03])
        assert last_entry(case).event == event
    assert told(last_entry(case)) == {"unit": D03, "result": "已清运并冲洗地面", "version": case.version}
    row = assignments_of(case).get(unit=D03)
    assert (row.handed_in_at, row.result) == (world.at, "已清运并冲洗地面")
    assert not row.clocks.filter(stopped_at=None)
    case.refresh_from_db()
    assert case.result == ""


def test_the_lead_hands_in_after_its_assistants(world: World) -> None:
    case = _with_help(world, D03, B001)
    with pytest.raises(AssistantsUnfinished) as refusal:
        take(world, "hand_in", case, "bureau002")
    assert refusal.value.values["units"] == "市场监管局、东桥街道计生办"
    for by in ("department03", "bureau001"):
        take(world, "receive", case, by)
        take(world, "hand_in", case, by)
    assert take(world, "hand_in", case, "bureau002").stage == "handled"


def test_each_assistant_does_only_what_its_own_state_allows(world: World) -> None:
    case = _with_help(world)
    for step in ("arrive", "hand_in", "hand_down", "pass_out"):
        with pytest.raises(IllegalStep):
            take(world, step, case, "department03")
    take(world, "receive", case, "department03")
    with pytest.raises(IllegalStep):
        take(world, "receive", case, "department03")
    take(world, "hand_in", case, "department03")
    for step in ASSISTING:
        with pytest.raises(IllegalStep):
            take(world, step, case, "department03")


def test_a_page_offers_an_assistant_its_own_steps(world: World) -> None:
    case = _with_help(world)
    offered = {step.code for step in steps_open_to(world.actor("department03"), case)}
    assert {"receive", "return"} <= offered
    assert not {"arrive", "hand_in", "hand_down", "request_extension"} & offered


def test_an_assistant_returns_its_part_and_the_lead_keeps_the_case(world: World) -> None:
    case = take(world, "return", _with_help(world), "department03", proposed_unit=B001)
    assert (case.stage, case.unit, case.assisting, case.returns) == ("received", B002, [], 0)
    assert last_entry(case).event == "AssistantReturned"
    assert told(last_entry(case))["proposed_unit"] == B001
    assert take(world, "hand_in", case, "bureau002").stage == "handled"


def test_a_late_assistant_may_be_excused_and_keeps_the_lateness(world: World) -> None:
    case = _with_help(world)
    world.later(days=30)
    mark_overdue(actor=platform("sweep"), at=world.at)
    case = take(world, "excuse_assistant", case, "supervisor")
    row = assignments_of(case).get(unit=D03)
    assert (row.ended_by, row.handed_in_at) == ("excuse_assistant", None)
    assert row.clocks.get(kind="hop").overdue_at is not None
    assert (case.stage, case.assisting) == ("received", [])
    assert take(world, "hand_in", case, "bureau002").stage == "handled"


def test_an_assistant_with_time_left_is_not_excused(world: World) -> None:
    with pytest.raises(NotOverdue):
        take(world, "excuse_assistant", _with_help(world), "supervisor")


def test_only_an_unfinished_assistant_is_excused(world: World) -> None:
    case = _with_help(world)
    with pytest.raises(NotAssisting):
        take(world, "excuse_assistant", case, "supervisor", unit=B001)
    take(world, "receive", case, "department03")
    take(world, "hand_in", case, "department03")
    world.later(days=30)
    with pytest.raises(NotAssisting):
        take(world, "excuse_assistant", case, "supervisor", unit=D03)


def test_excusing_must_say_why_and_is_for_the_supervisor(world: World) -> None:
    case = _with_help(world)
    world.later(days=30)
    with pytest.raises(ReasonNeeded):
        take(world, "excuse_assistant", case, "supervisor", reason="")
    for by in ("lin", "bureau002"):
        with pytest.raises(Forbidden):
            take(world, "excuse_assistant", case, by)


def test_while_the_case_rests_its_assistants_rest_too(world: World) -> None:
    case = take(world, "dispatch", world.filed(), "lin", assisting=(D03,))
    take(world, "receive", case, "department03")
    take(world, "suspend", case, "supervisor")
    for step in ("arrive", "hand_in"):
        with pytest.raises(Suspended):
            take(world, step, case, "department03")


def test_rework_is_for_the_lead_whose_assistants_have_done_their_part(world: World) -> None:
    case = _with_help(world)
    take(world, "receive", case, "department03")
    take(world, "hand_in", case, "department03")
    take(world, "hand_in", case, "bureau002")
    case = take(world, "send_back", case, "verifier")
    assert (case.stage, case.unit, case.assisting) == ("dispatched", B002, [D03])
    take(world, "receive", case, "bureau002")
    assert take(world, "hand_in", case, "bureau002").stage == "handled"
