"""Workbooks: made by a worker, with the reader's columns and rights, safe in a spreadsheet, kept for a day."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from liandong.cases.models import ExportJob
from liandong.cases.operations import ask_for_export, end_export, forget_old_exports, note_export, take_export
from liandong.cases.queries import CaseFilter, export_for
from liandong.people.access import NOBODY, Forbidden, platform
from liandong.people.models import User
from liandong.project.background import InBackground
from liandong.timeline.queries import trace
from liandong.workbench import workbooks
from liandong.workbench.views import export
from liandong.workbench.workbooks import clear_exports, folder_of_exports, make_workbooks
from tests.workbench.conftest import SignedIn
from tests.world import MRS_CHEN, World


def _ask(client: Client, query: str = "") -> str:
    answer = client.post("/desk/cases/export.xlsx", {"query": query})
    assert answer.status_code == 302
    return str(answer["Location"])


def _rows(client: Client, job: str, folder: Path) -> list[list[object]]:
    answer = client.get(f"{job}file/")
    assert answer.status_code == 200
    file = folder / "cases.xlsx"
    file.write_bytes(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    return CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()


def test_a_workbook_holds_what_the_list_finds_in_the_columns_of_ones_choice(
    signed_in: SignedIn, world: World, tmp_path: Path
) -> None:
    case = world.dispatched(contact=MRS_CHEN, identity="named", description="=1+1 垃圾")
    world.filed()
    client = signed_in("operator")
    client.post("/desk/filters/look/", {"column": ["number", "description", "unit"]})
    assert client.get("/desk/cases/export.xlsx?stage=dispatched").status_code == 200
    job = _ask(client, "stage=dispatched")
    assert "load delay" in client.get(f"{job}?part=progress").content.decode()
    assert client.get(f"{job}file/").status_code == 404
    assert make_workbooks(world.at) == 1
    assert "file/" in client.get(job).content.decode()
    rows = _rows(client, job, tmp_path)
    assert rows == [["案件编号", "问题描述", "责任单位"], [case.number, "'=1+1 垃圾", "东桥街道城管中队"]]
    with ZipFile(tmp_path / "cases.xlsx") as parts:
        content = b"".join(parts.read(name) for name in parts.namelist())
    assert b"<f>" not in content
    assert MRS_CHEN.phone.encode() not in content
    told = trace("account", world.actor("operator").user_id or 0).last()
    assert told is not None
    assert (told.event, told.actor) == ("CasesExported", "user/operator")
    assert told.data == {"count": 1, "is_whole": True, "asked": {"stage": "dispatched"}}


def test_the_best_answers_come_in_their_order_and_pages_join_without_gap(
    signed_in: SignedIn, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "AT_ONCE", 2)
    vague = world.report(description="夜间有噪声，希望管一管")
    exact = world.report(description="工地夜间施工噪声扰民")
    others = [world.report(description="树枝挡路").number for _ in range(3)]
    client = signed_in("operator")
    best, newest = _ask(client, "text=工地夜间施工噪声&order=best"), _ask(client)
    make_workbooks(world.at)
    assert [row[0] for row in _rows(client, best, tmp_path)[1:]] == [exact.number, vague.number]
    assert [row[0] for row in _rows(client, newest, tmp_path)[1:]] == [*others[::-1], exact.number, vague.number]


def test_a_workbook_is_for_whoever_asked_and_only_for_as_many_as_can_be_made(signed_in: SignedIn, world: World) -> None:
    client = signed_in("operator")
    job = _ask(client)
    make_workbooks(world.at)
    for address in (job, f"{job}file/"):
        assert signed_in("supervisor").get(address).status_code == 404
    for _ in range(3):
        _ask(client)
    assert client.post("/desk/cases/export.xlsx", {"query": ""}).status_code == 429


def test_who_lost_their_rights_meanwhile_gets_no_file(signed_in: SignedIn, world: World) -> None:
    world.report()
    client = signed_in("operator")
    job = _ask(client)
    User.objects.filter(username="operator").update(is_active=False)
    make_workbooks(world.at)
    assert ExportJob.objects.get().state == "refused"
    assert list(folder_of_exports().iterdir()) == []
    User.objects.filter(username="operator").update(is_active=True)
    assert "没有做成" in client.get(job).content.decode()


def test_a_workbook_whose_maker_died_is_begun_anew_by_another(signed_in: SignedIn, world: World) -> None:
    client = signed_in("operator")
    job = _ask(client)
    assert take_export(actor=platform("exports"), at=world.at) is not None
    assert make_workbooks(world.later(minutes=1)) == 0
    assert make_workbooks(world.later(minutes=5)) == 1
    assert "file/" in client.get(job).content.decode()


def test_files_are_gone_after_a_day(signed_in: SignedIn, world: World) -> None:
    client = signed_in("operator")
    job = _ask(client)
    make_workbooks(world.at)
    clear_exports(world.at + timedelta(hours=1))
    assert len(list(folder_of_exports().iterdir())) == 1
    clear_exports(ExportJob.objects.get().asked_at + timedelta(days=2))
    assert list(folder_of_exports().iterdir()) == []
    assert client.get(job).status_code == 404


def test_work_in_the_background_is_not_waited_for_and_never_doubled() -> None:
    going, begun = threading.Event(), []

    def work(_at: object, *, clock: Callable[[], object]) -> None:
        begun.append(clock())
        going.wait(10)

    task = InBackground(work)
    for _ in range(3):
        task(None)  # type: ignore[arg-type]
    going.set()
    assert task._busy.acquire(timeout=10)
    assert len(begun) == 1


def test_work_in_the_background_that_fails_can_be_begun_again() -> None:
    def work(_at: object, *, clock: Callable[[], object]) -> None:
        raise ValueError("no disk")

    task = InBackground(work)
    task(None)  # type: ignore[arg-type]
    assert task._busy.acquire(timeout=10)


def test_a_workbook_is_asked_for_taken_noted_ended_and_forgotten_on_the_record(world: World) -> None:
    operator = world.actor("operator")
    terms = {"order": "newest", "columns": ["number"], "language": "zh-hans"}
    with pytest.raises(Forbidden):
        ask_for_export(CaseFilter(), actor=NOBODY, at=world.at, **terms)  # type: ignore[arg-type]
    job = ask_for_export(CaseFilter(is_open=True), actor=operator, at=world.at, **terms)  # type: ignore[arg-type]
    assert take_export(actor=platform("exports"), at=world.at) == job
    assert take_export(actor=platform("exports"), at=world.at) is None
    note_export(job, done=3, total=7, actor=operator, at=world.at)
    found = export_for(operator, job.pk)
    assert (found.state, found.done, found.total) == ("making", 3, 7)
    end_export(job, file="a.xlsx", done=7, asked={"text": "13812345678"}, actor=operator, at=world.at)
    found = export_for(operator, job.pk)
    assert (found.state, found.file, found.done) == ("ready", "a.xlsx", 7)
    told = trace("account", operator.user_id or 0).last()
    assert told is not None
    assert told.data == {"count": 7, "is_whole": True, "asked": {"text": "［电话］"}}
    assert forget_old_exports(at=world.at) == []
    assert forget_old_exports(at=world.at + timedelta(days=2)) == ["a.xlsx"]


def test_lines_of_a_long_list_are_made_by_a_worker_while_a_page_shows_how_far_it_is(
    signed_in: SignedIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "STREAMED_AT_MOST", 2)
    cases = [world.filed(description=f"=第{number}件") for number in range(3)]
    client = signed_in("operator")
    answer = client.get("/desk/cases/export.csv?stage=filed&after=x")
    assert (answer.status_code, answer["Location"]) == (302, "/desk/cases/export.xlsx?stage=filed&kind=csv")
    assert 'name="kind" value="csv"' in client.get(answer["Location"]).content.decode()
    made = client.post("/desk/cases/export.xlsx", {"query": "stage=filed", "kind": "csv"})
    make_workbooks(world.at)
    assert "已写 3 件，共 3 件" in client.get(made["Location"]).content.decode()
    file = client.get(f"{made['Location']}file/")
    assert file["Content-Disposition"].endswith('.csv"')
    lines = b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
    monkeypatch.setattr(export, "STREAMED_AT_MOST", 3)
    streamed = client.get("/desk/cases/export.csv?stage=filed")
    assert lines == b"".join(streamed.streaming_content).decode()  # type: ignore[attr-defined]
    assert lines.count("\r\n") == 1 + len(cases)
    told = trace("account", world.actor("operator").user_id or 0).filter(event="CasesExported").first()
    assert told is not None
    assert told.data == {"count": 3, "is_whole": True, "asked": {"stage": "filed"}}


def test_there_is_no_other_kind_of_file(signed_in: SignedIn, world: World) -> None:
    world.report()
    answer = signed_in("operator").post("/desk/cases/export.xlsx", {"query": "", "kind": "exe"})
    assert answer.status_code == 422
    assert not ExportJob.objects.exists()
