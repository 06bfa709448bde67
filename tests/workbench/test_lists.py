"""Lists, tiles and inbox: what they hold, how they page, and that their statements do not grow with the cases."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from liandong.cases import operations, reach
from liandong.people.access import platform
from tests.workbench.conftest import SignedIn
from tests.world import World

MOST_STATEMENTS = 6
_NUMBER = re.compile(r'id="row-([A-Z]{2}-[\d-]+)"')


def _numbers(client: Client, url: str) -> list[str]:
    return _NUMBER.findall(client.get(url).content.decode())


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the rules be read once, and whether a reader reported elsewhere: what is measured is the page.

    What other tests left behind is forgotten first. Both would else be asked again between two pages of a slow run.
    """
    reach.forget_reach()
    for name in (
        "web.remembered._LOOK_AGAIN_SECONDS",
        "cases.reach.REMEMBERED_SECONDS",
        "cases.reach.ONE_PAGE_SECONDS",
    ):
        monkeypatch.setattr(f"liandong.{name}", 3600.0)


@pytest.mark.parametrize(
    ("page", "account"),
    [
        ("cases", "operator"),
        ("cases", "bureau002"),
        ("home", "operator"),
        ("home", "bureau002"),
        ("inbox", "bureau002"),
        ("late", "supervisor"),
        ("intake", "operator"),
        ("dispatch", "lin"),
    ],
)
def test_a_list_takes_the_same_few_statements_however_many_cases_it_shows(
    page: str,
    account: str,
    signed_in: SignedIn,
    world: World,
    remembered: None,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client, url = signed_in(account), reverse(f"workbench:{page}")
    world.dispatched()
    client.get(url)
    with django_assert_max_num_queries(MOST_STATEMENTS) as few:
        client.get(url)
    for _more in range(12):
        world.dispatched()
    with django_assert_num_queries(len(few.captured_queries)):
        client.get(url)


def test_the_page_of_a_case_takes_the_same_statements_however_long_its_story(
    signed_in: SignedIn,
    world: World,
    remembered: None,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    case = world.received()
    client, url = signed_in("bureau002"), reverse("workbench:case", args=[case.number])
    client.get(url)
    with django_assert_max_num_queries(14) as few:
        client.get(url)
    for _more in range(5):
        world.do("contact_reporter", case, "bureau002", reached=False, outcome="无人接听")
    with django_assert_num_queries(len(few.captured_queries)):
        client.get(url)


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("text=车库", ["clinic"]),
        ("stage=dispatched", ["sent"]),
        ("class_code=A02", ["clinic"]),
        ("unit=310198-B002", ["sent"]),
        ("area=310198002", ["far"]),
        ("channel=citizen", ["far"]),
        ("placed=no", ["lost"]),
        ("open=no", []),
        ("stage=nonsense", ["far", "lost", "clinic", "sent"]),
        ("late=yes", []),
    ],
)
def test_a_filter_finds_what_it_asks_for(query: str, finds: list[str], signed_in: SignedIn, world: World) -> None:
    known = {
        "sent": world.dispatched(),
        "clinic": world.report(class_code="A0203", description="车库里无证看病", identity="anonymous"),
        "lost": world.report(lon=None, lat=None),
        "far": world.report(lon=121.445, lat=31.01, channel="citizen"),
    }
    found = _numbers(signed_in("operator"), f"{reverse('workbench:cases')}?{query}")
    assert sorted(found) == sorted(known[name].number for name in finds)


def test_a_number_is_found_by_typing_it(signed_in: SignedIn, world: World) -> None:
    case, _other = world.report(), world.report()
    assert _numbers(signed_in("operator"), f"{reverse('workbench:cases')}?text={case.number}") == [case.number]


def test_the_number_of_a_joined_report_finds_its_case_and_says_why(signed_in: SignedIn, world: World) -> None:
    case, _other = world.report(), world.report()
    joined = operations.join_case(case.number, actor=world.actor("operator"), at=world.later(minutes=1))
    url = f"{reverse('workbench:cases')}?text={joined.number}"
    assert _numbers(signed_in("operator"), url) == [case.number]
    assert f"{joined.number} 是并入下面这件案件的一条反映" in signed_in("operator").get(url).content.decode()
    assert _numbers(signed_in("town02"), url) == []


def test_pages_of_fifty_follow_each_other_without_gap_or_overlap(signed_in: SignedIn, world: World) -> None:
    for minute in range(60):
        world.report(description=f"第{minute}件")
        world.later(minutes=minute % 2)
    client, seen = signed_in("operator"), []
    url = reverse("workbench:cases") + "?channel=hotline"
    first = client.get(url)
    seen += _NUMBER.findall(first.content.decode())
    older = first.context["pager"]["older_url"]
    assert len(seen) == 50
    assert "channel=hotline" in older
    second = client.get(reverse("workbench:cases") + older)
    seen += _NUMBER.findall(second.content.decode())
    assert len(seen) == len(set(seen)) == 60
    assert second.context["pager"]["older_url"] == ""


@pytest.mark.parametrize(
    "query", ["after=nonsense", "after=2026-03-02T01:00:00~1", "text=%00", "text=" + "长" * 3000, "area='"]
)
def test_a_bad_address_is_still_a_page(query: str, signed_in: SignedIn, world: World) -> None:
    assert signed_in("operator").get(f"{reverse('workbench:cases')}?{query}").status_code == 200


def test_the_inbox_sorts_cases_into_its_tabs(signed_in: SignedIn, world: World) -> None:
    sent, taken, other = world.dispatched(), world.received(), world.dispatched(to="310198-D02")
    client, url = signed_in("bureau002"), reverse("workbench:inbox")
    assert _numbers(client, f"{url}?tab=receive") == [sent.number]
    assert _numbers(client, f"{url}?tab=hand_in") == [taken.number]
    assert sorted(_numbers(client, f"{url}?tab=late")) == sorted([sent.number, taken.number])
    assert other.number not in client.get(url).content.decode()


def test_the_late_list_names_the_clock_that_ran_out(signed_in: SignedIn, world: World) -> None:
    case = world.filed()
    operations.mark_overdue(actor=platform("sweep"), at=world.at + timedelta(days=2))
    page = signed_in("supervisor").get(reverse("workbench:late")).content.decode()
    assert f"row-{case.number}" in page
    assert "派遣 超时" in re.sub(r"<[^>]+>", "", page)


def test_the_first_page_counts_what_awaits_each_role(signed_in: SignedIn, world: World) -> None:
    world.report()
    world.filed()
    world.dispatched()
    counts = {
        account: {str(tile["label"]): tile["count"] for tile in signed_in(account).get("/desk/").context["tiles"]}
        for account in ("operator", "lin", "bureau002", "auditor")
    }
    assert counts["operator"]["待受理"] == 1
    assert counts["lin"]["待派遣"] == 1
    assert counts["bureau002"]["待签收"] == 1
    assert counts["auditor"]["在办案件"] == 3
    assert "待派遣" not in counts["bureau002"]


def test_the_map_shows_the_points_one_may_see(signed_in: SignedIn, world: World) -> None:
    case = world.dispatched()
    world.report(lon=None, lat=None)
    shown = signed_in("operator").get(reverse("workbench:map_cases")).json()["features"]
    assert [feature["properties"]["number"] for feature in shown] == [case.number]
    assert signed_in("bureau001").get(reverse("workbench:map_cases")).json()["features"] == []
    queue = signed_in("lin").get(reverse("workbench:map_cases") + "?queue=dispatch").json()["features"]
    assert queue == []


def test_outlines_are_sent_once_and_then_only_confirmed(signed_in: SignedIn, world: World) -> None:
    client, url = signed_in("operator"), reverse("workbench:map_areas") + "?level=grid"
    first = client.get(url)
    assert len(first.json()["features"]) == 16
    again = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_point_is_told_its_grid(signed_in: SignedIn, world: World) -> None:
    client, url = signed_in("operator"), reverse("workbench:map_locate")
    assert client.get(f"{url}?lon=121.405&lat=31.01").json()["names"][-1] == "东桥1号网格"
    assert client.get(f"{url}?lon=10&lat=50").json()["area"] == ""
    assert client.get(f"{url}?lon=nan&lat=x").json()["area"] == ""
