"""Backup and restore of the whole product: the record holds and goes on where it stopped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from liandong.cases.models import Case
from liandong.project.backup import restore_backup, write_backup
from liandong.project.home import Home
from liandong.timeline.followers import SEALER
from liandong.timeline.operations import renumber_after_restore
from liandong.timeline.verify import verify
from tests.world import World

AT = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
OTHER = "restored"


@pytest.fixture
def other_database(shared_world: World) -> Iterator[str]:
    """An empty database on the same server; afterwards Django works on its own again."""
    own = connection.settings_dict["NAME"]
    _on_server(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(OTHER)))
    yield _address(OTHER)
    connection.close()
    connection.settings_dict["NAME"] = own
    _on_server(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(OTHER)))


def test_a_restored_system_holds_every_case_and_an_unbroken_record_that_goes_on(
    tmp_path: Path, home: Home, shared_world: World, other_database: str
) -> None:
    world = shared_world
    closed, under_way = world.closed(), world.received()
    while SEALER.run_batch(AT):
        pass
    before = verify()
    home.create()
    file = tmp_path / "backup.tar"
    write_backup(file, home=home, database_url=_address(connection.settings_dict["NAME"]), at=AT, with_keys=False)
    restore_backup(file, home=home, database_url=other_database)
    connection.close()
    connection.settings_dict["NAME"] = OTHER
    renumber_after_restore()
    after = verify()
    assert after.breaks == []
    assert (after.entries, after.chains, after.seals) == (before.entries, before.chains, before.seals)
    assert Case.objects.get(number=closed.number).stage == "closed"
    world.do("hand_in_case", under_way, "bureau002", result="已修复")
    assert SEALER.run_batch(AT) == 1
    assert verify().breaks == []


def _address(database: str) -> str:
    settings = connection.settings_dict
    return f"postgresql://{settings['USER']}@/{database}?host={quote(settings['HOST'], safe='')}"


def _on_server(statement: sql.Composed) -> None:
    with psycopg.connect(_address("postgres"), autocommit=True) as server:
        server.execute(statement)
