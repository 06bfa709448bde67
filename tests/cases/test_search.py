"""Search: words, numbers, places, units and staff, newest or best first, and phones on the record only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from liandong.cases.models import Case, TermCount
from liandong.cases.operations import count_terms, find_by_phone, join_case
from liandong.cases.operations.finding import PhoneUnfit
from liandong.cases.queries import (
    CaseFilter,
    best_first,
    forget_search,
    latest_with_words,
    permitted_cases,
    trace_of,
)
from liandong.cases.rules.ranking import Counted, rarest, scores
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.cases.sealing import Contact
from liandong.people.access import Forbidden
from liandong.timeline.queries import trace
from tests.world import GRID_9, MRS_CHEN, World


@pytest.fixture(autouse=True)
def fresh_names(world: World) -> Iterator[None]:
    """What a process remembers of names must not come from another test's people."""
    forget_search()
    yield
    forget_search()


def _found(world: World, text: str, by: str = "operator") -> set[str]:
    return set(CaseFilter(text=text).apply(permitted_cases(world.actor(by))).values_list("number", flat=True))


def _best(world: World, text: str, by: str = "operator") -> list[str]:
    numbers = dict(Case.objects.values_list("pk", "number"))
    return [numbers[pk] for pk in best_first(permitted_cases(world.actor(by)), text)]


def test_words_of_text_and_place_are_found_in_chinese_and_in_english(world: World) -> None:
    lamp = world.report(description="路口的路灯不亮，夜里很黑", address="渡口路5号")
    pothole = world.report(description="Deep pothole near the School gate")
    assert _found(world, "路灯不亮") == {lamp.number}
    assert _found(world, "渡口路 路灯") == {lamp.number}
    assert _found(world, "SCHOOL pothole") == {pothole.number}
    assert _found(world, "路灯 pothole") == set()


def test_a_number_is_found_whole_or_by_its_beginning_however_it_is_typed(world: World) -> None:
    case = world.report()
    assert _found(world, case.number.lower()) == {case.number}
    assert _found(world, case.number[:-4]) == {case.number}
    assert _found(world, "ZZ-20260302-000001-0") == set()


def test_the_number_of_a_joined_report_leads_to_its_case_for_whoever_may_see_that(world: World) -> None:
    case, other = world.report(), world.report(lon=GRID_9[0], lat=GRID_9[1])
    joined = join_case(case.number, actor=world.actor("operator"), at=world.later(minutes=1))
    assert _found(world, joined.number) == _found(world, joined.number.lower()) == {case.number}
    assert _best(world, joined.number) == [case.number]
    assert _found(world, joined.number[:-5]) == {case.number, other.number}, "all three numbers begin so"
    assert _found(world, joined.number[:-2]) == {case.number}
    assert _found(world, joined.number, "town02") == set()
    assert _best(world, joined.number, "town02") == []


def test_the_name_of_a_unit_finds_what_it_holds_or_assists_with(world: World) -> None:
    held = world.dispatched()
    world.report(lon=GRID_9[0], lat=GRID_9[1], description="广告牌松动")
    assert _found(world, "东桥街道城管中队") == {held.number}
    assert _found(world, "城管中队") == {held.number}
    assert _found(world, "城管中队 垃圾") == {held.number}
    assert _found(world, "城管中队 广告牌") == set()


def test_the_name_of_staff_finds_what_they_handled(world: World) -> None:
    handled = world.handled()
    world.dispatched()
    assert _found(world, world.actor("bureau002").name) == {handled.number}


def test_a_reporter_is_not_found_by_name_nor_by_phone_among_words(world: World) -> None:
    world.report(contact=MRS_CHEN, identity="named")
    assert _found(world, MRS_CHEN.name) == set()
    assert _found(world, MRS_CHEN.phone) == set()
    assert _best(world, MRS_CHEN.phone) == []


def test_a_search_never_widens_what_one_may_see(world: World) -> None:
    world.dispatched()
    assert _found(world, "垃圾", "bureau001") == set()
    assert _best(world, "垃圾", "bureau001") == []


def test_the_best_answer_comes_first_and_one_that_lacks_a_word_is_found_further_down(world: World) -> None:
    vague = world.report(description="小区里夜间有噪声，希望管一管，最近几天都这样，居民意见很大")
    world.report(description="人行道上的树枝挡住了路")
    exact = world.report(description="工地夜间施工噪声扰民")
    world.later(days=1)
    assert _best(world, "工地夜间施工噪声") == [exact.number, vague.number]


def test_common_words_are_answered_first_by_what_holds_all_of_them(world: World) -> None:
    TermCount.objects.bulk_create(TermCount(term=term, cases=9_000) for term in ("", "垃圾", "圾堆"))
    some = world.report(description="垃圾桶满了").number
    both = [world.report(description="垃圾堆在路边").number for _ in range(2)]
    best = _best(world, "垃圾堆")
    assert (sorted(best[:2]), best[2:]) == (sorted(both), [some])


def test_a_pair_that_stands_nowhere_does_not_hide_what_the_others_find(world: World) -> None:
    TermCount.objects.bulk_create(TermCount(term=term, cases=9_000) for term in ("", "噪声", "扰民"))
    noise = world.report(description="夜里噪声很大").number
    nuisance = world.report(description="店家扰民").number
    assert set(_best(world, "噪声扰民")) == {noise, nuisance}, "nobody wrote 声扰"


def test_common_words_are_found_among_the_latest_cases_as_by_the_index(world: World) -> None:
    assert latest_with_words(permitted_cases(world.actor("operator")), "垃圾", most=1) is None, "nobody counted them"
    TermCount.objects.bulk_create(TermCount(term=term, cases=9_000) for term in ("", "垃圾", "圾堆"))
    forget_search()
    cases = [world.report(description=text) for text in ("垃圾堆在路边", "垃圾桶满了", "垃圾堆在桥下")]
    seen = permitted_cases(world.actor("operator"))
    assert latest_with_words(seen, "垃圾堆", most=2) == [cases[2].pk, cases[0].pk]
    assert latest_with_words(seen, "垃圾堆", most=3) is None, "fewer than a page: the index knows the older ones"
    assert latest_with_words(seen, "垃圾堆 桥下", most=1) is None, "a rare word is the index's to find"
    assert latest_with_words(permitted_cases(world.actor("bureau001")), "垃圾堆", most=1) is None


def test_terms_are_counted_on_the_cases_there_are(world: World) -> None:
    for _ in range(3):
        world.report(description="路灯不亮")
    world.report(description="井盖松动")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_case")
    assert count_terms(at=world.at) == TermCount.objects.count() - 1
    counts = dict(TermCount.objects.values_list("term", "cases"))
    assert (counts[""], counts["路灯"], counts["不亮"]) == (4, 3, 3)
    assert "井盖" not in counts


def test_nothing_is_counted_where_there_is_no_case(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_case")
    assert count_terms(at=world.at) == 0


def test_the_rarest_terms_are_asked_for_and_none_where_all_are_common() -> None:
    counted = Counted(1_000_000, {"城市": 90_000, "施工": 1_500, "占道": 400})
    assert rarest(("城市", "施工", "占道", "隐患"), counted) == ("隐患", "占道")
    assert rarest(("城市",), counted) == ()


def test_a_rare_word_weighs_more_than_a_common_one_and_a_long_text_must_hold_more() -> None:
    counted = Counted(10_000, {"垃圾": 4_000, "井盖": 10})
    common, rare, long = scores(["垃圾垃圾", "井盖松动", "井盖" + "很长的文字" * 40], ("垃圾", "井盖"), counted)
    assert rare > long > common


def test_a_phone_is_found_in_full_or_by_its_tail_and_stands_on_the_record_without_itself(world: World) -> None:
    case = world.report(contact=MRS_CHEN, identity="named")
    world.report(contact=Contact("王先生", "13900000000"), identity="named")
    operator = world.actor("operator")
    for sought, by in (("138 1234 5678", "number"), ("5678", "tail")):
        assert find_by_phone(sought, purpose="来电人询问进度", actor=operator, at=world.at) == [case]
        entry = trace("account", operator.user_id or 0).last()
        assert entry is not None
        assert (entry.event, entry.data) == ("PhoneSearched", {"by": by, "purpose": "来电人询问进度", "found": 1})
        told = trace_of(case).last()
        assert told is not None
        assert (told.event, told.data["purpose"], told.data["version"]) == ("CaseFoundByPhone", "来电人询问进度", 1)


def test_a_phone_is_searched_for_a_purpose_by_those_who_may_and_only_where_they_see(world: World) -> None:
    world.report(contact=MRS_CHEN, identity="named")
    with pytest.raises(ReasonNeeded):
        find_by_phone(MRS_CHEN.phone, purpose="  ", actor=world.actor("operator"), at=world.at)
    for unfit in ("", "123", "56789", "陈女士"):
        with pytest.raises(PhoneUnfit):
            find_by_phone(unfit, purpose="回电", actor=world.actor("operator"), at=world.at)
    for stranger in ("bureau002", "lin", "leader", "grid001"):
        with pytest.raises(Forbidden):
            find_by_phone(MRS_CHEN.phone, purpose="回电", actor=world.actor(stranger), at=world.at)
    # The town asks among cases it runs, and this one is run by the district.
    assert find_by_phone(MRS_CHEN.phone, purpose="回电", actor=world.actor("town01"), at=world.at) == []
