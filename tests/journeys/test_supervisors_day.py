"""A supervisor's day: what rests, what asks for time, what is urged, joined, parted, moved, ruled on, or passed out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from liandong.cases.models import Case
from liandong.timeline.verify import verify
from tests.cases.draw_people import draw_for
from tests.journeys.browser import AXE, RULES, Desk, case_number
from tests.journeys.conftest import Arrive
from tests.journeys.steps import PHONE, case_page, picture, send, take, told
from tests.world import World

pytestmark = pytest.mark.xdist_group("journeys")


def _world() -> World:
    """The cast, a little earlier: what it does minute by minute is done when the browser looks."""
    return World(at=timezone.localtime() - timedelta(minutes=10))


def _row(desk: Desk, queue: str, number: str) -> Page:
    """Open a case from the tile that counts it."""
    page = desk.open("/desk/")
    tile = page.locator(".ld-tile").filter(has_text=queue)
    expect(tile).to_contain_text("1")
    tile.click()
    expect(page.locator(f"#row-{number}")).to_be_visible()
    desk.check_axe()
    page.locator(f"#row-{number}").get_by_role("link", name=number).click()
    expect(page.locator("#case-steps")).to_be_visible()
    return page


def test_a_case_rests_until_a_day_and_is_taken_up_again(arrive: Arrive) -> None:
    number = _world().received().number
    supervisor = arrive("supervisor")
    page = case_page(supervisor, number)
    wake = (timezone.localtime() + timedelta(days=10)).date().isoformat()
    send(page, "suspend", awaited="燃气公司停气", wake_on=wake, reason="停气前不能施工")
    told(page, number)
    expect(page.locator("#case-story")).to_contain_text(f"等待：燃气公司停气；最迟 {wake} 恢复")
    expect(page.locator("#case-clocks")).to_contain_text("停走")
    supervisor.check_axe()
    supervisor.picture("suspended")
    page = _row(supervisor, "挂账", number)
    send(page, "resume", note="今天已停气")
    told(page, number)
    expect(page.locator("#case-clocks")).not_to_contain_text("停走")
    clock = page.locator("#case-clocks li").filter(has_text="处置").first
    clock.locator("summary").click()
    expect(clock.locator(".wb-why")).to_contain_text("挂账期间不计时")
    supervisor.check_axe()
    assert not verify().breaks


def test_more_time_is_asked_for_on_a_phone_and_granted(arrive: Arrive) -> None:
    number = _world().received().number
    bureau = arrive("bureau002", **PHONE)
    page = take(bureau, number, "request_extension", amount="2", reason="等待备件到货")
    expect(page.locator("[aria-labelledby=papers-title]")).to_contain_text("等待备件到货")
    bureau.check_axe()
    bureau.picture("extension-phone")
    page = _row(arrive("supervisor"), "待审批延期", number)
    send(page, "grant_extension", note="同意延长")
    told(page, number)
    expect(page.locator("#case-story .ld-timeline")).to_contain_text("同意延长")
    page = case_page(bureau, number)
    clock = page.locator("#case-clocks li").filter(has_text="处置").first
    clock.locator("summary").click()
    expect(clock.locator(".wb-why")).to_contain_text("批准延期：2 工作时")
    assert Case.objects.get(number=number).extensions == 1


def test_a_supervisor_urges_and_the_unit_replies(arrive: Arrive) -> None:
    number = _world().received().number
    page = take(arrive("supervisor"), number, "supervise", level="2", reason="请今天到场并回复", amount="4",
                time_unit="working_hour")  # fmt: skip
    expect(page.locator("[aria-labelledby=papers-title]")).to_contain_text("督办 2 级")
    bureau = arrive("bureau002", **PHONE)
    page = take(bureau, number, "reply_supervision", reason="已安排人员下午到场")
    expect(page.locator("[aria-labelledby=papers-title]")).to_contain_text("已安排人员下午到场")
    bureau.check_axe()
    assert Case.objects.get(number=number).to_reply == 0


def test_two_cases_become_one_and_two_again(arrive: Arrive) -> None:
    world = _world()
    main, other = world.dispatched(), world.filed(description="门口垃圾又多了一堆")
    supervisor = arrive("supervisor")
    page = take(supervisor, other.number, "merge", into=main.number, reason="同一处垃圾")
    expect(page.locator("#case-story")).to_contain_text(f"已并入 {main.number}")
    supervisor.check_axe()
    page = take(supervisor, other.number, "unmerge", reason="不是同一处")
    expect(page.locator("#case-story [data-stage=filed]").first).to_be_visible()
    page = case_page(supervisor, main.number)
    expect(page.locator("#case-story .ld-timeline")).to_contain_text("并案撤销")
    supervisor.check_axe()
    assert not verify().breaks


def test_a_case_is_split_in_two_and_waits_for_its_parts(arrive: Arrive) -> None:
    world = _world()
    whole = world.received()
    supervisor = arrive("supervisor")
    page = case_page(supervisor, whole.number)
    send(page, "split", reason="两件事，分开办", class_1_text="积存垃圾", text_1="楼道里的垃圾",
         class_2_text="非法行医", text_2="楼下有人无证看病")  # fmt: skip
    told(page, whole.number)
    parts = list(Case.objects.filter(parent__number=whole.number).order_by("pk"))
    assert len(parts) == 2
    for part in parts:
        expect(page.locator("#case-story .wb-parts-of")).to_contain_text(part.number)
    supervisor.check_axe()
    supervisor.picture("split")
    world = _world()
    world.do("hand_in_case", whole, "bureau002", result="已清运")
    draw_for(world, whole)
    world.do("check_case", whole, "verifier", ok=True)
    page = case_page(supervisor, whole.number)
    send(page, "close")
    expect(page.locator("form[data-step=close] .ld-note")).to_contain_text(parts[0].number)
    supervisor.expected("409")
    page.locator("#case-story .wb-parts-of").get_by_role("link", name=parts[1].number).click()
    expect(page.locator("#case-story")).to_contain_text(f"拆分自 {whole.number}")
    assert case_number(page.url) == parts[1].number


def test_a_case_is_moved_then_returned_twice_and_ruled_on_at_the_place(arrive: Arrive) -> None:
    number = _world().dispatched().number
    dispatcher = arrive("lin")
    page = take(dispatcher, number, "transfer", to_text="东桥街道计生办", reason="职责更相近")
    expect(page.locator("#case-story .ld-timeline")).to_contain_text("东桥街道城管中队 → 东桥街道计生办")
    _return(arrive("bureau001", **PHONE), number, to="城管执法局")
    take(dispatcher, number, "dispatch", to_text="城管执法局")
    _return(arrive("department02"), number, to="东桥街道")
    supervisor = arrive("supervisor")
    page = _row(supervisor, "待裁定", number)
    supervisor.picture("ruling")
    send(page, "arbitrate", to_text="城管执法局", on_site="yes", reason="现场踏勘，属市政道路")
    told(page, number)
    expect(page.locator("#case-story .ld-timeline")).to_contain_text("现场勘查")
    supervisor.check_axe()
    case = Case.objects.get(number=number)
    assert (case.unit, case.returns, case.is_ruled) == ("310198-D02", 2, True)
    assert not verify().breaks


def _return(desk: Desk, number: str, *, to: str) -> None:
    page = case_page(desk, number)
    send(page, "return", reason="不属于本单位职责", proposed_unit_text=to)
    expect(page).not_to_have_url(f"{desk.address}/desk/cases/{number}/")
    # The page it leaves may still have heard of the change, and asked for what this unit no longer sees.
    desk.faults = [fault for fault in desk.faults if "404" not in fault]


def test_an_outside_firm_works_through_a_link_that_dies(arrive: Arrive, browser: Browser) -> None:
    number = _world().received(address="东桥路88号").number
    bureau = arrive("bureau002", **PHONE)
    page = case_page(bureau, number)
    send(page, "pass_out", firm="洁净保洁公司", task="清运小区门口的垃圾", hours="24")
    link = page.locator("#outside-link")
    expect(link).to_be_visible()
    bureau.check_axe()
    bureau.picture("outside-link")
    address = link.inner_text()
    context = browser.new_context(locale="zh-CN", **_only_size())
    firm = context.new_page()
    _firm_works(firm, address)
    firm.goto(address)
    expect(firm.locator("body")).to_contain_text("链接无效或已过期")
    context.close()
    page = case_page(bureau, number)
    expect(page.locator("#case-story")).to_contain_text("已清运两车")
    expect(page.locator(".wb-photos img")).to_have_count(1)
    expect(page.locator("#outside-link")).to_have_count(0)
    send(page, "hand_in", result="外协已清运两车")
    expect(page.locator("#case-story [data-stage=handled]").first).to_be_visible()
    assert not verify().breaks


def _only_size() -> dict[str, Any]:
    return dict(PHONE)


def _firm_works(firm: Page, address: str) -> None:
    firm.goto(address)
    expect(firm.locator("main, body").first).to_contain_text("清运小区门口的垃圾")
    firm.get_by_role("button", name="接单").click()
    firm.get_by_label("现场照片").set_input_files(
        {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": picture("firm")}
    )
    firm.get_by_label("用途").select_option("after")
    _no_grave_finding(firm)
    firm.get_by_role("button", name="上传照片").click()
    expect(firm.locator("body")).to_contain_text("已上传 1 张")
    firm.get_by_label("完成情况").fill("已清运两车")
    firm.get_by_role("button", name="报告完成").click()
    expect(firm.locator("body")).to_contain_text("感谢")


def _no_grave_finding(page: Page) -> None:
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)["violations"]
    assert not [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")]
