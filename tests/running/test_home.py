"""The directory of state: keys made once, addresses of databases."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

from liandong.project.home import Home

_ASK = """
import sys
from pathlib import Path
from liandong.project.home import Home
print(Home(Path(sys.argv[1])).secret("key"))
"""


def test_of_many_processes_that_need_a_fresh_key_all_get_the_same(home: Home) -> None:
    command = [sys.executable, "-c", _ASK, str(home.path)]
    asking = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(8)]
    answers = {process.communicate()[0].strip() for process in asking}
    assert answers == {home.secret("key")}
    assert len(answers.pop()) == 64
    assert [file.name for file in home.keys.iterdir()] == ["key"]
    assert stat.S_IMODE((home.keys / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700


def test_a_database_address_is_read_with_its_password_port_and_options(tmp_path: Path) -> None:
    settings = Home(tmp_path).database("postgresql://lin:p%40ss@db.example:5433/district?sslmode=require")
    assert (settings["NAME"], settings["USER"], settings["PASSWORD"]) == ("district", "lin", "p@ss")
    assert (settings["HOST"], settings["PORT"]) == ("db.example", "5433")
    assert settings["OPTIONS"]["sslmode"] == "require"


def test_without_an_address_the_embedded_database_is_meant(home: Home) -> None:
    settings = home.database("")
    assert settings["HOST"] == str(home.socket)
    assert settings["NAME"] == settings["USER"] == "liandong"
