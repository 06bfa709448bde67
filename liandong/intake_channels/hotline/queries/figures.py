"""Answer times of a desk from its call rows, by hour and by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from liandong.areas.queries import district_map
from liandong.intake_channels.hotline.rules.answering import IN_TIME_SECONDS, Answering


@dataclass(frozen=True, slots=True)
class Figures:
    """The answering of some days: in all, by hour of the day, by day. Days without a call stand there too."""

    whole: Answering
    by_hour: Mapping[int, Answering]
    by_day: Mapping[date, Answering]


def answering_figures(district: str, *, since: date, until: date) -> Figures:
    """The figures of the calls that rang from `since` to `until`, both included, in the district's own time.

    A call whose end was never told counts as answered if it was, and as nothing if it was not: nobody knows whether
    the caller gave up.
    """
    zone = district_map(district).calendar.zone
    begins = datetime.combine(since, time(), zone)
    ends = datetime.combine(until + timedelta(days=1), time(), zone)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [str(zone), *[IN_TIME_SECONDS] * 2, district, begins, ends])
        rows = cursor.fetchall()
    by_hour: dict[int, Answering] = {hour: Answering() for hour in range(24)}
    by_day = {since + timedelta(days=day): Answering() for day in range((until - since).days + 1)}
    for moment, *counts in rows:
        counted = _answering(counts)
        by_hour[moment.hour] += counted
        by_day[moment.date()] += counted
    return Figures(sum(by_day.values(), Answering()), by_hour, by_day)


def _answering(counts: Iterable[Any]) -> Answering:
    answered, in_time, given_up, soon, wait, talk, after, wrapped, talked = counts
    return Answering(answered, in_time, given_up, soon, float(wait), float(talk), float(after), wrapped, talked)


_COUNTED = """
SELECT date_trunc('hour', rang_at AT TIME ZONE %s) AS moment,
    count(answered_at),
    count(*) FILTER (WHERE answered_at - rang_at <= make_interval(secs => %s)),
    count(*) FILTER (WHERE is_given_up),
    count(*) FILTER (WHERE is_given_up AND ended_at - rang_at <= make_interval(secs => %s)),
    coalesce(sum(extract(epoch FROM answered_at - rang_at)), 0),
    coalesce(sum(extract(epoch FROM ended_at - answered_at)) FILTER (WHERE ended_by <> 'silence'), 0),
    coalesce(sum(extract(epoch FROM wrapped_at - ended_at)) FILTER (WHERE wrapped_by = 'agent'), 0),
    count(wrapped_at) FILTER (WHERE wrapped_by = 'agent'),
    count(*) FILTER (WHERE answered_at IS NOT NULL AND ended_by NOT IN ('', 'silence'))
FROM (SELECT *, answered_at IS NULL AND ended_by <> '' AND ended_by <> 'silence' AS is_given_up
      FROM hotline_call WHERE district = %s AND rang_at >= %s AND rang_at < %s) AS calls
WHERE answered_at IS NOT NULL OR is_given_up
GROUP BY moment
"""
