"""What an address of the map asks for: the filter of the lists, and where one looks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Final

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from liandong.cases.queries import CaseFilter
from liandong.cases.queries.asking import question_in
from liandong.kernel.cells import Box
from liandong.kernel.refusal import Refusal, marked
from liandong.people.desk import DeskRequest

PATIENCE_MS: Final = 6_000
_DEEPEST: Final = 24.0
_FIRST_YEAR, _LAST_YEAR = 1900, 2999


class BadBox(Refusal):
    """No box of the Earth."""

    status = 400
    says = marked("地图范围或缩放级别读不出来。")
    remedy = marked("范围写成“西,南,东,北”四个经纬度，缩放级别写成数字。")


class TooMuch(Refusal):
    """Counting one by one what the counts do not know took too long."""

    status = 503
    says = marked("这个条件下的案件太多，%(seconds)s 秒内没有数完。")
    remedy = marked("请加上区域、时间或状态，或只看在办案件。")


class NoDay(Refusal):
    """No day."""

    status = 400
    says = marked("日期读不出来。")
    remedy = marked("日期写成 2026-11-30 的样子。")


def asked_for(request: DeskRequest, *, at: datetime) -> CaseFilter:
    """The filter an address asks for, the same as the list's."""
    return question_in(request.GET).settled(request.actor, at=at)


def box_of(request: DeskRequest) -> Box:
    """The box an address asks for, within the Earth.

    :raises BadBox: not four finite numbers, or nothing between them
    """
    try:
        west, south, east, north = (float(part) for part in request.GET.get("box", "").split(","))
    except ValueError:
        raise BadBox from None
    west, east = max(west, -180.0), min(east, 180.0)
    south, north = max(south, -85.0), min(north, 85.0)
    if not all(map(math.isfinite, (west, south, east, north))) or west >= east or south >= north:
        raise BadBox
    return west, south, east, north


def zoom_of(request: DeskRequest) -> float:
    """The zoom an address asks for.

    :raises BadBox: no number
    """
    try:
        zoom = float(request.GET.get("zoom", "12"))
    except ValueError:
        raise BadBox from None
    if not math.isfinite(zoom):
        raise BadBox
    return min(max(zoom, 0.0), _DEEPEST)


def day_in(request: DeskRequest) -> date:
    """The day an address asks for.

    :raises NoDay: it names none
    """
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        raise NoDay from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise NoDay
    return day


@contextmanager
def patience(milliseconds: int = PATIENCE_MS) -> Iterator[None]:
    """Let the database work for so long on a statement: what matches everything must not hold everybody up.

    :raises TooMuch: it was not done by then
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
            yield
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', '0', true)")
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooMuch(seconds=milliseconds // 1000) from error
        raise
