"""派遣: sending a case to the unit that must solve it."""

from __future__ import annotations

import pytest

from liandong.cases.changes.handling import AboutItself, RulingAwaited
from liandong.cases.models import Assignment
from liandong.cases.queries import permitted_cases
from liandong.cases.rulebook import UnknownUnit
from liandong.cases.rules.workflow import IllegalStep
from liandong.people.access import Forbidden, NotFound
from tests.cases.paths import last_entry, running, told
from tests.world import MRS_CHEN, World

B002 = "310198-B002"


def test_the_suggested_unit_gets_the_case_and_the_entry_says_why(world: World) -> None:
    case = world.filed(identity="named", contact=MRS_CHEN)
    world.do("dispatch_case", case, "lin", note="请先联系门卫")
    case.refresh_from_db()
    assert (case.stage, case.unit, case.first_unit) == ("dispatched", B002, B002)
    assert running(case) == {"receive", "hop", "contact", "arrive", "handle"}
    assert told(last_entry(case)) == {
        "unit": B002,
        "why": "市容事项由街镇城管中队处置",
        "note": "请先联系门卫",
        "version": 4,
    }
    assert set(last_entry(case).hearers) == {B002, f"person/{case.reporter}"}


def test_another_unit_and_assistants_may_be_named(world: World) -> None:
    case = world.filed()
    world.do("dispatch_case", case, "lin", to="310198-D02", assisting=("310198-B002", "310198-D02"))
    case.refresh_from_db()
    assert (case.unit, case.assisting) == ("310198-D02", [B002])
    assert "why" not in last_entry(case).data
    sent = Assignment.objects.filter(case=case).order_by("id").values_list("unit", "part")
    assert list(sent) == [("310198-D02", "lead"), (B002, "assist")]
    assert permitted_cases(world.actor("bureau002")).get() == case


def test_only_a_named_reporter_is_to_be_contacted(world: World) -> None:
    for identity in ("anonymous", "confidential"):
        case = world.dispatched(identity=identity, contact=MRS_CHEN)
        assert "contact" not in running(case)


def test_an_unknown_unit_is_refused(world: World) -> None:
    with pytest.raises(UnknownUnit):
        world.do("dispatch_case", world.filed(), "lin", to="310198-D99")


def test_a_case_is_never_sent_to_the_unit_it_is_about_nor_seen_there(world: World) -> None:
    case = world.filed(about_unit=B002, nature="complaint")
    assert case.suggested_unit == "310198-DC"
    with pytest.raises(AboutItself):
        world.do("dispatch_case", case, "lin", to=B002)
    world.do("dispatch_case", case, "lin", to="310198-D02", assisting=(B002,))
    case.refresh_from_db()
    assert case.assisting == []
    with pytest.raises(NotFound):
        world.do("receive_case", case, "bureau002")


def test_an_operator_does_not_dispatch(world: World) -> None:
    with pytest.raises(Forbidden):
        world.do("dispatch_case", world.filed(), "operator")


def test_a_dispatched_case_is_not_dispatched_again(world: World) -> None:
    with pytest.raises(IllegalStep):
        world.do("dispatch_case", world.dispatched(), "lin")


def test_after_two_returns_only_the_supervisor_sends_it_anywhere(world: World) -> None:
    case = world.dispatched()
    world.do("return_case", case, "bureau002", reason="非本单位职责")
    world.do("dispatch_case", case, "lin")
    case = world.do("return_case", case, "bureau002", reason="非本单位职责")
    assert (case.stage, case.unit) == ("received", B002), "meanwhile the unit that had it first handles it"
    with pytest.raises(IllegalStep):
        world.do("dispatch_case", case, "lin")
    with pytest.raises(RulingAwaited):
        world.do("transfer_case", case, "lin", to="310198-D02", reason="改派")
    assert world.do("arbitrate_case", case, "supervisor", to="310198-D02", reason="裁定").unit == "310198-D02"
