"""Sessions in the database, each with whose it is, so that they can be listed and ended one by one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from liandong.people.models import Session
from liandong.timeline.kept import read_rows

ADDRESS, DEVICE, SINCE, SEEN = "address", "device", "since", "seen"
"""What a session of somebody signed in holds besides what Django puts there; instants are seconds since 1970."""


class SessionStore(DatabaseStore):
    """Django's store, whose rows also say whose a session is."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The table of sessions."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        """The row of this session, read by a kept statement: every request of a page asks for it."""
        at = timezone.now()  # noqa: TID251 - sessions end by the clock on the wall
        found = read_rows(Session, "WHERE session_key = %s AND expire_date > %s", [self.session_key, at])
        if not found:
            self._session_key = None
        return found[0] if found else None

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row to be saved."""
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        if SESSION_KEY in data:
            row.user_id = int(data[SESSION_KEY])
            row.address = str(data.get(ADDRESS, ""))[:45]
            row.device = str(data.get(DEVICE, ""))
            row.since_at = _instant(data.get(SINCE))
            row.seen_at = _instant(data.get(SEEN))
        return row


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
