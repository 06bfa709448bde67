"""Whose session it is: the framework's own accounts, read by a kept statement, since every request asks."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.backends import ModelBackend

from liandong.people.models import User
from liandong.timeline.kept import read_rows

LOCAL: Final = "liandong.people.backend.AccountBackend"
"""What a session says that began with a password kept here, or by single sign-on."""


def open_account(user_id: Any) -> User | None:
    """The account of that number, None where it is closed or gone."""
    found = read_rows(User, "WHERE id = %s AND is_active", [user_id])
    return found[0] if found else None


class AccountBackend(ModelBackend):
    """Accounts with passwords kept here."""

    def get_user(self, user_id: Any) -> User | None:
        """The account of a session that began here."""
        return open_account(user_id)
