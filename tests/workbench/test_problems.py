"""The pages of lasting problems."""

from __future__ import annotations

import pytest
import time_machine

from liandong.cases import operations
from liandong.cases.models import Problem, ProblemCase
from tests.workbench.conftest import SignedIn
from tests.world import DISTRICT, World

LIST = "/desk/problems/"
TYPED = {"title": "东桥路夜市油烟", "owner_unit": f"{DISTRICT}-D02", "description": "每晚八点后"}


def _opened(signed_in: SignedIn, world: World) -> Problem:
    case = world.report()
    answer = signed_in("supervisor").post(f"{LIST}new/", {**TYPED, "case": case.number})
    problem = Problem.objects.get()
    assert answer["Location"] == f"{LIST}{problem.pk}/"
    return problem


def test_a_problem_is_opened_from_a_case_and_stands_in_the_list(signed_in: SignedIn, world: World) -> None:
    problem = _opened(signed_in, world)
    desk = signed_in("supervisor")
    assert problem.title in desk.get(LIST).content.decode()
    assert problem.title not in desk.get(f"{LIST}?state=solved").content.decode()
    page = desk.get(f"{LIST}{problem.pk}/").content.decode()
    for words in ("东桥路夜市油烟", "每晚八点后", "立为问题", "归入案件", "XA-"):
        assert words in page
    beside = desk.get(f"/desk/cases/{ProblemCase.objects.get().case.number}/neighbours/").content.decode()
    assert problem.title in beside


def test_a_faulty_problem_comes_back_with_what_was_typed(signed_in: SignedIn, world: World) -> None:
    case = world.report()
    for wrong in ({"title": ""}, {"owner_unit": "x"}):
        answer = signed_in("supervisor").post(f"{LIST}new/", {**TYPED, **wrong, "case": case.number})
        assert answer.status_code == 422
        assert "每晚八点后" in answer.content.decode()
    assert not Problem.objects.exists()


def test_what_is_done_with_a_problem_is_done_or_refused_in_words(signed_in: SignedIn, world: World) -> None:
    problem = _opened(signed_in, world)
    more = world.report()
    desk, here = signed_in("supervisor"), f"{LIST}{problem.pk}/"
    assert desk.post(f"{here}link/", {"case": more.number, "version": "1"}).status_code == 302
    stale = desk.post(f"{here}solve/", {"reason": "好了", "version": "1"})
    assert (stale.status_code, "已被他人更新" in stale.content.decode()) == (409, True)
    missing = desk.post(f"{here}link/", {"case": "XA-20260302-000099-0"})
    assert (missing.status_code, "没有找到这个案件" in missing.content.decode()) == (404, True)
    assert desk.post(f"{here}unlink/", {"case": more.number, "reason": ""}).status_code == 422
    assert desk.post(f"{here}unlink/", {"case": more.number, "reason": "另一处"}).status_code == 302
    assert desk.post(f"{here}change/", {**TYPED, "title": "夜市"}).status_code == 302
    assert desk.post(f"{here}solve/", {"reason": "入室经营"}).status_code == 302
    assert "重新列为未解决" in desk.get(here).content.decode()
    assert desk.post(f"{here}reopen/", {"reason": "又来了"}).status_code == 302
    assert desk.post(f"{here}burn/").status_code == 404


@pytest.mark.parametrize(
    ("account", "status"), [("town02", 404), ("department03", 404), ("leader", 200), ("town01", 200)]
)
def test_a_problem_is_shown_to_those_who_may_see_it(
    account: str, status: int, signed_in: SignedIn, world: World
) -> None:
    problem = _opened(signed_in, world)
    assert signed_in(account).get(f"{LIST}{problem.pk}/").status_code == status
    assert (problem.title in signed_in(account).get(LIST).content.decode()) is (status == 200)
    assert signed_in("leader").post(f"{LIST}{problem.pk}/solve/", {"reason": "好了"}).status_code == 403


def test_what_keeps_coming_back_is_suggested_on_the_page(signed_in: SignedIn, world: World) -> None:
    old = world.closed()
    for _time in range(3):
        new = world.report()
        operations.link_recurrence(new.number, of=old.number, actor=world.actor("operator"), at=world.at)
    page = signed_in("supervisor").get(LIST).content.decode()
    assert "建议立为问题" not in page, "the returns of March are no season ago"
    with time_machine.travel(world.at, tick=False):
        page = signed_in("supervisor").get(LIST).content.decode()
        assert "建议立为问题" in page
        assert "回潮 3 次" in page
        assert new.number in page
        assert "建议立为问题" not in signed_in("leader").get(LIST).content.decode()
