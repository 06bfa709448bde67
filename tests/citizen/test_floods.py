"""Ten thousand reports from one phone: refused with a clear word, and nothing left of who sent them."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections
from pytest_django import Settings

from liandong.cases.models import Case
from liandong.citizen.models import Allowance
from liandong.citizen.operations import forget_what_is_over, send_report, spend
from liandong.citizen.operations.allowances import TooOften
from liandong.citizen.operations.reports import Files, Sending
from tests.citizen.conftest import Citizen
from tests.world import GRID_1, World

HOME, OTHER = "192.0.2.7", "192.0.2.8"


def test_ten_thousand_reports_from_one_phone_leave_sixty_cases_and_one_count(world: World) -> None:
    refused = []
    for number in range(10_000):
        sending = Sending(f"第 {number} 次", f"key-{number}", lon=GRID_1[0], lat=GRID_1[1])
        try:
            send_report(sending, files=Files(), source=HOME, at=world.at)
        except TooOften as refusal:
            refused.append(refusal.values["minutes"])
    assert Case.objects.count() == 60
    assert refused == [30] * 9_940
    row = Allowance.objects.get()
    assert row.used == 60
    assert HOME not in str(list(Allowance.objects.values()))


def test_another_address_goes_on_and_in_the_next_hour_so_does_the_first(world: World) -> None:
    for _ in range(60):
        spend("report_address", of=HOME, at=world.at)
    with pytest.raises(TooOften):
        spend("report_address", of=HOME, at=world.at)
    spend("report_address", of=OTHER, at=world.at)
    spend("report_address", of=HOME, at=world.at + timedelta(minutes=30))


def test_a_proven_phone_has_a_day_s_allowance_of_its_own_whatever_the_address(world: World) -> None:
    for number in range(20):
        sending = Sending(f"第 {number} 次", f"key-{number}", lon=GRID_1[0], lat=GRID_1[1], phone="13812345678")
        send_report(sending, files=Files(), source=f"192.0.2.{number}", at=world.at)
    with pytest.raises(TooOften):
        send_report(
            Sending("第 21 次", "key-21", lon=GRID_1[0], lat=GRID_1[1], phone="13812345678"),
            files=Files(), source=OTHER, at=world.at,
        )  # fmt: skip


def test_the_page_says_how_long_and_keeps_every_word_and_a_script_is_told_when(citizen: Citizen) -> None:
    for _ in range(60):
        spend("report_address", of="127.0.0.1", at=citizen.world.at)
    answer = citizen.report(status=429)
    page = answer.content.decode()
    assert "操作太频繁" in page
    assert "小区门口垃圾堆了三天没人清" in page
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert citizen.queue(status=429)["title"] == "too_often"


def test_a_second_sending_of_a_case_that_is_there_is_answered_however_much_was_spent(citizen: Citizen) -> None:
    form = citizen.form()
    first = citizen.client.post("/report/", form)
    for _ in range(59):
        spend("report_address", of="127.0.0.1", at=citizen.world.at)
    assert citizen.client.post("/report/", form)["Location"] == first["Location"]


def test_codes_are_limited_by_phone_and_by_address(citizen: Citizen) -> None:
    statuses = [citizen.client.post("/phone/", {"phone": "13812345678"}).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    others = [citizen.client.post("/phone/", {"phone": f"139000011{number:02d}"}).status_code for number in range(30)]
    assert others.count(429) == 6


def test_a_case_is_urged_twice_a_day_at_most(citizen: Citizen) -> None:
    link = citizen.link()
    for _ in range(2):
        citizen.act(link, "urge")
    assert citizen.client.post(link, {"act": "urge"}).status_code == 429
    assert Case.objects.get().urges == 2


def test_a_district_may_set_limits_of_its_own(world: World, settings: Settings) -> None:
    settings.LIANDONG_CITIZEN_LIMITS = {"report_address": 1, "join_address": 0}
    spend("report_address", of=HOME, at=world.at)
    for kind in ("report_address", "join_address"):
        with pytest.raises(TooOften):
            spend(kind, of=HOME, at=world.at)


def test_counts_are_forgotten_when_their_hour_is_over_and_tell_nothing_of_one_another(world: World) -> None:
    spend("report_address", of=HOME, at=world.at)
    spend("report_address", of=HOME, at=world.at + timedelta(hours=1))
    first, second = Allowance.objects.order_by("until")
    assert bytes(first.key) != bytes(second.key)
    assert forget_what_is_over(at=world.at + timedelta(hours=1)) == 1
    assert Allowance.objects.get().until == second.until


def test_the_same_report_sent_from_two_tabs_at_once_is_one_case(shared_world: World) -> None:
    sending = Sending("小区门口垃圾", "one-key", lon=GRID_1[0], lat=GRID_1[1])
    gate, taken = threading.Barrier(2), []

    def send() -> None:
        gate.wait(10)
        taken.append(send_report(sending, files=Files(), source=HOME, at=shared_world.at))
        connections.close_all()

    tabs = [threading.Thread(target=send) for _ in range(2)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join(30)
    assert Case.objects.count() == 1
    assert len({one.number for one in taken}) == 1
    assert sorted(one.is_new for one in taken) == [False, True]
