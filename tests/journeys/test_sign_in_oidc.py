"""Single sign-on in a browser, with a real OpenID provider: a colleague comes in, a stranger is told why not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from tests.journeys.newcomer import Newcomer
from tests.people.hired import hire
from tests.people.provider import CLIENT, SECRET, issuing
from tests.world import World

pytestmark = pytest.mark.xdist_group("journeys")

PEOPLE = {
    "7001": {"preferred_username": "sun", "name": "孙静"},
    "7002": {"preferred_username": "stranger", "name": "陌生人"},
}


@pytest.fixture
def provider(address: str, settings: Settings) -> Iterator[str]:
    """The provider, known to our side."""
    with issuing(f"{address}/desk/sign-in/sso/return/", PEOPLE) as issuer:
        settings.LIANDONG_OIDC_ISSUER = issuer.address
        settings.LIANDONG_OIDC_CLIENT_ID, settings.LIANDONG_OIDC_CLIENT_SECRET = CLIENT, SECRET
        yield issuer.address


def test_a_colleague_comes_in_by_single_sign_on_and_a_stranger_does_not(
    browser: Browser, address: str, provider: str
) -> None:
    sun = hire(World())
    colleague = Newcomer(browser, address, "sun", elsewhere=provider)
    _go_there(colleague, provider)
    _agree(colleague.page, "7001")
    colleague.is_in()
    expect(colleague.page.locator(".ld-user")).to_contain_text("孙静")
    assert sun.events()[-2:] == ["IdentityLinked", "SignedIn"]
    colleague.leave()

    stranger = Newcomer(browser, address, "stranger", elsewhere=provider)
    _go_there(stranger, provider)
    _agree(stranger.page, "7002")
    refusal = stranger.page.get_by_role("alert")
    expect(refusal).to_contain_text("“stranger”在本系统没有可用的账号")
    stranger.check_axe()
    stranger.picture("sign-on-refused")
    stranger.expected("status of 403")
    stranger.page.get_by_role("link", name="回到登录页").click()
    expect(stranger.page).to_have_url(f"{address}/desk/sign-in/")
    stranger.leave()

    hesitant = Newcomer(browser, address, "sun", elsewhere=provider)
    _go_there(hesitant, provider)
    hesitant.page.get_by_role("button", name="拒绝").click()
    expect(hesitant.page.get_by_role("alert")).to_contain_text("取消了登录")
    hesitant.expected("status of 403")
    hesitant.leave()


def _go_there(person: Newcomer, provider: str) -> None:
    person.page.goto(f"{person.address}/desk/sign-in/")
    person.check_axe()
    person.picture("sign-in-sso")
    person.page.get_by_role("link", name="用统一身份认证登录").click()
    person.page.wait_for_url(f"{provider}/**")


def _agree(page: Page, person: str) -> None:
    page.get_by_label("工号").fill(person)
    page.get_by_role("button", name="同意").click()
    page.get_by_role("button", name="同意").click()
