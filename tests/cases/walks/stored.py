"""Walks through the real operations and PostgreSQL: several cases, merged and parted, split, visited, of joint teams.

Permission is the product's own and tested elsewhere: whoever lacks it must be refused for that, and nothing changes.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from liandong.cases import operations
from liandong.cases.changes import PartOfCase
from liandong.cases.docket import Docket, thing_of
from liandong.cases.models import Case
from liandong.cases.queries import replayed_case
from liandong.cases.rulebook import rulebook_for
from liandong.kernel.refusal import Refusal
from liandong.people.access import Actor, Forbidden, NotFound, platform
from tests.cases.forces import TEAM
from tests.cases.paths import OPERATIONS, photo
from tests.cases.walks import hours
from tests.cases.walks.choosing import WAYS, attempt, lawful
from tests.cases.walks.law import Law, No, Person
from tests.cases.walks.steps import take
from tests.cases.walks.steps_together import TOGETHER_FROM
from tests.cases.walks.walking import SWEEP, differences
from tests.world import DISTRICT, MRS_CHEN, World

MOST_CASES = 4
SHARE_TOGETHER = 0.35
"""Of the steps tried, those that touch several cases or visit a closed one."""
_REASONS = ("同一处垃圾", "同一处垃圾", "同一处垃圾", " ")


@dataclass(repr=False)
class Twin:
    """One case, stored by the product and known to the law."""

    number: str
    law: Law


@dataclass(repr=False)
class StoredWalk:
    """A few cases of one day, and what people try with them."""

    world: World
    dice: random.Random
    people: Mapping[str, Person]
    twins: list[Twin] = field(default_factory=list)
    trail: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    at: int = 0

    def go(self, steps: int) -> None:
        """Two reports, a beginning for each, and so many attempts."""
        self.at = self.dice.randrange(60 * hours.DAY, 240 * hours.DAY)
        for _ in range(2):
            self.report()
            for step in self.dice.choice(WAYS):
                self.pass_time(60, 613, 4_987)
                twin = self.twins[-1]
                if step == "hand_in":
                    self.add_photo(twin)
                if found := lawful(twin.law, step, self.dice, self.people):
                    self.attempt(twin, *found)
        for _ in range(steps):
            self.pass_time(0, 60, 613, 3_600, 4_987, 40_000, 300_000, 700_000)
            if self.dice.random() < 0.08:
                self.sweep()
            twin = self.dice.choice(self.twins)
            if self.dice.random() < 0.08 and twin.law.ended is None:
                self.add_photo(twin)
            self.attempt(twin, *self.chosen(twin))
        self.look_back()

    def report(self) -> None:
        """Somebody reports something."""
        dice, who = self.dice, self.dice.choice(["operator", "operator", "grid001"])
        told = {
            "class_code": dice.choice(["M06010", "M06010", "A0203", "C01001"]),
            "identity": dice.choice(["named", "named", "anonymous", "confidential"]),
            "urgency": dice.choice(["normal", "urgent", "critical"]),
            "channel": "staff" if who == "grid001" else "hotline",
            "about_unit": dice.choice(["", "", "", f"{DISTRICT}-D02", f"{DISTRICT}-B002"]),
        }
        self.world.at = hours.instant_of(self.at)
        case = self.world.report(by=who, contact=MRS_CHEN, **told)
        run_by = "town" if who == "grid001" else "district"
        words = (told["identity"], told["urgency"], told["channel"], told["about_unit"])
        self.twins.append(Twin(case.number, Law(self.at, told["class_code"], run_by, *words)))
        self.trail.append(f"{self.at} {case.number}: reported by {who} {told}")
        self.compare(self.twins[-1])

    def pass_time(self, *seconds: int) -> None:
        """Some time goes by for all of them."""
        self.at += self.dice.choice(seconds)
        for twin in self.twins:
            twin.law.at = self.at

    def chosen(self, twin: Twin) -> tuple[str, Person, dict[str, Any]]:
        """What is tried next, mostly by somebody who may."""
        for _ in range(8):
            if self.dice.random() < SHARE_TOGETHER:
                step, who, told = self.together(twin)
            else:
                step, who, told = attempt(twin.law, self.dice, self.people)
            if told.get("to") and self.dice.random() < 0.15:
                told["to"] = TEAM
            if self.dice.random() < 0.1 or not self.lacks_right(twin, step, who, told):
                break
        return step, who, told

    def together(self, twin: Twin) -> tuple[str, Person, dict[str, Any]]:
        """A step with several cases, or a visit; lawful where the stage lets it be."""
        dice, reason = self.dice, {"reason": self.dice.choice(_REASONS)}
        fitting = [step for step, stages in TOGETHER_FROM.items() if twin.law.stage in stages]
        step = dice.choice(fitting if fitting and dice.random() < 0.85 else list(TOGETHER_FROM))
        who = dice.choice([self.people[name] for name in ("lin", "supervisor", "town01", "station001", "platform")])
        match step:
            case "merge":
                return step, who, reason | {"main": dice.choice(self.twins)}
            case "split":
                size = dice.choice([1, 1, 2, 0]) if len(self.twins) < MOST_CASES else 0
                classes = [dice.choice(["M06010", "A0203", "C01001", "X999"]) for _ in range(size)]
                return step, who, reason | {"classes": classes}
            case "follow_up":
                return step, who, reason | {"is_relapse": dice.random() < 0.5}
            case _:
                return step, who, reason

    def attempt(self, twin: Twin, step: str, who: Person, told: dict[str, Any]) -> None:
        """Try one step on both."""
        told = {name: value for name, value in told.items() if name != "commanded_by"}
        if step == "solve_on_spot":
            told |= {
                name: name if any(name == one for one, _at in twin.law.photos) else "" for name in ("before", "after")
            }
        self.trail.append(f"{self.at} {twin.number} {twin.law.stage}: {step} by {who.key} {self._plain(told)}")
        if self.lacks_right(twin, step, who, told):
            assert self._try(twin, step, who, told) in ("Forbidden", "NotFound"), self._story("done without a right")
            self.met["not theirs"] += 1
            return self.compare(twin)
        family = self.family(twin, told)
        try:
            take(twin.law, step, who, **{name: _of_the_law(value) for name, value in told.items()})
            is_lawful, reasons = True, set[str]()
        except No as no:
            is_lawful, reasons = False, no.reasons
        refusal = self._try(twin, step, who, told)
        self.met["taken" if is_lawful else "refused"] += 1
        self.met[step if is_lawful else f"{step}: {refusal}"] += 1
        if is_lawful:
            assert refusal == "", self._story(f"lawful, but refused: {refusal}")
            self.adopt_parts(twin)
        else:
            assert refusal in reasons, self._story(
                f"the law refuses it for {reasons}, the product: {refusal or 'taken'}"
            )
        for one in {id(one): one for one in (twin, *family, *self.family(twin, told))}.values():
            self.compare(one)
        return None

    def family(self, twin: Twin, told: dict[str, Any]) -> list[Twin]:
        """The cases a step may touch besides: its main, what is merged into it, its parts."""
        laws = [twin.law.merged_into, *twin.law.taken_in, *twin.law.parts]
        return [one for one in self.twins if any(one.law is law for law in laws) or one is told.get("main")]

    def adopt_parts(self, twin: Twin) -> None:
        """Parts of a case that was split walk on like any other."""
        known = [one.law for one in self.twins]
        fresh = [law for law in twin.law.parts if all(law is not other for other in known)]
        if fresh:
            stored = Case.objects.filter(parent__number=twin.number).order_by("pk")
            numbers = list(stored.values_list("number", flat=True))[-len(fresh) :]
            self.twins += [Twin(number, law) for number, law in zip(numbers, fresh, strict=True)]

    def sweep(self) -> None:
        """Let the clocks do what they do by themselves. How far they climb is the ladder's tests'."""
        self.trail.append(f"{self.at}: sweep")
        operations.mark_overdue(actor=SWEEP, at=hours.instant_of(self.at))
        for twin in self.twins:
            twin.law.sweep()
            case = Case.objects.get(number=twin.number)
            twin.law.to_reply, twin.law.supervised = case.to_reply, case.supervised
            self.compare(twin)

    def add_photo(self, twin: Twin) -> None:
        """A photo of the result, or of how it was before."""
        purpose = self.dice.choice(["after", "after", "before"])
        content, at = photo(f"{purpose[0]}{len(self.trail):02d}"), hours.instant_of(self.at)
        operations.add_photo(twin.number, content=content, purpose=purpose, actor=platform("story"), at=at)
        twin.law.photos.append((purpose, self.at))
        twin.law.version += 1

    def look_back(self) -> None:
        """In the end the record of each case gives it back, and the database finds nothing that was not told."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for twin in self.twins:
            told, stored = replayed_case(Case.objects.get(number=twin.number))
            wrong = [(a, b) for a, b in zip(_flat(told), _flat(stored), strict=False) if a != b]
            assert not wrong, self._story(f"{twin.number} is not what its record says: {wrong}")

    def compare(self, twin: Twin) -> None:
        """Both tell the same of a case."""
        docket = Docket(Case.objects.get(number=twin.number), rulebook_for(DISTRICT))
        if wrong := differences(docket, twin.law):
            raise AssertionError(self._story(f"{twin.number}: {wrong}"))

    def lacks_right(self, twin: Twin, step: str, who: Person, told: dict[str, Any]) -> bool:
        """Whether this person may not do such a thing with the case."""
        actor, thing = self._actor(who), thing_of(Case.objects.get(number=twin.number))
        act = "close_special" if step == "close" and told.get("closing") == "special" else step
        may = actor.may("cases.view", thing) and actor.may(f"cases.{act}", thing)
        if isinstance(main := told.get("main"), Twin):
            may = may and actor.may("cases.view", thing_of(Case.objects.get(number=main.number)))
        return not may

    def _try(self, twin: Twin, step: str, who: Person, told: dict[str, Any]) -> str:
        at = hours.instant_of(self.at)
        details = {name: value.number if isinstance(value, Twin) else value for name, value in told.items()}
        match step:
            case "merge":
                details["into"] = details.pop("main")
            case "split":
                details["parts"] = [PartOfCase(code, "楼道里还有一堆垃圾") for code in details.pop("classes")]
            case "suspend":
                details["wake_on"] = rulebook_for(DISTRICT).day_of(at) + timedelta(days=details.pop("wake_in"))
            case "solve_on_spot":
                details = {"result": details["result"], "drawn": 0.99}
        try:
            with transaction.atomic():
                getattr(operations, OPERATIONS[step])(twin.number, actor=self._actor(who), at=at, **details)
        except (Forbidden, NotFound) as refusal:
            return type(refusal).__name__
        except Refusal as refusal:
            return type(refusal).__name__
        return ""

    def _actor(self, who: Person) -> Actor:
        return platform("story") if who.role == "platform" else self.world.actor(who.key.removeprefix("user/"))

    @staticmethod
    def _plain(told: dict[str, Any]) -> dict[str, Any]:
        return {name: value.number if isinstance(value, Twin) else value for name, value in told.items()}

    def _story(self, what: str) -> str:
        return "\n".join([what, *self.trail[-30:]])


def _of_the_law(value: Any) -> Any:
    return value.law if isinstance(value, Twin) else value


def stored_walks(world: World, people: Mapping[str, Person], *, seed: int, count: int, steps: int) -> Counter[str]:
    """Walk so many times by one seed, each from an empty desk; what was met, counted."""
    dice, met = random.Random(seed), Counter[str]()
    for _ in range(count):
        walk = StoredWalk(world, dice, people)
        with transaction.atomic():
            walk.go(dice.randint(4, steps))
            transaction.set_rollback(True)
        met += walk.met
    return met


def _flat(state: Any) -> list[Any]:
    case, clocks, work = state
    return [*sorted(case.items()), *(sorted(row.items()) for row in (*clocks, *work))]
