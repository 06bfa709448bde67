"""The named verbs of the organisation: the only code that writes units, posts, accounts and rights."""

from __future__ import annotations

from liandong.people.operations.accounts import (
    choose_language,
    deactivate_account,
    link_identity,
    open_account,
    reactivate_account,
    record_refused_sign_in,
    record_sign_in,
    record_sign_out,
    unlink_identity,
    unlock_account,
)
from liandong.people.operations.api_keys import issue_key, open_service_account, revoke_key
from liandong.people.operations.contacts import set_contact
from liandong.people.operations.delegations import LONGEST_BASIS, delegate_command, revoke_delegation, use_command
from liandong.people.operations.grants import cover_post, grant_role, revoke_grant
from liandong.people.operations.last_admin import LastAdministrator, keep_an_administrator
from liandong.people.operations.leaving import Departure, close_left_accounts, departure_of, leave
from liandong.people.operations.lending import lend_post, recall_post
from liandong.people.operations.loading import (
    PostRow,
    UnitRow,
    load_organisation,
    post_faults,
    unit_faults,
)
from liandong.people.operations.loading_rights import (
    DelegationRow,
    LendingRow,
    delegation_faults,
    lending_faults,
    load_delegations,
    load_lendings,
)
from liandong.people.operations.moving import move_post, move_unit
from liandong.people.operations.passwords import change_password, reset_password
from liandong.people.operations.posts import appoint, change_post, end_post
from liandong.people.operations.second_factors import (
    add_second_factor,
    check_code,
    remove_lost_second_factor,
    remove_second_factor,
    renew_recovery_codes,
)
from liandong.people.operations.sessions import forget_ended_sessions, revoke_session, revoke_sessions
from liandong.people.operations.sheets import draft_from_workbook, dry_run, forget_old_drafts, take_draft
from liandong.people.operations.units import change_unit, close_unit, open_unit

__all__ = [
    "load_lendings",
    "load_delegations",
    "lending_faults",
    "delegation_faults",
    "LendingRow",
    "DelegationRow",
    "Departure",
    "LONGEST_BASIS",
    "LastAdministrator",
    "PostRow",
    "UnitRow",
    "add_second_factor",
    "appoint",
    "change_password",
    "change_post",
    "change_unit",
    "check_code",
    "choose_language",
    "close_left_accounts",
    "close_unit",
    "cover_post",
    "deactivate_account",
    "delegate_command",
    "departure_of",
    "draft_from_workbook",
    "dry_run",
    "end_post",
    "forget_ended_sessions",
    "forget_old_drafts",
    "grant_role",
    "issue_key",
    "keep_an_administrator",
    "leave",
    "lend_post",
    "link_identity",
    "load_organisation",
    "move_post",
    "move_unit",
    "open_account",
    "open_service_account",
    "open_unit",
    "post_faults",
    "reactivate_account",
    "recall_post",
    "record_refused_sign_in",
    "record_sign_in",
    "record_sign_out",
    "remove_lost_second_factor",
    "remove_second_factor",
    "renew_recovery_codes",
    "reset_password",
    "revoke_delegation",
    "revoke_grant",
    "revoke_key",
    "revoke_session",
    "revoke_sessions",
    "set_contact",
    "take_draft",
    "unit_faults",
    "unlink_identity",
    "unlock_account",
    "use_command",
]
