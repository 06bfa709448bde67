"""What can happen to units, accounts and posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OrganisationLoaded:
    """A district's units and posts were loaded from its folder; what the folder no longer names was ended."""

    units: int
    accounts: int
    posts: int
    new: int = 0
    changed: int = 0
    ended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApiKeyIssued:
    """A service account was given a key."""

    label: str
    scopes: str
    key: int = 0
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApiKeyRevoked:
    """A key was stopped."""

    label: str
    key: int
    reason: str


@dataclass(frozen=True, slots=True)
class ServiceAccountOpened:
    """An account was opened for another system."""

    account: str
    unit: str
    role: str
    area: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody signed in: `by` password, directory or single sign-on, with which second factor."""

    address: str
    by: str = ""
    second: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class SignInRefused:
    """Somebody failed to sign in to the account, and `why`."""

    why: str
    address: str


@dataclass(frozen=True, slots=True)
class AccountLocked:
    """Too many failures in a row: no more tries from that address, or with codes, for some minutes."""

    minutes: int
    address: str


@dataclass(frozen=True, slots=True)
class AccountUnlocked:
    """An administrator let the account be tried again at once."""


@dataclass(frozen=True, slots=True)
class AccountOpened:
    """An account was opened for a person, who must change the first password."""

    account: str
    name: str


@dataclass(frozen=True, slots=True)
class AccountDeactivated:
    """An account was stopped: nobody signs in to it, its sessions are over, its keys refused."""

    reason: str


@dataclass(frozen=True, slots=True)
class AccountReactivated:
    """A stopped account works again."""

    reason: str


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """Somebody changed their own password; their other sessions are over."""


@dataclass(frozen=True, slots=True)
class PasswordReset:
    """An administrator gave the account a one-time password; its sessions are over."""


@dataclass(frozen=True, slots=True)
class SecondFactorAdded:
    """A code is asked at sign-in from now on."""


@dataclass(frozen=True, slots=True)
class SecondFactorRemoved:
    """No code is asked at sign-in any more: the person's own choice, or an administrator's with a reason."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecoveryCodesRenewed:
    """New recovery codes were given; the old ones are void."""


@dataclass(frozen=True, slots=True)
class SessionRevoked:
    """Sessions were ended before their time."""

    count: int
    device: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class IdentityLinked:
    """An identity of the single sign-on was tied to the account at its first sign-in."""

    provider: str
    identity: str


@dataclass(frozen=True, slots=True)
class IdentityUnlinked:
    """The tie to the single sign-on was cut."""

    reason: str


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """Somebody chose the language of their pages."""

    language: str


@dataclass(frozen=True, slots=True)
class SignedOut:
    """Somebody signed out."""


@dataclass(frozen=True, slots=True)
class RoleGranted:
    """An account was given a role over an area, for a time and a reason."""

    grant: int
    account: str
    role: str
    area: str
    since_at: datetime
    until_at: datetime
    reason: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class RoleRevoked:
    """A granted role, or a stand-in, was ended before its time."""

    grant: int
    account: str
    purpose: str
    role: str
    area: str
    reason: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class PostCovered:
    """An account stands in for a colleague's post (AB 岗)."""

    grant: int
    account: str
    colleague: str
    role: str
    unit: str
    area: str
    since_at: datetime
    until_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class UnitOpened:
    """A unit was set up."""

    unit: str
    parent: str
    kind: str
    force: str
    name: str
    area: str
    since: str


@dataclass(frozen=True, slots=True)
class UnitChanged:
    """Facts of a unit changed: field → (before, after)."""

    unit: str
    changes: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class UnitClosed:
    """A unit closes after a day; its open work is the successor's to be dispatched anew."""

    unit: str
    until: str
    successor: str = ""
    open_work: int = 0


@dataclass(frozen=True, slots=True)
class PostTaken:
    """Somebody was appointed to a post."""

    post: int
    unit: str
    role: str
    area: str
    since: str
    until: str = ""
    title: str = ""
    rank: str = ""
    force: str = ""


@dataclass(frozen=True, slots=True)
class PostChanged:
    """Facts of a post changed: field → (before, after)."""

    post: int
    unit: str
    changes: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PostEnded:
    """A post ends after a day; one that had not begun by then never does."""

    post: int
    unit: str
    role: str
    until: str


@dataclass(frozen=True, slots=True)
class PostLent:
    """A post was lent to a joint team; home unit and force stay what they are."""

    lending: int
    post: int
    home: str
    team: str
    force: str
    since: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class PostRecalled:
    """A post that was lent to a joint team goes back to its home unit after a day."""

    lending: int
    post: int
    team: str
    until: str


@dataclass(frozen=True, slots=True)
class PersonLeft:
    """Somebody leaves after a day: all they held ends, and a successor may take over their posts."""

    account: str
    on: str
    posts: tuple[int, ...]
    units: tuple[str, ...]
    grants: int = 0
    lendings: int = 0
    successor: str = ""


@dataclass(frozen=True, slots=True)
class AccountClosed:
    """The account of somebody who has left was closed."""

    on: str


@dataclass(frozen=True, slots=True)
class SheetTaken:
    """The good rows of an uploaded workbook were taken."""

    draft: int
    name: str
    new_units: int
    changed_units: int
    new_posts: int
    changed_posts: int
    new_accounts: int
    refused: int


@dataclass(frozen=True, slots=True)
class CommandDelegated:
    """A department let a town order its local force (先期指挥权)."""

    delegation: int
    department: str
    town: str
    classes: tuple[str, ...]
    area: str
    basis: str
    since_on: str
    until_on: str


@dataclass(frozen=True, slots=True)
class DelegationRevoked:
    """A delegation was ended before its time."""

    delegation: int
    department: str
    town: str


@dataclass(frozen=True, slots=True)
class CommandUsed:
    """A town ordered a department's local force under a delegation; the department is told."""

    delegation: int
    department: str
    town: str
    unit: str
    case: str


@dataclass(frozen=True, slots=True)
class LendingsLoaded:
    """Posts were lent to joint teams by a district's folder."""

    rows: int
    new: int


@dataclass(frozen=True, slots=True)
class DelegationsLoaded:
    """Commands were delegated by a district's folder."""

    rows: int
    new: int


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """Where somebody is reached was changed: which of `phone` and `email`, never to what."""

    changed: tuple[str, ...]
