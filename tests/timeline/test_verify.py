"""`verify` finds what was done to the record behind the database's back, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from liandong.timeline.followers import SEALER
from liandong.timeline.operations import renumber_after_restore
from liandong.timeline.queries import START, entries_after, unread_by
from liandong.timeline.verify import verify
from tests.world import World


@contextmanager
def _behind_its_back() -> Iterator[Callable[[str], None]]:
    """SQL as the owner of the database runs it with the guards off."""
    with connection.cursor() as cursor:
        for table in ("timeline_entry", "timeline_seal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor.execute


def _sealed(world: World) -> None:
    world.filed()
    world.filed()
    while SEALER.run_batch(world.at):
        pass


TAMPERING = {
    "another actor": "UPDATE timeline_entry SET actor = 'user/x' WHERE event = 'CaseFiled'",
    "another time": "UPDATE timeline_entry SET at = at - interval '1 second' WHERE event = 'CaseFiled'",
    "other hearers": "UPDATE timeline_entry SET hearers = '{}' WHERE event = 'CaseReported'",
    "other data": "UPDATE timeline_entry SET data = data || '{\"note\": 1}' WHERE event = 'CaseFiled'",
    "a missing entry": "DELETE FROM timeline_entry WHERE event = 'CaseAccepted'",
    "a missing last entry": "DELETE FROM timeline_entry WHERE event = 'CaseFiled'",
    "a missing case": "DELETE FROM timeline_entry WHERE about = 'case'",
    "a swapped hash": "UPDATE timeline_entry SET hash = sha256('x') WHERE event = 'CaseFiled'",
    "another seal": "UPDATE timeline_seal SET hash = sha256('x')",
    "another count": "UPDATE timeline_seal SET count = count - 1",
}


@pytest.mark.parametrize("sql", TAMPERING.values(), ids=TAMPERING.keys())
def test_tampering_is_found(shared_world: World, sql: str) -> None:
    _sealed(shared_world)
    assert verify().breaks == []
    with _behind_its_back() as execute:
        execute(sql)
    assert verify().breaks


def test_an_entry_slipped_in_later_under_an_old_transaction_is_found(shared_world: World) -> None:
    _sealed(shared_world)
    shared_world.report()
    _sealed(shared_world)
    assert verify().seals >= 2
    with _behind_its_back() as execute:
        execute(
            "INSERT INTO timeline_entry (about, about_id, seq, event, actor, at, recorded_at, area, hearers, data,"
            " written_in, previous, hash) SELECT 'x', 1, 1, 'X', 'x', at, recorded_at, '', '{}', '{}',"
            " (SELECT last_written_in FROM timeline_seal ORDER BY id LIMIT 1),"
            " '', sha256(convert_to('x' || E'\\n1\\n1\\nX\\nx\\n' || (extract(epoch FROM at) * 1000000)::bigint ||"
            " E'\\n' || (extract(epoch FROM recorded_at) * 1000000)::bigint || E'\\n\\n\\n{}', 'UTF8'))"
            " FROM timeline_entry ORDER BY id DESC LIMIT 1"
        )
    assert [line for line in verify().breaks if "slipped in" in line]


def test_a_whole_record_verifies_and_is_counted(shared_world: World) -> None:
    _sealed(shared_world)
    counted: list[int] = []
    verdict = verify(counted.append)
    assert (verdict.breaks, verdict.chains > 2, verdict.entries >= 6) == ([], True, True)
    assert verdict.seals >= 1


def test_an_installation_without_any_entry_is_whole(shared_world: World) -> None:
    with _behind_its_back() as execute:
        execute("TRUNCATE timeline_entry")
    assert (verify().breaks, verify().entries) == ([], 0)


def test_restored_entries_keep_their_order_below_every_new_one(shared_world: World) -> None:
    _sealed(shared_world)
    before = [entry.id for entry in entries_after(START, limit=1000)]
    renumber_after_restore()
    restored = entries_after(START, limit=1000)
    assert [entry.id for entry in restored] == before
    assert all(entry.written_in < 0 for entry in restored)
    assert verify().breaks == []
    assert unread_by("sealer") == 0

    case = shared_world.report()
    fresh = entries_after(restored[-1].position, limit=1000)
    assert [entry.about_id for entry in fresh] == [case.pk]
    assert unread_by("sealer") == 1
    assert SEALER.run_batch(shared_world.at) == 1
    assert verify().breaks == []


def test_a_follower_that_had_read_nothing_before_the_restore_reads_everything_after_it(shared_world: World) -> None:
    from liandong.timeline.models import FollowerPosition

    shared_world.filed()
    FollowerPosition.objects.create(name="late", written_in=START[0], entry_id=START[1])
    expected = unread_by("late")
    renumber_after_restore()
    assert unread_by("late") == expected > 0


def test_the_record_is_guarded_again_after_the_renumbering(shared_world: World) -> None:
    from django.db import IntegrityError

    shared_world.report()
    renumber_after_restore()
    for table in ("timeline_entry", "timeline_seal"):
        with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
