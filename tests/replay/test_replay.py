from __future__ import annotations

import argparse
import csv
import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from liandong.cases.models import Assignment, Case, Clock
from liandong.cases.operations import live_through, record_lives
from liandong.cases.rulebook import forget_rules
from liandong.intake_channels.replay import cli
from liandong.intake_channels.replay.mappings.baltimore import Baltimore
from liandong.intake_channels.replay.mappings.tipdm import class_of
from liandong.intake_channels.replay.pouring import Pourer
from liandong.intake_channels.replay.reading import RefusedRows, opened, rows_of
from liandong.people.access import platform
from liandong.project.districts import load_district
from liandong.timeline.models import Entry
from liandong.timeline.verify import verify
from tests.replay.files import EVERY_KIND, content, row

CLONE = Path(__file__).parents[2]
BALTIMORE = CLONE / "districts" / "baltimore"
SHARED = CLONE.parent / "shared" / "data"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
Replay = Callable[..., tuple[int, str]]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_rules() -> Any:
    forget_rules()
    yield
    forget_rules()


@pytest.fixture
def replay(capsys: pytest.CaptureFixture[str]) -> Replay:
    def _replay(file: Path, mapping: str = "baltimore", *options: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        cli.add_arguments(parser)
        code = cli.run(parser.parse_args([str(file), "--mapping", mapping, *options]), at=NOW)
        return code, capsys.readouterr().out.strip().splitlines()[-1]

    return _replay


def written(folder: Path, content_: bytes, name: str = "requests.csv") -> Path:
    file = folder / name
    file.write_bytes(content_)
    return file


def reasons(file: Path) -> list[tuple[str, str]]:
    with file.open(encoding="utf-8", errors="surrogateescape", newline="") as lines:
        return [(line["line"], line["code"]) for line in csv.DictReader(lines)]


def case(number: int) -> Case:
    return Case.objects.get(channel="replay_baltimore", external_id=f"18-{number:08d}")


def test_every_kind_of_request_becomes_a_case_as_the_source_left_it(tmp_path: Path, replay: Replay) -> None:
    code, line = replay(written(tmp_path, content(EVERY_KIND)))
    assert (code, line) == (0, "10 read, 10 taken, 0 already there, 0 refused")
    assert [case(number).stage for number in range(1, 11)] == [
        "closed", "closed", "closed", "closed", "closed", "reported", "dispatched", "received", "closed", "closed",
    ]  # fmt: skip
    assert case(1).reported_at == datetime(2018, 4, 16, 13, 0, tzinfo=UTC), "wall-clock time of the city"
    assert case(1).unit == "240510-A01"
    assert verify().breaks == []


def test_a_request_without_a_usable_point_waits_in_the_queue_of_unknown_places(tmp_path: Path, replay: Replay) -> None:
    replay(written(tmp_path, content(EVERY_KIND)))
    unplaced = Case.objects.filter(lon__isnull=True).order_by("external_id")
    assert [found.external_id[-1] for found in unplaced] == ["2", "3"]
    assert len(case(2).area) == 12, "its neighbourhood is known all the same"
    assert case(3).area == "240510009"


def test_duplicates_and_transfers_close_with_that_reason(tmp_path: Path, replay: Replay) -> None:
    replay(written(tmp_path, content(EVERY_KIND)))
    for number, status in ((4, "Closed (Duplicate)"), (5, "Closed (Transferred)")):
        closed = Entry.objects.get(about="case", about_id=case(number).pk, event="CaseClosed")
        assert (case(number).closing, closed.data["reason"]) == ("special", status)


def test_a_point_in_the_suburbs_keeps_the_city_and_one_outside_the_outline_its_named_area(
    tmp_path: Path, replay: Replay
) -> None:
    replay(written(tmp_path, content(EVERY_KIND)))
    assert case(9).area == "240510"
    assert case(9).lon == -76.6045
    assert case(10).area.startswith("240510009")


def test_bad_rows_are_written_down_with_their_reasons_and_the_rest_is_taken(tmp_path: Path, replay: Replay) -> None:
    bad = [
        row(1),
        row(2, SRType="No Such Service"),
        row(3, CreatedDate="yesterday"),
        row(4, Latitude="north"),
        row(5, CloseDate="04/10/2018 06:25:33 AM"),
        row(6, SRStatus="Lost"),
        row(7, Agency=""),
        row(8, Latitude="39", Longitude="-76", Neighborhood="", CouncilDistrict=""),
        row(9, CreatedDate="04/16/2038 09:30:13 AM", CloseDate="04/17/2038 09:30:13 AM"),
        row(10, ServiceRequestNum=""),
    ]
    data = content(bad) + b"too,few\r\n" + content([row(12, Address="\x00 1 NUL\x00 ST")]).split(b"\r\n", 1)[1]
    data += content([row(13)]).split(b"\r\n", 1)[1].replace(b"INVENTED", b"INVENT\xe9D")
    file = written(tmp_path, data)
    code, line = replay(file)
    assert (code, line) == (0, "13 read, 2 taken, 0 already there, 11 refused")
    assert reasons(Path(f"{file}.refused.csv")) == [
        ("3", "unknown_value"), ("4", "unreadable_instant"), ("5", "unreadable_point"),
        ("6", "ends_before_it_begins"), ("7", "unknown_value"), ("8", "value_missing"), ("10", "from_the_future"),
        ("11", "value_missing"), ("12", "misshapen"), ("14", "not_utf8"), ("9", "outside_district"),
    ]  # fmt: skip
    assert case(12).address == "1 NUL ST"


def test_the_last_run_leaves_no_stale_reasons(tmp_path: Path, replay: Replay) -> None:
    file = written(tmp_path, content([row(1, SRStatus="Lost")]))
    replay(file)
    written(tmp_path, content([row(1)]))
    replay(file)
    assert not Path(f"{file}.refused.csv").exists()


def test_a_place_nobody_may_write_to_is_left_alone(
    tmp_path: Path, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    file = written(locked, content([row(1, SRStatus="Lost")]))
    locked.chmod(0o555)
    monkeypatch.chdir(tmp_path)
    replay(file)
    assert [path.name for path in locked.iterdir()] == ["requests.csv"]
    assert reasons(tmp_path / "requests.csv.refused.csv") == [("2", "unknown_value")]


def test_the_same_number_twice_is_one_case(tmp_path: Path, replay: Replay) -> None:
    _code, line = replay(written(tmp_path, content([row(1), row(1), row(2)])))
    assert line == "3 read, 2 taken, 1 already there, 0 refused"


@pytest.mark.parametrize("speed", ["max", "999999999999x"])
def test_a_second_run_takes_nothing(tmp_path: Path, replay: Replay, speed: str) -> None:
    file = written(tmp_path, content(EVERY_KIND))
    assert replay(file, "baltimore", "--speed", speed)[1] == "10 read, 10 taken, 0 already there, 0 refused"
    before = Entry.objects.filter(about="case").count()
    assert replay(file, "baltimore", "--speed", speed)[1] == "10 read, 0 taken, 10 already there, 0 refused"
    assert Case.objects.count() == 10
    assert Entry.objects.filter(about="case").count() == before


@pytest.mark.parametrize("speed", ["max", "999999999999x"])
@pytest.mark.parametrize("steps", [0, 1, 3, 5])
def test_a_case_cut_half_way_goes_on_where_it_stood(tmp_path: Path, replay: Replay, steps: int, speed: str) -> None:
    load_district(BALTIMORE, at=NOW)
    life = Baltimore(BALTIMORE).life_of(row(1))
    cut = type(life)(life.report, life.at, life.actor, life.moves[:steps])
    record_lives([live_through(cut, district="240510")], actor=platform("replay"))
    assert replay(written(tmp_path, content([row(1)])), "baltimore", "--speed", speed)[1] == (
        "1 read, 0 taken, 1 already there, 0 refused"
    )
    assert case(1).stage == "closed"
    events = Entry.objects.filter(about="case").order_by("seq").values_list("event", flat=True)
    assert list(events) == [
        "CaseReported", "CaseAccepted", "CaseFiled", "CaseDispatched", "CaseReceived", "CaseHandedIn", "CaseClosed",
    ]  # fmt: skip


def test_a_paced_replay_takes_steps_in_the_order_of_time_and_waits_in_between(tmp_path: Path) -> None:
    waited: list[float] = []
    load_district(BALTIMORE, at=NOW)
    rows = [
        row(1, CreatedDate="04/16/2018 09:00:00 AM", CloseDate="04/16/2018 11:00:00 AM"),
        row(2, CreatedDate="04/16/2018 10:00:00 AM", CloseDate="04/16/2018 10:30:00 AM"),
    ]
    pourer = Pourer(Baltimore(BALTIMORE), "240510", RefusedRows(tmp_path / "x.csv"), now=NOW)
    with opened(written(tmp_path, content(rows))) as text:
        pourer.at_pace(rows_of(text, Baltimore.columns), speed=60, wait=waited.append)
    assert waited == [60.0, 30.0, 30.0]
    ends = Entry.objects.filter(event="CaseClosed").order_by("id").values_list("about_id", flat=True)
    assert list(ends) == [case(2).pk, case(1).pk]


def _everything() -> dict[str, Any]:
    without_id = lambda model, *leave_out: [  # noqa: E731
        {name: value for name, value in found.items() if name not in ("id", *leave_out)}
        for found in model.objects.order_by("id").values()
    ]
    cases = without_id(Case)
    ids = dict(Case.objects.values_list("id", "external_id"))
    entries = [
        (ids[entry.about_id], entry.seq, entry.event, entry.actor, entry.at, entry.area, entry.hearers, entry.data)
        for entry in Entry.objects.filter(about="case").order_by("about_id", "seq")
    ]
    units = dict(Assignment.objects.values_list("id", "unit"))
    clocks = sorted(without_id(Clock), key=lambda row: (row["case_id"], row["kind"], row["started_at"]))
    rows = sorted(without_id(Assignment), key=lambda row: (row["case_id"], row["sent_at"]))
    for found in (*clocks, *rows):
        found["case_id"] = ids[found["case_id"]]
        if found.get("assignment_id"):
            found["assignment_id"] = units[found["assignment_id"]]
    return {"cases": cases, "entries": entries, "clocks": clocks, "assignments": rows}


def _emptied() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("ALTER TABLE timeline_entry DISABLE TRIGGER USER")
        cursor.execute(
            "DELETE FROM timeline_entry; DELETE FROM cases_clock; DELETE FROM cases_assignment;"
            " DELETE FROM cases_sealedreporter; DELETE FROM cases_case; DELETE FROM cases_numbersequence"
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("ALTER TABLE timeline_entry ENABLE TRIGGER USER")


def test_all_at_once_and_step_by_step_leave_the_same_cases(tmp_path: Path, replay: Replay) -> None:
    file = written(tmp_path, content(EVERY_KIND))
    replay(file, "baltimore", "--speed", "max")
    at_once = _everything()
    _emptied()
    replay(file, "baltimore", "--speed", "999999999999x")
    step_by_step = _everything()
    for part, rows in at_once.items():
        assert rows == step_by_step[part], part


def test_a_gzipped_file_is_read_as_it_is_and_a_cut_one_says_so(tmp_path: Path, replay: Replay) -> None:
    packed = gzip.compress(content(EVERY_KIND))
    assert replay(written(tmp_path, packed, "a.csv.gz")) == (0, "10 read, 10 taken, 0 already there, 0 refused")
    code, line = replay(written(tmp_path, packed[:-20], "b.csv.gz"))
    assert code == 1
    assert line.endswith("refused")


def test_a_file_of_another_kind_is_refused_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    arguments = parser.parse_args([str(written(tmp_path, b"a,b\r\n1,2\r\n")), "--mapping", "baltimore"])
    assert cli.run(arguments, at=NOW) == 2
    assert "ServiceRequestNum" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["fast", "0x", "-1x", "1000"])
def test_a_speed_is_a_multiple_or_max(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        cli.speed_of(text)


def test_messages_are_classed_by_words_of_their_subject() -> None:
    assert class_of("A3区某小区物业乱收费") == "T0101"
    assert class_of("夜间施工噪音扰民") == "T0102"
    assert class_of("请问如何办理") == "T0108"


def test_a_message_becomes_a_report_of_unknown_place(tmp_path: Path, replay: Replay) -> None:
    columns = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "反对数", "点赞数"]
    rows = [
        dict(zip(columns, ["1", "u", "路灯不亮", "2019/2/28 11:25:05", "晚上很黑\n请修", "0", "7"], strict=True)),
        dict(zip(columns, ["2", "u", "题目", "2019-02-28 11:25:05", "详情" * 6000, "0", "0"], strict=True)),
        dict(zip(columns, ["3", "u", "", "2019/2/28 11:25:05", "", "0", "0"], strict=True)),
    ]
    _code, line = replay(written(tmp_path, content(rows, columns)), "tipdm")
    assert line == "3 read, 1 taken, 0 already there, 2 refused"
    taken = Case.objects.get(external_id="1")
    assert (taken.stage, taken.lon, taken.area) == ("reported", None, "990100")
    assert taken.reported_at == datetime(2019, 2, 28, 3, 25, 5, tzinfo=UTC)
    assert taken.attributes == {"likes": 7, "dislikes": 0}


@pytest.mark.skipif(not SHARED.exists(), reason="the real files are not on this machine")
def test_the_whole_baltimore_file_adds_up(replay: Replay, tmp_path: Path) -> None:
    out = tmp_path / "refused.csv"
    code, line = replay(SHARED / "baltimore311_10k.csv.gz", "baltimore", "--refused", str(out))
    assert (code, line) == (0, "10000 read, 9993 taken, 0 already there, 7 refused")
    assert {found for _line, found in reasons(out)} == {"outside_district"}
    assert Case.objects.count() == 9993
    assert Case.objects.filter(lon__isnull=True).count() == 1475
    assert Case.objects.filter(closing="special").count() == 207 + 18
    assert Case.objects.exclude(stage="closed").count() == 208
    assert verify().breaks == []


@pytest.mark.skipif(not SHARED.exists(), reason="the real files are not on this machine")
def test_the_whole_file_of_messages_adds_up(replay: Replay) -> None:
    code, line = replay(SHARED / "tipdm2020_hot_4326.csv.gz", "tipdm")
    assert (code, line) == (0, "4326 read, 4326 taken, 0 already there, 0 refused")
    assert Case.objects.filter(lon__isnull=True, stage="reported").count() == 4326
    assert verify().breaks == []
