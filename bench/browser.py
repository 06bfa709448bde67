"""The map in a browser without a GPU: 5,000 marks while one pans, and what it takes from the click to a usable map.

Chromium with WebGL off, 1600 × 900. Frames are those the page was given to draw in; the main thread's share is what its
tasks took of the time (Chromium's own account of it).
"""

from __future__ import annotations

import shutil
import statistics
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.platform import Platform, platform
from bench.result import Result, Row

CASES = 20_000
MARKS = 5_000
RUNS = 5
PAN_SECONDS = 4
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-3d-apis"]

_PAN = """async ({ marks, seconds }) => {
  const { map, ol } = document.querySelector('ld-live-map').surface;
  const layer = document.querySelector('ld-live-map').cases.marks;
  const [west, south, east, north] = map.getView().calculateExtent(map.getSize());
  const random = (least, most) => least + Math.random() * (most - least);
  const states = ['late', 'due_soon', 'in_time', 'done'];
  const features = Array.from({ length: marks }, (_one, place) => new ol.Feature({
    geometry: new ol.geom.Point([random(west, east), random(south, north)]),
    number: String(place),
    state: states[place % 4],
  }));
  if (marks) { layer.getSource().clear(true); layer.getSource().addFeatures(features); }
  document.querySelector('ld-live-map').cases.now = () => {};
  const centre = map.getView().getCenter();
  const step = map.getView().getResolution() * 6;
  let frames = 0;
  const began = performance.now();
  await new Promise((done) => {
    const tick = () => {
      frames += 1;
      const seconds_gone = (performance.now() - began) / 1000;
      const angle = 2 * Math.PI * seconds_gone / 2;
      const way = 40 * step;
      map.getView().setCenter([centre[0] + way * Math.cos(angle), centre[1] + way * Math.sin(angle)]);
      for (let place = frames % 10; place < features.length; place += 10) {
        features[place].getGeometry().translate(random(-step, step), random(-step, step));
      }
      map.renderSync();
      if (seconds_gone < seconds) requestAnimationFrame(tick); else done();
    };
    requestAnimationFrame(tick);
  });
  return frames / ((performance.now() - began) / 1000);
}"""


def run() -> None:
    """Measure in one browser after the other, so that nothing is warm but what a second visit finds warm."""
    result = Result("browser")
    with platform(cases=CASES) as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        _arriving(browser, running, result)
        for marks in (0, MARKS):
            _panning(browser, running, result, marks=marks)
        browser.close()
    result.write()


def _arriving(browser: Browser, running: Platform, result: Result) -> None:
    for what, fresh in (("cold", True), ("warm", False)):
        seconds, sizes = [], []
        page = _page(browser, running)
        for _ in range(RUNS):
            if fresh:
                page.context.close()
                page = _page(browser, running)
            session = page.context.new_cdp_session(page)
            session.send("Network.enable")
            bytes_in: list[int] = []
            session.on(
                "Network.loadingFinished", lambda event, found=bytes_in: found.append(event["encodedDataLength"])
            )
            began = page.evaluate("performance.timeOrigin + performance.now()")
            page.goto(f"http://127.0.0.1:{running.port}/desk/map/")
            page.wait_for_selector("ld-live-map[ready][data-cases]", state="attached")
            seconds.append((page.evaluate("performance.timeOrigin + performance.now()") - began) / 1000)
            sizes.append(sum(bytes_in) / 1024)
        page.context.close()
        kilobytes = f"{statistics.median(sizes):.0f} KB"
        result.rows.append(Row(f"click to a usable map, {what}", "s", tuple(seconds), CASES, note=kilobytes))


def _panning(browser: Browser, running: Platform, result: Result, *, marks: int) -> None:
    page = _page(browser, running)
    page.goto(f"http://127.0.0.1:{running.port}/desk/map/")
    page.wait_for_selector("ld-live-map[ready][data-cases]", state="attached")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    rates, shares = [], []
    for _ in range(RUNS):
        before = _tasks(session)
        rates.append(page.evaluate(_PAN, {"marks": marks, "seconds": PAN_SECONDS}))
        shares.append(100 * (_tasks(session) - before) / PAN_SECONDS)
    page.context.close()
    note = f"main thread busy {statistics.median(shares):.0f} %"
    result.rows.append(Row(f"panning over {marks} moving marks", "fps", tuple(rates), marks, note=note))


def _tasks(session: Any) -> float:
    found = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in found if one["name"] == "TaskDuration"))


def _page(browser: Browser, running: Platform) -> Page:
    page = browser.new_context(viewport={"width": 1600, "height": 900}, locale="zh-CN").new_page()
    page.goto(f"http://127.0.0.1:{running.port}/desk/sign-in/")
    page.fill("[name=username]", "supervisor")
    page.fill("[name=password]", "liandong-demo")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/desk/**")
    page.wait_for_load_state("networkidle")
    return page
