"""A second caller about the same rubbish: shown while typing, joined by one key, answered by a template."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from liandong.cases import operations
from liandong.cases.models import Case, CaseRecurrence, JoinedReport
from liandong.people.access import actor_for, platform
from liandong.people.models import User
from liandong.timeline.models import Entry
from tests.journeys.browser import Desk, case_number
from tests.journeys.conftest import Arrive

pytestmark = pytest.mark.xdist_group("journeys")


def _type_report(operator: Desk, *, description: str, name: str, phone: str) -> None:
    page = operator.page
    page.keyboard.type("积存垃圾")
    expect(page.get_by_role("option", name="积存垃圾").first).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+2")
    page.keyboard.type("东桥路")
    expect(page.get_by_role("option", name="东桥路")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+3")
    page.keyboard.type(description)
    page.keyboard.press("Alt+4")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(phone)


def test_a_second_caller_is_joined_by_one_key_and_both_are_told(arrive: Arrive) -> None:
    operator = arrive("operator")
    page = operator.open("/desk/intake/")
    _type_report(operator, description="小区门口建筑垃圾堆了三天没人清", name="陈女士", phone="13812345678")
    page.keyboard.press("Control+Enter")
    done = page.locator("#intake-form .ld-note")
    expect(done).to_contain_text("已受理并立案")
    number = case_number(done.inner_text())

    expect(page.locator("input[name=class_code_text]")).to_be_focused()
    expect(page.locator("#duplicates")).to_contain_text("填写类别、地点或描述后自动查找")
    _type_report(operator, description="门口的垃圾还堆着没人清", name="李先生", phone="13900001111")
    expect(page.locator("#duplicates .wb-why-like")).to_contain_text("相距 0 米 · 同一小类")
    expect(page.locator("#duplicates .wb-why-like")).to_contain_text("文字相近")
    operator.check_axe()
    operator.picture("duplicates")
    page.keyboard.press("Alt+j")
    expect(done).to_contain_text(f"已并入 {number}，共 2 人反映")
    joined = JoinedReport.objects.get()
    expect(done).to_contain_text(joined.number)
    assert Case.objects.count() == 1
    expect(page.locator("textarea[name=description]")).to_have_value("")

    page = operator.open(f"/desk/cases/{joined.number}/")
    expect(page.locator("h1")).to_contain_text(number)
    expect(page.locator("#reporters-count")).to_contain_text("2 人反映")
    expect(page.locator("#neighbours")).not_to_contain_text("李先生")
    operator.check_axe()
    page.get_by_text("查看联系方式").click()
    page.locator("#neighbours input[name=purpose]").fill("告知进展")
    page.locator("#neighbours input[name=purpose]").press("Enter")
    expect(page.locator("#neighbours")).to_contain_text("13900001111")
    operator.picture("joined")


def test_a_problem_that_is_back_is_said_so_and_linked_when_filed(arrive: Arrive) -> None:
    operator = arrive("operator")
    page = operator.open("/desk/intake/")
    _type_report(operator, description="小区门口建筑垃圾堆了三天", name="", phone="")
    page.keyboard.press("Control+Enter")
    done = page.locator("#intake-form .ld-note")
    expect(done).to_contain_text("已受理并立案")
    number = case_number(done.inner_text())
    _close(number)

    page = operator.open("/desk/intake/")
    _type_report(operator, description="垃圾又堆起来了", name="", phone="")
    expect(page.locator("#duplicates")).to_contain_text("今天结案")
    expect(page.get_by_label("不是回潮，另行登记")).not_to_be_checked()
    operator.check_axe()
    page.keyboard.press("Control+Enter")
    expect(done).to_contain_text("已受理并立案")
    assert CaseRecurrence.objects.get().of.number == number


def test_a_template_fills_the_answer_by_keyboard_and_its_fate_is_noted(arrive: Arrive) -> None:
    supervisor = arrive("supervisor")
    page = supervisor.open("/desk/replies/new/")
    page.get_by_label("环节").select_option("refuse")
    page.get_by_label("模板名称").fill("不属本区")
    page.get_by_label("模板内容").fill("您反映的地点不在本区，已为您转告。")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("link", name="不属本区")).to_be_visible()
    supervisor.check_axe()

    operator = arrive("operator")
    page = operator.open("/desk/intake/")
    _type_report(operator, description="邻区桥下有垃圾", name="", phone="")
    page.keyboard.press("Alt+s")
    done = page.locator("#intake-form .ld-note")
    expect(done).to_contain_text("已登记")
    number = case_number(done.inner_text())
    page = operator.open(f"/desk/cases/{number}/")
    page.locator("#refuse > summary").click()
    page.locator("#refuse ld-replies button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#refuse [role=option]")).to_be_focused()
    operator.check_axe()
    operator.picture("replies")
    page.keyboard.press("Enter")
    reason = page.locator("#refuse textarea[name=reason]")
    expect(reason).to_have_value("您反映的地点不在本区，已为您转告。")
    expect(reason).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type("谢谢。")
    page.locator("#refuse button.btn-danger").click()
    expect(page.locator("#case-story")).to_contain_text("已为您转告。谢谢。")
    told = Entry.objects.filter(about="reply").order_by("seq")
    assert [(entry.event, entry.data.get("fate", "")) for entry in told] == [
        ("RepliesOffered", ""),
        ("ReplyTaken", "taken"),
        ("ReplyTaken", "edited"),
    ]


def draw(number: str, *, at: datetime) -> datetime:
    """Let who checks be drawn, as the worker does within seconds; return the instant after it."""
    key = Case.objects.get(number=number).pk
    operations.draw_checks({key}, chance=lambda: 0.0, actor=platform("checks"), at=at)
    return Case.objects.get(number=number).updated_at


def _close(number: str) -> None:
    """Let those who must do their part, away from this desk."""
    at = Case.objects.get(number=number).updated_at

    def do(verb: str, by: str, **details: object) -> None:
        nonlocal at
        at += timedelta(microseconds=1)
        actor = actor_for(User.objects.get(username=by), at=at)
        getattr(operations, verb)(number, actor=actor, at=at, **details)

    do("dispatch_case", "lin")
    unit = Case.objects.get(number=number).unit
    handler = User.objects.filter(posts__unit=unit).order_by("pk")[0].username
    do("receive_case", handler)
    do("hand_in_case", handler, result="已清运")
    at = draw(number, at=at)
    do("check_case", "verifier", ok=True)
    do("close_case", "operator")
