"""The list as a file: what the list shows, safe in a spreadsheet, in flat memory, and on the record."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from liandong.cases.operations import record_export
from liandong.people.access import NOBODY, Forbidden
from liandong.people.backend import LOCAL
from liandong.people.models import User
from liandong.timeline.queries import Entry, trace
from liandong.workbench import workbooks
from liandong.workbench.views import export
from tests.permission.surfaces import Visitor, listed
from tests.world import MRS_CHEN, World

EXPORT = "/desk/cases/export.csv"


def _client(account: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=account), backend=LOCAL)
    return client


def _content(client: Client, query: str = "") -> bytes:
    answer = client.get(f"{EXPORT}?{query}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def _rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def _record_of(account: str) -> Entry:
    told = trace("account", User.objects.get(username=account).pk).filter(event="CasesExported").last()
    assert told is not None
    return told


def test_the_file_holds_the_columns_of_the_list_and_says_how_it_is_written(world: World) -> None:
    case = world.dispatched()
    answer = _client("operator").get(EXPORT)
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="cases-2026')
    assert answer["Cache-Control"] == "no-store"
    head, row = _rows(content)
    assert head == ["案件编号", "状态", "紧急程度", "类别", "问题描述", "地点", "责任单位", "时限", "上报时间"]
    assert (row[0], row[1], row[4], row[6]) == (
        case.number,
        "待签收",
        "小区门口垃圾堆了三天没人清",
        "东桥街道城管中队",
    )
    assert row[8] == "2026-03-02 09:30:00"


def test_the_file_speaks_the_readers_language(world: World) -> None:
    world.report()
    client = _client("operator")
    answer = client.get(EXPORT, headers={"Accept-Language": "en"})
    head, row = _rows(b"".join(answer.streaming_content))
    assert all(cell.isascii() for cell in head)
    assert row[1].isascii()


@pytest.mark.parametrize("query", ["", "stage=dispatched", "text=车库", "area=310198002", "open=no", "placed=no"])
def test_the_file_holds_what_the_list_with_that_filter_shows(world: World, query: str) -> None:
    world.dispatched()
    world.report(class_code="A0203", description="车库里无证看病", identity="anonymous")
    world.report(lon=121.445, lat=31.01)
    world.report(lon=None, lat=None)
    world.closed()
    visitor = Visitor(User.objects.get(username="operator"), world)
    rows = _rows(_content(visitor.client, query))
    assert {row[0] for row in rows[1:]} == listed(visitor, query)


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "  =1", "＝1+1", "\r=1", "\u3000=1", "\u00a0@A1", " \t-1"]
)
def test_no_cell_is_taken_for_a_formula(world: World, text: str) -> None:
    assert export.safe_cell(text) == f"'{text}"
    world.report(description=f"{text} 垃圾", address="=HYPERLINK(1)")
    cells = [cell for row in _rows(_content(_client("operator")))[1:] for cell in row]
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "＝")) for cell in cells)


def test_commas_quotes_and_lines_survive(world: World) -> None:
    said = '他说："垃圾,\n满地"，没人管'
    world.report(description=said)
    assert _rows(_content(_client("operator")))[1][4] == said


def test_nothing_of_the_reporter_is_in_the_file(world: World) -> None:
    world.report(contact=MRS_CHEN, identity="named", description="门口垃圾，我电话13987654321")
    content = _content(_client("operator")).decode()
    for secret in (MRS_CHEN.name, MRS_CHEN.phone, "13987654321"):
        assert secret not in content


def test_the_file_is_made_a_few_hundred_cases_at_a_time_in_the_order_of_the_list(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "AT_ONCE", 3)
    numbers = []
    for minute in range(10):
        numbers.append(world.report().number)
        world.later(minutes=minute % 2)
    chunks = list(_client("operator").get(EXPORT).streaming_content)
    assert len(chunks) == 5
    assert [row[0] for row in _rows(b"".join(chunks))[1:]] == numbers[::-1]


def test_an_export_is_on_the_record_with_its_filter_and_without_personal_numbers(world: World) -> None:
    world.dispatched()
    _content(_client("operator"), "stage=dispatched&text=垃圾&after=x&unit=")
    told = _record_of("operator")
    assert told.actor == "user/operator"
    assert told.data == {"count": 1, "is_whole": True, "asked": {"stage": "dispatched", "text": "垃圾"}}
    _content(_client("operator"), "text=13812345678")
    assert "13812345678" not in str(_record_of("operator").data)


def test_who_leaves_before_the_end_is_on_the_record_with_what_went_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "AT_ONCE", 2)
    for _ in range(5):
        world.report()
    chunks = export.csv_of(
        export.permitted_cases(world.actor("operator")), world.actor("operator"), asked={}, language="en", at=world.at
    )
    next(chunks)
    next(chunks)
    chunks.close()  # type: ignore[attr-defined]
    told = _record_of("operator")
    assert (told.data["count"], told.data["is_whole"]) == (2, False)


def test_a_right_that_ends_while_the_file_is_written_ends_the_file_and_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "AT_ONCE", 1)
    world.report()
    world.report()
    actor = world.actor("operator")
    ends = type(actor)(actor.key, actor.user_id, actor.name, actor.posts, world.at)
    content = b"".join(export.csv_of(export.permitted_cases(ends), ends, asked={}, language="zh-hans", at=world.at))
    assert _rows(content)[1:] == [["文件不完整：您的权限在导出时到期或被收回。"]]
    assert _record_of("operator").data["is_whole"] is False


def test_a_right_that_is_taken_while_the_file_is_written_ends_the_file_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "AT_ONCE", 1)
    world.report()
    world.report()
    actor = world.actor("operator")
    lines = export.csv_of(export.permitted_cases(actor), actor, asked={}, language="zh-hans", at=world.at)
    next(lines), next(lines)
    User.objects.filter(username="operator").update(is_active=False)
    assert "文件不完整" in b"".join(lines).decode()
    told = _record_of("operator")
    assert (told.data["count"], told.data["is_whole"]) == (1, False)


def test_who_sees_no_cases_anywhere_exports_nothing(world: World) -> None:
    assert Client().get(EXPORT).status_code == 302
    with pytest.raises(Forbidden):
        record_export({}, count=0, is_whole=True, actor=NOBODY, at=world.at)


def test_the_list_offers_the_file_with_its_own_filter(world: World) -> None:
    page = _client("operator").get("/desk/cases/?stage=filed&text=a").content.decode()
    assert 'href="/desk/cases/export.csv?stage=filed&amp;text=a"' in page
