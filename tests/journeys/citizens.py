"""Somebody at a phone without an account: their browser, what it must never do, and how they report."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page, Request, expect

from tests.journeys.browser import Desk
from tests.journeys.steps import PHONE

PERMISSIONS = ["geolocation", "background-sync"]


class Citizen(Desk):
    """A phone of somebody who never signs in. Of a desk it has the watch over what a page must not do."""

    def __init__(self, browser: Browser, address: str, *, position: tuple[float, float], **context: Any) -> None:
        lon, lat = position
        given = {
            **PHONE,
            "permissions": PERMISSIONS,
            "geolocation": {"longitude": lon, "latitude": lat, "accuracy": 20},
            **context,
        }
        super().__init__(browser, address, "citizen", **given)

    def open(self, path: str) -> Page:
        """Open a page for everybody."""
        self.page.goto(self.address + path)
        expect(self.page.locator("#main")).to_be_visible()
        return self.page

    def write(self, *, words: str, address: str = "") -> Page:
        """Fill in the form, which is ready."""
        expect(self.page.locator("#report-form[data-ready]")).to_be_attached()
        self.page.get_by_label("几句话说明").fill(words)
        if address:
            self.page.get_by_label("地址或附近的标志").fill(address)
        return self.page

    def be_ready_offline(self) -> None:
        """Wait until the worker keeps the app."""
        self.page.evaluate(_UNTIL_KEPT)

    def lose_the_network(self) -> None:
        """Go where there is none; requests that fail now are no fault."""
        self.context.set_offline(True)

    def find_the_network(self) -> None:
        """Come back."""
        self.context.set_offline(False)
        self.faults = [fault for fault in self.faults if "ERR_INTERNET_DISCONNECTED" not in fault]

    def _sign_in(self) -> None:
        """Nobody signs in here."""

    def _request(self, request: Request) -> None:
        super()._request(request)
        if request.url.startswith(f"{self.address}/desk/") and not request.is_navigation_request():
            self.faults.append(f"of the desk: {request.url}")


_UNTIL_KEPT = """async () => {
  await navigator.serviceWorker.ready;
  for (;;) {
    for (const name of await caches.keys()) {
      if (await (await caches.open(name)).match('/report/offline/')) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}"""
