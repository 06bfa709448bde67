"""A supervisor enters many matters from a file and a leader's instruction, in a browser."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from liandong.cases.models import Case
from liandong.intake_channels.models import BulkFile
from liandong.intake_channels.operations import take_bulk_files
from liandong.people.access import platform
from tests.channels.test_bulk_files import GOOD, WRONG, lines
from tests.journeys.conftest import Arrive
from tests.journeys.steps import picture

pytestmark = pytest.mark.xdist_group("journeys")


def take(most: int) -> None:
    take_bulk_files(actor=platform("channels"), at=timezone.localtime(), most=most)


def test_a_file_is_looked_at_taken_and_its_progress_shown(arrive: Arrive) -> None:
    supervisor = arrive("supervisor")
    page = supervisor.open("/desk/channels/files/")
    supervisor.check_axe()
    supervisor.picture("files")
    more = [["", f"东桥路 {number} 号门前堆物", "乱堆杂物", "", "", "", "", ""] for number in range(1, 5)]
    content = lines(GOOD, *more, *WRONG.values())
    page.get_by_label("文件（.xlsx 或 CSV）").set_input_files(
        {"name": "三月事项.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_text("可登记 5，已登记过 0，有误 6")).to_be_visible()
    supervisor.check_axe()
    supervisor.picture("file-preview")
    page.get_by_role("button", name="登记无误的 5 行").click()
    expect(page.get_by_text("已处理 0/11 行")).to_be_visible()
    supervisor.check_axe()
    take(4)
    expect(page.get_by_text("已处理 4/11 行")).to_be_visible()
    supervisor.picture("file-progress")
    take(50)
    expect(page.get_by_text("登记 5，已登记过 0，退回 6")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载有误的 6 行").click()
    assert waiting.value.suggested_filename.endswith(".xlsx")
    supervisor.picture("file-done")
    assert (Case.objects.count(), BulkFile.objects.get().state) == (5, "done")


def test_an_instruction_is_entered_and_stands_on_the_case(arrive: Arrive) -> None:
    supervisor = arrive("supervisor")
    page = supervisor.open("/desk/channels/instructions/")
    page.get_by_label("批示人").fill("周区长")
    page.get_by_label("批示内容").fill("请东桥街道三日内拿出整改方案并回复。")
    due = timezone.localtime() + timedelta(days=3)
    page.get_by_label("回复期限").fill(due.strftime("%Y-%m-%dT17:00"))
    page.get_by_label("新案：事项").fill("夜市油烟扰民，群众反映强烈")
    page.get_by_role("combobox", name="新案：类别").fill("油烟")
    page.get_by_role("option", name="油烟污染").first.click()
    page.get_by_label("新案：地址").fill("东桥路夜市")
    page.get_by_label("批示扫描件").set_input_files(
        {"name": "批示.jpg", "mimeType": "image/jpeg", "buffer": picture("scan")}
    )
    supervisor.check_axe()
    supervisor.picture("instruction")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("批示已登记，等待回复。")).to_be_visible()
    expect(page.get_by_text("【领导批示】周区长：请东桥街道三日内拿出整改方案并回复。").first).to_be_visible()
    supervisor.check_axe()
    supervisor.picture("instruction-case")
    assert Case.objects.get().class_code == "M06027"
