"""核实: where its class demands that, a report of the public is looked into before it is filed."""

from __future__ import annotations

import pytest

from liandong.cases.changes.verdict import ReportUntrue, VerdictAwaited
from liandong.cases.docket import thing_of
from liandong.cases.models import ClassPolicy
from liandong.cases.queries import steps_open_to
from liandong.cases.rulebook import forget_rules
from liandong.people.access import Forbidden, NotFound
from tests.cases.paths import last_entry, running, take, told
from tests.world import GRID_9, World


@pytest.fixture
def demanding(world: World) -> World:
    """The district's rules demand that reports of rubbish are verified."""
    demand_verifying(world)
    return world


def demand_verifying(world: World) -> None:
    """Let the district's rules demand that reports of rubbish are verified."""
    known = ClassPolicy.objects.first()
    assert known is not None
    ClassPolicy.objects.create(
        district=known.district, class_code="M06010", name="verify_report", value="yes", clause="测试"
    )
    forget_rules()


def test_accepted_it_waits_for_its_verdict(demanding: World) -> None:
    case = take(demanding, "accept", demanding.report(), "operator")
    assert running(case) == {"verify"}
    with pytest.raises(VerdictAwaited):
        take(demanding, "file", case, "operator")
    case = take(demanding, "verify_report", case, "verifier", note="现场确有垃圾，电话13812345678")
    assert (case.stage, case.verdict, running(case)) == ("verified", "true", {"file"})
    assert told(last_entry(case)) == {"is_true": True, "note": "现场确有垃圾，电话［电话］", "version": case.version}
    assert take(demanding, "file", case, "operator").stage == "filed"


def test_what_was_found_untrue_is_declined_and_not_filed(demanding: World) -> None:
    case = take(demanding, "accept", demanding.report(), "operator")
    case = take(demanding, "verify_report", case, "verifier", is_true=False)
    assert case.verdict == "untrue"
    with pytest.raises(ReportUntrue):
        take(demanding, "file", case, "operator")
    assert take(demanding, "decline", case, "operator").stage == "declined"


@pytest.mark.parametrize("channel", ["staff", "leaders"])
def test_neither_staffs_own_reports_nor_leaders_instructions_are_verified(demanding: World, channel: str) -> None:
    case = take(demanding, "accept", demanding.report(channel=channel), "operator")
    assert running(case) == {"file"}
    assert take(demanding, "file", case, "operator").stage == "filed"


def test_a_class_that_does_not_demand_it_is_filed_at_once_and_offers_none(world: World) -> None:
    case = take(world, "accept", world.report(), "operator")
    assert running(case) == {"file"}
    assert "verify_report" not in {step.code for step in steps_open_to(world.actor("verifier"), case)}


def test_a_merged_report_that_stands_alone_again_still_waits_for_its_verdict(demanding: World) -> None:
    case = take(demanding, "accept", demanding.report(), "operator")
    main = demanding.received(channel="staff")
    take(demanding, "merge", case, "lin", into=main.number)
    case = take(demanding, "unmerge", case, "lin")
    assert "verify" in running(case)
    assert "file" not in running(case)


@pytest.mark.parametrize("by", ["operator", "lin"])
def test_whoever_files_or_dispatches_does_not_verify(demanding: World, by: str) -> None:
    case = take(demanding, "accept", demanding.report(), "operator")
    with pytest.raises(Forbidden):
        take(demanding, "verify_report", case, by)


def test_the_patrol_of_the_place_verifies_it_and_sees_it_no_longer_than_until_it_is_sent(demanding: World) -> None:
    case = demanding.report()
    patrol = demanding.actor("patrol001")
    assert not patrol.may("cases.view", thing_of(case))
    case = take(demanding, "accept", case, "operator")
    assert (case.involved, case.unit) == (["310198-P001"], "")
    assert {step.code for step in steps_open_to(patrol, case)} == {"verify_report"}
    case = take(demanding, "verify_report", case, "patrol001", is_true=True)
    assert (case.stage, case.verdict) == ("verified", "true")
    take(demanding, "file", case, "operator")
    case = take(demanding, "dispatch", case, "lin")
    assert not patrol.may("cases.view", thing_of(case))


def test_the_patrol_of_another_town_neither_sees_nor_verifies_it(demanding: World) -> None:
    case = take(demanding, "accept", demanding.report(), "operator")
    with pytest.raises(NotFound):
        take(demanding, "verify_report", case, "patrol002")


def test_placed_anew_it_is_for_the_patrol_there(demanding: World) -> None:
    case = take(demanding, "accept", demanding.report(), "operator")
    demanding.do("place_case", case, "operator", lon=GRID_9[0], lat=GRID_9[1])
    case.refresh_from_db()
    assert case.involved == ["310198-P002"]
    with pytest.raises(NotFound):
        take(demanding, "verify_report", case, "patrol001")


def test_a_patrol_never_verifies_what_is_about_itself(demanding: World) -> None:
    case = take(demanding, "accept", demanding.report(about_unit="310198-P001"), "operator")
    assert (case.involved, running(case)) == ([], {"verify"})
    with pytest.raises(NotFound):
        take(demanding, "verify_report", case, "patrol001")


def test_merged_and_out_again_it_is_for_the_patrol_again(demanding: World) -> None:
    case = take(demanding, "accept", demanding.report(), "operator")
    case = take(demanding, "merge", case, "lin", into=demanding.received(channel="staff").number)
    assert case.involved == []
    assert take(demanding, "unmerge", case, "lin").involved == ["310198-P001"]
