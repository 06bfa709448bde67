"""`liandong doctor`: what it says of each thing that can be wrong, and what to do."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from liandong.project import doctor
from liandong.project.doctor import Mark, Surroundings
from liandong.project.home import Home
from tests.running.processes import free_port


@pytest.fixture(autouse=True)
def _reader_of_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")


@pytest.fixture
def surroundings(tmp_path: Path, home: Home) -> Surroundings:
    calendar = tmp_path / "years.csv"
    calendar.write_text("year,confirmed,source\n2026,true,notice\n2027,false,\n")
    return Surroundings(
        home=home,
        database_url="",
        port=free_port(),
        public_url="https://liandong.example",
        calendar_file=calendar,
        at=datetime(2026, 11, 22, tzinfo=UTC),
    )


def test_a_sound_installation_that_is_not_running_has_no_problem(surroundings: Surroundings) -> None:
    found = list(doctor.examine(surroundings))
    assert Mark.PROBLEM not in {finding.mark for finding in found}
    assert len(found) == len(doctor.CHECKS)
    assert all(finding.remedy for finding in found if finding.mark != Mark.OK)


def test_a_port_taken_by_another_program_is_a_problem(surroundings: Surroundings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", surroundings.port))
        taken.listen()
        taken.settimeout(0)
        finding = doctor.port_free(surroundings)
    assert finding.mark == Mark.PROBLEM
    assert finding.what == f"端口 {surroundings.port} 已被其他程序占用。"
    assert "PORT" in finding.remedy


def test_a_year_whose_calendar_nobody_confirmed_is_a_warning_from_its_first_chinese_midnight(
    surroundings: Surroundings,
) -> None:
    before = dataclasses.replace(surroundings, at=datetime(2026, 12, 31, 15, 59, tzinfo=UTC))
    after = dataclasses.replace(surroundings, at=datetime(2026, 12, 31, 16, 0, tzinfo=UTC))
    assert doctor.calendar_confirmed(before).mark == Mark.OK
    assert doctor.calendar_confirmed(after).mark == Mark.WARNING


def test_no_https_is_a_warning_that_names_the_phone(surroundings: Surroundings) -> None:
    finding = doctor.tls(dataclasses.replace(surroundings, public_url="http://liandong.example"))
    assert finding.mark == Mark.WARNING
    assert "手机" in finding.what


def test_a_directory_of_state_open_to_others_is_a_warning_with_the_command_to_close_it(
    surroundings: Surroundings,
) -> None:
    surroundings.home.create()
    surroundings.home.path.chmod(0o755)
    assert doctor.home_permissions(surroundings).remedy == f"chmod 700 {surroundings.home.path}"


def test_a_full_disk_is_a_problem(surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 1_000_000_000})
    monkeypatch.setattr("liandong.project.doctor.shutil.disk_usage", lambda path: usage)
    assert doctor.disk_space(surroundings).mark == Mark.PROBLEM


def test_a_database_that_does_not_answer_is_a_problem_that_names_its_setting(surroundings: Surroundings) -> None:
    away = dataclasses.replace(surroundings, database_url=f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    finding = doctor.database(away)
    assert finding.mark == Mark.PROBLEM
    assert "DATABASE_URL" in finding.remedy


def test_a_database_too_old_is_a_problem(surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        def __enter__(self) -> Old:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def execute(self, _: str) -> Old:
            return self

        def fetchone(self) -> tuple[int, datetime]:
            return 14, datetime.now(UTC)

    monkeypatch.setattr(doctor, "_connect", lambda surroundings: Old())
    finding = doctor.database(surroundings)
    assert (finding.mark, finding.what) == (Mark.PROBLEM, "PostgreSQL 14 太旧。")


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh_CN.UTF-8", "时区数据齐全。"), ("en_GB.UTF-8", "Time zone data is there.")],
)
def test_the_command_speaks_the_language_of_the_terminal_and_exits_0_without_a_problem(
    surroundings: Surroundings, language: str, words: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "liandong.project.cli", "doctor"],
        env={
            **os.environ,
            "LIANDONG_HOME": str(surroundings.home.path),
            "PORT": str(surroundings.port),
            "LC_ALL": language,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert words in done.stdout
    assert done.returncode == 0
