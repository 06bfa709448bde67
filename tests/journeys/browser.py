"""What journeys share: our own ASGI server in a thread, people at their browsers, and what every page must keep to."""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from django.conf import settings
from django.db import connections
from django.db.backends.signals import connection_created
from django.utils.module_loading import import_string
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from liandong.people import live
from liandong.project.server import Application
from tests.world import PASSWORD

CLONE = Path(__file__).resolve().parents[2]
AXE = (CLONE / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCREENSHOTS = os.environ.get("LIANDONG_SCREENSHOTS", "")
"""A folder under the clone to write screenshots into; nothing is written without it."""
THREADS = 2
NARROW, WHOLE_PAGE = 600, 4000
"""Below which width a page has its menu at the foot, and a height that holds any page; in pixels."""
SECOND_LOOK_MS = 700
PATIENCE_MS = 15_000
"""How long to wait for a screen: the machines that run the tests are small and busy."""

expect.set_options(timeout=PATIENCE_MS)


@contextmanager
def serving() -> Iterator[str]:
    """Run the web process's application on a free port and return its address; it shares the tests' database."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    application = Application(live=import_string(settings.LIANDONG_LIVE), threads=THREADS)
    server = uvicorn.Server(
        uvicorn.Config(application, log_level="warning", timeout_graceful_shutdown=2, loop="asyncio")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    with _connections_of_others() as opened:
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            application.stop_streams()
            _close_connections(application)
            server.should_exit = True
            thread.join(10)
            live._THREAD.submit(connections.close_all).result(10)
            listening.close()
            # A page that asked once more in the last moment has opened one again, in a thread that has ended.
            for left in opened:
                left.close()


@contextmanager
def _connections_of_others() -> Iterator[list[Any]]:
    """Note the connections that other threads than this one open."""
    here = threading.current_thread()
    opened: list[Any] = []

    def note(*, connection: Any, **_signal: Any) -> None:
        if threading.current_thread() is not here:
            opened.append(connection.connection)

    connection_created.connect(note)
    try:
        yield opened
    finally:
        connection_created.disconnect(note)


def _close_connections(application: Application) -> None:
    """Close the database connection of every thread of the server, so that the tests' database can be dropped."""
    together = threading.Barrier(THREADS)

    def close() -> None:
        together.wait(10)
        connections.close_all()

    for closing in [application._pool.submit(close) for _thread in range(THREADS)]:
        closing.result(10)


class Desk:
    """One person at one browser. Notes what a page must never do, and checks it at the end."""

    def __init__(self, browser: Browser, address: str, account: str, **context: Any) -> None:
        self.address, self.account = address, account
        given = {
            "viewport": {"width": 1366, "height": 768},
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            **context,
        }
        self.context: BrowserContext = browser.new_context(**given)
        self.context.set_default_timeout(PATIENCE_MS)
        self.faults: list[str] = []
        self.page: Page = self.window()
        self._sign_in()

    def window(self) -> Page:
        """Open another window of the same person."""
        page = self.context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("request", self._request)
        return page

    def open(self, path: str) -> Page:
        """Open a page of the desk and wait until it is live."""
        self.page.goto(self.address + path)
        expect(self.page.locator("ld-live[state=on]")).to_have_count(1)
        return self.page

    def check_axe(self, page: Page | None = None) -> None:
        """No serious or critical finding on the page as it stands.

        What is found must be there at a second look too: the first may have met a part while it was exchanged.

        A phone's page is looked at whole: what its menu at the foot half hides comes free by scrolling.
        """
        page = page or self.page
        size = page.viewport_size
        is_phone = size is not None and size["width"] < NARROW
        if size is not None and is_phone:
            page.set_viewport_size({"width": size["width"], "height": WHOLE_PAGE})
        grave = _grave(page)
        if grave:
            page.wait_for_timeout(SECOND_LOOK_MS)
            grave = _grave(page)
        if size is not None and is_phone:
            page.set_viewport_size(size)
        told = [(rule["id"], [node["target"] for node in rule["nodes"]][:3]) for rule in grave]
        assert not told, f"{page.url}: {told}"

    def picture(self, name: str) -> None:
        """Keep a screenshot where the environment asks for one."""
        if SCREENSHOTS:
            folder = CLONE / SCREENSHOTS
            folder.mkdir(parents=True, exist_ok=True)
            # Hiding the caret would put an inline style into the page, which its policy refuses and reports.
            self.page.screenshot(path=str(folder / f"{name}.png"), caret="initial")

    def expected(self, words: str) -> None:
        """Forgive a fault the story asked for, which must have happened."""
        assert any(words in fault for fault in self.faults), self.faults
        self.faults = [fault for fault in self.faults if words not in fault]

    def leave(self) -> None:
        """Close the browser of this person, who must have seen nothing amiss."""
        self.context.close()
        assert self.faults == [], f"{self.account}: {self.faults}"

    def _sign_in(self) -> None:
        self.page.goto(f"{self.address}/desk/sign-in/")
        self.page.get_by_label("账号").first.fill(self.account)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录", exact=True).click()
        expect(self.page).to_have_url(f"{self.address}/desk/")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"off-origin: {request.url}")


def _grave(page: Page) -> list[dict[str, Any]]:
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)["violations"]
    return [rule for rule in found if rule["impact"] in ("serious", "critical")]


def case_number(text: str) -> str:
    """The first case number in a text."""
    found = re.search(r"[A-Z]{2}-\d{8}-\d{6}-\d", text)
    assert found, text
    return found.group()
