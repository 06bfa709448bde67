"""Somebody at a browser who has yet to sign in."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page, Request, expect

from tests.journeys.browser import Desk


class Newcomer(Desk):
    """A person at the door. `elsewhere` is the one other site their browser may go to."""

    def __init__(self, browser: Browser, address: str, account: str, *, elsewhere: str = "", **context: Any) -> None:
        self.elsewhere = elsewhere
        super().__init__(browser, address, account, **context)

    def knock(self, password: str) -> Page:
        """Give account and password."""
        self.page.goto(f"{self.address}/desk/sign-in/")
        self.page.get_by_label("账号").first.fill(self.account)
        self.page.get_by_label("密码").fill(password)
        self.page.get_by_role("button", name="登录", exact=True).click()
        return self.page

    def give_code(self, code: str) -> Page:
        """Give the code of the second step."""
        expect(self.page).to_have_url(f"{self.address}/desk/sign-in/code/")
        self.page.get_by_role("textbox", name="动态口令").fill(code)
        self.page.get_by_role("button", name="确认").click()
        return self.page

    def is_in(self) -> None:
        """The desk stands before them, and is live."""
        expect(self.page).to_have_url(f"{self.address}/desk/")
        expect(self.page.locator("ld-live[state=on]")).to_have_count(1)

    def _sign_in(self) -> None:
        """Not yet."""

    def _request(self, request: Request) -> None:
        if not (self.elsewhere and request.url.startswith(self.elsewhere)):
            super()._request(request)
