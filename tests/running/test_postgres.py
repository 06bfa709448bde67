"""The embedded PostgreSQL: private, alone on its data, gone with its parent."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import psycopg
import pytest

from liandong.project.home import LONGEST_SOCKET_PATH, SOCKET_FILE, Home, UnusableHome
from liandong.project.postgres import AlreadyRunning, EmbeddedPostgres, running_postgres
from tests.conftest import CARELESS


def test_a_first_start_makes_a_database_in_utf8_that_takes_chinese(home: Home) -> None:
    with running_postgres(home, **CARELESS) as dsn, psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT current_database(), current_user, '联动' || version()").fetchone()
    assert row is not None
    assert row[:2] == ("liandong", "liandong")
    assert row[2].startswith("联动PostgreSQL")


def test_a_second_server_on_the_same_data_is_refused_by_name(home: Home) -> None:
    with running_postgres(home, **CARELESS), pytest.raises(AlreadyRunning, match=r"already runs on .* as process \d+"):
        EmbeddedPostgres(home, **CARELESS).start()


def test_a_home_too_deep_for_a_socket_gets_a_short_private_directory_and_remembers_it(tmp_path: Path) -> None:
    home = Home(tmp_path / ("deep" * 30))
    with running_postgres(home, **CARELESS) as dsn, psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert len(os.fsencode(home.socket / SOCKET_FILE)) <= LONGEST_SOCKET_PATH
    assert stat.S_IMODE(home.socket.stat().st_mode) == 0o700
    assert home.socket == Home(home.path).socket
    home.socket.rmdir()


def test_a_short_directory_open_to_others_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / ("deep" * 30))
    home.socket.chmod(0o755)
    with pytest.raises(UnusableHome, match="not a private directory"):
        assert home.socket
    Path((home.path / "socket-directory").read_text()).rmdir()


def test_starting_leaves_the_modes_of_all_folders_as_they_were(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    home = Home(tmp_path / "between" / "home")
    with running_postgres(home, **CARELESS):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
        assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
        assert stat.S_IMODE(home.postgres.stat().st_mode) == 0o700
        assert stat.S_IMODE(home.socket.stat().st_mode) == 0o700
