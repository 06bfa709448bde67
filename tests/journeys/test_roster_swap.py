"""A swap from desk to desk: Lin asks Wei, Wei agrees, and from then on the one resolver and both calendars say so.

Then Lin is away, the gap is seen and filled, and the desk is handed over with what is open there.
"""

from __future__ import annotations

import re
import urllib.request
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import Page, expect

from liandong.duty.models import Roster
from liandong.duty.operations import PlanFacts, make_roster
from liandong.duty.queries import who
from liandong.duty.rules.rotation import Shift, TurnBy
from liandong.people.access import actor_for
from liandong.people.models import User
from tests.journeys.browser import Desk
from tests.journeys.conftest import Arrive

pytestmark = pytest.mark.xdist_group("journeys")

CENTRE = "310198-DC"
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = timezone.localtime()
TODAY = NOW.astimezone(SHANGHAI).date()
TWO_DAYS = TODAY + timedelta(days=2)
SHIFTS = (Shift("day", time(8), time(20)), Shift("night", time(20), time(8)))


def roster() -> Roster:
    """Lin has the days and Wei the nights, from today on."""
    people = dict(User.objects.filter(username__in=["lin", "verifier"]).values_list("username", "pk"))
    plan = PlanFacts(SHIFTS, (people["lin"], people["verifier"]), TODAY, TODAY, by=TurnBy.WATCH)
    admin = actor_for(User.objects.get(username="admin"), at=NOW)
    return make_roster(CENTRE, duty="duty_person", name="中心值班", plan=plan, actor=admin, at=NOW)


def on_duty(days: int, hour: int) -> str:
    at = datetime.combine(TODAY + timedelta(days=days), time(hour), SHANGHAI)
    return who("duty_person", unit=CENTRE, at=at).names


def subscribed(desk: Desk) -> str:
    """Get a calendar address and return it."""
    page = desk.open("/desk/duty/")
    page.get_by_role("button", name="取得我的订阅地址").click()
    return page.get_by_role("textbox", name="日历订阅地址").input_value()


def days_in(address: str) -> set[str]:
    """The days of a person's day watches, as a calendar program reads them."""
    with urllib.request.urlopen(address) as answer:
        calendar = Calendar.from_ical(answer.read())
    starts = [event.decoded("dtstart").astimezone(SHANGHAI) for event in calendar.walk("VEVENT")]
    return {start.date().isoformat() for start in starts if start.hour == 8}


def ask(page: Page, found: Roster) -> None:
    """Ask Wei to take the day watch of the day after tomorrow, from the month."""
    page.goto(page.url.split("/desk")[0] + f"/desk/duty/rosters/{found.pk}/{TWO_DAYS}/day/")
    page.get_by_label("请谁接这一班").select_option(label="魏清 核查员")
    page.get_by_label("说明").fill("家中有事")
    page.get_by_role("button", name="提出换班").click()
    expect(page.get_by_text("已向对方提出换班")).to_be_visible()


def test_a_swap_is_agreed_in_two_browsers_and_everything_that_tells_who_is_on_duty_follows(arrive: Arrive) -> None:
    found = roster()
    lin, wei = arrive("lin"), arrive("verifier")
    hers, his = subscribed(wei), subscribed(lin)
    assert on_duty(2, 10) == "林晓"
    assert (str(TWO_DAYS) in days_in(his), str(TWO_DAYS) in days_in(hers)) == (True, False)
    month = lin.open(f"/desk/duty/rosters/{found.pk}/")
    expect(month.get_by_role("row", name="林晓")).to_be_visible()
    lin.check_axe()
    waiting = wei.open("/desk/duty/")
    ask(lin.page, found)
    agree = waiting.get_by_role("button", name="同意换班", exact=True)
    expect(agree).to_be_visible()
    wei.check_axe()
    wei.picture("duty-today")
    agree.click()
    expect(waiting.get_by_text("已生效")).to_be_visible()
    assert on_duty(2, 10) == "魏清"
    assert (str(TWO_DAYS) in days_in(his), str(TWO_DAYS) in days_in(hers)) == (False, True)
    month = lin.open(f"/desk/duty/rosters/{found.pk}/?month={TWO_DAYS:%Y-%m}")
    expect(month.locator("td.dt-changed").first).to_contain_text("白")
    lin.picture("duty-roster")


def test_a_gap_is_seen_filled_and_the_desk_handed_over(arrive: Arrive) -> None:
    roster()
    lin, supervisor, wei = arrive("lin"), arrive("supervisor"), arrive("verifier")
    page = lin.open("/desk/duty/")
    page.get_by_label("从", exact=False).first.fill(f"{TWO_DAYS}T00:00")
    page.get_by_label("到", exact=False).first.fill(f"{TWO_DAYS}T23:00")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("期间的班次列入缺口。")).to_be_visible()
    gaps = supervisor.open("/desk/duty/gaps/")
    expect(gaps.get_by_role("row", name=re.compile("中心值班.*请假或外出"))).to_be_visible()
    supervisor.check_axe()
    supervisor.picture("duty-gaps")
    gaps.get_by_role("link", name="安排顶班").click()
    gaps.get_by_label("由谁顶班").select_option(label="沈岳 值班长")
    gaps.get_by_role("button", name="安排顶班").click()
    expect(gaps.get_by_text("顶班已安排。")).to_be_visible()
    assert on_duty(2, 10) == "沈岳"
    page = lin.open("/desk/duty/handovers/new/")
    page.get_by_role("textbox", name="总体情况").fill("设备正常，无积压。")
    lin.check_axe()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("已交班，等待接班人签收。")).to_be_visible()
    signing = wei.open(page.url.removeprefix(lin.address))
    wei.check_axe()
    wei.picture("duty-handover")
    signing.keyboard.press("s")
    expect(signing.get_by_text("已签收接班。")).to_be_visible()
    expect(signing.get_by_text("魏清，")).to_be_visible()


def test_a_plan_is_drawn_up_with_the_keyboard_and_looked_at_first(arrive: Arrive) -> None:
    supervisor = arrive("supervisor")
    page = supervisor.open(f"/desk/duty/rosters/new/?unit={CENTRE}")
    page.get_by_role("textbox", name=re.compile("^名称")).fill("中心值班")
    for place, person in enumerate(("林晓", "魏清", "欧阳静", "沈岳"), start=1):
        page.get_by_label(f"{person} 的顺序").fill(str(place))
    page.keyboard.press("Alt+p")
    expect(page.get_by_text("预览（尚未保存）").first).to_be_visible()
    expect(page.get_by_label("林晓 的顺序")).to_have_value("1")
    supervisor.check_axe()
    supervisor.picture("duty-plan")
    assert not Roster.objects.exists()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("编排已保存")).to_be_visible()
    expect(page.get_by_role("row", name="沈岳")).to_be_visible()
