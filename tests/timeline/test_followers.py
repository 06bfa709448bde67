"""Followers read every entry once, in commit order, whoever runs them and whatever dies."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from liandong.timeline.followers import SEALER, Follower
from liandong.timeline.models import Entry, FollowerPosition
from liandong.timeline.queries import START, Wanted, entries_after, newest_settled, unread_by
from liandong.timeline.verify import verify
from tests.world import World


def _together(*jobs: object) -> list[BaseException]:
    """Run jobs at once in threads of their own; return what they raised."""
    errors: list[BaseException] = []

    def _run(job: object) -> None:
        try:
            job()  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=_run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return errors


def test_two_runners_share_the_work_and_each_entry_is_followed_once(shared_world: World) -> None:
    for _ in range(15):
        shared_world.filed()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE followed (entry bigint)")

    def _follow(entries: Sequence[Entry], at: datetime) -> None:
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO followed VALUES (%s)", [(entry.id,) for entry in entries])

    follower = Follower("counter", _follow, batch=5)

    def _drain() -> None:
        while unread_by("counter"):
            follower.run_batch(shared_world.at)

    assert _together(_drain, _drain, _drain) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT entry FROM followed")
        followed = Counter(row[0] for row in cursor.fetchall())
    assert set(followed) == set(Entry.objects.values_list("id", flat=True))
    assert set(followed.values()) == {1}


def test_a_follower_killed_half_way_begins_again_where_it_stood(shared_world: World) -> None:
    shared_world.filed()
    seen: list[int] = []

    def _dies(entries: Sequence[Entry], at: datetime) -> None:
        seen.extend(entry.id for entry in entries)
        if len(seen) == len(entries):
            raise KeyboardInterrupt

    follower = Follower("mortal", _dies)
    with pytest.raises(KeyboardInterrupt):
        follower.run_batch(shared_world.at)
    first, seen[:] = list(seen), [0]
    assert follower.run_batch(shared_world.at) == len(first)
    assert seen[1:] == first
    assert follower.run_batch(shared_world.at) == 0


@pytest.mark.parametrize(
    ("wanted", "events"),
    [
        (Wanted(events=frozenset({"CaseFiled"})), {"CaseFiled"}),
        (Wanted(events=frozenset({"CaseFiled", "CaseAccepted"}), fresh=timedelta(hours=1)), set()),
        (Wanted(holding='$ ? (@.became.case.stage == "accepted")'), {"CaseAccepted"}),
        (Wanted(events=frozenset({"NobodyDidThis"})), set()),
    ],
)
def test_a_follower_meets_only_what_it_wants_and_goes_past_the_rest(
    shared_world: World, wanted: Wanted, events: set[str]
) -> None:
    start = newest_settled()
    shared_world.filed()
    FollowerPosition.objects.create(name="choosy", written_in=start[0], entry_id=start[1])
    met: list[str] = []
    follower = Follower("choosy", lambda entries, _at: met.extend(entry.event for entry in entries), wanted=wanted)
    assert follower.run_batch(shared_world.at + timedelta(hours=2)) >= 3
    assert set(met) == events
    assert unread_by("choosy") == 0


def test_an_entry_is_not_shown_before_every_earlier_transaction_has_ended(shared_world: World) -> None:
    early, late = threading.Event(), threading.Event()

    def _slow() -> None:
        with transaction.atomic():
            shared_world.report(description="先开始后提交")
            early.set()
            assert late.wait(20)

    slow = threading.Thread(target=lambda: (_slow(), connection.close()))
    slow.start()
    assert early.wait(20)
    start = newest_settled()
    shared_world.load_again()
    hidden = entries_after(start, limit=100)
    late.set()
    slow.join(20)
    assert hidden == []
    shown = entries_after(start, limit=100)
    assert shown[0].event == "CaseReported"
    assert len(shown) > 1
    assert [entry.position for entry in shown] == sorted(entry.position for entry in shown)


def test_seals_cover_every_entry_exactly_once_with_two_sealers(shared_world: World) -> None:
    for _ in range(10):
        shared_world.filed()
    small = Follower("sealer", SEALER.follow, batch=7)

    def _seal() -> None:
        while unread_by("sealer"):
            small.run_batch(shared_world.at)

    assert _together(_seal, _seal) == []
    verdict = verify()
    assert verdict.breaks == []
    assert verdict.seals == -(-verdict.entries // 7)


def test_a_follower_without_news_does_nothing(shared_world: World) -> None:
    while SEALER.run_batch(shared_world.at):
        pass
    assert SEALER.run_batch(shared_world.at) == 0
    assert entries_after(newest_settled(), limit=10) == []
    assert newest_settled() > START
