"""The named verbs of the organisation: the only code that writes units, posts, accounts and rights."""

from __future__ import annotations

from liandong.people.operations.accounts import issue_key, record_sign_in, record_sign_out
from liandong.people.operations.loading import (
    PostRow,
    UnitRow,
    load_organisation,
    open_service_account,
    post_faults,
    unit_faults,
)

__all__ = [
    "PostRow",
    "UnitRow",
    "issue_key",
    "load_organisation",
    "open_service_account",
    "post_faults",
    "record_sign_in",
    "record_sign_out",
    "unit_faults",
]
