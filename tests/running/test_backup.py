"""Backup and the way back, at the level of files and tables; the whole product's is in `test_restore.py`."""

from __future__ import annotations

import stat
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from liandong.project.backup import BrokenBackup, DatabaseNotEmpty, restore_backup, write_backup
from liandong.project.home import Home
from liandong.project.postgres import EmbeddedPostgres
from tests.conftest import CARELESS

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(Home(tmp_path_factory.mktemp("server")), **CARELESS)
    server.start()
    with psycopg.connect(server.home.dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (words text)")
        connection.execute("INSERT INTO kept VALUES ('污水外溢')")
    yield server
    server.stop()


@pytest.fixture
def empty_database(postgres: EmbeddedPostgres) -> Iterator[str]:
    with psycopg.connect(postgres.home.dsn, autocommit=True) as connection:
        connection.execute("CREATE DATABASE other")
    address = postgres.home.dsn.replace("/liandong?", "/other?")
    yield address
    with psycopg.connect(postgres.home.dsn, autocommit=True) as connection:
        connection.execute("DROP DATABASE other WITH (FORCE)")


@pytest.fixture
def source(tmp_path: Path, postgres: EmbeddedPostgres) -> Home:
    home = Home(tmp_path / "source")
    home.create()
    (home.uploads / "ab").mkdir(parents=True)
    (home.uploads / "ab" / "photo").write_bytes(b"a photograph")
    # What is on its way changes while it is read: it is no part of a backup.
    (home.uploads / "incoming").mkdir()
    (home.uploads / "incoming" / "half.part").write_bytes(b"half a film")
    (home.uploads / "ab" / "photo.1f.part").write_bytes(b"half a photograph")
    home.secret("django")
    return home


def test_what_was_backed_up_comes_back(
    tmp_path: Path, source: Home, postgres: EmbeddedPostgres, empty_database: str
) -> None:
    file = tmp_path / "backup.tar"
    write_backup(file, home=source, database_url=postgres.home.dsn, at=AT, with_keys=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    target = Home(tmp_path / "target")
    target.create()
    contents = restore_backup(file, home=target, database_url=empty_database)
    assert (contents.uploads, contents.has_keys) == (1, True)
    with psycopg.connect(empty_database) as connection:
        assert connection.execute("SELECT words FROM kept").fetchall() == [("污水外溢",)]
    assert (target.uploads / "ab" / "photo").read_bytes() == b"a photograph"
    assert target.secret("django") == source.secret("django")


def test_keys_stay_at_home_unless_asked_for(tmp_path: Path, source: Home, postgres: EmbeddedPostgres) -> None:
    file = tmp_path / "backup.tar"
    write_backup(file, home=source, database_url=postgres.home.dsn, at=AT, with_keys=False)
    with tarfile.open(file) as archive:
        assert archive.getnames() == ["manifest.json", "database.dump", "uploads/ab/photo"]


def test_a_database_with_tables_is_refused_by_name(tmp_path: Path, source: Home, postgres: EmbeddedPostgres) -> None:
    file = tmp_path / "backup.tar"
    write_backup(file, home=source, database_url=postgres.home.dsn, at=AT, with_keys=False)
    with pytest.raises(DatabaseNotEmpty) as refused:
        restore_backup(file, home=source, database_url=postgres.home.dsn)
    assert refused.value.values == {"tables": 1}


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_a_damaged_file_is_refused_and_the_database_stays_empty(
    tmp_path: Path, source: Home, postgres: EmbeddedPostgres, empty_database: str, place: float
) -> None:
    file = tmp_path / "backup.tar"
    write_backup(file, home=source, database_url=postgres.home.dsn, at=AT, with_keys=False)
    content = bytearray(file.read_bytes().rstrip(b"\0"))
    content[int(len(content) * place)] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(BrokenBackup):
        restore_backup(file, home=source, database_url=empty_database)
    with psycopg.connect(empty_database) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_a_file_cut_short_is_refused(
    tmp_path: Path, source: Home, postgres: EmbeddedPostgres, empty_database: str
) -> None:
    file = tmp_path / "backup.tar"
    write_backup(file, home=source, database_url=postgres.home.dsn, at=AT, with_keys=False)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 3])
    with pytest.raises(BrokenBackup):
        restore_backup(file, home=source, database_url=empty_database)
