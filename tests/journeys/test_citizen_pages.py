"""The citizen's pages on a phone: clean in both types, one case from two tabs, drafts, map, voice, and no script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from liandong.cases.models import Attachment, Case
from tests.journeys.citizens import Citizen
from tests.journeys.steps import picture
from tests.world import GRID_1, GRID_9

pytestmark = pytest.mark.xdist_group("journeys")

PAGES = ("/", "/report/", "/report/classes/", "/track/", "/phone/")
WORDS = "小区门口垃圾堆了三天没人清"
Come = Callable[..., Citizen]


@pytest.fixture
def come(browser: Browser, address: str, settings: Settings) -> Iterator[Come]:
    """People with phones; when the story ends all leave, having seen nothing amiss."""
    settings.LIANDONG_SMS_URL = "http://127.0.0.1:9/send"
    settings.LIANDONG_CITIZEN_SECONDS = 0  # a script types faster than anybody
    here: list[Citizen] = []

    def arrive(**context: Any) -> Citizen:
        here.append(Citizen(browser, address, position=context.pop("position", GRID_1), **context))
        return here[-1]

    yield arrive
    for citizen in here:
        citizen.leave()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_clean_in_ordinary_and_large_type_and_fits_a_phone(come: Come, path: str) -> None:
    citizen = come(reduced_motion="reduce")
    page = citizen.open(path)
    citizen.check_axe()
    _fits(page)
    page.get_by_role("button", name="关怀版").click()
    expect(page.locator("html[data-care]")).to_be_attached()
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('p')).fontSize)") >= 20
    citizen.check_axe()
    _fits(page)
    citizen.picture(f"citizen-care{path.replace('/', '-')}")
    page.get_by_role("button", name="普通版").click()
    expect(page.locator("html:not([data-care])")).to_be_attached()
    citizen.picture(f"citizen{path.replace('/', '-')}")


def test_the_same_offline_report_from_two_tabs_is_one_case(come: Come) -> None:
    citizen = come()
    page = citizen.open("/report/")
    citizen.be_ready_offline()
    other = citizen.window()
    other.goto(f"{citizen.address}/report/")
    expect(other.locator("#report-form[data-ready]")).to_be_attached()
    citizen.lose_the_network()
    citizen.write(words=WORDS, address="东桥路 12 号门口")
    page.get_by_role("button", name="提交", exact=True).click()
    for tab in (page, other):
        expect(tab.locator("#queue li")).to_have_count(1)
    citizen.find_the_network()
    expect(page.locator(".ci-stage")).to_contain_text("已收到")
    expect(other.locator("#queue li")).to_have_count(0)
    assert Case.objects.count() == 1
    page = citizen.open("/track/")
    expect(page.locator("#mine a")).to_have_text(Case.objects.get().number)
    citizen.check_axe()
    page.locator("#mine a").click()
    expect(page.locator(".ci-stage")).to_contain_text("已收到")


def test_a_refused_report_is_kept_with_the_words_of_the_server_mended_and_sent(come: Come) -> None:
    citizen = come(position=(116.4, 39.9))
    page = citizen.open("/report/")
    citizen.write(words=WORDS)
    page.get_by_role("button", name="用我的位置").click()
    expect(page.locator("#near")).to_contain_text("是这里吗？")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("#queue li")).to_contain_text("不在新岸区范围内")
    citizen.check_axe()
    citizen.expected("422")
    page.get_by_role("button", name="修改").click()
    expect(page.get_by_label("几句话说明")).to_have_value(WORDS)
    page.evaluate("() => { for (const name of ['lon', 'lat']) document.querySelector(`[name=${name}]`).value = ''; }")
    page.get_by_label("地址或附近的标志").fill("东桥路 12 号门口")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".ci-stage")).to_contain_text("已收到")
    assert Case.objects.get().lon is None


def test_a_draft_with_its_photo_survives_the_page_and_goes_when_it_is_sent(come: Come) -> None:
    citizen = come()
    page = citizen.open("/report/")
    citizen.write(words=WORDS, address="东桥路 12 号门口")
    _choose(page, "heap")
    expect(page.locator("#photos img")).to_have_count(1)
    page.evaluate(_UNTIL_DRAFTED)
    page = citizen.open("/report/")
    expect(page.locator("#photos img")).to_have_count(1)
    expect(page.get_by_label("几句话说明")).to_have_value(WORDS)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".ci-stage")).to_contain_text("已收到")
    citizen.open("/report/")
    citizen.write(words="")
    expect(page.locator("#photos img")).to_have_count(0)
    kept = Attachment.objects.get()
    assert (kept.kind, kept.content_type) == ("photo", "image/jpeg")


def test_a_file_that_is_no_photo_is_named_before_anything_is_sent(come: Come) -> None:
    citizen = come()
    page = citizen.open("/report/")
    citizen.write(words=WORDS)
    page.locator("#id_photo").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"<html>"})
    expect(page.locator("#sending")).to_contain_text("“a.jpg”不是可用的照片")
    expect(page.locator("#photos img")).to_have_count(0)


def test_the_map_is_loaded_when_it_is_opened_and_a_place_far_away_is_asked_about(come: Come) -> None:
    citizen = come(position=GRID_9)
    page = citizen.open("/report/")
    citizen.write(words=WORDS)
    assert page.evaluate("typeof window.ol") == "undefined"
    page.get_by_role("button", name="用我的位置").click()
    page.get_by_role("button", name="在地图上选").click()
    expect(page.locator("ld-map[ready]")).to_be_attached()
    page.locator("ld-map").evaluate(_PICK, {"lon": GRID_1[0], "lat": GRID_1[1]})
    expect(page.locator("#place-question")).to_contain_text("公里。是这里吗？")
    citizen.check_axe()
    page.get_by_role("button", name="是这里", exact=True).click()
    expect(page.locator("#place-question")).to_be_hidden()
    expect(page.locator("#near")).to_contain_text("东桥")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".ci-stage")).to_be_visible()
    case = Case.objects.get()
    assert (round(case.lon or 0, 4), round(case.lat or 0, 4)) == GRID_1


def test_somebody_else_reported_it_and_me_too_is_one_tap(come: Come) -> None:
    first, second = come(), come()
    page = first.open("/report/?class=M06010")
    first.write(words=WORDS)
    page.get_by_role("button", name="用我的位置").click()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".ci-stage")).to_be_visible()
    page = second.open("/report/")
    second.write(words="小区门口垃圾没人清")
    page.get_by_role("button", name="用我的位置").click()
    expect(page.locator("#near")).to_contain_text("附近已经有人反映")
    second.check_axe()
    second.picture("citizen-near")
    page.get_by_role("button", name="我也遇到了").click()
    expect(page.locator("#main")).to_contain_text("您的反映并入了案件")
    second.check_axe()
    assert Case.objects.count() == 1


def test_a_voice_says_it_without_a_word(come: Come) -> None:
    citizen = come(permissions=["geolocation", "microphone"])
    page = citizen.open("/report/")
    citizen.write(words="", address="东桥路 12 号门口")
    page.get_by_role("button", name="说给我们听").click()
    expect(page.locator("[data-record]")).to_contain_text("已录 1 秒")
    page.locator("[data-record]").click()
    expect(page.locator("[data-voice]")).to_be_visible()
    citizen.check_axe()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".ci-stage")).to_be_visible()
    assert Attachment.objects.get().kind == "audio"


def test_without_script_or_worker_the_form_is_posted_as_it_stands(come: Come) -> None:
    citizen = come(java_script_enabled=False, service_workers="block")
    page = citizen.open("/report/")
    page.get_by_label("几句话说明").fill(WORDS)
    page.get_by_label("地址或附近的标志").fill("东桥路 12 号门口")
    _choose(page, "heap")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".ci-stage")).to_contain_text("已收到")
    page.get_by_text("补充情况").click()
    page.get_by_label("补充什么").fill("又多了一堆")
    page.get_by_role("button", name="补充", exact=True).click()
    expect(page.locator(".ci-events")).to_contain_text("您补充了情况")
    page.get_by_role("button", name="关怀版").click()
    expect(page.locator("html[data-care]")).to_be_attached()
    assert (Case.objects.get().area, Attachment.objects.count()) == ("310198", 1)


def _choose(page: Page, seed: str) -> None:
    photo = {"name": f"{seed}.jpg", "mimeType": "image/jpeg", "buffer": picture(seed)}
    page.locator("#id_photo").set_input_files(photo)


def _fits(page: Page) -> None:
    """Nothing is wider than the phone, and whatever is touched is large enough."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    small = page.evaluate(_SMALL)
    assert small == []


_SMALL = """() => [...document.querySelectorAll('button, .ci-button, .ci-menu a, summary, .ci-choice')]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
  .map((one) => one.textContent.trim())"""
_PICK = "(map, point) => map.dispatchEvent(new CustomEvent('ld:point', { detail: point, bubbles: true }))"
_UNTIL_DRAFTED = """async () => {
  const opened = () => new Promise((resolve) => {
    const request = indexedDB.open('ld-citizen-draft', 1);
    request.onsuccess = () => resolve(request.result);
  });
  for (;;) {
    const database = await opened();
    const draft = await new Promise((resolve) => {
      const request = database.transaction('drafts').objectStore('drafts').get('ld-citizen-draft');
      request.onsuccess = () => resolve(request.result);
    });
    database.close();
    if (draft?.photos.length && draft.fields.address) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}"""
