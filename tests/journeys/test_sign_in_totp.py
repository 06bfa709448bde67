"""A newcomer's first day: a password of one's own, one-time codes, recovery codes, sessions elsewhere; and help."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Arrive
from tests.journeys.newcomer import Newcomer
from tests.people.hired import BETTER, Hired, code_for, code_of, hire
from tests.world import World

pytestmark = pytest.mark.xdist_group("journeys")

Come = Callable[..., Newcomer]


@pytest.fixture
def come(browser: Browser, address: str) -> Iterator[Come]:
    """Bring people to the door; when the story ends all leave, having seen nothing amiss."""
    there: list[Newcomer] = []

    def bring(account: str) -> Newcomer:
        there.append(Newcomer(browser, address, account))
        return there[-1]

    yield bring
    for person in there:
        person.leave()


def test_a_newcomer_gets_a_password_and_codes_and_keeps_others_out(come: Come) -> None:
    yan = hire(World(), "yan", role="auditor", first=True)
    desk = come("yan")
    _changes_the_password(desk, yan.password)
    recovery = _sets_up_codes(desk)
    desk.page.locator(".ld-user").click()
    desk.page.get_by_role("button", name="退出登录").click()
    expect(desk.page).to_have_url(f"{desk.address}/desk/sign-in/")
    desk.knock(BETTER)
    desk.check_axe()
    desk.picture("sign-in-code")
    code = code_of(yan.user, steps=1)
    desk.give_code(code)
    desk.is_in()
    _the_same_code_is_refused(come("yan"), code)
    other = come("yan")
    other.knock(BETTER)
    other.give_code(recovery)
    other.is_in()
    _ends_the_other_session(desk, other)
    assert yan.events().count("SignedIn") == 3
    assert yan.events()[-1] == "SessionRevoked"


def _changes_the_password(desk: Newcomer, password: str) -> None:
    page = desk.knock(password)
    expect(page).to_have_url(f"{desk.address}/desk/me/password/")
    desk.check_axe()
    desk.picture("password-first")
    _new_password(desk, password, "12345678")
    expect(page.get_by_role("alert")).to_contain_text("三种")
    desk.check_axe()
    desk.expected("status of 422")
    _new_password(desk, password, BETTER)


def _new_password(desk: Newcomer, old: str, new: str) -> None:
    desk.page.get_by_label("当前密码").fill(old)
    desk.page.locator("#id_new").fill(new)
    desk.page.get_by_label("再输一次新密码").fill(new)
    desk.page.get_by_role("button", name="保存新密码").click()


def _sets_up_codes(desk: Newcomer) -> str:
    """Scan, confirm, keep; return one of the recovery codes."""
    page = desk.page
    expect(page).to_have_url(f"{desk.address}/desk/me/second-factor/")
    expect(page.locator("img.ac-qr")).to_have_js_property("complete", value=True)
    assert page.locator("img.ac-qr").evaluate("image => image.naturalWidth") > 0
    desk.check_axe()
    desk.picture("second-factor")
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_role("textbox", name="动态口令").fill(code_for(secret))
    page.get_by_role("button", name="启用").click()
    codes = page.locator("#codes code").all_inner_texts()
    assert len(codes) == 10
    desk.check_axe()
    desk.picture("recovery-codes")
    with page.expect_download() as kept:
        page.get_by_role("link", name="下载").click()
    assert kept.value.suggested_filename == "liandong-yan.txt"
    assert kept.value.path().read_text().split() == codes
    page.get_by_role("link", name="已经保存，继续").click()
    expect(page.locator("ld-live[state=on]")).to_have_count(1)
    desk.check_axe()
    desk.picture("my-account")
    return str(codes[3])


def _the_same_code_is_refused(thief: Newcomer, code: str) -> None:
    thief.knock(BETTER)
    page = thief.give_code(code)
    expect(page.get_by_role("alert")).to_contain_text(re.compile("已经用过|不正确"))
    thief.check_axe()
    thief.picture("code-used")
    thief.expected("status of 422")


def _ends_the_other_session(desk: Newcomer, other: Newcomer) -> None:
    page = desk.open("/desk/me/")
    expect(page.get_by_role("button", name="结束", exact=True)).to_have_count(1)
    page.get_by_role("button", name="结束", exact=True).click()
    expect(page.get_by_text("已结束 1 个登录会话")).to_be_visible()
    expect(page.get_by_role("button", name="结束", exact=True)).to_have_count(0)
    desk.check_axe()
    other.page.goto(f"{other.address}/desk/cases/")
    expect(other.page).to_have_url(re.compile("/desk/sign-in/"))
    other.faults = [fault for fault in other.faults if "/events/" not in fault and "401" not in fault]


def test_an_administrator_finds_an_account_and_helps(arrive: Arrive, come: Come) -> None:
    sun: Hired = hire(World())
    admin = arrive("admin")
    page = admin.open("/desk/accounts/")
    admin.check_axe()
    admin.picture("accounts")
    page.get_by_label("账号、姓名或单位").fill("孙静")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name="sun", exact=True).click()
    admin.check_axe()
    page.locator("summary", has_text="重置密码").click()
    page.get_by_role("button", name="重置密码").click()
    password = page.locator("#one-time").inner_text()
    admin.check_axe()
    admin.picture("account")
    guest = come(sun.user.username)
    guest.knock(password)
    expect(guest.page).to_have_url(f"{guest.address}/desk/me/password/")
    expect(guest.page.locator("#toasts")).to_contain_text("重置了您的密码")
    page = admin.open("/desk/accounts/open/service/")
    admin.check_axe()
    admin.picture("service-account")
    page.locator("#id_service_account").fill("gateway")
    page.locator("#id_service_name").fill("12345 网关")
    page.locator("#id_unit_text").fill("联动中心")
    page.locator(".ld-options [role=option]").first.click()
    page.get_by_role("button", name="开户").click()
    expect(page).to_have_url(f"{admin.address}/desk/accounts/gateway/")
    page.locator("#id_key_label").fill("热线对接")
    page.get_by_label("读取案件").check()
    page.get_by_role("button", name="发放密钥").click()
    expect(page.locator("#api-secret")).to_be_visible()
    admin.check_axe()
    admin.picture("api-key")
