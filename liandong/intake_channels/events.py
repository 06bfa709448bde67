"""What people do about channels, and what a channel does about a case besides taking its steps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MessageReplayed:
    """A refused message was tried again: by what it had been refused, and what became of it."""

    channel: str
    kind: str
    before: str
    fate: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class MappingSet:
    """Somebody said what a code of a channel means here; `before` is what it meant; an empty `ours` drops it."""

    channel: str
    table: str
    theirs: str
    ours: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class MappingsLoaded:
    """The tables of a district came from its files."""

    rows: int
    changed: int


@dataclass(frozen=True, slots=True)
class DepartureRetried:
    """Somebody had a message sent again, and why."""

    channel: str
    tell: str
    before: str
    reason: str


@dataclass(frozen=True, slots=True)
class CaseHandedOver:
    """A matter that is another body's was handed over: to whom, and why. On the trace of the case."""

    channel: str
    reason: str


@dataclass(frozen=True, slots=True)
class HandOverReceipted:
    """The other body confirmed that it has it, under its own number."""

    channel: str
    outside_id: str = ""


@dataclass(frozen=True, slots=True)
class BulkFileAsked:
    """Somebody had the good rows of a file of matters taken."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class BulkFileTaken:
    """A file of matters was gone through: rows that became cases, were cases already, and were refused."""

    name: str
    taken: int
    duplicate: int
    refused: int


@dataclass(frozen=True, slots=True)
class LeaderInstructed:
    """A leader's instruction about a case was entered: whose, to be answered until when. On the trace of the case.

    `token` is that of the form it was written in, so that pressing twice is one instruction.
    """

    leader: str
    reply_due: str
    token: str
    is_new_case: bool = False
    has_scan: bool = False
