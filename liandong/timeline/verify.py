"""Is the record whole? Recomputes every chain and every seal from the rows, by other means than the writers'."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = (
    "about, about_id, seq, event, actor, at, recorded_at, area, hearers, data::text, previous, hash, written_in, id"
)


@dataclass(slots=True)
class Verdict:
    """What `verify` found: how much was read, and each break in words. Empty `breaks` means whole."""

    entries: int = 0
    chains: int = 0
    seals: int = 0
    breaks: list[str] = field(default_factory=list)


def verify(progress: Callable[[int], None] = lambda count: None) -> Verdict:
    """Read the whole timeline twice, by chain and by seal, and say where it does not hold together."""
    verdict = Verdict()
    with transaction.atomic():
        _verify_chains(verdict, progress)
        _verify_seals(verdict)
    return verdict


def expected_hash(row: tuple[Any, ...]) -> bytes:
    """The hash an entry must carry: SHA-256 over the previous hash and its columns joined by line feeds."""
    about, about_id, seq, event, actor, at, recorded_at, area, hearers, data, previous = row[:11]
    text = "\n".join(
        [about, str(about_id), str(seq), event, actor, _micros(at), _micros(recorded_at), area, ",".join(hearers), data]
    )
    return hashlib.sha256(bytes(previous) + text.encode()).digest()


def _verify_chains(verdict: Verdict, progress: Callable[[int], None]) -> None:
    chain: tuple[str, int] | None = None
    expected_seq, previous = 1, b""
    for row in _rows(f"SELECT {_COLUMNS} FROM timeline_entry ORDER BY about, about_id, seq"):
        if chain != (row[0], row[1]):
            chain, expected_seq, previous = (row[0], row[1]), 1, b""
            verdict.chains += 1
        place = f"{row[0]}/{row[1]} #{row[2]}"
        if row[2] != expected_seq:
            verdict.breaks.append(f"{place}: expected entry {expected_seq}; an entry is missing or doubled")
        if bytes(row[10]) != previous:
            verdict.breaks.append(f"{place}: does not continue the entry before it")
        if bytes(row[11]) != expected_hash(row):
            verdict.breaks.append(f"{place}: its content was changed after it was written")
        expected_seq, previous = row[2] + 1, bytes(row[11])
        verdict.entries += 1
        if verdict.entries % 5000 == 0:
            progress(verdict.entries)


def _verify_seals(verdict: Verdict) -> None:
    before = b""
    covered = 0
    seals = list(
        _rows(
            "SELECT id, first_written_in, first_id, last_written_in, last_id, count, previous, hash"
            " FROM timeline_seal ORDER BY id"
        )
    )
    for seal_id, first_in, first_id, last_in, last_id, count, previous, sealed in seals:
        digest = hashlib.sha256(bytes(previous))
        found = 0
        for (entry_hash,) in _rows(
            "SELECT hash FROM timeline_entry WHERE (written_in, id) >= (%s, %s) AND (written_in, id) <= (%s, %s)"
            " ORDER BY written_in, id",
            [first_in, first_id, last_in, last_id],
        ):
            digest.update(bytes(entry_hash))
            found += 1
        if bytes(previous) != before or found != count or digest.digest() != bytes(sealed):
            verdict.breaks.append(f"seal {seal_id}: covers {found} entries, sealed {count}; the batch was changed")
        before = bytes(sealed)
        verdict.seals += 1
        covered += found
    if seals:
        _verify_no_gaps(verdict, covered, until=(seals[-1][3], seals[-1][4]))


def _verify_no_gaps(verdict: Verdict, covered: int, *, until: tuple[int, int]) -> None:
    """Seals follow one another without a gap, so every entry up to the last one lies under one of them."""
    [(standing,)] = _rows("SELECT count(*) FROM timeline_entry WHERE (written_in, id) <= (%s, %s)", list(until))
    if standing != covered:
        verdict.breaks.append(f"seals cover {covered} of {standing} entries; entries were slipped in between them")


def _rows(sql: str, parameters: list[Any] | None = None) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while batch := cursor.fetchmany(5000):
            yield from batch


def _micros(at: datetime) -> str:
    gap = at - _EPOCH
    return str((gap.days * 86_400 + gap.seconds) * 1_000_000 + gap.microseconds)
