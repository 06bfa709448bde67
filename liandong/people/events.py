"""What can happen to units, accounts and posts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrganisationLoaded:
    """A district's units and posts were loaded from its folder."""

    units: int
    accounts: int
    posts: int


@dataclass(frozen=True, slots=True)
class ApiKeyIssued:
    """A service account was given a key."""

    label: str
    scopes: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody signed in."""

    address: str


@dataclass(frozen=True, slots=True)
class SignedOut:
    """Somebody signed out."""
