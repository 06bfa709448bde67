"""The permitted list at a million cases for twenty different people, and who somebody is among 100,000 grants.

Each person's fifty cases are asked for with and without their scope by the same code on one connection: the difference
is what permission costs. Then all twenty ask through the platform, signed in.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

import psycopg

from bench.client import Call, drive
from bench.platform import Platform, platform
from bench.result import Limit, Result, Row, percentile

if TYPE_CHECKING:
    from django.db.models import QuerySet

BASE = int(os.environ.get("LIANDONG_BENCH_BASE", "20000"))
CASES = int(os.environ.get("LIANDONG_BENCH_CASES", "1000000"))
RUNS = int(os.environ.get("LIANDONG_BENCH_RUNS", "5"))
PER_RUN = 20
PEOPLE = 10_000
GRANTS = 100_000
ACTORS = 400

SIGNED_IN = (
    *("operator", "dispatcher", "supervisor", "verifier", "auditor", "leader", "department01", "department02"),
    *("department03", "town01", "town02", "town13", "bureau001", "station001", "station100", "grid001", "grid350"),
    "patrol001",
)
MADE_HERE = ("manifold", "standin")
"""One with several posts and grants in three towns, one who stands in for three colleagues."""


def run() -> None:
    """Measure beside the platform and through it."""
    result = Result("permitted")
    with platform(cases=BASE, grown=CASES) as running:
        with running.database() as database:
            _many_people(database)
            database.execute("VACUUM (ANALYZE)")
        running.use()
        _lists(result)
        _actors(result)
        _through_the_platform(running, result)
    result.write()


def _many_people(database: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Ten thousand accounts with a post each and a hundred thousand grants, a third of them in force; two more."""
    database.execute("SELECT setseed(0.5)")
    database.execute(_ACCOUNTS, [PEOPLE])
    database.execute(_POSTS, [])
    database.execute(_GRANTS, [GRANTS, PEOPLE])
    for name in MADE_HERE:
        database.execute(_ACCOUNT, [name, name])
    for who, whom in (
        ("manifold", "grid00_"),
        ("manifold", "bureau02_"),
        ("manifold", "station20_"),
        ("standin", "grid011"),
    ):
        database.execute(_POSTS_LIKE, {"who": who, "whom": whom})
    database.execute(_GRANTS_LIKE, {"who": "manifold", "whom": "town0_", "purpose": "grant"})
    database.execute(_GRANTS_LIKE, {"who": "standin", "whom": "grid01_", "purpose": "cover"})


def _lists(result: Result) -> None:
    """Both orders of a list, for each person, against the same list without a scope."""
    from liandong.cases.models import Case
    from liandong.cases.queries import permitted_cases
    from liandong.people.access import actor_for
    from liandong.people.models import User

    orders: dict[str, Callable[[QuerySet[Any]], QuerySet[Any]]] = {"newest": _newest, "open, first due": _first_due}
    for order, asked in orders.items():
        bare = [_timed(_reading(asked, Case.objects.all())) for _ in range(PER_RUN * RUNS)]
        limit = Limit(f"the same without a scope, p95 {percentile(bare, 0.95):.1f}", median(bare))
        for name in (*SIGNED_IN, *MADE_HERE):
            actor = actor_for(User.objects.get(username=name), at=datetime.now(UTC))
            cases = permitted_cases(actor)
            note = f"{len(asked(cases))} cases, {len(actor.posts)} posts"
            result.rows.append(_row(f"{order}, {name}", CASES, [_reading(asked, cases)] * PER_RUN, note, limit))


def _reading(asked: Callable[[QuerySet[Any]], QuerySet[Any]], cases: QuerySet[Any]) -> Callable[[], Any]:
    return lambda: list(asked(cases.all()))


def _newest(cases: QuerySet[Any]) -> QuerySet[Any]:
    return cases.defer("terms").order_by("-reported_at", "-id")[:50]


def _first_due(cases: QuerySet[Any]) -> QuerySet[Any]:
    return cases.filter(ended_at__isnull=True).defer("terms").order_by("due_at", "id")[:50]


def _actors(result: Result) -> None:
    """Who somebody is, and who may see a case, among ten thousand people and a hundred thousand grants."""
    from liandong.cases.docket import thing_of
    from liandong.cases.models import Case
    from liandong.people.access import actor_for
    from liandong.people.explaining import who_may
    from liandong.people.models import User

    at, dice = datetime.now(UTC), random.Random(7)
    users = dice.sample(list(User.objects.filter(username__startswith="crowd")), ACTORS)
    held = sum(len(actor_for(user, at=at).posts) for user in users) / len(users)
    asked = [partial(actor_for, user, at=at) for user in users]
    result.rows.append(_row("who somebody is", GRANTS, asked, f"{held:.1f} posts and grants each"))
    things = [thing_of(case) for case in Case.objects.filter(unit__gt="").defer("terms")[:20]]
    seers = sum(len(who_may("cases.view", thing, at=at).may) for thing in things) / len(things)
    asking = [partial(who_may, "cases.view", thing, at=at) for thing in things]
    result.rows.append(_row("who may see a case", GRANTS, asking, f"{seers:.0f} people each"))


def _row(what: str, size: int, works: Sequence[Callable[[], Any]], note: str, limit: Limit | None = None) -> Row:
    for work in works[:5]:
        work()
    runs = [[_timed(work) for work in works] for _ in range(RUNS)]
    p95 = percentile([one for several in runs for one in several], 0.95)
    return Row(what, "ms", tuple(median(several) for several in runs), size, 1, p95, limit, note)


def _through_the_platform(running: Platform, result: Result) -> None:
    for what, query in (("newest", ""), ("open, first due", "&is_open=true")):
        calls = [
            Call("GET", f"/api/v1/cases?limit=50{query}", (("Cookie", running.session_of(name)),)) for name in SIGNED_IN
        ]
        drive(running.port, calls * 3, concurrency=1)
        medians, latencies = [], []
        for _ in range(RUNS):
            driven = drive(running.port, calls * 5, concurrency=1)
            if set(driven.statuses) != {200}:
                raise RuntimeError(f"{what}: {driven.statuses}")
            medians.append(median(driven.latencies_ms))
            latencies += driven.latencies_ms
        note = f"{len(SIGNED_IN)} people in turn"
        p95 = percentile(latencies, 0.95)
        result.rows.append(Row(f"{what}, through the platform", "ms", tuple(medians), CASES, 1, p95, note=note))


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


_ACCOUNTS = """
INSERT INTO people_user (username, name, password, language, is_active, is_service, is_demo, must_change_password)
SELECT 'crowd' || n, '人' || n, '', 'zh-hans', true, false, true, false FROM generate_series(1, %s) AS n
"""
_ACCOUNT = """
INSERT INTO people_user (username, name, password, language, is_active, is_service, is_demo, must_change_password)
VALUES (%s, %s, '', 'zh-hans', true, false, true, false)
"""
_POST = "user_id, unit_id, role, area, title, rank, force, source, since_on"
_POSTS = f"""
INSERT INTO people_post ({_POST})
SELECT crowd.id, post.unit_id, post.role, post.area, post.title, 'member', '', post.source, '2026-01-01'
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM people_user WHERE username LIKE 'crowd%%') AS crowd
JOIN (SELECT *, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS all_of_them FROM people_post) AS post
  ON post.n = crowd.n %% post.all_of_them + 1
"""
_GRANT = "user_id, colleague_id, role, unit_id, area, purpose, reason, made_by, since_at, until_at, revoked_at"
_GRANTS = f"""
INSERT INTO people_grant ({_GRANT})
SELECT crowd.id, NULL, post.role, post.unit_id, post.area, 'grant', '压测', 'user/admin', now() - interval '30 days',
       now() + (n %% 3 - 1.5) * interval '10 days', CASE WHEN n %% 10 = 0 THEN now() END
FROM generate_series(1, %s) AS n
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS k FROM people_user WHERE username LIKE 'crowd%%') AS crowd
  ON crowd.k = n %% %s + 1
JOIN (SELECT *, row_number() OVER (ORDER BY random()) AS k, count(*) OVER () AS all_of_them FROM people_post) AS post
  ON post.k = n %% post.all_of_them + 1
"""
_POSTS_LIKE = f"""
INSERT INTO people_post ({_POST})
SELECT me.id, post.unit_id, post.role, post.area, post.title, 'member', '', post.source, '2026-01-01'
FROM people_post AS post JOIN people_user AS whom ON whom.id = post.user_id, people_user AS me
WHERE whom.username LIKE %(whom)s AND me.username = %(who)s ON CONFLICT DO NOTHING
"""
_GRANTS_LIKE = f"""
INSERT INTO people_grant ({_GRANT})
SELECT me.id, CASE %(purpose)s WHEN 'cover' THEN whom.id END, post.role, post.unit_id, post.area, %(purpose)s,
       '压测', 'user/admin', now() - interval '1 hour', now() + interval '1 day', NULL
FROM people_post AS post JOIN people_user AS whom ON whom.id = post.user_id, people_user AS me
WHERE whom.username LIKE %(whom)s AND me.username = %(who)s
"""
