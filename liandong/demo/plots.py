"""How one demo case goes: a plot adds legal moves in order, by whoever may take them, until its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from liandong.cases.changes import Report
from liandong.cases.operations import Life, Move
from liandong.cases.rules.force import stronger_than
from liandong.cases.rules.policies import Evidence
from liandong.cases.rules.responsibility import Suggestion
from liandong.cases.rules.words import ClockKind, Identity, Urgency
from liandong.demo import stories
from liandong.demo.pictures import Picture
from liandong.demo.stagehands import Stagehands
from liandong.kernel.working_time import Limit, TimeUnit, due
from liandong.people.access import Actor
from liandong.people.rules.force import covers

if TYPE_CHECKING:
    from liandong.cases.models import CaseClass

_BRISK = timedelta(hours=8)
"""Where the handling limit is shorter than this, nobody waits with receiving and going."""


class Plot:
    """One life in the making. Every method adds moves after the last one."""

    def __init__(
        self, hands: Stagehands, random: Random, report: Report, *, actor: Actor, at: datetime, present: datetime
    ) -> None:
        self._hands, self._random = hands, random
        self._report, self._reporter, self._began = report, actor, at
        self._kind: CaseClass = hands.book.class_of(report.class_code)
        self._urgent = (report.urgency or self._kind.urgency) != Urgency.NORMAL
        self._handle_from: datetime | None = None
        self._limit: Limit | None = None
        self._is_brisk = self._urgent
        self._condition = ""
        self._reworks = 0
        self._helpers: tuple[str, ...] = ()
        self._is_received = False
        self._is_towns_own = False
        self._present = present
        self.now = at
        self.moves: list[Move] = []

    def life(self) -> Life:
        """What was added so far, as a life."""
        return Life(self._report, self._began, self._reporter, tuple(self.moves))

    def solve_on_spot(self) -> None:
        """Photo, hands, photo, done: all by whoever reported it."""
        pictures = self._random.choice(self._hands.before), self._random.choice(self._hands.after)
        self._wait(1, 4)
        self._photo("before", pictures[0], self._reporter)
        # Half an hour is the limit for accepting; a few walk home first.
        self._wait(4, 22) if self._random.random() < 0.98 else self._wait(40, 200)
        self._photo("after", pictures[1], self._reporter)
        self._wait(0.5, 2)
        checked = self._random.random() < 0.05
        self._add("solve_on_spot", self._reporter, result=self._say("results"), before=pictures[0].sha256,
                  after=pictures[1].sha256, to_be_checked=checked)  # fmt: skip

    def answer(self, by: Actor) -> None:
        """Answered at once."""
        self._wait(1, 9)
        self._add("answer", by, answer=self._random.choice(stories.INSTANT_ANSWERS))

    def refuse(self, by: Actor) -> None:
        """Not ours, or not any more."""
        self._wait(3, 25)
        self._add("refuse", by, reason=self._random.choice(stories.REFUSALS))

    def decline(self, by: Actor) -> None:
        """Accepted, but nothing to file."""
        self._accept(by)
        self._wait(5, 27)
        self._add("decline", by, reason=self._random.choice(stories.DECLINES))

    def run(self, *, runner: Actor, sender: Actor, found: Suggestion, to: str = "") -> None:
        """The whole way from accepting to closing. `runner` runs the level, `sender` dispatches."""
        self._is_towns_own = "town" in runner.role_codes
        self._accept(runner)
        self._wait(1, 10) if self._usual() else self._wait(31, 80)
        self._condition = self._random.choice(list(self._hands.book.conditions_of(self._kind.code)) or [""])
        self._add("file", runner, condition=self._condition)
        self._wait(2, 20) if self._usual() else self._wait(31, 120)
        unit = self._dispatch(sender, found, to)
        self._handle(unit)
        self._verify(runner, unit)

    def _accept(self, by: Actor) -> None:
        self._wait(1, 14) if self._usual() else self._wait(31, 90)
        self._add("accept", by)

    def _dispatch(self, sender: Actor, found: Suggestion, to: str) -> str:
        helpers = found.assisting if self._random.random() < 0.6 else ()
        unit = to or found.lead
        self._handle_from = self.now
        book, random = self._hands.book, self._random
        town = self._town_above(unit)
        self._helpers = tuple(code for code in helpers if code not in (unit, town))
        self._add("dispatch", sender, to=town or unit, assisting=self._helpers)
        self._limit = book.limit(ClockKind.HANDLE, class_code=self._kind.code, condition=self._condition)
        due_at = book.due(self._limit, since=self.now)
        self._is_brisk = self._urgent or due_at - self.now < _BRISK or self._limit.amount <= 4 and self._in_hours()
        if town:
            self._hand_down(town, unit)
            return unit
        if random.random() >= self._hands.shares.returned:
            return unit
        other = self._other(unit)
        if not other:
            return unit
        self._return(unit, other)
        self._helpers = ()
        self._again(sender, other)
        if random.random() < self._hands.shares.returned_twice:
            self._return(other, unit)
            # Until the ruling the first unit has it in hand, and after it too.
            self._wait(20, 90)
            supervisor = self._hands.cast.by_role["supervisor"]
            self._add("arbitrate", supervisor, to=unit, reason=stories.RULINGS[0], on_site=random.random() < 0.3)
            self._is_received = True
            return unit
        return other

    def _town_above(self, unit: str) -> str:
        """The town through which the centre sends a case to its bureau, now and then; empty where it goes straight."""
        book = self._hands.book
        above = book.units.get(book.units[unit].parent)
        fits = above is not None and above.kind == "town" and covers(above.force, self._kind.force)
        if not fits or above is None or above.code not in self._hands.cast.by_unit or self._is_towns_own:
            return ""
        return above.code if self._random.random() < self._hands.shares.by_levels else ""

    def _hand_down(self, town: str, unit: str) -> None:
        by = self._hands.cast.by_unit[town]
        self._receive(by)
        self._soon(2, 8) if self._is_brisk else self._wait(5, 60)
        self._add("hand_down", by, to=unit, note=self._random.choice(stories.HAND_DOWNS))

    def _return(self, unit: str, proposed: str) -> None:
        by = self._hands.cast.by_unit[unit]
        if self._random.random() < 0.6:
            self._receive(by)
        self._wait(5, 45)
        self._add("return", by, reason=self._random.choice(stories.RETURN_REASONS), proposed_unit=proposed)

    def _again(self, sender: Actor, unit: str, note: str = "") -> None:
        self._wait(5, 25)
        self._add("dispatch", sender, to=unit, note=note)

    def _other(self, unit: str) -> str:
        """A unit of the same kind and place that a case could be passed to; empty when there is none."""
        units = self._hands.book.units
        here = units[unit]
        others = [
            code
            for code, facts in units.items()
            if facts.parent == here.parent and facts.kind == here.kind and code != unit
            if covers(facts.force, self._kind.force)
        ]
        return self._random.choice(others) if others else ""

    def _receive(self, by: Actor) -> None:
        if self._is_brisk:
            self._soon(2, 10)
        else:
            self._work(0.05, 1.8 if self._usual() else 4.0)
        self._add("receive", by)

    def _handle(self, unit: str) -> None:
        by, random = self._hands.cast.by_unit[unit], self._random
        if not self._is_received:
            self._receive(by)
        if self._report.identity == Identity.NAMED:
            self._wait(2, 6) if self._is_brisk else self._wait(5, 200)
            if random.random() < 0.12:
                self._add("contact", by, reached=False, outcome="")
                self._wait(3, 8) if self._is_brisk else self._wait(30, 300)
            self._add("contact", by, reached=True, outcome=random.choice(stories.CONTACT_OUTCOMES))
        self._soon(4, 15) if self._is_brisk else self._work(0.2, 2.5)
        self._add("arrive", by, lon=self._report.lon, lat=self._report.lat)
        self._insist(unit, by)
        finished = self._finished()
        self._extend(by, finished)
        self._let_helpers_finish(finished)
        self._hand_in(by, finished)

    def _extend(self, by: Actor, finished: datetime) -> None:
        """Now and then more time is asked for before it is over, and granted."""
        assert self._limit is not None
        assert self._handle_from is not None
        if self._is_brisk or self._random.random() >= self._hands.shares.extended:
            return
        due_at = due(self._limit, since=self._handle_from, calendar=self._hands.book.map.calendar)
        if self.now + timedelta(hours=3) >= min(due_at, finished):
            return
        amount = str(round(self._limit.amount / 2, 2))
        self._add("request_extension", by, amount=amount, reason=self._random.choice(stories.EXTENSION_REASONS))
        self._wait(10, 100)
        self._add("grant_extension", self._hands.cast.by_role["supervisor"])

    def _let_helpers_finish(self, finished: datetime) -> None:
        """Each assisting unit does its part before the lead hands in."""
        for unit in self._helpers:
            helper = self._hands.cast.by_unit[unit]
            self._soon(1, 5) if self._is_brisk else self._wait(5, 90)
            self._add("receive", helper)
            self._soon(1, 5) if self._is_brisk else self._wait(20, 180)
            self._add("hand_in", helper, result=self._random.choice(stories.HELPED))
        self._helpers = ()

    def _insist(self, unit: str, by: Actor) -> None:
        """Where milder means do not suffice: a talk of warning, then more force, as far as the unit carries it."""
        kind, carried = self._kind, self._hands.book.units[unit].force
        above = next((force for force in stronger_than(kind.force) if covers(carried, force)), None)
        if kind.warn_first and above is None:
            self._warn(by)
        if above is None or self._is_brisk or self._random.random() >= self._hands.shares.raised:
            return
        self._warn(by)
        self._wait(15, 90)
        self._add("raise_force", by, to=above.value, reason=self._random.choice(stories.RAISE_REASONS))

    def _warn(self, by: Actor) -> None:
        self._wait(3, 20)
        said, outcome = self._random.choice(stories.WARNINGS)
        self._add("warn", by, matter=self._report.address, reason=said, outcome=outcome)

    def _finished(self) -> datetime:
        """When the handler is done: some way into the limit, now and then beyond it."""
        assert self._limit is not None
        assert self._handle_from is not None
        share = self._random.betavariate(1.2, 4.0) if self._random.random() >= self._hands.shares.late else 1.05
        share = share if share < 1 else 1.03 + self._random.random() ** 2
        limit = Limit(round(self._limit.amount * Decimal(share), 2), self._limit.unit)
        return self._by_day(due(limit, since=self._handle_from, calendar=self._hands.book.map.calendar))

    def _hand_in(self, by: Actor, finished: datetime) -> None:
        least = self._random.uniform(4, 15) if self._is_brisk else self._random.uniform(15, 90)
        self.now = max(self.now + timedelta(seconds=int(least * 60)), finished)
        photos: tuple[str, ...] = ()
        wanted = self._hands.book.policy(self._kind.code).evidence
        if wanted is Evidence.PAIR:
            self._photo("before", self._random.choice(self._hands.before), by)
        if wanted is not Evidence.NONE:
            picture = self._random.choice(self._hands.after)
            self._photo("after", picture, by)
            photos = (picture.sha256,)
        elif self._random.random() < self._hands.shares.evidence:
            picture = self._random.choice(self._hands.after)
            self._photo("evidence", picture, by)
            self._wait(0.5, 3)
            photos = (picture.sha256,)
        answer = self._random.choice(stories.ANSWERS) if self._report.identity != Identity.ANONYMOUS else ""
        self._add("hand_in", by, result=self._say("results"), answer=answer, photos=photos)

    def _verify(self, runner: Actor, unit: str) -> None:
        random, shares = self._random, self._hands.shares
        while not self._passes(runner):
            self._reworks += 1
            # Only the district's cases: nobody may close a town's case as a special one.
            if self._reworks > 2 and "town" not in runner.role_codes and random.random() < shares.special:
                self._wait(20, 300)
                supervisor = self._hands.cast.by_role["supervisor"]
                self._add("close", supervisor, closing="special", reason=stories.SPECIAL_REASONS[0])
                return
            self._wait(2, 20)
            self._add("send_back", self.moves[-1].actor, reason=random.choice(stories.REWORK_REASONS))
            self._rework(unit)
        self._work(0.05, 1.5)
        self._add("close", runner)
        if self._report.identity == Identity.NAMED and random.random() < shares.rated:
            self._wait(30, 60 * 24)
            rating = random.choices((5, 4, 3, 2), (60, 25, 10, 5))[0]
            self._add("rate", self._hands.cast.by_role["operator"], rating=rating)
        if random.random() < shares.reopened:
            self._wait(60 * 24, 60 * 24 * 20)
            self.now = self._by_day(self.now)
            self._add("reopen", self._hands.cast.by_role["operator"], reason=random.choice(stories.REOPEN_REASONS))
            self._rework(unit)
            self._verify(runner, unit)

    def _rework(self, unit: str) -> None:
        by = self._hands.cast.by_unit[unit]
        self._receive(by)
        self._work(1.0, 7.0)
        self._hand_in(by, self.now)

    def _passes(self, runner: Actor) -> bool:
        """Check and call back as the class demands; whether nothing speaks against closing."""
        demands, named = self._kind.demands, self._report.identity != Identity.ANONYMOUS
        calls = demands in ("both", "call_back") and named
        if (demands in ("both", "check") or (demands == "call_back" and not named)) and not self._check(runner):
            return False
        return self._call(runner, must_check=demands == "call_back") if calls else True

    def _check(self, runner: Actor) -> bool:
        by = runner if "town" in runner.role_codes else self._hands.cast.by_role["verifier"]
        if self._usual():
            self._work(0.5, 6.5)
        else:
            self._work(8.0, 16.0)
        ok = self._random.random() >= self._hands.shares.failed_check
        notes = stories.CHECK_NOTES if ok else stories.FAILED_CHECK_NOTES
        self._add("check", by, ok=ok, note=self._random.choice(notes))
        return ok

    def _call(self, runner: Actor, *, must_check: bool) -> bool:
        random, shares = self._random, self._hands.shares
        self._work(0.5, 7.0)
        if random.random() < shares.unreached:
            for attempt in range(3):
                self._add("call_back", runner, reached=False)
                if attempt < 2:
                    self._work(4.0, 7.0)
            return self._check(runner) if must_check else True
        solved = random.random() >= shares.not_solved
        mark = random.choices((5, 4, 3, 2, 1), (58, 27, 9, 4, 2) if solved else (0, 3, 22, 40, 35))[0]
        said = stories.CALL_WORDS if solved else stories.UNSOLVED_WORDS
        self._add("call_back", runner, reached=True, solved=solved, satisfaction=mark, words=random.choice(said))
        return solved

    def _say(self, table: str) -> str:
        return self._random.choice(stories.words_for(table, self._kind.code))

    def _photo(self, purpose: str, picture: Picture, by: Actor) -> None:
        self._add("add_photo", by, purpose=purpose, **picture.row())

    def _usual(self) -> bool:
        return self._random.random() < 0.97

    def _wait(self, least: float, most: float) -> None:
        """Let so many minutes pass, whatever the hour; short waits are the common ones."""
        minutes = least + (most - least) * self._random.random() ** 2
        self.now += timedelta(seconds=int(minutes * 60))

    def _work(self, least: float, most: float) -> None:
        """Let so many working hours pass."""
        hours = Decimal(round(self._random.uniform(least, most), 2)).quantize(Decimal("0.01"))
        if self.now > self._present:
            # Cut off in the end; until then it need not know the holidays of a year nobody has confirmed yet.
            self.now += timedelta(hours=4 * float(hours))
            return
        self.now = due(Limit(hours, TimeUnit.WORKING_HOUR), since=self.now, calendar=self._hands.book.map.calendar)

    def _soon(self, least: float, most: float) -> None:
        """Let so many minutes pass: of working time where the limit is one of working time."""
        if self._in_hours():
            self._work(least / 60, most / 60)
        else:
            self._wait(least, most)

    def _in_hours(self) -> bool:
        return self._limit is not None and self._limit.unit is TimeUnit.WORKING_HOUR

    def _by_day(self, instant: datetime) -> datetime:
        """The same day between eight and eight, unless it is urgent."""
        local = instant.astimezone(self._hands.book.map.calendar.zone)
        if self._is_brisk or 8 <= local.hour < 20:
            return instant
        hour = 8 if local.hour < 8 else 19
        return instant + (local.replace(hour=hour, minute=local.minute) - local)

    def _add(self, step: str, actor: Actor, **details: Any) -> None:
        kept: Mapping[str, Any] = details
        self.moves.append(Move(step, self.now, actor, kept))
