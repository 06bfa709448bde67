"""J2: a grid worker without a network receives and hands in a task, reports and solves on the spot, all from the phone.

When the network is back everything arrives exactly once, although two tabs are open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request, expect

from liandong.cases.models import Attachment, Case
from liandong.cases.queries import trace_of
from liandong.timeline.verify import verify
from tests.cases.files.made import jpeg, shot
from tests.journeys.browser import Desk
from tests.journeys.conftest import Arrive
from tests.journeys.steps import PHONE
from tests.running.processes import wait_until
from tests.world import GRID_1, World

pytestmark = pytest.mark.xdist_group("journeys")

ON_SITE = {
    **PHONE,
    "permissions": ["geolocation"],
    "geolocation": {"longitude": GRID_1[0], "latitude": GRID_1[1], "accuracy": 12},
}
NO_LINE = "ERR_INTERNET_DISCONNECTED"


class Sends:
    """What a browser posted to the field app, by any of its tabs or its worker."""

    def __init__(self, desk: Desk) -> None:
        self.paths: list[str] = []
        desk.context.on("request", self._note)

    def _note(self, request: Request) -> None:
        path = request.url.partition("/field/")[2]
        if request.method == "POST" and path:
            self.paths.append(re.sub(r"[A-Z]{2}-\d+-\d+-\d", "…", path))


@pytest.fixture
def story() -> Iterator[World]:
    """The small district, as others work in it."""
    return World()


def _task(story: World, description: str = "垃圾桶旁堆了旧沙发") -> Case:
    """A case the town has sent to grid crew 1."""
    case = story.report(by="station001", channel="staff", description=description)
    story.do("accept_case", case, "town01")
    story.do("file_case", case, "town01")
    return story.do("dispatch_case", case, "town01", to="310198-G001")


def _open(desk: Desk, page: Page | None = None) -> Page:
    """Open the app and wait until it would open without a network."""
    page = page or desk.page
    page.goto(f"{desk.address}/field/")
    expect(page.locator("html")).to_have_attribute("data-offline", "ready")
    expect(page.locator("#state")).to_contain_text("在线")
    return page


def _photo(page: Page, name: str, seed: int, content: bytes = b"") -> None:
    field = page.locator(f"fd-photos[name={name}]")
    before = field.locator("img").count()
    chosen = {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": content or jpeg(seed, size=(2400, 1800))}
    field.locator("input[type=file]").first.set_input_files(chosen)
    expect(field.locator("img")).to_have_count(before + 1)


def _hand_in_offline(page: Page, case: Case) -> None:
    page.get_by_role("link", name=re.compile("旧沙发")).click()
    page.get_by_role("button", name="签收").click()
    page.get_by_role("button", name="我已到场").click()
    expect(page.locator("[data-slot=pending]").last).to_contain_text("签收、到场")
    page.locator("summary").filter(has_text="处置反馈").click()
    _photo(page, "before", 1, shot(1, lon=GRID_1[0], lat=GRID_1[1]))
    _photo(page, "after", 2)
    page.get_by_label("处置结果（内部）").fill("已通知清运，现场已清空")
    page.get_by_role("button", name="提交处置反馈").click()
    expect(page.locator("#notes")).to_contain_text("已保存，联网后自动发送")
    assert case.number


def _solve_offline(page: Page) -> None:
    page.get_by_role("link", name="上报", exact=True).click()
    page.get_by_label("类别", exact=True).fill("暴露垃圾")
    page.locator("label").filter(has_text="暴露垃圾").first.click()
    page.get_by_role("button", name="用手机定位").click()
    expect(page.locator("[data-told]")).to_contain_text("已定位")
    page.get_by_label("问题描述").fill("楼道口三袋装修垃圾")
    page.get_by_label("已当场解决").check()
    _photo(page, "before", 3)
    _photo(page, "after", 4)
    page.get_by_label("处置结果").fill("业主当场清走")
    page.get_by_role("button", name="提交上报").click()
    expect(page).to_have_url(re.compile("#/outbox"))


def test_a_grid_worker_without_a_network_does_the_days_work_and_all_arrives_once(arrive: Arrive, story: World) -> None:
    case = _task(story)
    worker = arrive("grid001", **ON_SITE)
    sends = Sends(worker)
    page = _open(worker)
    expect(page.get_by_role("link", name=re.compile("旧沙发"))).to_be_visible()
    worker.check_axe()
    worker.picture("field-tasks")
    other = _open(worker, worker.window())
    worker.context.set_offline(True)
    page.reload()
    expect(page.locator("#state")).to_contain_text("离线")
    _hand_in_offline(page, case)
    _solve_offline(page)
    expect(page.locator("#state")).to_contain_text("4 条待发")
    worker.check_axe()
    worker.picture("field-outbox")
    expect(other.locator("#state")).to_contain_text("4 条待发")
    assert (Case.objects.count(), sends.paths) == (1, [])
    worker.context.set_offline(False)
    for tab in (page, other):
        expect(tab.locator("#state")).to_contain_text("全部已送达")
        expect(tab.locator("#state")).to_contain_text("在线")
    _all_there_once(case, sends)
    worker.faults = [fault for fault in worker.faults if NO_LINE not in fault]


def _all_there_once(case: Case, sends: Sends) -> None:
    case.refresh_from_db()
    assert case.stage == "handled"
    told = [entry.event for entry in trace_of(case) if entry.event.startswith("Case")]
    assert [told.count(name) for name in ("CaseReceived", "CaseArrived", "CaseHandedIn")] == [1, 1, 1]
    arrived = trace_of(case).get(event="CaseArrived").data
    assert (arrived["lon"], arrived["lat"]) == GRID_1
    solved = Case.objects.exclude(pk=case.pk).get()
    assert (solved.stage, solved.solved_level, solved.channel) == ("closed", "grid", "staff")
    for one in (case, solved):
        assert sorted(Attachment.objects.filter(case=one).values_list("purpose", flat=True)) == ["after", "before"]
    assert max(Attachment.objects.values_list("size", flat=True)) < 600_000, "photos were made small"
    assert sorted(sends.paths) == ["cases/…/arrive/", "cases/…/hand_in/", "cases/…/receive/", "report/"]
    assert not verify().breaks


def test_what_changed_meanwhile_is_told_in_words_and_mended_by_the_worker(arrive: Arrive, story: World) -> None:
    case = _task(story)
    worker = arrive("grid001", **ON_SITE)
    page = _open(worker)
    worker.context.set_offline(True)
    page.get_by_role("link", name=re.compile("旧沙发")).click()
    page.get_by_role("button", name="签收").click()
    page.get_by_role("button", name="我已到场").click()
    expect(page.locator("#state")).to_contain_text("2 条待发")
    story.do("urge_case", case, "town01")
    worker.context.set_offline(False)
    expect(page.locator("#state")).to_contain_text("1 条待处理")
    page.get_by_role("link", name=re.compile("^发送")).click()
    refused = page.locator("li[data-state=refused]")
    expect(refused).to_contain_text("案件已被他人更新")
    expect(refused).to_contain_text("催办")
    expect(page.locator("li[data-state=held]")).to_contain_text("等前一步办成")
    worker.check_axe()
    worker.picture("field-conflict")
    refused.get_by_role("button", name="核对后再次提交").click()
    expect(page.locator("#state")).to_contain_text("全部已送达")
    case.refresh_from_db()
    assert case.stage == "on_scene"
    worker.expected("409")
    worker.faults = [fault for fault in worker.faults if NO_LINE not in fault]


def test_signing_out_clears_the_tasks_and_keeps_what_was_not_sent_for_its_account(arrive: Arrive, story: World) -> None:
    _task(story)
    worker = arrive("grid001", **ON_SITE)
    page = _open(worker)
    page.route("**/field/cases/**", lambda route: route.abort("connectionreset"))
    page.get_by_role("link", name=re.compile("旧沙发")).click()
    page.get_by_role("button", name="签收").click()
    expect(page.locator("#state")).to_contain_text("1 条待发")
    page.goto(f"{worker.address}/desk/")
    page.locator("summary.ld-user").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page).to_have_url(f"{worker.address}/desk/sign-in/")
    kept = "async () => (await import('/static/web/kept.js')).openKept('field').get('work')"
    wait_until(lambda: page.evaluate(kept) is None, what="the tasks are gone from the phone")
    page.get_by_label("账号").first.fill("station001")
    page.get_by_label("密码").fill("liandong-demo")
    page.get_by_role("button", name="登录", exact=True).click()
    _open(worker)
    expect(page.get_by_role("link", name=re.compile("旧沙发"))).to_have_count(0)
    page.get_by_role("link", name=re.compile("^发送")).click()
    expect(page.locator("[data-slot=others]")).to_contain_text("另一个账号的 1 条")
    expect(page.locator("li[data-state=waiting]")).to_have_count(0)
    worker.faults = [fault for fault in worker.faults if "ERR_CONNECTION_RESET" not in fault]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_screen_is_open_to_everybody_by_day_and_night(arrive: Arrive, story: World, language: str) -> None:
    case = _task(story)
    worker = arrive("grid001", **ON_SITE)
    cookies = [("django_language", language), ("ld_theme", "dark" if language == "en" else "light")]
    worker.context.add_cookies([{"name": name, "value": value, "url": worker.address} for name, value in cookies])
    page = worker.page
    page.goto(f"{worker.address}/field/")
    expect(page.locator("html")).to_have_attribute("data-offline", "ready")
    expect(page.locator("html")).to_have_attribute("lang", language)
    for screen in ("tasks", f"case/{case.number}", "report", "looks", "outbox"):
        page.goto(f"{worker.address}/field/#/{screen}")
        expect(page.locator("#view > *").first).to_be_visible()
        for fold in page.locator("#view summary").all():
            fold.click()
        worker.check_axe()
        worker.picture(f"field-{screen.partition('/')[0]}-{language}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{screen} is {wide} pixels too wide"
        small = page.evaluate(
            "[...document.querySelectorAll('#view a, #view button, .fd-tabs a')].filter((one) => one.offsetHeight"
            " && one.offsetHeight < 44).map((one) => one.outerHTML)"
        )
        assert small == [], "a thumb needs 44 pixels"
