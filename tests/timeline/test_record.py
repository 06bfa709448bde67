"""The record cannot be changed, nor forgotten, nor lead nowhere: the database sees to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

import pytest
from django.db import IntegrityError, connection, transaction

from liandong.cases.models import Case
from liandong.cases.queries import cases_without_entries, entries_without_cases, trace_of
from liandong.timeline.models import Entry
from liandong.timeline.operations import Subject, entry_for, record
from liandong.timeline.verify import expected_hash
from tests.world import World

REFUSED = [
    "UPDATE timeline_entry SET actor = 'nobody'",
    "UPDATE timeline_entry SET actor = 'nobody' WHERE false",
    "DELETE FROM timeline_entry",
    "TRUNCATE timeline_entry",
    "UPDATE timeline_seal SET count = 0",
    "DELETE FROM timeline_seal",
    "TRUNCATE timeline_seal",
]


@dataclass(frozen=True)
class SomethingHappened:
    """An event of no module."""


@pytest.mark.parametrize("sql", REFUSED)
def test_the_database_refuses_to_change_the_record(world: World, sql: str) -> None:
    world.report()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(sql)


def test_the_model_cannot_change_an_entry_either(world: World) -> None:
    entry = trace_of(world.report()).get()
    entry.actor = "nobody"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        entry.save()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        entry.delete()


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class ManyThings:
    """An event that holds one of everything."""

    on: date
    at: datetime
    amount: Decimal
    colour: Colour
    inner: SomethingHappened
    many: tuple[Decimal, ...]
    named: dict[str, date]
    zero: int = 0
    no: bool = False
    nothing: str = ""
    none: None = None


def test_an_event_is_written_as_plain_json_and_what_is_empty_is_left_out() -> None:
    day = date(2026, 3, 2)
    instant = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    event = ManyThings(day, instant, Decimal("0.50"), Colour.RED, SomethingHappened(), (Decimal(1),), {"day": day})
    entry = entry_for(event, about=Subject("thing", 1), actor="x", at=instant)
    assert entry.data == {
        "on": "2026-03-02",
        "at": "2026-03-02T01:30:00+00:00",
        "amount": "0.50",
        "colour": "red",
        "inner": {},
        "many": ["1"],
        "named": {"day": "2026-03-02"},
        "zero": 0,
        "no": False,
    }


def test_entries_of_one_case_are_numbered_and_each_continues_the_one_before(world: World) -> None:
    case = world.filed()
    entries = list(trace_of(case))
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert [entry.event for entry in entries] == ["CaseReported", "CaseAccepted", "CaseFiled"]
    assert bytes(entries[0].previous) == b""
    for before, after in zip(entries, entries[1:], strict=False):
        assert bytes(after.previous) == bytes(before.hash)


def test_the_hash_is_computed_by_the_database_as_verify_computes_it(world: World) -> None:
    world.report(description='😀 引号"与\\反斜线')
    columns = "about, about_id, seq, event, actor, at, recorded_at, area, hearers, data::text, previous, hash"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM timeline_entry")
        for row in cursor.fetchall():
            assert bytes(row[11]) == expected_hash(row)


def test_numbers_hashes_and_transactions_given_by_the_writer_are_overwritten(world: World) -> None:
    case = world.report()
    entry = Entry.objects.create(
        about="case", about_id=case.pk, seq=99, event="X", actor="x", at=world.at, data={}, written_in=1, hash=b"forged"
    )
    entry.refresh_from_db()
    assert entry.seq == 2
    assert bytes(entry.hash) != b"forged"
    assert entry.written_in > 1


def test_a_case_changed_without_an_entry_is_refused_at_commit(shared_world: World) -> None:
    case = shared_world.report()
    with pytest.raises(IntegrityError, match="changed without an entry"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(address="别处")
    with pytest.raises(IntegrityError, match="changed without an entry"), transaction.atomic():
        Case.objects.create(
            number="XA-1",
            district="310198",
            stage="reported",
            nature="help",
            class_code="M06010",
            channel="desk",
            description="x",
            area="310198",
            reported_at=shared_world.at,
            stage_since=shared_world.at,
            updated_at=shared_world.at,
        )
    assert cases_without_entries() == entries_without_cases() == 0


def test_an_entry_about_no_case_is_refused_at_commit(shared_world: World) -> None:
    with pytest.raises(IntegrityError, match="does not exist"), transaction.atomic():
        record(SomethingHappened(), about=Subject("case", 4711), actor="x", at=shared_world.at)
    assert entries_without_cases() == 0


def test_a_step_that_fails_half_way_leaves_neither_change_nor_entry(
    shared_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = shared_world.report()

    def _fail(entries: object) -> None:
        raise OSError("power cut")

    monkeypatch.setattr("liandong.cases.saving.record_all", _fail)
    with pytest.raises(OSError, match="power cut"):
        shared_world.do("accept_case", case, "operator")
    case.refresh_from_db()
    assert (case.stage, case.version, trace_of(case).count()) == ("reported", 1, 1)
