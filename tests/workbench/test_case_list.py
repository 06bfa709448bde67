"""The list of cases as a page: its filter, orders, columns, saved filters, batches and phones."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client

from liandong.cases.models import Batch, BatchRow, Case, SavedFilter
from liandong.cases.operations import run_batches
from liandong.cases.queries import CaseFilter, forget_search
from liandong.cases.queries.asking import PARAMETERS, address_of, order_in, question_in
from liandong.people.access import platform
from liandong.workbench.columns import COLUMNS
from tests.workbench.conftest import SignedIn
from tests.world import GRID_9, MRS_CHEN, World

_NUMBER = re.compile(r'id="row-([A-Z]{2}-[\d-]+)"')


def _numbers(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/desk/cases/?{query}")
    assert answer.status_code == 200
    return _NUMBER.findall(answer.content.decode())


def _asked(text: str) -> CaseFilter:
    return question_in(QueryDict(text))


ADDRESSES = [
    "text=垃圾&stage=filed&stage=dispatched",
    "class_code=M06&area=310198001&unit=310198-B002&below=yes",
    "channel=hotline&urgency=urgent&nature=help&force=service&run_by=town&closing=late",
    "open=no&late=yes&placed=no&mine=yes&returns=1&reworks=2&reopenings=3&due_hours=4&days=7",
    "ended_from=2026-03-01&ended_until=2026-03-31&solved_level=town&call_back_result=solved&satisfied=no",
    "missed=contact&shape=121.400000,31.000000;121.420000,31.000000;121.420000,31.020000",
    "from=2026-03-01&until=2026-03-31&due_from=2026-03-02&due_until=2026-03-02",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_and_its_question_say_the_same(address: str) -> None:
    question = _asked(address)
    assert _asked(urlencode(address_of(question))) == question
    assert dict(address_of(question)) == dict(QueryDict(address).items())


def test_every_name_of_an_address_is_asked_for_by_a_test() -> None:
    named = {pair.partition("=")[0] for address in ADDRESSES for pair in address.split("&")}
    assert named == {"stage", *(one.name for one in PARAMETERS)}


@pytest.mark.parametrize("address", ["from=tomorrow", "returns=-1", "returns=x", "open=perhaps", "stage=flying", "x=1"])
def test_what_an_address_says_in_vain_narrows_nothing(address: str) -> None:
    assert _asked(address) == CaseFilter()


def test_until_means_until_the_end_of_that_day_in_shanghai(signed_in: SignedIn, world: World) -> None:
    case = world.report()
    assert _numbers(signed_in("operator"), "from=2026-03-02&until=2026-03-02") == [case.number]
    assert _numbers(signed_in("operator"), "until=2026-03-01") == []


def test_an_order_is_given_only_where_an_index_answers_it() -> None:
    for address, usual, order in (
        ("order=due&open=yes", "newest", "due"),
        ("order=due", "newest", "newest"),
        ("order=best", "newest", "newest"),
        ("order=best&text=a", "newest", "best"),
        ("late=yes", "due", "due"),
        ("order=colour", "newest", "newest"),
    ):
        assert order_in(QueryDict(address), _asked(address), usual=usual) == order, address


def test_open_work_comes_by_what_is_due_first_page_after_page(
    signed_in: SignedIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liandong.workbench.views.lists.PAGE", 2)
    numbers = [world.report(urgency=urgency).number for urgency in ("normal", "critical", "urgent", "normal", "normal")]
    Case.objects.filter(number=numbers[4]).update(due_at=None)
    client, listed, query = signed_in("operator"), [], "open=yes&order=due"
    while query:
        answer = client.get(f"/desk/cases/?{query}")
        listed += _NUMBER.findall(answer.content.decode())
        query = answer.context["pager"]["older_url"].removeprefix("?")
    dues = dict(Case.objects.values_list("number", "due_at"))
    assert sorted(listed) == sorted(numbers)
    assert listed[-1] == numbers[4]
    assert [dues[number] for number in listed[:4]] == sorted(dues[number] for number in listed[:4])


def test_the_best_answers_come_first_page_after_page(
    signed_in: SignedIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liandong.workbench.views.lists.PAGE", 1)
    exact = world.report(description="工地夜间施工噪声扰民")
    vague = world.report(description="夜间有噪声，希望管一管")
    world.report(description="树枝挡路")
    client = signed_in("operator")
    first = client.get("/desk/cases/?text=工地夜间施工噪声&order=best")
    assert _NUMBER.findall(first.content.decode()) == [exact.number]
    assert _numbers(client, first.context["pager"]["older_url"].removeprefix("?")) == [vague.number]


def test_the_columns_order_and_density_of_ones_choice_are_remembered(signed_in: SignedIn, world: World) -> None:
    world.dispatched()
    client = signed_in("operator")
    chosen = {
        "column": ["unit", "returns", "assisting", "no-such"],
        "order": "due",
        "dense": "yes",
        "query": "open=yes",
    }
    assert client.post("/desk/filters/look/", chosen)["Location"] == "/desk/cases/?open=yes"
    page = client.get("/desk/cases/?open=yes")
    assert [column["code"] for column in page.context["columns"]] == ["number", "unit", "returns", "assisting"]
    assert page.context["order"] == "due"
    assert "wb-dense" in page.content.decode()
    assert [column["code"] for column in signed_in("supervisor").get("/desk/cases/").context["columns"]][1] == "stage"


def test_every_column_can_be_shown_and_written(signed_in: SignedIn, world: World) -> None:
    world.closed()
    client = signed_in("operator")
    client.post("/desk/filters/look/", {"column": list(COLUMNS)})
    page = client.get("/desk/cases/")
    assert len(page.context["columns"]) == len(COLUMNS)
    row = page.content.decode().partition("<tbody")[2].partition("</tr>")[0]
    assert row.count("<td") == len(COLUMNS) + 1


def test_a_filter_is_saved_from_the_list_and_counted_on_home_and_list(signed_in: SignedIn, world: World) -> None:
    world.dispatched()
    client = signed_in("operator")
    client.post("/desk/filters/save/", {"name": "待签收的", "query": "stage=dispatched&after=x"}, follow=True)
    for part in ("chips", "tiles"):
        text = client.get(f"/desk/filters/?part={part}").content.decode()
        assert "待签收的" in text
        assert "<strong>1</strong>" in text
        assert 'href="/desk/cases/?stage=dispatched"' in text
    assert "待签收的" not in signed_in("bureau001").get("/desk/filters/?part=chips").content.decode()


def test_a_filter_that_cannot_be_saved_says_why_on_the_list(signed_in: SignedIn, world: World) -> None:
    page = signed_in("operator").post("/desk/filters/save/", {"name": "", "query": ""}, follow=True)
    assert "筛选的名称" in page.content.decode()


def test_filters_are_pinned_moved_and_removed_on_their_page(signed_in: SignedIn, world: World) -> None:
    client = signed_in("operator")
    for name in ("甲", "乙"):
        client.post("/desk/filters/save/", {"name": name, "query": ""})
    keys = dict(SavedFilter.objects.values_list("name", "pk"))
    for act, name, order in (
        ("up", "乙", ["乙", "甲"]),
        ("unpin", "乙", ["甲", "乙"]),
        ("pin", "乙", ["甲", "乙"]),
        ("remove", "甲", ["乙"]),
    ):
        assert client.post(f"/desk/filters/{keys[name]}/", {"act": act}).status_code == 302
        assert [one["name"] for one in client.get("/desk/filters/").context["filters"]] == order, act
    assert client.post(f"/desk/filters/{keys['乙']}/", {"act": "burn"}).status_code == 404
    assert signed_in("supervisor").post(f"/desk/filters/{keys['乙']}/", {"act": "remove"}).status_code == 404


def test_many_cases_are_foreseen_asked_for_and_told_of_row_by_row(signed_in: SignedIn, world: World) -> None:
    good, early = world.filed(), world.report()
    client = signed_in("lin")
    chosen = [f"{case.number}:{Case.objects.get(pk=case.pk).version}" for case in (good, early)]
    page = client.post("/desk/batches/preview/", {"verb": "dispatch", "case": chosen, "query": ""})
    assert (page.context["good"], page.context["bad"]) == (1, 1)
    assert page.context["foreseen"][0].unit == "东桥街道城管中队"
    assert "待受理" in page.context["refused"][0].obstacle
    assert Case.objects.get(pk=good.pk).stage == "filed"
    asked = client.post("/desk/batches/ask/", {"verb": "dispatch", "chosen": page.context["chosen"], "note": "快"})
    waiting = client.get(f"{asked['Location']}?part=progress").content.decode()
    assert "load delay:1s" in waiting
    run_batches(actor=platform("batches"), at=world.later(minutes=1))
    page = client.get(asked["Location"])
    assert (page.context["done"], page.context["refused_count"]) == (1, 1)
    assert "案件现处于“待受理”，不能执行“派遣”。" in page.content.decode()
    assert "load delay" not in page.content.decode()
    again = client.post(f"{asked['Location']}retry/")
    assert BatchRow.objects.filter(batch=Batch.objects.latest("pk")).get().number == early.number
    assert again.status_code == 302
    assert signed_in("supervisor").get(asked["Location"]).status_code == 404


def test_all_that_a_filter_finds_can_be_chosen_but_only_what_one_sees(signed_in: SignedIn, world: World) -> None:
    here, there = world.dispatched(), world.dispatched(lon=GRID_9[0], lat=GRID_9[1])
    page = signed_in("bureau002").post(
        "/desk/batches/preview/", {"verb": "receive", "all": "yes", "query": "stage=dispatched"}
    )
    assert here.number in page.context["chosen"]
    assert there.number not in page.context["chosen"]
    page = signed_in("bureau002").post("/desk/batches/preview/", {"verb": "receive", "case": [f"{there.number}:3"]})
    assert page.context["count"] == 0


def test_a_step_never_taken_on_many_is_refused_and_so_is_a_stranger(signed_in: SignedIn, world: World) -> None:
    assert signed_in("lin").post("/desk/batches/preview/", {"verb": "close"}).status_code == 422
    assert signed_in("leader").post("/desk/batches/preview/", {"verb": "dispatch"}).status_code == 403


def test_a_phone_is_searched_on_its_own_page_and_stands_in_no_address(signed_in: SignedIn, world: World) -> None:
    case = world.report(contact=MRS_CHEN, identity="named")
    client = signed_in("operator")
    assert client.get("/desk/cases/by-phone/").status_code == 200
    page = client.post("/desk/cases/by-phone/", {"phone": "5678", "purpose": "来电人询问"})
    assert _NUMBER.findall(page.content.decode()) == [case.number]
    assert page["Cache-Control"] == "no-store"
    assert client.post("/desk/cases/by-phone/", {"phone": "5678", "purpose": ""}).status_code == 422
    assert client.post("/desk/cases/by-phone/", {"phone": "56", "purpose": "x"}).status_code == 422
    assert signed_in("lin").get("/desk/cases/by-phone/").status_code == 403


@pytest.fixture(autouse=True)
def fresh_names(world: World) -> None:
    """What a process remembers of names must not come from another test's people."""
    forget_search()


def test_a_console_unfolds_the_story_of_its_case_on_demand(signed_in: SignedIn, world: World) -> None:
    case = world.filed()
    client = signed_in("lin")
    story = f"/desk/consoles/dispatch/{case.number}/?part=story"
    page = client.get("/desk/dispatch/").content.decode()
    assert story in page
    assert "ld-timeline" not in page
    assert "立案" in client.get(story).content.decode()
    assert signed_in("bureau001").get(story).status_code == 403


def test_a_reminder_and_a_search_by_phone_are_told_in_words(signed_in: SignedIn, world: World) -> None:
    from liandong.cases.operations import find_by_phone, remind_unit

    case = world.dispatched(contact=MRS_CHEN, identity="named")
    remind_unit(case.number, note="居民又来电", actor=world.actor("lin"), at=world.at)
    find_by_phone("5678", purpose="来电人询问", actor=world.actor("operator"), at=world.at)
    page = signed_in("operator").get(f"/desk/cases/{case.number}/").content.decode()
    for words in ("催办提醒", "居民又来电", "按电话查找", "来电人询问"):
        assert words in page, words
