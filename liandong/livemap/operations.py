"""Keeping the counts few and right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import connection, transaction

from liandong.livemap.models import COARSE, DAY_KEY, FINE, HOME, PLACE_KEY, CoarseCount, DayCount, FineCount

MOST_MERGED: Final = 100_000
"""How many rows are added together in one transaction."""

_log = structlog.get_logger("liandong.livemap")
_TABLES: Final = (
    (CoarseCount._meta.db_table, PLACE_KEY, ("cases", "lon_sum", "lat_sum")),
    (FineCount._meta.db_table, PLACE_KEY, ("cases", "lon_sum", "lat_sum")),
    (DayCount._meta.db_table, DAY_KEY, ("cases",)),
)

_MERGE: Final = """
WITH taken AS (
    DELETE FROM {table} WHERE id IN (
        SELECT id FROM {table} WHERE NOT is_merged ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING *
), added AS (
    SELECT {key}, {added} FROM taken GROUP BY {key} HAVING {moves} ORDER BY {key}
), merged AS (
    INSERT INTO {table} ({key}, {sums}, is_merged) SELECT {key}, {sums}, true FROM added
    ON CONFLICT ({key}) WHERE is_merged DO UPDATE SET {more}
)
SELECT count(*) FROM taken
"""
_SWEEP: Final = "DELETE FROM {table} WHERE is_merged AND {is_nothing}"

_PLACE_FACTS: Final = """
    SELECT district, coalesce(livemap_parent(cell, {home}), 0) AS home,
        coalesce(livemap_parent(cell, {fineness}), 0) AS cell, area, stage,
        ended_at IS NULL AND late_since IS NOT NULL AS is_late, about_unit, count(*) AS cases,
        coalesce(sum(round(lon * 1000000)::bigint), 0) AS lon_sum,
        coalesce(sum(round(lat * 1000000)::bigint), 0) AS lat_sum
    FROM cases_case WHERE {fineness} = {coarse} OR cell IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
_DAY_FACTS: Final = """
    SELECT district, fact.day, fact.town, fact.what, fact.code, about_unit, count(*) AS cases
    FROM cases_case JOIN areas_district ON areas_district.code = district,
        livemap_days_of(zone, area, class_code, channel, stage, closing, solved_level, call_back_result, satisfaction,
            reported_at, ended_at) AS fact
    GROUP BY 1, 2, 3, 4, 5, 6
    UNION ALL
    SELECT cases_case.district, (fact.at AT TIME ZONE zone)::date, left(area, 9), 'contact', fact.code, about_unit,
        count(*)
    FROM cases_clock JOIN cases_case ON cases_case.id = case_id JOIN areas_district ON areas_district.code = district,
        livemap_contact_of(stopped_by, stopped_at, overdue_at) AS fact
    WHERE kind = 'contact' GROUP BY 1, 2, 3, 5, 6
"""
_CORRECT: Final = """
INSERT INTO {table} ({key}, {sums}, is_merged)
SELECT {key}, {added}, false FROM (
    SELECT {key}, {sums} FROM ({facts}) AS facts
    UNION ALL
    SELECT {key}, {taken} FROM {table}
) AS both_sides GROUP BY {key} HAVING {moves}
"""


def merge_counts(*, at: datetime) -> int:
    """Add rows of one kind together; return how many were. Counts are the same before and after."""
    return sum(_merge(*table) for table in _TABLES)


def recount(*, at: datetime) -> int:
    """Count every case anew, correct what differs, and return how many counts did: none, or something is wrong.

    Both sides are read in one statement, so that what is being written meanwhile stands on both or on neither.
    """
    facts = (
        _PLACE_FACTS.format(home=HOME, fineness=COARSE, coarse=COARSE),
        _PLACE_FACTS.format(home=HOME, fineness=FINE, coarse=COARSE),
        _DAY_FACTS,
    )
    wrong = sum(_correct(*table, facts=found) for table, found in zip(_TABLES, facts, strict=True))
    if wrong:
        _log.error("livemap.counts_differed", counts=wrong, at=at.isoformat())
    return wrong


def _merge(table: str, key: Sequence[str], sums: Sequence[str]) -> int:
    words = _words(table, key, sums)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MERGE.format(**words), [MOST_MERGED])
        taken = int(cursor.fetchone()[0])
        if taken:
            cursor.execute(_SWEEP.format(**words))
    return taken


def _correct(table: str, key: Sequence[str], sums: Sequence[str], *, facts: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CORRECT.format(facts=facts, **_words(table, key, sums)))
        return int(cursor.rowcount)


def _words(table: str, key: Sequence[str], sums: Sequence[str]) -> dict[str, Any]:
    return {
        "table": table,
        "key": ", ".join(key),
        "sums": ", ".join(sums),
        "added": ", ".join(f"sum({name}) AS {name}" for name in sums),
        "taken": ", ".join(f"-{name}" for name in sums),
        "moves": " OR ".join(f"sum({name}) <> 0" for name in sums),
        "more": ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in sums),
        "is_nothing": " AND ".join(f"{name} = 0" for name in sums),
    }
