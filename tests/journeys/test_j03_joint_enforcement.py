"""J3: a town asks the district to coordinate; police, 城管 and market supervision enforce together, each on its own."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from liandong.cases.models import Case
from liandong.timeline.verify import verify
from tests.journeys.browser import Desk
from tests.journeys.conftest import Arrive
from tests.journeys.steps import Hours, add_photo, case_page, offers, send, take, told
from tests.world import World

pytestmark = pytest.mark.xdist_group("journeys")

ASKED = "夜市占道且有人打斗，街道无执法力量，需公安、城管、市场监管联合"


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    """The server's clock."""
    return Hours(monkeypatch)


def test_the_district_takes_over_and_three_enforce_together(arrive: Arrive, hours: Hours) -> None:
    number = World(at=hours.now()).filed(description="夜市占道经营，摊贩打斗").number
    town = arrive("town01")
    dispatcher = arrive("lin")
    take(dispatcher, number, "dispatch", to_text="东桥街道")
    _ask(town, number)
    _accept_and_send(dispatcher, number)
    police = arrive("department01")
    _lead(police, number)
    _assist(arrive("department02"), number)
    _waits(police, number)
    take(town, number, "hand_in", result="已协助疏导周边居民")
    for desk in (police, town, dispatcher):
        desk.leave()
    hours.pass_by(days=20)
    _excuse(arrive("supervisor"), number)
    _finish(arrive("department01"), number)
    case = Case.objects.get(number=number)
    assert (case.stage, case.run_by, case.unit, case.coordination) == (
        "handled", "district", "310198-D01", "accepted",
    )  # fmt: skip
    assert not verify().breaks


def _ask(town: Desk, number: str) -> None:
    take(town, number, "receive")
    page = take(town, number, "request_coordination", reason=ASKED)
    expect(page.locator("[aria-labelledby=papers-title]")).to_contain_text("待答复")
    town.check_axe()


def _accept_and_send(dispatcher: Desk, number: str) -> None:
    page = dispatcher.open("/desk/")
    page.locator(".ld-tile").filter(has_text="待协调答复").click()
    expect(page.locator(f"#row-{number}")).to_contain_text(ASKED)
    dispatcher.check_axe()
    dispatcher.picture("asked-coordination")
    page.locator(f"#row-{number}").get_by_role("link", name=number).click()
    send(page, "accept_coordination", note="区中心牵头联合执法")
    told(page, number)
    page = case_page(dispatcher, number)
    send(page, "dispatch", to_text="公安分局", helper_text="城管执法局")
    told(page, number)
    page = take(dispatcher, number, "transfer", helper_text="市场监管局", reason="增加市场监管协办")
    expect(page.locator(".wb-work")).to_contain_text("市场监管局")
    dispatcher.check_axe()


def _lead(police: Desk, number: str) -> None:
    take(police, number, "receive")
    page = take(police, number, "arrive")
    add_photo(page, "after")


def _assist(desk: Desk, number: str) -> None:
    take(desk, number, "receive")
    take(desk, number, "arrive")
    page = take(desk, number, "hand_in", result="已清理占道摊位十二个")
    expect(page.locator(".wb-work li").filter(has_text="城管执法局")).to_contain_text("已清理占道摊位十二个")
    assert not offers(page, "hand_in")
    desk.check_axe()


def _waits(police: Desk, number: str) -> None:
    """The lead waits for its assistants, each named."""
    page = case_page(police, number)
    send(page, "hand_in", result="带离两人，秩序恢复")
    note = page.locator("form[data-step=hand_in] .ld-note")
    expect(note).to_contain_text("协办单位尚未反馈")
    expect(note).to_contain_text("市场监管局")
    expect(note).not_to_contain_text("城管执法局")
    police.expected("409")


def _excuse(supervisor: Desk, number: str) -> None:
    page = case_page(supervisor, number)
    supervisor.check_axe()
    supervisor.picture("case-supervisor")
    send(page, "excuse_assistant", unit="310198-D03", reason="市场监管局已超时，先行反馈")
    told(page, number)
    expect(page.locator("#case-story .ld-timeline")).to_contain_text("市场监管局已超时，先行反馈")


def _finish(police: Desk, number: str) -> None:
    page = take(police, number, "hand_in", result="带离两人，秩序恢复", answer="夜市已恢复秩序")
    expect(page.locator("#case-story [data-stage=handled]").first).to_be_visible()
    police.check_axe()
    police.picture("case-joint")
