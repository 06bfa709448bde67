"""The portal: a report with a photo is hidden and found nowhere; a question is asked, looked at, answered and read."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from liandong.cases.changes import Report
from liandong.cases.models import Case
from liandong.cases.operations import add_photo, report_case
from liandong.citizen.publishing.operations import (
    ArticleWords,
    publish_article,
    refresh_figures,
    write_article,
)
from liandong.people.access import Actor, actor_for, platform
from liandong.people.models import User
from liandong.timeline.verify import verify
from tests.journeys.citizens import Citizen
from tests.journeys.conftest import Arrive
from tests.journeys.steps import picture
from tests.world import DISTRICT, GRID_1, GRID_9

pytestmark = pytest.mark.xdist_group("journeys")

PAGES = (
    *("/", "/map/", "/map/{number}/", "/figures/", "/open-data/", "/questions/", "/questions/ask/"),
    *("/news/", "/news/{article}/"),
)


def test_a_hidden_report_is_found_nowhere_any_more(arrive: Arrive, browser: Browser) -> None:
    case, photo = _public_case()
    supervisor = arrive("supervisor")
    citizen = Citizen(browser, supervisor.address, position=GRID_1)
    page = citizen.open("/map/")
    expect(page.locator("pu-map[ready]")).to_be_attached()
    expect(page.locator('pu-map[data-shown="3"]')).to_be_attached()
    citizen.check_axe()
    citizen.picture("public-map")
    page.get_by_role("link", name=re.compile("暴露垃圾")).first.click()
    expect(page.get_by_role("img", name="反映人提供的现场照片")).to_be_visible()
    citizen.check_axe()
    desk = supervisor.open("/desk/publishing/moderation/")
    supervisor.check_axe()
    desk.get_by_label("案件编号").fill(case.number)
    desk.get_by_role("button", name="打开").click()
    supervisor.check_axe()
    desk.locator("#id_reason").select_option("personal")
    desk.locator("#id_note").fill("照片里有住户")
    desk.locator("form[action$='/hide/']").get_by_role("button").click()
    expect(desk.get_by_text("公众看不到这件案件")).to_be_visible()
    supervisor.picture("moderation-case")
    _is_nowhere(citizen, case, photo)
    supervisor.open(f"/desk/cases/{case.number}/")
    expect(desk.locator(".ld-timeline")).to_contain_text("设为不公开")
    assert not verify().breaks
    citizen.leave()


def test_a_question_is_asked_looked_at_answered_and_read(arrive: Arrive, browser: Browser) -> None:
    supervisor, unit = arrive("supervisor"), arrive("department02")
    citizen = Citizen(browser, supervisor.address, position=GRID_1)
    page = citizen.open("/questions/ask/")
    page.get_by_label("您的问题").fill("街角的绿地能加两盏灯吗？<b>急</b>")
    citizen.check_axe()
    page.wait_for_timeout(settings.LIANDONG_CITIZEN_SECONDS * 1000 + 200)  # nobody writes faster
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("待审核")).to_be_visible()
    mine = page.url
    desk = supervisor.open("/desk/publishing/questions/")
    desk.get_by_role("link", name=re.compile("绿地")).click()
    supervisor.check_axe()
    desk.get_by_label("公开的文字").fill("街角的绿地能加两盏灯吗？")
    desk.get_by_label("由谁答复").select_option(label="城管执法局")
    desk.get_by_role("button", name="公开问题").click()
    expect(desk.get_by_text("问题已公开。")).to_be_visible()
    answering = unit.open("/desk/publishing/")
    answering.get_by_role("link", name=re.compile("绿地")).click()
    answering.locator("#id_answer").fill("已列入计划，两个月内装好。")
    unit.check_axe()
    answering.get_by_role("button", name="公开答复").click()
    expect(answering.get_by_text("答复已公开。")).to_be_visible()
    page.goto(mine)
    expect(page.get_by_text("已列入计划")).to_be_visible()
    page = citizen.open("/questions/?q=绿地")
    page.get_by_role("link", name=re.compile("绿地")).click()
    expect(page.locator("main")).to_contain_text("城管执法局")
    expect(page.locator("main")).not_to_contain_text("急")
    citizen.picture("question")
    citizen.leave()


@pytest.mark.parametrize("care", ["off", "on"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_the_portal_is_open_to_everybody(
    arrive: Arrive, browser: Browser, care: str, language: str
) -> None:
    case, _photo = _public_case()
    article = _article()
    refresh_figures(actor=platform("figures"), at=timezone.localtime())
    supervisor = arrive("supervisor")
    citizen = Citizen(browser, supervisor.address, position=GRID_1)
    citizen.context.add_cookies([
        {"name": "ld_care", "value": care, "url": citizen.address},
        {"name": "django_language", "value": language, "url": citizen.address},
    ])  # fmt: skip
    for path in PAGES:
        page = citizen.open(path.format(number=case.number, article=article))
        expect(page.locator("html")).to_have_attribute("lang", language)
        citizen.check_axe()
        _fits(page, path)
        citizen.picture(f"portal-{language}-{care}-{PAGES.index(path)}")
    citizen.leave()


def test_every_page_of_the_publishing_desk_is_open_to_everybody(arrive: Arrive) -> None:
    case, _photo = _public_case()
    article = _article()
    supervisor = arrive("supervisor")
    for path in (f"cases/{case.number}/", "questions/", "articles/", "articles/new/", f"articles/{article}/"):
        page = supervisor.open(f"/desk/publishing/{path}")
        supervisor.check_axe()
        _fits(page, path)
        supervisor.picture(f"publishing-{path.split('/')[0]}-{len(path)}")


def test_the_map_is_a_plain_list_without_script(arrive: Arrive, browser: Browser) -> None:
    case, _photo = _public_case()
    address = arrive("supervisor").address
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{address}/map/?state=open")
    expect(page.locator("pu-map")).to_be_hidden()
    page.locator(f'a[href="/map/{case.number}/"]').click()
    expect(page.locator("main")).to_contain_text("小区门口垃圾")
    plain.close()


def _is_nowhere(citizen: Citizen, case: Case, photo: int) -> None:
    number = case.number
    asked = citizen.context.request
    gone = (f"/map/{number}/", f"/map/{number}/photos/{photo}/", f"/open311/v2/requests/{number}.json")
    for path in (*gone, f"/open311/v2/media/{number}/{photo}.jpg"):
        assert asked.get(citizen.address + path).status == 404, path
    for path in ("/open-data/cases.csv", "/open-data/cases.json", "/open311/v2/requests.json", "/map/?period=365"):
        answer = asked.get(citizen.address + path)
        assert answer.ok
        assert number not in answer.text(), path
    page = citizen.open("/map/")
    expect(page.locator('pu-map[data-shown="2"]')).to_be_attached()


def _public_case() -> tuple[Case, int]:
    """A public case with a photo among two others."""
    at = timezone.localtime()
    operator = _actor("operator")

    def report(words: str, **more: object) -> Case:
        told = {"class_code": "M06010", "channel": "open311", "lon": GRID_1[0], "lat": GRID_1[1], **more}
        return report_case(Report(description=words, **told), district=DISTRICT, actor=operator, at=at)  # type: ignore[arg-type]

    report("路面破损，下雨积水", class_code="M06013")
    report("楼下老鼠很多", class_code="A0209", lon=GRID_9[0], lat=GRID_9[1])
    case = report("小区门口垃圾堆了三天没人清")
    photo = add_photo(case.number, content=picture("dump"), purpose="report", actor=operator, at=at)
    return case, photo.pk


def _article() -> int:
    at, editor = timezone.localtime(), _actor("supervisor")
    words = ArticleWords(
        "暴雨黄色预警", "请远离积水路段。", "Yellow rainstorm warning", "Keep away from flooded roads."
    )
    row = write_article(
        DISTRICT, kind="warning", level="yellow", area=DISTRICT, words=words, actor=editor, at=at
    )  # fmt: skip
    publish_article(row.pk, version=1, actor=editor, at=at)
    return row.pk


def _actor(account: str) -> Actor:
    return actor_for(User.objects.get(username=account), at=timezone.localtime())


def _fits(page: Page, path: str) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{path} is {wide} pixels too wide"
