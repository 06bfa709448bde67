"""Random walks: the same attempts on a docket of the product and on the model, compared after each."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from liandong.cases import changes
from liandong.cases.changes import Report, pass_out
from liandong.cases.docket import Docket
from liandong.cases.docket.papers import assignment_of
from liandong.cases.models import Assignment, Clock
from liandong.cases.operations.lives import CHANGES, _add_photo
from liandong.cases.operations.sweep import _climb_all
from liandong.cases.rulebook import Rulebook, UnitFacts, rulebook_for
from liandong.kernel.refusal import Refusal
from liandong.people.access import Actor, platform
from tests.cases.walks import hours
from tests.cases.walks.choosing import WAYS, attempt, cast, is_over, lawful
from tests.cases.walks.law import OFFICE, Law, No, Person
from tests.cases.walks.steps import take
from tests.world import DISTRICT, GRID_1, MRS_CHEN, World

SWEEP = platform("sweep")
VERBS = CHANGES | {"pass_out": pass_out}
SAME = (
    *("stage", "unit", "first_unit", "run_by", "class_code", "condition", "force", "verdict", "closing"),
    *("returns", "reworks", "reopenings", "extensions", "urges", "disputes", "rating", "version"),
    *("awaits_ruling", "is_ruled", "coordination", "to_reply", "supervised", "handled_by"),
)
"""What product and model call by one name."""


def book_of_walks() -> Rulebook:
    """The rules of the small district, with a local office of a department and a class that is verified first."""
    book = rulebook_for(DISTRICT)
    office = UnitFacts(OFFICE, f"{DISTRICT}-D02", "office", "town", "enforcement", "城管所", "Office", "310198001")
    policies = {**book.policies, ("C01001", "verify_report"): True}
    return replace(book, units={**book.units, OFFICE: office}, policies=policies)


@dataclass(repr=False)
class Walk:
    """One case, twice: in the product and by the law."""

    world: World
    book: Rulebook
    dice: random.Random
    people: Mapping[str, Person]
    docket: Docket = field(init=False)
    law: Law = field(init=False)
    trail: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Somebody reports something."""
        dice = self.dice
        at = dice.randrange(31 * hours.DAY, 240 * hours.DAY)
        who = dice.choice(["operator", "operator", "grid001"])
        report = Report(
            dice.choice(["M06010", "M06010", "A0203", "C01001"]),
            "小区门口垃圾堆了三天没人清",
            "staff" if who == "grid001" else "hotline",
            urgency=dice.choice(["normal", "urgent", "critical"]),
            lon=GRID_1[0],
            lat=GRID_1[1],
            identity=dice.choice(["named", "named", "anonymous", "confidential"]),
            contact=MRS_CHEN,
            about_unit=dice.choice(["", "", "", f"{DISTRICT}-D02", f"{DISTRICT}-B002"]),
        )
        self.docket = changes.new_docket(report, rulebook=self.book, actor=self._actor(who), at=hours.instant_of(at))
        run_by = "town" if who == "grid001" else "district"
        told = (report.class_code, run_by, report.identity, report.urgency, report.channel, report.about_unit)
        self.law = Law(at, *told)
        self.compare()

    def go(self, steps: int) -> None:
        """So many attempts, with time passing between them."""
        for step in self.dice.choice(WAYS):
            self.law.at += self.dice.choice([60, 613, 4_987])
            if step == "hand_in":
                self.add_photo()
            if found := lawful(self.law, step, self.dice, self.people):
                self.attempt(*found)
        for _ in range(steps):
            self.law.at += self.dice.choice([0, 1, 60, 613, 3_600, 4_987, 40_000, 100_003, 300_000])
            if self.dice.random() < 0.1:
                self.sweep()
            if self.dice.random() < 0.1:
                self.add_photo()
            self.attempt(*attempt(self.law, self.dice, self.people))
            if is_over(self.law) and self.dice.random() < 0.5:
                break

    def attempt(self, step: str, who: Person, told: dict[str, Any]) -> None:
        """Try one step on both."""
        law, before = self.law, self._seen()
        self.trail.append(f"{law.at} {law.stage}: {step} by {who.key} {told}")
        try:
            take(law, step, who, **told)
            lawful, reasons = True, set[str]()
        except No as no:
            lawful, reasons = False, no.reasons
        refusal = self._try(step, who, told)
        self.met["taken" if lawful else "refused"] += 1
        self.met[step if lawful else f"{step}: {refusal}"] += 1
        if lawful:
            assert refusal == "", self._story(f"lawful, but refused: {refusal}")
            self.compare()
        else:
            assert refusal in reasons, self._story(
                f"the law refuses it for {reasons}, the product: {refusal or 'taken'}"
            )
            assert self._seen() == before, self._story("refused, and yet something changed")

    def sweep(self) -> None:
        """Let the clocks do what they do by themselves. How far they climb is the ladder's tests'."""
        self.trail.append(f"{self.law.at} {self.law.stage}: sweep")
        self.docket.start_of(SWEEP, hours.instant_of(self.law.at))
        _climb_all(self.docket)
        self.law.sweep()
        self.law.to_reply, self.law.supervised = self.docket.case.to_reply, self.docket.case.supervised
        self.compare()

    def add_photo(self) -> None:
        """A photo of the result."""
        self.docket.start_of(SWEEP, hours.instant_of(self.law.at))
        _add_photo(self.docket, purpose="after", sha256="a" * 64, content_type="image/jpeg", size=1)
        self.law.photos.append(("after", self.law.at))
        self.law.version += 1

    def compare(self) -> None:
        """Both tell the same of the case."""
        wrong = differences(self.docket, self.law)
        assert not wrong, self._story(wrong)

    def _try(self, step: str, who: Person, told: dict[str, Any]) -> str:
        docket, at = self.docket, hours.instant_of(self.law.at)
        details = dict(told)
        if step == "suspend":
            details["wake_on"] = self.book.day_of(at) + timedelta(days=details.pop("wake_in"))
        if step == "solve_on_spot":
            details["to_be_checked"] = False
        try:
            docket.begin(step, actor=self._actor(who.key), at=at)
            VERBS[step](docket, **details)
        except Refusal as refusal:
            return type(refusal).__name__
        return ""

    def _actor(self, key: str) -> Actor:
        name = key.removeprefix("user/")
        return platform("story") if key == "platform/story" else self.world.actor(name)

    def _seen(self) -> Any:
        """Everything of the case that could change, as it is."""
        docket = self.docket
        rows = [(vars(row).copy(), id(row)) for row in (*docket.clocks, *docket.assignments)]
        return vars(docket.case).copy(), rows, len(docket.entries), len(docket.touched)

    def _story(self, what: str) -> str:
        return "\n".join([what, repr(self.law.class_code), *self.trail[-25:]])


def differences(docket: Docket, law: Law) -> str:
    """What product and law tell differently of a case; empty where they agree."""
    case = docket.case
    found = {name: getattr(case, name) for name in SAME}
    wanted = {name: getattr(law, name) for name in SAME}
    found |= {"assisting": set(case.assisting), "involved": set(case.involved), "asks": set(case.asks)}
    wanted |= {"assisting": {row["unit"] for row in law.standing("assist")}, "involved": law.involved()}
    wanted |= {"asks": set(law.asked), "rests": law.suspended, "checked": law.checked, "called": law.called}
    found |= {"rests": case.suspended_at is not None, "checked": case.check_result}
    found |= {"called": case.call_back_result, "calls": case.call_attempts, "visits": case.visits_left}
    wanted |= {"calls": law.calls, "visits": len(law.visits)}
    found |= {"ended": case.ended_at and hours.seconds_of(case.ended_at)}
    wanted |= {"ended": law.ended}
    if law.stage in ("closed", "void", "withdrawn"):
        del found["assisting"], wanted["assisting"]
    wrong = {name: (found[name], wanted[name]) for name in found if found[name] != wanted[name]}
    if wrong:
        return f"product, law: {wrong}"
    clocks = sorted((_clock(docket, clock) for clock in docket.clocks), key=str)
    lawful = sorted(map(_lawful_clock, law.clocks), key=str)
    if clocks == lawful:
        return ""
    return f"clocks of the product {set(clocks) - set(lawful)}, of the law {set(lawful) - set(clocks)}"


def _clock(docket: Docket, clock: Clock) -> tuple[Any, ...]:
    row: Assignment | None = assignment_of(clock, docket.assignments)
    moments = (clock.started_at, clock.due_at, clock.stopped_at, clock.paused_at, clock.overdue_at)
    whole = (hours.seconds_of(moment) if moment else None for moment in moments)
    return (clock.kind, row.unit if row else "", *whole)


def _lawful_clock(clock: dict[str, Any]) -> tuple[Any, ...]:
    unit = clock["row"]["unit"] if clock["row"] else ""
    return (clock["kind"], unit, *(clock[name] for name in ("start", "due", "stopped", "paused", "late")))


def walks(world: World, *, seed: int, count: int, steps: int) -> Counter[str]:
    """Walk so many cases by one seed; what was met, counted."""
    dice, book, people, met = random.Random(seed), book_of_walks(), cast(), Counter[str]()
    for _ in range(count):
        walk = Walk(world, book, dice, people)
        walk.go(dice.randint(4, steps))
        met += walk.met
    return met
