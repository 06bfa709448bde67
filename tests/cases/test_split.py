"""拆分: each part becomes a case of its own; the whole waits for its parts, unless a supervisor says why not."""

from __future__ import annotations

import pytest

from liandong.cases.changes import PartOfCase
from liandong.cases.changes.closing import PartsOpen
from liandong.cases.changes.together import MOST_PARTS, PartsMissing
from liandong.cases.models import Case, SealedReporter
from liandong.cases.queries import permitted_cases
from liandong.cases.rulebook import UnknownClass
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.people.access import Forbidden
from tests.cases.paths import clock, last_entry, running, take, told
from tests.world import MRS_CHEN, World

TWO = [PartOfCase("M06010", "楼道垃圾，电话13912345678"), PartOfCase("C01001", "井盖破损")]


def _split(world: World, **details: object) -> tuple[Case, list[Case]]:
    case = world.received(identity="named", contact=MRS_CHEN, address="东桥路88号", about_unit="310198-D03")
    case = take(world, "split", case, "lin", **{"parts": TWO, **details})
    return case, list(Case.objects.filter(parent=case).order_by("pk"))


def test_each_part_is_filed_at_the_same_place_without_the_reporter(world: World) -> None:
    case, parts = _split(world)
    assert [(part.class_code, part.stage, part.channel) for part in parts] == [
        ("M06010", "filed", "split"),
        ("C01001", "filed", "split"),
    ]
    for part in parts:
        assert (part.area, part.address, part.lon, part.run_by) == (case.area, case.address, case.lon, case.run_by)
        assert (part.reporter, part.identity, part.has_phone) == (None, "anonymous", False)
        assert part.about_unit == case.about_unit
        assert running(part) == {"dispatch"}
    assert "13912345678" not in parts[0].description
    sealed = SealedReporter.objects.filter(case__in=parts)
    assert [row.case_id for row in sealed] == [parts[0].pk], "only what was taken out of its own words"
    assert not sealed.exclude(phone_hash=None).exists()


def test_the_whole_says_which_its_parts_are_and_goes_on(world: World) -> None:
    case, parts = _split(world)
    assert (case.stage, case.split_into, case.version) == ("received", 2, 6)
    numbers = [part.number for part in parts]
    assert told(last_entry(case)) == {"parts": numbers, "reason": "两件事", "version": case.version}
    assert clock(case, "handle").stopped_at is None


def test_the_whole_waits_for_its_parts(world: World) -> None:
    case, parts = _split(world)
    for step, by in (("hand_in", "bureau002"), ("check", "verifier"), ("call_back", "operator")):
        take(world, step, case, by)
    with pytest.raises(PartsOpen) as refusal:
        take(world, "close", case, "operator", reason="先结")
    assert refusal.value.values["numbers"] == "、".join(part.number for part in parts)
    with pytest.raises(PartsOpen):
        take(world, "close", case, "supervisor")
    take(world, "void", parts[0], "supervisor")
    with pytest.raises(PartsOpen):
        take(world, "close", case, "operator")
    take(world, "void", parts[1], "supervisor")
    assert take(world, "close", case, "operator").stage == "closed"


def test_a_supervisor_closes_past_open_parts_with_a_reason(world: World) -> None:
    case, _parts = _split(world)
    for step, by in (("hand_in", "bureau002"), ("check", "verifier"), ("call_back", "operator")):
        take(world, step, case, by)
    assert take(world, "close", case, "supervisor", reason="其余部分由区里另行处置").stage == "closed"


@pytest.mark.parametrize("count", [0, MOST_PARTS + 1])
def test_into_nothing_or_too_many_is_refused(world: World, count: int) -> None:
    with pytest.raises(PartsMissing):
        _split(world, parts=[TWO[0]] * count)
    assert Case.objects.count() == 1


def test_a_part_of_no_class_leaves_nothing_behind(world: World) -> None:
    with pytest.raises(UnknownClass):
        _split(world, parts=[TWO[0], PartOfCase("Z99", "没有这一类")])
    assert Case.objects.count() == 1


def test_it_must_say_why_and_is_for_the_dispatcher(world: World) -> None:
    with pytest.raises(ReasonNeeded):
        _split(world, reason="")
    with pytest.raises(Forbidden):
        take(world, "split", world.received(), "bureau002")


def test_whoever_split_it_is_not_the_reporter_of_the_parts(world: World) -> None:
    _case, parts = _split(world)
    assert not permitted_cases(world.actor("grid001")).filter(pk__in=[part.pk for part in parts]).exists()
