"""处置反馈: what was done."""

from __future__ import annotations

import pytest

from liandong.cases.models import Assignment
from liandong.cases.rules.redaction import TextTooLong
from liandong.cases.rules.workflow import IllegalStep, ReasonNeeded
from liandong.people.access import NotFound
from tests.cases.paths import clock, last_entry, running, with_photos
from tests.world import MRS_CHEN, World


def test_the_handed_in_case_waits_for_what_its_class_demands(world: World) -> None:
    case = world.received()
    world.do("hand_in_case", case, "bureau002", result="已清运", answer="垃圾已清，谢谢您", photos=("ab" * 32,))
    case.refresh_from_db()
    assert (case.stage, case.result, case.answer, case.handled_by) == (
        "handled",
        "已清运",
        "垃圾已清，谢谢您",
        "user/bureau002",
    )
    assert running(case) == {"check"}
    assert clock(case, "handle").stopped_by == clock(case, "arrive").stopped_by == "hand_in"
    assert Assignment.objects.get(case=case).handed_in_at == world.at
    assert last_entry(case).data["photos"] == ["ab" * 32]


def test_a_named_reporter_of_a_class_that_asks_for_both_is_called_back_too(world: World) -> None:
    case = world.filed(class_code="A0203", identity="named", contact=MRS_CHEN)
    world.do("dispatch_case", case, "lin")
    world.do("receive_case", case, "bureau001")
    with_photos(world, case, "bureau001")
    world.do("hand_in_case", case, "bureau001", result="已查封", answer="诊所已关闭")
    assert running(case) == {"check", "call_back"}


def test_an_anonymous_reporter_cannot_be_called_so_the_check_stands_alone(world: World) -> None:
    case = world.filed(class_code="A0203", identity="anonymous")
    world.do("dispatch_case", case, "lin")
    world.do("receive_case", case, "bureau001")
    with_photos(world, case, "bureau001")
    world.do("hand_in_case", case, "bureau001", result="已查封")
    assert running(case) == {"check"}


def test_handing_in_must_say_what_was_done(world: World) -> None:
    with pytest.raises(ReasonNeeded):
        world.do("hand_in_case", world.received(), "bureau002", result=" ")


def test_an_answer_of_a_megabyte_is_refused_and_nothing_changes(world: World) -> None:
    case = world.received()
    with pytest.raises(TextTooLong):
        world.do("hand_in_case", case, "bureau002", result="已清运", answer="好" * 1_000_000)
    case.refresh_from_db()
    assert (case.stage, case.result) == ("received", "")


def test_a_plate_in_result_and_answer_is_taken_out(world: World) -> None:
    case = world.received()
    world.do("hand_in_case", case, "bureau002", result="沪A12345已拖离\x00", answer="沪A12345已拖离\x00")
    case.refresh_from_db()
    assert case.result == case.answer == "［车牌］已拖离"


def test_another_unit_hands_nothing_in(world: World) -> None:
    with pytest.raises(NotFound):
        world.do("hand_in_case", world.received(), "department01", result="已清运")


def test_a_case_is_received_before_it_is_handed_in(world: World) -> None:
    with pytest.raises(IllegalStep):
        world.do("hand_in_case", world.dispatched(), "bureau002", result="已清运")
