"""How long is left, in words: the same words `web/clock.js` goes on with in the browser."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext

SOON = timedelta(hours=4)


def clock_state(due: datetime, *, now: datetime, stopped_at: datetime | None, soon: timedelta) -> str:
    """Return in_time, due_soon, late or, for a clock that stopped in time, done. Exactly at due is in time (§5)."""
    if stopped_at is not None:
        return "done" if stopped_at <= due else "late"
    if now > due:
        return "late"
    return "due_soon" if due - now <= soon else "in_time"


def clock_text(due: datetime, *, now: datetime, stopped_at: datetime | None = None) -> str:
    """Return "剩 3 小时 20 分", "超时 2 天", or how a stopped clock ended."""
    end = now if stopped_at is None else stopped_at
    if end > due:
        return gettext("超时 %(span)s") % {"span": span(end - due)}
    if stopped_at is not None:
        return gettext("按时")
    return gettext("剩 %(span)s") % {"span": span(due - end)}


def span(length: timedelta) -> str:
    """Return a length in its two largest units, rounded down; below one minute in seconds."""
    seconds = max(int(length.total_seconds()), 0)
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return gettext("%(days)s 天 %(hours)s 小时") % {"days": days, "hours": hours}
    if hours:
        return gettext("%(hours)s 小时 %(minutes)s 分") % {"hours": hours, "minutes": minutes}
    if minutes:
        return gettext("%(minutes)s 分") % {"minutes": minutes}
    return gettext("%(seconds)s 秒") % {"seconds": seconds}
