"""A citizen's first page on a slow phone: bytes and requests over the line, and seconds until it can be used.

Chromium with a quarter of this machine's speed and the line of "slow 4G" (1.6 Mbit/s down, 0.75 up, 150 ms), nothing
cached. Usable: the form takes input with all its script has added. Again with the worker's cache, and without network.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.platform import platform
from bench.result import Result, Row

RUNS = 5
SLOWER = 4
LINE = {"latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8, "offline": False}
PAGES = ("/", "/report/", "/track/")
USABLE = {"/report/": "#report-form[data-ready]"}


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit cost."""

    kilobytes: float
    requests: int
    seconds: float


def run() -> None:
    """Measure each page afresh, and the form from the worker's cache."""
    os.environ.setdefault("LIANDONG_SMS_URL", "http://127.0.0.1:9/send")
    result = Result("citizen_page")
    with platform(cases=1_000, webs=1) as running, _browser() as browser:
        address = f"http://127.0.0.1:{running.port}"
        for path in PAGES:
            visits = [_first(browser, address, path) for _ in range(RUNS)]
            _note(result, f"first visit of {path}", visits)
        _note(result, "form again, with the worker", [_again(browser, address, offline=False) for _ in range(RUNS)])
        _note(result, "form again, without a network", [_again(browser, address, offline=True) for _ in range(RUNS)])
    result.write()


def _note(result: Result, what: str, visits: list[Visit]) -> None:
    result.rows.append(Row(f"{what}, until usable", "s", tuple(visit.seconds for visit in visits)))
    result.rows.append(Row(f"{what}, over the line", "KB", tuple(visit.kilobytes for visit in visits)))
    result.rows.append(Row(f"{what}, requests", "requests", tuple(float(visit.requests) for visit in visits)))


def _first(browser: Any, address: str, path: str) -> Visit:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, service_workers="block")
    try:
        return _visit(context, address, path)
    finally:
        context.close()


def _again(browser: Any, address: str, *, offline: bool) -> Visit:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    try:
        page = context.new_page()
        page.goto(f"{address}/report/")
        page.evaluate(_UNTIL_KEPT)
        page.close()
        context.set_offline(offline)
        return _visit(context, address, "/report/", is_bare=offline)
    finally:
        context.close()


def _visit(context: Any, address: str, path: str, *, is_bare: bool = False) -> Visit:
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    if not is_bare:
        session.send("Network.emulateNetworkConditions", LINE)
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(address + path, wait_until="commit")
    page.locator(USABLE.get(path, "main")).wait_for(state="attached")
    seconds = page.evaluate("performance.now() / 1000")
    page.wait_for_load_state("networkidle")
    over_the_line = [size for size in received if size > 0]
    return Visit(sum(over_the_line) / 1000, len(over_the_line), seconds)


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


_UNTIL_KEPT = """async () => {
  await navigator.serviceWorker.ready;
  for (;;) {
    for (const name of await caches.keys()) {
      if (await (await caches.open(name)).match('/report/offline/')) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}"""
