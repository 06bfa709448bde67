"""Files of matters: every bad row is shown before, every good one taken once, the bad ones come back with reasons."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from liandong.cases.models import Case
from liandong.intake_channels.models import Arrival, BulkFile
from liandong.intake_channels.operations import ask_for_file, forget_old_arrivals, keep_file, take_bulk_files
from liandong.intake_channels.operations.bulk import FileAsked, FileForgotten, dry_run, rows_kept
from liandong.intake_channels.plugins.bulk import COLUMNS, MATTERS, TooManyRows
from liandong.intake_channels.rules.charsets import CharsetLie
from liandong.people.access import Forbidden, NotFound, platform
from liandong.people.models import Post
from liandong.timeline.models import Entry
from liandong.web.sheets import ColumnsMissing, Written, read_workbook, write_workbook
from tests.channels.conftest import DAY
from tests.world import DISTRICT, GRID_1, World

HEADINGS = ["编号", "事项", "分类", "性质", "经度", "纬度", "联系人", "电话"]
GOOD = ["X-1", "小区门口的垃圾堆了三天", "暴露垃圾", "投诉", str(GRID_1[0]), str(GRID_1[1]), "陈女士", "13812345678"]
BARE = ["", "楼下很吵", "", "", "", "", "", ""]
WRONG = {
    "no class of that name": ["X-2", "不明", "没有这一类", "", "", "", "", ""],
    "a number that is none": ["一二三", "路灯不亮", "", "", "", "", "", ""],
    "no matter": ["X-4", "", "", "", "", "", "", ""],
    "outside the district": ["X-5", "在别处", "", "", "100", "20", "", ""],
    "a coordinate that is none": ["X-6", "在东边", "", "", "east", "31", "", ""],
    "the same as another": ["X-1", "另一件事", "", "", "", "", "", ""],
}


def lines(*rows: list[str], headings: list[str] = HEADINGS, charset: str = "utf-8-sig") -> bytes:
    return "\r\n".join(",".join(row) for row in [headings, *rows]).encode(charset)


def book(*rows: list[str], headings: list[str] = HEADINGS) -> bytes:
    return write_workbook([Written("事项", headings, rows)])


def kept(world: World, content: bytes, by: str = "supervisor") -> BulkFile:
    return keep_file(content, name="事项.csv", district=DISTRICT, actor=world.actor(by), at=world.at)


def run(world: World, file: BulkFile, *, most: int = 50) -> BulkFile:
    """Have a file taken to its end."""
    ask_for_file(file.pk, actor=world.actor("supervisor"), at=world.at)
    while take_bulk_files(actor=platform("channels"), at=world.later(seconds=1), most=most):
        pass
    return BulkFile.objects.get(pk=file.pk)


@pytest.mark.parametrize(
    "content", [lines(GOOD, BARE), lines(GOOD, BARE, charset="gb18030"), book(GOOD, BARE)], ids=["utf8", "gbk", "xlsx"]
)
def test_good_rows_become_cases(world: World, content: bytes) -> None:
    file = run(world, kept(world, content))
    assert (file.state, file.total, file.done, file.taken, file.refused) == ("done", 2, 2, 2, 0)
    case = Case.objects.get(external_id="X-1")
    assert (case.channel, case.class_code, case.nature, case.has_phone) == ("bulk", "M06010", "complaint", True)
    assert case.area == "310198001001001"
    assert Case.objects.exclude(external_id="X-1").get().class_code == "A1605"
    asked, taken = Entry.objects.filter(about="bulk_file").order_by("id")
    assert (asked.event, taken.event, asked.actor) == ("BulkFileAsked", "BulkFileTaken", "user/supervisor")


def test_the_dry_run_names_every_bad_row_and_enters_nothing(world: World) -> None:
    file = kept(world, lines(GOOD, *WRONG.values()))
    refused = {line.row.number: line.refusal.code for line in dry_run(file, at=world.at) if line.refusal}
    assert list(refused) == [3, 4, 5, 6, 7, 8]
    assert list(refused.values()) == [
        "unmapped", "id_unusable", "field_missing", "outside_district", "field_invalid", "row_repeated",
    ]  # fmt: skip
    named = [line.refusal.values.get("name") for line in dry_run(file, at=world.at) if line.refusal]
    assert named == [None, "编号 Number", "事项 Matter", None, "经度 Longitude", None]
    assert not Case.objects.exists()
    assert not Arrival.objects.exists()


def test_bad_rows_come_back_with_their_reasons_before_and_after(world: World, signed_in: Any) -> None:
    file, desk = kept(world, lines(GOOD, *WRONG.values())), signed_in("supervisor")
    shape = MATTERS.__class__(MATTERS.name, MATTERS.name_en, (*COLUMNS, *_reasons()))
    for _ in range(2):
        back = desk.get(f"/desk/channels/files/{file.pk}/bad/")
        rows = read_workbook(back.content, [shape])["事项"]
        assert [row.cells["row"] for row in rows] == ["3", "4", "5", "6", "7", "8"]
        assert rows[0].cells["content"] == "不明"
        assert "没有“没有这一类”" in rows[0].cells["why"]
        assert all(row.cells["why"] for row in rows)
        if file.state == "draft":
            file = run(world, file)
    assert (file.taken, file.duplicate, file.refused) == (1, 0, 6)
    assert "没有这一类" not in repr([fault for fault in file.faults if fault[1] != "unmapped"])


def _reasons() -> tuple[Any, ...]:
    column = COLUMNS[0].__class__
    return column("row", "原行号", "Row"), column("why", "原因", "Why")


def test_the_same_file_and_the_same_rows_are_entered_once(world: World) -> None:
    first = run(world, kept(world, lines(GOOD, BARE)))
    assert kept(world, lines(GOOD, BARE)).pk == first.pk
    with pytest.raises(FileAsked):
        ask_for_file(first.pk, actor=world.actor("supervisor"), at=world.at)
    mended = kept(world, book(GOOD, BARE, ["X-9", "路灯不亮", "", "", "", "", "", ""]))
    assert [bool(line.number) for line in dry_run(mended, at=world.at)] == [True, True, False]
    again = run(world, mended)
    assert (again.taken, again.duplicate, again.refused) == (1, 2, 0)
    assert Case.objects.count() == 3


def test_taking_goes_on_where_it_stopped(world: World) -> None:
    rows = [["", f"第 {number} 处垃圾", "", "", "", "", "", ""] for number in range(7)]
    file = kept(world, lines(*rows))
    ask_for_file(file.pk, actor=world.actor("supervisor"), at=world.at)
    done = []
    while take_bulk_files(actor=platform("channels"), at=world.at, most=3):
        done.append(BulkFile.objects.get().done)
    assert done == [3, 6, 7]
    assert Case.objects.count() == 7


def test_whoever_lost_the_right_meanwhile_has_nothing_more_entered(world: World) -> None:
    file = kept(world, lines(GOOD, BARE))
    ask_for_file(file.pk, actor=world.actor("supervisor"), at=world.at)
    Post.objects.filter(user__username="supervisor").update(until_on=world.at.date().replace(day=1))
    take_bulk_files(actor=platform("channels"), at=world.later(days=2))
    file.refresh_from_db()
    assert (file.taken, [code for _row, code, _values in file.faults]) == (0, ["forbidden", "forbidden"])


def test_nothing_personal_lies_in_clear_and_all_is_forgotten(world: World) -> None:
    file = kept(world, lines(GOOD))
    assert b"13812345678" not in bytes(file.sealed or b"")
    assert len(rows_kept(file)) == 1
    forget_old_arrivals(at=world.at + 29 * DAY)
    BulkFile.objects.update(sealed=None)
    with pytest.raises(FileForgotten):
        ask_for_file(file.pk, actor=world.actor("supervisor"), at=world.at)
    forget_old_arrivals(at=world.at + 31 * DAY)
    assert not BulkFile.objects.exists()


def test_a_sheet_of_people_is_refused_row_by_row(world: World) -> None:
    rows = [["重点走访", "310198199001011234", "刑满释放"], ["路灯不亮", "", ""]]
    file = kept(world, lines(*rows, headings=["事项", "身份证号", "人员类别"]))
    assert [line.refusal and line.refusal.code for line in dry_run(file, at=world.at)] == ["person_record", None]
    assert run(world, file).faults == [[2, "person_record", {}]]
    assert "310198199001011234" not in repr(Arrival.objects.values())


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", ColumnsMissing),
        (lines(GOOD, headings=["a", "b"]), ColumnsMissing),
        (lines(), TooManyRows),
        (lines(*(BARE for _ in range(2001))), TooManyRows),
        (b"\xff\xff\x81\xff", CharsetLie),
    ],
)
def test_a_file_of_which_nothing_can_be_read_is_not_kept(
    world: World, content: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        kept(world, content)
    assert not BulkFile.objects.exists()


def test_only_who_may_uploads_and_sees_their_own(world: World, signed_in: Any) -> None:
    with pytest.raises(Forbidden):
        kept(world, lines(GOOD), by="operator")
    file = kept(world, lines(GOOD))
    with pytest.raises(NotFound):
        ask_for_file(file.pk, actor=world.actor("lin"), at=world.at)
    with pytest.raises(Forbidden):
        take_bulk_files(actor=world.actor("supervisor"), at=world.at)
    assert signed_in("operator").get("/desk/channels/files/").status_code == 403
    assert signed_in("supervisor").get("/desk/channels/files/99/").status_code == 404


def test_a_supervisor_uploads_looks_takes_and_sees_how_far_it_is(world: World, signed_in: Any) -> None:
    desk = signed_in("supervisor")
    assert "下载模板" in desk.get("/desk/channels/files/").content.decode()
    template = desk.get("/desk/channels/files/template/").content
    assert read_workbook(template, [MATTERS])["事项"][0].cells["content"]
    upload = SimpleUploadedFile("事项.csv", lines(GOOD, WRONG["no class of that name"]))
    page = desk.post("/desk/channels/files/", {"file": upload}, follow=True)
    assert "可登记 1，已登记过 0，有误 1" in page.content.decode()
    file = BulkFile.objects.get()
    address = f"/desk/channels/files/{file.pk}/"
    assert "已处理 0/2 行" in desk.post(f"{address}take/", follow=True).content.decode()
    take_bulk_files(actor=platform("channels"), at=world.at)
    part = desk.get(f"{address}?part=progress").content.decode()
    assert "登记 1，已登记过 0，退回 1" in part
    assert "hx-get" not in part
    assert "已经开始导入" in desk.post(f"{address}take/", follow=True).content.decode()
    bad = desk.post("/desk/channels/files/", {"file": SimpleUploadedFile("a.csv", b"\xff\xff\x81")})
    assert bad.status_code == 422
