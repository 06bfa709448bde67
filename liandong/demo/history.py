"""The past of the demo district: thousands of lives over the last 180 days, the same for the same seed and instant.

Eighty of a hundred problems are settled by grid or station, sixteen by the town, four by the district; about one in a
hundred is still open. Lives are believable, legal and in order, and end before the present.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random

from liandong.cases.changes import Report
from liandong.cases.operations import Life
from liandong.cases.rulebook import Rulebook
from liandong.cases.rules.responsibility import Suggestion
from liandong.cases.rules.words import Identity, Stage, Urgency
from liandong.cases.rules.workflow import STEPS
from liandong.cases.sealing import Contact
from liandong.demo import stories
from liandong.demo.cast import Cast, Ground, Spot
from liandong.demo.plots import Plot
from liandong.demo.stagehands import Stagehands
from liandong.people.access import Actor, platform

DAYS = 180
OPEN_SHARE = 0.005
"""Share of cases left open on purpose; those that merely began lately come on top."""

_STAGES = (Stage.REPORTED, Stage.ACCEPTED, Stage.FILED, Stage.DISPATCHED, Stage.RECEIVED, Stage.ON_SCENE, Stage.HANDLED)
_WEEK = (1.0, 1.0, 1.0, 1.0, 1.05, 0.72, 0.6)
_STAFF_HOURS = (0, 0, 0, 0, 0, 0.2, 1, 5, 11, 12, 11, 7, 3, 7, 10, 10, 9, 6, 3, 2, 1.2, 0.5, 0.1, 0)
_CALL_HOURS = (0.8, 0.5, 0.4, 0.3, 0.3, 0.6, 1.5, 3, 6, 9, 9, 7, 4, 5, 7, 7.5, 7, 6, 5, 6, 6.5, 5, 3, 1.5)
_OUTCOMES = {
    "spot": 0.715,
    "town_to_grid": 0.05,
    "town_to_town": 0.04,
    "town_to_district": 0.01,
    "centre_to_town": 0.113,
    "centre_to_district": 0.027,
    "answered": 0.03,
    "refused": 0.008,
    "declined": 0.007,
}
"""Which way cases go. Of those solved this makes 80 % at grid or station, 16 % in towns, 4 % in the district."""

_Draw = tuple[list[str], list[float]]


def _sums(weights: Iterable[float]) -> list[float]:
    return list(accumulate(weights))


_ON_SPOT: _Draw = (list(stories.ON_SPOT), _sums(stories.ON_SPOT.values()))
_ANSWERED: _Draw = (list(stories.ANSWERED), _sums(stories.ANSWERED.values()))


class History:
    """Makes lives. One instance is one sequence: ask it once."""

    def __init__(self, hands: Stagehands, ground: Ground, random: Random, *, at: datetime) -> None:
        self._hands, self._ground, self._random, self._at = hands, ground, random, at
        self._book: Rulebook = hands.book
        self._pools: dict[tuple[str, str], _Draw] = {}
        days = [(at - timedelta(days=back)).astimezone(self._book.map.calendar.zone).date() for back in range(DAYS)]
        self._days: tuple[list[date], list[float]] = (days, _sums(_WEEK[day.weekday()] for day in days))
        self._ways: dict[str, Callable[[datetime, str], Plot]] = {
            "spot": self._spot,
            **dict.fromkeys(("town_to_grid", "town_to_town", "town_to_district"), self._town_run),
            **dict.fromkeys(("centre_to_town", "centre_to_district"), self._centre_run),
            **dict.fromkeys(("answered", "refused", "declined"), self._ended_early),
        }

    def lives(self, count: int) -> Iterator[Life]:
        """Yield `count` lives in the order in which they were reported."""
        left_open = round(count * OPEN_SHARE)
        ways, weights = list(_OUTCOMES), _sums(_OUTCOMES.values())
        plans = []
        for _case in range(count - left_open):
            way = self._random.choices(ways, cum_weights=weights)[0]
            by_staff = way == "spot" or way.startswith("town")
            plans.append((self._instant(_STAFF_HOURS if by_staff else _CALL_HOURS), way))
        plans.sort()
        open_lives = sorted((self._left_open(number) for number in range(left_open)), key=lambda life: life.at)
        waiting = iter(open_lives)
        upcoming = next(waiting, None)
        for began, way in plans:
            while upcoming is not None and upcoming.at <= began:
                yield upcoming
                upcoming = next(waiting, None)
            yield self._until_now(self._ways[way](began, way).life())
        while upcoming is not None:
            yield upcoming
            upcoming = next(waiting, None)

    def report_now(self) -> tuple[Report, Actor]:
        """A report as it may come in at any moment, and who makes it."""
        spot = self._ground.spot(self._random)
        way = self._random.choice(("spot", "bureau", "town", "town", "district", "answered"))
        if way == "answered":
            return self._outside(spot, self._draw(_ANSWERED))
        if way in ("town", "district"):
            return self._outside(spot, self._class_for(way, spot))
        code = self._draw(_ON_SPOT) if way == "spot" else self._class_for(way, spot)
        return self._report(spot, code, "staff"), self._watcher(spot)

    def _spot(self, began: datetime, way: str) -> Plot:
        spot = self._ground.spot(self._random)
        actor = self._watcher(spot)
        code = self._draw(_ON_SPOT)
        report = self._report(spot, code, "staff")
        plot = Plot(self._hands, self._random, report, actor=actor, at=began, present=self._at)
        plot.solve_on_spot()
        return plot

    def _town_run(self, began: datetime, way: str) -> Plot:
        spot = self._ground.spot(self._random)
        # A town never runs a case that it handles itself: nobody would be left there to check and close it.
        level = way.removeprefix("town_to_").replace("town", "bureau")
        code = self._draw(_ON_SPOT) if level == "grid" else self._class_for(level, spot)
        cast = self._hands.cast
        town = cast.by_unit[self._book.by_place["town", spot.grid.code[:9]]]
        report, actor = self._report(spot, code, "staff"), self._watcher(spot)
        plot = Plot(self._hands, self._random, report, actor=actor, at=began, present=self._at)
        to = self._below(spot) if level == "grid" else ""
        # Departments are not the town's to order: what needs one is sent there by the district's supervisor.
        sender = cast.by_role["supervisor"] if level == "district" else town
        plot.run(runner=town, sender=sender, found=self._suggest(code, spot), to=to)
        return plot

    def _centre_run(self, began: datetime, way: str) -> Plot:
        spot = self._ground.spot(self._random)
        code = self._class_for(way.removeprefix("centre_to_"), spot)
        plot = self._called(spot, code, began)
        roles = self._hands.cast.by_role
        plot.run(runner=roles["operator"], sender=roles["dispatcher"], found=self._suggest(code, spot))
        return plot

    def _ended_early(self, began: datetime, way: str) -> Plot:
        spot = self._ground.spot(self._random)
        code = self._draw(_ANSWERED) if way == "answered" else self._class_for("town", spot)
        plot = self._called(spot, code, began)
        end = {"answered": plot.answer, "refused": plot.refuse, "declined": plot.decline}[way]
        end(self._hands.cast.by_role["operator"])
        return plot

    def _called(self, spot: Spot, code: str, began: datetime) -> Plot:
        report, actor = self._outside(spot, code)
        return Plot(self._hands, self._random, report, actor=actor, at=began, present=self._at)

    def _outside(self, spot: Spot, code: str) -> tuple[Report, Actor]:
        """A report from outside: by telephone, or through the citizens' door."""
        channel = self._random.choices(("hotline", "open311", "desk"), (78, 16, 6))[0]
        if channel == "open311" and not self._book.classes[code].is_public:
            channel = "hotline"
        actor = platform("open311") if channel == "open311" else self._hands.cast.by_role["operator"]
        identity, contact = self._caller(channel)
        return replace(self._report(spot, code, channel), identity=identity.value, contact=contact), actor

    def _report(self, spot: Spot, code: str, channel: str) -> Report:
        kind, random = self._book.classes[code], self._random
        said = random.choice(stories.words_for("reports", code)).format(place=spot.spoken, name=kind.name)
        urgency = Urgency.URGENT.value if kind.urgency == Urgency.NORMAL and random.random() < 0.02 else ""
        attributes = {
            question["code"]: random.choice(question["values"])["key"]
            for question in kind.attributes
            if question.get("required") and question.get("values")
        }
        return Report(
            class_code=code,
            description=said,
            channel=channel,
            urgency=urgency,
            lon=spot.lon,
            lat=spot.lat,
            address=spot.address,
            attributes=attributes,
        )

    def _caller(self, channel: str) -> tuple[Identity, Contact]:
        random = self._random
        identity = random.choices((Identity.NAMED, Identity.CONFIDENTIAL, Identity.ANONYMOUS), (74, 8, 18))[0]
        if channel == "open311":
            identity = Identity.ANONYMOUS
        if identity is Identity.ANONYMOUS:
            return identity, Contact()
        # A block of numbers that looks like what it is: invented.
        phone = f"1990000{random.randrange(10_000):04d}"
        return identity, Contact(random.choice(stories.SURNAMES) + random.choice(("先生", "女士")), phone)

    def _left_open(self, number: int) -> Life:
        """A life that stands at a stage now: some just arrived there, some have waited too long."""
        stage = _STAGES[number % len(_STAGES)]
        way = self._random.choice(("town_to_grid", "town_to_town", "centre_to_town", "centre_to_district"))
        while True:
            life = self._ways[way](self._at - timedelta(days=60), way).life()
            reached = _reached(life, stage)
            if reached is not None:
                break
        kept = life.moves[:reached]
        last = kept[-1].at if kept else life.at
        shift = self._at - self._age(stage) - last
        moves = tuple(replace(move, at=move.at + shift) for move in kept)
        return Life(life.report, life.at + shift, life.actor, moves)

    def _age(self, stage: Stage) -> timedelta:
        """How long a case has stood at its stage: two of five are late."""
        is_late = self._random.random() < 0.4
        if stage in (Stage.REPORTED, Stage.ACCEPTED, Stage.FILED):
            minutes = self._random.uniform(35, 420) if is_late else self._random.uniform(1, 28)
        elif stage is Stage.DISPATCHED:
            minutes = self._random.uniform(300, 4000) if is_late else self._random.uniform(2, 100)
        else:
            minutes = self._random.uniform(10_000, 18_000) if is_late else self._random.uniform(20, 5000)
        return timedelta(seconds=int(minutes * 60))

    def _until_now(self, life: Life) -> Life:
        """Cut off what has not happened yet."""
        if not life.moves or life.moves[-1].at <= self._at:
            return life
        return replace(life, moves=tuple(move for move in life.moves if move.at <= self._at))

    def _instant(self, hours: tuple[float, ...]) -> datetime:
        zone = self._book.map.calendar.zone
        days, weights = self._days
        while True:
            day = self._random.choices(days, cum_weights=weights)[0]
            hour = self._random.choices(range(24), hours)[0]
            second = self._random.randrange(3600)
            local = datetime(day.year, day.month, day.day, hour, second // 60, second % 60, tzinfo=zone)
            if local <= self._at:
                return local.astimezone(UTC)

    def _watcher(self, spot: Spot) -> Actor:
        """Whoever walks there: three in five times the grid's own crew, else the station."""
        return self._hands.cast.by_unit[self._below(spot)]

    def _below(self, spot: Spot) -> str:
        by_place = self._book.by_place
        if self._random.random() < 0.6:
            return by_place["grid", spot.grid.code]
        return by_place["station", spot.grid.parent]

    def _suggest(self, code: str, spot: Spot) -> Suggestion:
        found = self._book.suggest(class_code=code, area=spot.grid.code, at=self._at)
        assert found is not None  # the demo's matrix covers every class everywhere
        return found

    def _class_for(self, level: str, spot: Spot) -> str:
        """A class whose lead unit here works at that level, or is of that kind."""
        key = level, spot.grid.code[:9]
        if key not in self._pools:
            self._pools[key] = self._pool(level, spot)
        return self._draw(self._pools[key])

    def _pool(self, level: str, spot: Spot) -> _Draw:
        codes, weights = [], []
        for code, kind in self._book.classes.items():
            if not kind.is_leaf or code in stories.ANSWERED:
                continue
            lead = self._book.units[self._suggest(code, spot).lead]
            if lead.kind != "centre" and level in (lead.kind, lead.level):
                codes.append(code)
                weights.append(stories.COMMON.get(code, stories.RARE))
        return codes, _sums(weights)

    def _draw(self, pool: _Draw) -> str:
        codes, weights = pool
        return self._random.choices(codes, cum_weights=weights)[0]


def reported_now(book: Rulebook, cast: Cast, ground: Ground, random: Random, *, at: datetime) -> tuple[Report, Actor]:
    """One more report of the same kind as the past ones, and who makes it."""
    return History(Stagehands(book, cast, (), ()), ground, random, at=at).report_now()


def _reached(life: Life, stage: Stage) -> int | None:
    """How many moves bring the case to `stage` for the first time; None when it never stands there."""
    if stage is Stage.REPORTED:
        return 0
    if any(move.step == "return" for move in life.moves):
        return None
    for place, move in enumerate(life.moves):
        step = STEPS.get(move.step)
        if step is not None and step.to is stage:
            return place + 1
    return None
