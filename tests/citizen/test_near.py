"""While a report is written: its grid, likely classes, open public reports near by with reasons, and "me too"."""

from __future__ import annotations

import re

from liandong.cases.models import Case, JoinedReport
from tests.citizen.conftest import PHONE, WORDS, Citizen
from tests.world import GRID_1, GRID_9, World

HERE = f"lon={GRID_1[0]}&lat={GRID_1[1]}"


def near(citizen: Citizen, words: str = WORDS, place: str = HERE) -> str:
    return citizen.read(f"/report/near/?{place}&words={words}")


def test_the_grid_of_a_point_is_named_and_a_point_outside_asked_about(citizen: Citizen) -> None:
    assert "东桥" in near(citizen)
    assert "是这里吗？" in near(citizen, place="lon=116.4&lat=39.9")
    assert "是这里吗？" not in near(citizen, place="lon=x&lat=")


def test_open_public_reports_near_by_are_offered_with_reasons(citizen: Citizen, world: World) -> None:
    case = world.report()
    page = near(citizen)
    assert case.number in page
    assert "我也遇到了" in page
    assert "相距" in page
    assert "暴露垃圾" in page


def test_what_is_closed_to_the_public_far_away_or_over_is_not_offered(citizen: Citizen, world: World) -> None:
    world.report(nature="complaint")
    world.report(lon=GRID_9[0], lat=GRID_9[1])
    over = world.report()
    world.do("refuse_case", over, "operator", reason="重复")
    assert "data-join" not in near(citizen)


def test_me_too_keeps_another_reporter_once_and_opens_no_case(citizen: Citizen, world: World) -> None:
    case = world.report()
    found = re.search(r'data-key="([0-9a-f-]{36})"', near(citizen))
    assert found
    citizen.prove()
    form = citizen.form(number=case.number, key=found[1], words=f"我家也是，电话 {PHONE}", use_phone="1")
    first, again = (citizen.client.post("/report/join/", form) for _ in range(2))
    assert first.status_code == 302
    assert first["Location"] == again["Location"]
    joined = JoinedReport.objects.get()
    assert (joined.channel, joined.identity, joined.has_phone) == ("citizen", "named", True)
    assert joined.note == "我家也是，电话 ［电话］"
    assert Case.objects.count() == 1
    page = citizen.read(first["Location"])
    assert joined.number in page
    assert case.number in page


def test_who_joined_reads_how_it_stands_and_neither_the_words_nor_the_acts_of_who_reported(
    citizen: Citizen, world: World
) -> None:
    case = world.report(description="只有报告人知道的话", address="某某小区 3 号楼")
    link = citizen.client.post("/report/join/", citizen.form(number=case.number))["Location"].partition("?")[0]
    page = citizen.read(link)
    assert "已收到，等待受理" in page
    assert "只有报告人知道的话" not in page
    assert "3 号楼" not in page
    assert "data-act" not in page
    assert citizen.client.post(link, {"act": "withdraw"}).status_code == 422
    case.refresh_from_db()
    assert case.stage == "reported"


def test_nobody_joins_what_is_not_public_is_over_or_is_not_there(citizen: Citizen, world: World) -> None:
    over = world.report()
    world.do("refuse_case", over, "operator", reason="重复")
    for number, status in (
        (world.report(nature="report").number, 404), ("XA-20260302-999999-0", 404), ("", 404), (over.number, 409),
    ):  # fmt: skip
        assert citizen.client.post("/report/join/", citizen.form(number=number)).status_code == status
    assert not JoinedReport.objects.exists()


def test_likely_classes_are_those_that_share_words_and_no_words_are_like_none(citizen: Citizen) -> None:
    headers = {"Accept": "application/json"}
    told = citizen.client.get(f"/report/classes/?words={WORDS}", headers=headers).json()["classes"]
    assert "M06010" in {one["code"] for one in told}
    assert len(told) <= 6
    assert citizen.client.get("/report/classes/?words=zzz", headers=headers).json() == {"classes": []}


def test_the_list_of_classes_is_a_page_from_which_one_is_taken_into_the_form(citizen: Citizen) -> None:
    page = citizen.read("/report/classes/")
    assert 'href="/report/?class=M06010"' in page
    assert "A0203" not in page, "a closed class is no citizen's to choose"
    form = citizen.read("/report/?class=M06010")
    assert "暴露垃圾" in form
    assert 'name="class_code" value="M06010"' in form
    assert 'value="&lt;x' in citizen.read("/report/?class=<x")


def test_the_outlines_of_the_map_are_open_and_not_sent_twice(citizen: Citizen) -> None:
    answer = citizen.client.get("/report/areas.json?level=town")
    assert len(answer.json()["features"]) >= 2
    again = citizen.client.get("/report/areas.json?level=town", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
