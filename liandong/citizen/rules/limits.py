"""How often citizens may do what: one row per kind, counted in spans of time that begin anew for everybody at once.

Addresses are shared by thousands behind one carrier's gateway, so theirs are wide; phones are a person's own. A
district sets others with `LIANDONG_CITIZEN_LIMITS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many within a span."""

    kind: str
    most: int
    span: timedelta


LIMITS: Final[Mapping[str, Limit]] = {
    limit.kind: limit
    for limit in (
        Limit("report_address", 60, _HOUR),
        Limit("report_phone", 20, _DAY),
        Limit("join_address", 60, _HOUR),
        Limit("near_address", 1_200, _HOUR),
        Limit("code_address", 30, _HOUR),
        Limit("code_phone", 5, _HOUR),
        Limit("code_all", 3_000, _HOUR),
        Limit("try_address", 120, _HOUR),
        Limit("download_address", 120, _HOUR),
        Limit("question_address", 20, _HOUR),
        Limit("act_case", 20, _DAY),
        Limit("urge_case", 2, _DAY),
    )
}


def limit_of(kind: str, *, own: Mapping[str, int]) -> Limit:
    """The limit of a kind, with a district's own number in its place."""
    limit = LIMITS[kind]
    return replace(limit, most=own[kind]) if kind in own else limit


def span_of(limit: Limit, *, at: datetime) -> tuple[datetime, datetime]:
    """The span that holds `at`: from when until when, in UTC."""
    seconds = int(limit.span.total_seconds())
    began = int(at.timestamp()) // seconds * seconds
    since = datetime.fromtimestamp(began, UTC)
    return since, since + limit.span
