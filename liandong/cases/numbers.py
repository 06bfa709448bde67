"""Handing out the numbers of a district's day: in order, none twice, none left out, and eight at a time.

A day has eight lanes, each of which gives every eighth number. Whoever opens a case takes the free lane with the
smallest number and holds it until their transaction ends: so nobody waits for the commit of another, and a number whose
transaction is taken back is given to the next. Where nobody is in haste a day counts 1, 2, 3.
"""

from __future__ import annotations

from datetime import date
from heapq import heapify, heapreplace
from typing import TYPE_CHECKING, Any, Final

from django.db import connection

from liandong.kernel.numbering import format_number

if TYPE_CHECKING:
    from liandong.areas.models import District

LANES: Final = 8

_TAKE = f"""
UPDATE cases_numbersequence SET next = next + {LANES} WHERE id = (
    SELECT id FROM cases_numbersequence WHERE district = %s AND day = %s ORDER BY next LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING next - {LANES}
"""

_OPEN = f"""
INSERT INTO cases_numbersequence (district, day, lane, next)
SELECT %s, %s, lane, lane + 1 FROM generate_series(0, {LANES - 1}) AS lane
ON CONFLICT (district, day, lane) DO NOTHING
"""

_WAIT = f"""
UPDATE cases_numbersequence SET next = next + {LANES}
WHERE district = %s AND day = %s AND lane = pg_backend_pid() %% {LANES} RETURNING next - {LANES}
"""

_HOLD = "SELECT next, lane FROM cases_numbersequence WHERE district = %s AND day = %s ORDER BY lane FOR UPDATE"

_GIVEN = """
UPDATE cases_numbersequence SET next = given.next FROM unnest(%s::int[], %s::int[]) AS given (next, lane)
WHERE district = %s AND day = %s AND cases_numbersequence.lane = given.lane
"""


def next_numbers(district: District, day: date, *, count: int = 1) -> list[str]:
    """The next numbers of a district's day, held until the caller's transaction ends.

    :raises SequenceOutOfRange: the day has had 999,999
    """
    with connection.cursor() as cursor:
        sequence = _several(cursor, district.code, day, count) if count > 1 else [_one(cursor, district.code, day)]
    return [format_number(district.number_prefix, day, number) for number in sequence]


def _one(cursor: Any, district: str, day: date) -> int:
    cursor.execute(_TAKE, [district, day])
    if (row := cursor.fetchone()) is None:
        # The first number of the day, or all lanes are held: then each process waits for another one of them.
        cursor.execute(_OPEN, [district, day])
        cursor.execute(_TAKE if cursor.rowcount else _WAIT, [district, day])
        row = cursor.fetchone()
    return int(row[0])


def _several(cursor: Any, district: str, day: date, count: int) -> list[int]:
    """Numbers out of all lanes, the smallest first."""
    cursor.execute(_OPEN, [district, day])
    cursor.execute(_HOLD, [district, day])
    lanes = cursor.fetchall()
    heapify(lanes)
    given = []
    for _ in range(count):
        number, lane = lanes[0]
        given.append(number)
        heapreplace(lanes, (number + LANES, lane))
    cursor.execute(_GIVEN, [[row[0] for row in lanes], [row[1] for row in lanes], district, day])
    return given
