"""三次、不同时段、跨两天: when a reporter whom nobody reached comes back into the queue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.cases.models import Case, CaseClass
from liandong.cases.rulebook import forget_rules
from liandong.cases.rules.calling import call_again_at
from liandong.workbench.queues import cases_in, waiting_counts
from tests.cases.paths import shanghai, with_photos
from tests.world import MRS_CHEN, World

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("attempts", "since", "at", "again"),
    [
        (1, "2026-03-02 09:30", "2026-03-02 09:30", "2026-03-02 14:00"),
        (1, "2026-03-02 15:00", "2026-03-02 15:00", "2026-03-03 09:00"),
        (2, "2026-03-02 09:30", "2026-03-02 14:10", "2026-03-03 09:00"),
        (2, "2026-03-02 15:00", "2026-03-03 09:10", "2026-03-03 14:00"),
        (2, "2026-03-02 09:30", "2026-03-02 10:30", "2026-03-03 14:00"),
        (5, "2026-03-02 09:30", "2026-03-02 11:30", "2026-03-03 14:00"),
        (1, "2026-12-31 23:59", "2026-12-31 23:59", "2027-01-01 09:00"),
    ],
)
def test_the_next_attempt_is_at_another_time_of_day(attempts: int, since: str, at: str, again: str) -> None:
    found = call_again_at(attempts=attempts, called_since=shanghai(since), at=shanghai(at), zone=ZONE)
    assert found == shanghai(again)


@given(st.integers(0, 366 * 24 * 60), st.integers(0, 30), st.integers(1, 9))
def test_it_is_always_later_and_at_the_latest_the_day_after(minutes: int, hours: int, attempts: int) -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    at = first + timedelta(hours=hours)
    again = call_again_at(attempts=attempts, called_since=first, at=at, zone=ZONE)
    assert again > at
    assert (again.date() - at.astimezone(ZONE).date()).days <= 1


def _to_call(world: World) -> Case:
    CaseClass.objects.filter(code="A0203").update(demands="call_back")
    forget_rules()
    case = world.filed(class_code="A0203", identity="named", contact=MRS_CHEN)
    world.do("dispatch_case", case, "lin")
    world.do("receive_case", case, "bureau001")
    with_photos(world, case, "bureau001")
    return world.do("hand_in_case", case, "bureau001", result="已查封", answer="诊所已关闭")


def test_who_was_not_reached_rests_and_comes_back_in_the_afternoon(world: World) -> None:
    case, ouyang = _to_call(world), world.actor("operator")
    assert [one.pk for one in cases_in("call_back", ouyang, at=world.at)] == [case.pk]
    world.do("call_back_reporter", case, "operator", reached=False)
    assert not cases_in("call_back", ouyang, at=world.at).exists()
    assert waiting_counts(ouyang, ("call_back",), at=world.at) == {"call_back": 0}
    assert waiting_counts(ouyang, ("call_back",), at=shanghai("2026-03-02 14:00")) == {"call_back": 1}


def test_who_was_tried_longest_ago_is_called_first(world: World) -> None:
    first, second = _to_call(world), _to_call(world)
    world.do("call_back_reporter", first, "operator", reached=False)
    found = cases_in("call_back", world.actor("operator"), at=shanghai("2026-03-02 14:00"))
    assert [one.pk for one in found] == [second.pk, first.pk]


def test_reached_or_sent_back_nobody_is_called_again(world: World) -> None:
    case = _to_call(world)
    world.do("call_back_reporter", case, "operator", reached=False)
    assert world.do("call_back_reporter", case, "operator", reached=True, solved=False).call_again_at is None
    assert world.do("send_back_case", case, "operator", reason="报告人称未解决").call_again_at is None


def test_a_merged_case_whose_reporter_is_to_be_called_stands_in_the_queue(world: World) -> None:
    main = world.filed(class_code="M06010")
    other = world.filed(class_code="A0203", identity="named", contact=MRS_CHEN)
    CaseClass.objects.filter(code="A0203").update(demands="call_back")
    forget_rules()
    world.do("merge_case", other, "lin", into=main.number, reason="同一件事")
    world.do("dispatch_case", main, "lin")
    world.do("receive_case", main, "bureau002")
    world.do("hand_in_case", main, "bureau002", result="已清运")
    found = cases_in("call_back", world.actor("operator"), at=world.at)
    assert [(one.pk, one.stage) for one in found] == [(other.pk, "merged")]
