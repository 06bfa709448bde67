"""J4: a citizen's case is closed, said not to be fixed, reopened, solved; the second dispute is refused."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django import Settings

from liandong.cases.models import Case
from liandong.cases.tasks import draw_what_waits
from liandong.people.access import platform
from liandong.people.keys import forget_keys
from liandong.people.models import User
from liandong.people.operations import issue_key
from liandong.timeline.verify import verify
from tests.journeys.browser import Desk
from tests.journeys.citizens import Citizen
from tests.journeys.conftest import Arrive
from tests.journeys.steps import PHONE, add_photo, case_page, picture, send, take, told
from tests.world import GRID_1

pytestmark = pytest.mark.xdist_group("journeys")


def test_a_citizen_says_it_is_not_fixed_and_is_heard_once_without_asking(arrive: Arrive) -> None:
    operator, bureau, verifier = arrive("operator"), arrive("bureau002", **PHONE), arrive("verifier")
    number = _reported_by_open311(operator)
    _take_in(operator, number)
    take(arrive("lin"), number, "dispatch")
    _handled_and_closed((bureau, verifier, operator), number, result="已清运一车")
    _dispute(operator, number)
    _handled_and_closed((bureau, verifier, operator), number, result="全部清运并冲洗地面")
    _dispute_again(operator, number)
    _refuse(arrive("supervisor"), number)
    case = Case.objects.get(number=number)
    assert (case.stage, case.channel, case.disputes, case.reopenings, case.asks) == (
        "closed", "open311", 2, 1, [],
    )  # fmt: skip
    assert not verify().breaks


def _reported_by_open311(operator: Desk) -> str:
    at = timezone.localtime()
    user = User.objects.get(username="integrator")
    forget_keys()
    issue_key(user, secret="citizen-app", label="市民端", scopes="*", actor=platform("test"), at=at)
    form = {
        "api_key": "citizen-app",
        "service_code": "M06010",
        "lat": str(GRID_1[1]),
        "long": str(GRID_1[0]),
        "description": "小区门口垃圾堆了三天没人清",
        "first_name": "陈",
        "phone": "13812345678",
    }
    answer = operator.context.request.post(f"{operator.address}/open311/v2/requests.json", form=form)
    assert answer.ok, answer.text()
    return str(answer.json()[0]["service_request_id"])


def _take_in(operator: Desk, number: str) -> None:
    take(operator, number, "accept")
    take(operator, number, "file")


def _handled_and_closed(desks: tuple[Desk, Desk, Desk], number: str, *, result: str) -> None:
    bureau, verifier, operator = desks
    page = take(bureau, number, "receive")
    add_photo(page, "after")
    send(page, "hand_in", result=result, answer=result)
    expect(page.locator("#case-story [data-stage=handled]").first).to_be_visible()
    draw_what_waits(timezone.localtime())
    take(verifier, number, "check", ok="yes")
    page = case_page(operator, number)
    if page.locator("form[data-step=call_back]").count():
        send(page, "call_back", reached="yes", solved="yes", satisfaction="3")
        told(page, number)
    page = take(operator, number, "close")
    expect(page.locator("#case-story [data-stage=closed]").first).to_be_visible()


def _dispute(operator: Desk, number: str) -> None:
    """The operator writes down what the citizen says on the phone: the first time it is reopened unasked."""
    page = take(operator, number, "rate", rating="1", note="根本没清干净")
    operator.check_axe()
    send(page, "dispute", reason="后面还有一堆没清")
    expect(page.locator("#case-story [data-stage=dispatched]").first).to_be_visible()
    expect(page.locator("#case-story .ld-timeline")).to_contain_text("案件重开")
    operator.check_axe()


def _dispute_again(operator: Desk, number: str) -> None:
    page = take(operator, number, "dispute", reason="地面还有油渍")
    expect(page.locator("#case-story [data-stage=closed]").first).to_be_visible()
    expect(page.locator("#case-story .ld-timeline")).to_contain_text("待值班长决定")


def _refuse(supervisor: Desk, number: str) -> None:
    page = supervisor.open("/desk/")
    page.locator(".ld-tile").filter(has_text="待答复申诉").click()
    page.locator(f"#row-{number}").get_by_role("link", name=number).click()
    supervisor.check_axe()
    send(page, "refuse_dispute", reason="现场复核已清理干净，油渍属路面旧痕")
    told(page, number)
    expect(page.locator("#case-story .ld-timeline")).to_contain_text("油渍属路面旧痕")
    supervisor.check_axe()
    supervisor.picture("dispute-refused")


def test_a_citizen_reports_without_a_network_follows_it_says_it_is_not_fixed_and_sees_it_reopened(
    browser: Browser, arrive: Arrive, settings: Settings
) -> None:
    settings.LIANDONG_CITIZEN_SECONDS = 0  # a script types faster than anybody
    operator, bureau, verifier, lin = (
        arrive("operator"), arrive("bureau002", **PHONE), arrive("verifier"), arrive("lin"),
    )  # fmt: skip
    citizen = Citizen(browser, operator.address, position=GRID_1)
    number = _reported_offline(citizen)
    link = citizen.page.url.partition("?")[0]
    take(operator, number, "accept", class_code_text="暴露垃圾")
    take(operator, number, "file")
    take(lin, number, "dispatch")
    _handled_and_closed((bureau, verifier, operator), number, result="已清运一车")
    page = citizen.open(link.removeprefix(citizen.address))
    expect(page.locator(".ci-stage[data-stage=closed]")).to_contain_text("已办结")
    expect(page.locator(".ci-pairs img")).to_have_count(2)
    expect(page.locator(".ci-events")).to_contain_text("已到现场核查")
    citizen.check_axe()
    _says_it_is_not_fixed(citizen)
    case = Case.objects.get(number=number)
    assert (case.stage, case.channel, case.disputes, case.reopenings) == ("dispatched", "citizen", 1, 1)
    assert case.identity == "anonymous"
    citizen.leave()
    assert not verify().breaks


def _reported_offline(citizen: Citizen) -> str:
    page = citizen.open("/report/")
    citizen.be_ready_offline()
    citizen.lose_the_network()
    citizen.open("/report/")
    expect(page.locator("[data-network]")).to_be_visible()
    citizen.write(words="小区门口垃圾堆了三天没人清", address="东桥路 12 号门口")
    page.get_by_role("button", name="用我的位置").click()
    expect(page.locator("#place-told")).to_contain_text("已取得位置")
    photo = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": picture("heap")}
    page.locator("#id_photo").set_input_files(photo)
    expect(page.locator("#photos img")).to_have_count(1)
    citizen.check_axe()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("#sending")).to_contain_text("联网后自动送出")
    expect(page.locator("#queue li")).to_have_count(1)
    assert not Case.objects.exists()
    citizen.picture("citizen-offline")
    citizen.find_the_network()
    expect(page).to_have_url(re.compile("/track/c/"))
    expect(page.get_by_text("已收到，谢谢您")).to_be_visible()
    citizen.check_axe()
    case = Case.objects.get()
    assert (case.area, case.attachments.count()) == ("310198001001001", 1)
    return case.number


def _says_it_is_not_fixed(citizen: Citizen) -> None:
    page = citizen.page
    page.locator("[data-act=rate] label").filter(has_text="很不满意").click()
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("谢谢您的评价")).to_be_visible()
    page.get_by_label("还没解决？说说哪里没解决").fill("后面还有一堆没清")
    page.get_by_role("button", name="还没解决，请重新办理").click()
    expect(page.locator(".ci-stage[data-stage=dispatched]")).to_be_visible()
    expect(page.locator(".ci-events")).to_contain_text("重新办理")
    citizen.check_axe()
    citizen.picture("citizen-reopened")
