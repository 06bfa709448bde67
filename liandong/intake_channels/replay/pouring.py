"""Pouring lives into cases: all at once in batches, or step by step at the pace of the file.

Either way nothing is lost or doubled when the process is killed: a row is known by its channel and outside number, a
batch is one transaction, a step is one transaction, and a case cut half-way goes on with the steps it lacks.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError

from liandong.cases import operations
from liandong.cases.docket import Docket
from liandong.cases.operations import AlreadyReported, Life, Move, live_through, record_lives
from liandong.cases.queries import permitted_cases, trace_of
from liandong.intake_channels.replay.mappings import FileMapping, FromTheFuture
from liandong.intake_channels.replay.reading import RefusedRows, Row
from liandong.kernel.refusal import Refusal
from liandong.people.access import platform
from liandong.timeline.copying import analyse

if TYPE_CHECKING:
    from liandong.cases.models import Case

FIRST_BATCH, BATCH = 200, 1000

VERBS: dict[str, Callable[..., Case]] = {
    "accept": operations.accept_case,
    "refuse": operations.refuse_case,
    "answer": operations.answer_case,
    "file": operations.file_case,
    "decline": operations.decline_case,
    "dispatch": operations.dispatch_case,
    "receive": operations.receive_case,
    "return": operations.return_case,
    "contact": operations.contact_reporter,
    "arrive": operations.arrive_at_case,
    "warn": operations.warn_in_case,
    "raise_force": operations.raise_force,
    "ask_for_force": operations.ask_for_force,
    "hand_in": operations.hand_in_case,
    "check": operations.check_case,
    "call_back": operations.call_back_reporter,
    "send_back": operations.send_back_case,
    "close": operations.close_case,
    "reopen": operations.reopen_case,
}
_OF_THE_SWEEP = "ClockFellDue"


@dataclass(slots=True)
class Tally:
    """How many rows were read, became cases, were there already, were refused."""

    read: int = 0
    taken: int = 0
    there: int = 0
    refused: int = 0

    def line(self) -> str:
        """The last line of a replay."""
        return f"{self.read} read, {self.taken} taken, {self.there} already there, {self.refused} refused"


class Pourer:
    """Takes rows of one mapping into one district."""

    def __init__(
        self,
        mapping: FileMapping,
        district: str,
        refused: RefusedRows,
        *,
        now: datetime,
        progress: Callable[[int], None] = lambda count: None,
    ) -> None:
        self._mapping, self._district, self._refused = mapping, district, refused
        self._now, self._progress = now, progress
        self._loader = platform("replay")
        self.tally = Tally()

    def at_once(self, rows: Iterable[Row]) -> None:
        """Whole lives, a thousand rows to a transaction, without waiting."""
        lives = self._lives(rows)
        size = FIRST_BATCH
        while batch := list(islice(lives, size)):
            self._take(batch)
            self._progress(self.tally.read)
            if size == FIRST_BATCH:
                analyse()
            size = BATCH

    def at_pace(self, rows: Iterable[Row], *, speed: float, wait: Callable[[float], None] = time.sleep) -> None:
        """Step by step in the order of their instants, `speed` times as fast as they happened."""
        queue: list[tuple[datetime, int, int]] = []
        lives: list[tuple[Row, Life]] = []
        numbers: dict[int, str] = {}
        taken: set[str] = set()
        for row, life in self._lives(rows):
            external = life.report.external_id
            known = self._known([external])
            if external in known:
                self.tally.there += 1
                self._go_on(known[external], life)
            elif external in taken:
                self.tally.there += 1
            else:
                taken.add(external)
                heapq.heappush(queue, (life.at, len(lives), -1))
                lives.append((row, life))
        before = queue[0][0] if queue else self._now
        while queue:
            at, place, move = heapq.heappop(queue)
            pause = (at - before).total_seconds() / speed
            before = at
            if pause > 0:
                wait(pause)
            if self._take_step(lives[place], place, move, numbers):
                moves = lives[place][1].moves
                if move + 1 < len(moves):
                    heapq.heappush(queue, (moves[move + 1].at, place, move + 1))

    def _lives(self, rows: Iterable[Row]) -> Iterator[tuple[Row, Life]]:
        """The usable rows with their lives; the others are refused here."""
        for row in rows:
            self.tally.read += 1
            try:
                if row.fault is not None:
                    raise row.fault
                life = self._mapping.life_of(row.cells)
                last = life.moves[-1].at if life.moves else life.at
                if max(last, life.at) > self._now:
                    raise FromTheFuture(value=last.isoformat())
            except Refusal as refusal:
                self._refuse(row, refusal)
                continue
            yield row, life

    def _take(self, batch: Sequence[tuple[Row, Life]]) -> None:
        """Save what is new of a batch, go on with what was cut; once more if another replay was quicker."""
        while True:
            known = self._known([life.report.external_id for _row, life in batch])
            dockets, refusals, there = self._live(batch, known)
            try:
                if dockets:
                    record_lives(dockets, actor=self._loader)
            except IntegrityError as error:
                if "an_outside_number_is_taken_once_per_channel" not in str(error):
                    raise
                continue
            break
        self.tally.taken += len(dockets)
        self.tally.there += there
        for row, refusal in refusals:
            self._refuse(row, refusal)
        for _row, life in batch:
            if life.report.external_id in known:
                self._go_on(known[life.report.external_id], life)

    def _live(
        self, batch: Sequence[tuple[Row, Life]], known: dict[str, Case]
    ) -> tuple[list[Docket], list[tuple[Row, Refusal]], int]:
        dockets: list[Docket] = []
        refusals: list[tuple[Row, Refusal]] = []
        there = 0
        taken: set[str] = set()
        for row, life in batch:
            external = life.report.external_id
            if external in known or external in taken:
                there += 1
                continue
            try:
                dockets.append(live_through(life, district=self._district))
                taken.add(external)
            except Refusal as refusal:
                refusals.append((row, refusal))
        return dockets, refusals, there

    def _take_step(self, item: tuple[Row, Life], place: int, move: int, numbers: dict[int, str]) -> bool:
        """Report the case or take one of its moves; whether its next one may follow."""
        row, life = item
        try:
            if move < 0:
                case = operations.report_case(life.report, district=self._district, actor=life.actor, at=life.at)
                numbers[place] = case.number
                self.tally.taken += 1
                self._progress(self.tally.taken)
            else:
                self._step(numbers[place], life.moves[move])
        except AlreadyReported:
            self.tally.there += 1
            return False
        except Refusal as refusal:
            # A case that stands stays taken; somebody else may have moved it on since.
            if move < 0:
                self._refuse(row, refusal)
            return False
        return True

    def _go_on(self, case: Case, life: Life) -> None:
        """Take the moves a case still lacks, unless somebody else has taken it over since."""
        if case.version >= 1 + len(life.moves):
            return
        told = trace_of(case).exclude(event=_OF_THE_SWEEP).values_list("actor", flat=True)
        actors = list(told)
        if set(actors) != {life.actor.key}:
            return
        for move in life.moves[len(actors) - 1 :]:
            try:
                self._step(case.number, move)
            except Refusal:
                return

    def _step(self, number: str, move: Move) -> None:
        details: dict[str, Any] = dict(move.details)
        VERBS[move.step](number, actor=move.actor, at=move.at, **details)

    def _known(self, external_ids: Sequence[str]) -> dict[str, Case]:
        found = permitted_cases(self._loader).filter(channel=self._mapping.channel, external_id__in=external_ids)
        return {case.external_id: case for case in found.only("external_id", "number", "version")}

    def _refuse(self, row: Row, refusal: Refusal) -> None:
        self.tally.refused += 1
        self._refused.add(row, refusal)
