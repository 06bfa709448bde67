"""What happens around lists: reminders, searches by phone, saved filters, batches."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseRemindedOf:
    """Staff asked the unit that holds a case to get on with it. Notices follow this; no clock moves."""

    unit: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CaseFoundByPhone:
    """A case was found by its reporter's phone, for a stated purpose; the phone itself stands nowhere."""

    purpose: str


@dataclass(frozen=True, slots=True)
class PhoneSearched:
    """Somebody looked for the cases of a phone: by which part of it, what for, and how many they saw."""

    by: str
    purpose: str
    found: int


@dataclass(frozen=True, slots=True)
class FilterSaved:
    name: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class FilterRemoved:
    name: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class BatchAsked:
    """One step was asked for on many cases; what came of each stands on the case itself."""

    batch: int
    verb: str
    count: int
