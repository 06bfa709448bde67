"""What every test may use: an embedded PostgreSQL for each process of the run, started when first needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.postgresql.creation import DatabaseCreation
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker

from liandong.project.home import Home
from liandong.project.postgres import EmbeddedPostgres
from tests.state import TEST_HOME
from tests.world import load_small_district, shared_world, world

__all__ = ["shared_world", "world"]

# A power cut may cost the tests their data: nothing of it outlives them. A worker of the autovacuum that looks at a
# database cannot be ended by us, and while it looks, the database cannot be dropped.
CARELESS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}

_server: EmbeddedPostgres | None = None


def _start_server() -> None:
    global _server
    if _server is None:
        _server = EmbeddedPostgres(Home(TEST_HOME), **CARELESS)
        _server.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server where it was started; its directory goes with the process."""
    if _server is not None:
        _server.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Have the server ready."""
    _start_server()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Load the small district once: every test finds it, and rolls back what it adds."""
    with django_db_blocker.unblock():
        # pytest-django makes no database where only `shared_world` asks for one.
        is_made = connection.settings_dict["NAME"].startswith("test_")
        made = None if is_made else setup_databases(verbosity=0, interactive=False)
        load_small_district()
    yield
    if made:
        with django_db_blocker.unblock():
            teardown_databases(made, verbosity=0)


def _flush_past_the_guards(self: BaseDatabaseOperations, sql_list: Iterable[str]) -> None:
    """Empty the tables after a test with transactions of its own, those too that refuse to be emptied."""
    guards = "SELECT tgrelid::regclass, quote_ident(tgname) FROM pg_trigger WHERE tgname LIKE '%refuses%'"
    with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
        cursor.execute(guards)
        found = cursor.fetchall()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, guard in found:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")
        for sql in sql_list:
            cursor.execute(sql)
        for table, guard in found:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {guard}")


def _drop_by_force(self: DatabaseCreation, test_database_name: str, verbosity: int) -> None:
    """Drop a database though somebody is still connected: the stream of a browser that has gone may still listen."""
    with self._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {self.connection.ops.quote_name(test_database_name)} WITH (FORCE)")


@pytest.fixture(scope="session", autouse=True)
def _databases_can_be_emptied_and_dropped() -> None:
    DatabaseOperations.execute_sql_flush = _flush_past_the_guards  # type: ignore[method-assign]
    DatabaseCreation._destroy_test_db = _drop_by_force  # type: ignore[method-assign]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty directory of state for one test."""
    return Home(tmp_path / "home")
