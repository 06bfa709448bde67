"""One case by the law alone (`CASE.md`): plain words, dicts and sets. It imports nothing of the product.

Units are rows of the lead's and the assistants' lines, clocks are dicts. The steps stand in `steps`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cases.walks import hours

_FOLDER = Path(__file__).parents[2] / "districts" / "small"
Row = dict[str, Any]
Clock = dict[str, Any]

FORCES = ("service", "management", "enforcement")
AT_UNIT = {"dispatched", "received", "on_scene"}
IN_HAND = {"received", "on_scene"}
ENDED = {"refused", "answered", "declined", "closed", "withdrawn", "void"}
OFFICE = "310198-O21"
"""A local office of the urban management department in Dongqiao: not in the district's folder, but in these walks."""


def _units() -> dict[str, dict[str, str]]:
    with (_FOLDER / "units.csv").open(encoding="utf-8") as file:
        found = {f"310198-{row['code']}": dict(row) for row in csv.DictReader(file)}
    for row in found.values():
        row["parent"] = f"310198-{row['parent']}" if row["parent"] else ""
    found[OFFICE] = {"parent": "310198-D02", "kind": "office", "force": "enforcement", "area": "310198001"}
    return found


UNITS = _units()

# class → (force, what it demands, whether it is verified first, photos at hand-in, follow-up days, unit suggested)
CLASSES = {
    "M06010": ("service", {"check", "call_back"}, False, set(), (), "310198-B002"),
    "A0203": ("management", {"check", "call_back"}, False, {"after"}, (7, 30), "310198-B001"),
    "C01001": ("service", {"check"}, True, set(), (), "310198-T01"),
}
CONDITIONS = {"M06010": ("main_road", "lane"), "A0203": ("suspected",), "C01001": ("*",)}
LIMITS = {
    "accept": ("0.5", "emergency_hour"),
    "verify": ("4", "working_hour"),
    "file": ("0.5", "emergency_hour"),
    "dispatch": ("0.5", "emergency_hour"),
    "receive": ("2", "working_hour"),
    "contact": ("24", "natural_hour"),
    "arrive": ("4", "working_hour"),
    "handle": ("5", "working_day"),
    "check": ("1", "working_day"),
    "call_back": ("2", "working_day"),
    "coordination": ("4", "working_hour"),
    ("M06010", "main_road", "arrive"): ("1", "working_hour"),
    ("M06010", "main_road", "handle"): ("4", "working_hour"),
    ("M06010", "lane", "handle"): ("1", "working_day"),
    ("A0203", "suspected", "arrive"): ("3", "natural_hour"),
    ("A0203", "suspected", "handle"): ("168", "natural_hour"),
}


class No(Exception):
    """The law refuses; for which of its reasons first, it does not say."""

    def __init__(self, reasons: set[str]) -> None:
        super().__init__(", ".join(sorted(reasons)))
        self.reasons = reasons


class Fine(Exception):  # noqa: N818 - no error
    """Asked only whether a step is lawful: it is."""


@dataclass(frozen=True)
class Person:
    """Whoever acts: their unit, their role, and the teams to which their post is lent, force and all."""

    key: str
    unit: str
    role: str
    teams: tuple[str, ...] = ()

    @property
    def units(self) -> set[str]:
        return {self.unit, *self.teams}


@dataclass
class Law:
    """What the law knows of one case."""

    at: int
    class_code: str
    run_by: str
    identity: str
    urgency: str
    channel: str
    about: str = ""
    has_phone: bool = True
    stage: str = "reported"
    condition: str = ""
    verdict: str = ""
    unit: str = ""
    first_unit: str = ""
    rows: list[Row] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    photos: list[tuple[str, int]] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    more: str = ""
    also_involved: set[str] = field(default_factory=set)
    visits: set[int] = field(default_factory=set)
    force: str = ""
    coordination: str = ""
    suspended: bool = False
    awaits_ruling: bool = False
    is_ruled: bool = False
    withdrawn: bool = False
    ended: int | None = None
    closing: str = ""
    handled_by: str = ""
    checked: str = ""
    called: str = ""
    calls: int = 0
    called_since: int | None = None
    rating: int | None = None
    returns: int = 0
    reworks: int = 0
    reopenings: int = 0
    extensions: int = 0
    urges: int = 0
    disputes: int = 0
    to_reply: int = 0
    supervised: int = 0
    version: int = 1
    is_dry: bool = False
    merged_into: Law | None = None
    merged_at: str = ""
    taken_in: list[Law] = field(default_factory=list)
    """The cases merged into this one now."""
    parts: list[Law] = field(default_factory=list)
    """The cases split from it."""

    def __post_init__(self) -> None:
        """A report came in."""
        self.force = CLASSES[self.class_code][0]
        self.start("accept")

    # Refusing

    def refuse(self, **reasons: bool) -> None:
        """End the questions of a step: any reason refuses it, and where it was only asked, the answer is yes."""
        wrong = {name for name, is_so in reasons.items() if is_so}
        if wrong:
            raise No(wrong)
        if self.is_dry:
            raise Fine

    # Units

    def standing(self, part: str = "") -> list[Row]:
        return [row for row in self.rows if row["ended"] is None and part in ("", row["part"])]

    def below(self, row: Row) -> Row | None:
        return next((other for other in self.standing() if other["above"] is row), None)

    def line(self, row: Row) -> list[Row]:
        """One order through its levels, the lowest first."""
        while (lower := self.below(row)) is not None:
            row = lower
        found = [row]
        while found[-1]["above"] is not None:
            found.append(found[-1]["above"])
        return found

    def lead(self) -> Row:
        return self.line(self.standing("lead")[0])[0]

    def send(self, unit: str, part: str, above: Row | None = None, *, received: bool = False) -> Row:
        row = {"unit": unit, "part": part, "above": above, "sent": self.at, "returned": False, "ended": None}
        row |= {"received": self.at if received else None, "arrived": False, "done": False}
        self.rows.append(row)
        return row

    def end(self, row: Row) -> None:
        """A unit is done with a case: what it handed down, its hop, and what it had asked for."""
        lower = self.below(row)
        if lower is not None:
            self.end(lower)
        for kind in ("receive", "hop"):
            self.stop(kind, row)
        row["ended"] = self.at
        if row["part"] == "lead":
            for kind in [kind for kind, unit in self.asked.items() if unit == row["unit"]]:
                self.settle(kind, "")

    def end_all(self) -> None:
        for row in self.standing():
            if row["ended"] is None:
                self.end(row)

    def place(self) -> None:
        """Who holds it now."""
        leads = self.standing("lead")
        self.unit = self.line(leads[0])[0]["unit"] if leads else ""
        self.also_involved = set()

    def involved(self) -> set[str]:
        return {row["unit"] for row in self.standing()} - {self.unit} | self.also_involved

    def send_out(self, unit: str, helpers: set[str], told: set[str]) -> Row:
        """To a lead, in place of the last, with assistants beside; those that assist already go on."""
        for row in self.standing():
            if row["ended"] is None and (row["part"] != "assist" or row["unit"] == unit):
                self.end(row)
        lead = self.send(unit, "lead")
        fresh = [lead]
        there = {row["unit"] for row in self.standing()}
        fresh += [self.send(code, "assist") for code in sorted(helpers - there)]
        there = {row["unit"] for row in self.standing()}
        for code in sorted(told - there):
            self.send(code, "told")
        self.place()
        if not self.first_unit:
            self.first_unit = unit
            self.start("arrive")
            self.start("handle")
            if self.identity == "named" and self.has_phone:
                self.start("contact")
        for row in fresh:
            self.start_hop(row)
        return lead

    def send_again(self, line: list[Row]) -> None:
        """Down the same line: whoever only handed it down has it, the lowest receives it anew."""
        for row in self.standing("lead"):
            if row["ended"] is None:
                self.end(row)
        holder = None
        for row in reversed(line):
            holder = self.send(row["unit"], "lead", holder, received=row is not line[0])
        assert holder is not None
        self.place()
        self.start_hop(holder)

    # What was asked for

    def settle(self, kind: str, outcome: str) -> None:
        del self.asked[kind]
        if kind == "coordination":
            self.coordination = outcome
            self.stop("coordination")

    # Clocks

    def running(self, *kinds: str) -> list[Clock]:
        return [clock for clock in self.clocks if clock["stopped"] is None and (not kinds or clock["kind"] in kinds)]

    def clock(self, kind: str, row: Row | None = None) -> Clock | None:
        return next((clock for clock in self.running(kind) if clock["row"] is row), None)

    def last(self, kind: str) -> Clock | None:
        found = [clock for clock in self.clocks if clock["kind"] == kind]
        return found[-1] if found else None

    def limit(self, kind: str) -> tuple[str, str]:
        kind = "handle" if kind == "hop" else kind
        return LIMITS.get((self.class_code, self.condition, kind)) or LIMITS[kind]

    def start(self, kind: str, row: Row | None = None, *, by: int | None = None) -> None:
        if self.clock(kind, row) is None:
            amount, unit = self.limit(kind)
            due = hours.due(amount, unit, self.at)
            due = due if by is None else max(min(due, by), self.at)
            self.clocks.append(_clock(kind, row, amount, unit, self.at, due))

    def order(self, kind: str, amount: str, unit: str) -> None:
        """A clock with a time of its own, beside others of its kind."""
        self.clocks.append(_clock(kind, None, amount, unit, self.at, hours.due(amount, unit, self.at)))

    def start_hop(self, row: Row, *, is_received: bool = False) -> None:
        """To receive it, and to be done no later than the case."""
        handle = self.last("handle")
        if not is_received:
            self.start("receive", row)
        self.start("hop", row, by=handle["due"] if handle else None)

    def stop(self, kind: str, row: Row | None = None) -> None:
        for clock in self.running(kind):
            if clock["row"] is row:
                self.go_on(clock)
                clock["stopped"] = self.at
                if self.at > clock["due"] and clock["late"] is None:
                    clock["late"] = clock["due"]

    def stop_case_clocks(self, *but: str) -> None:
        """Everything the case itself was waiting for."""
        for kind in {clock["kind"] for clock in self.running()} - {"receive", "hop", "coordination", *but}:
            self.stop(kind)

    def go_on(self, clock: Clock) -> None:
        """A clock that stood still has what was left."""
        if clock["paused"] is not None:
            clock["due"] = hours.resumed(clock["unit"], clock["due"], clock["paused"], self.at)
            clock["paused"] = None

    def start_or_run_on(self, kind: str) -> None:
        """A clock of the case as it was when it was stopped, or a new one."""
        if self.last(kind) is None:
            self.start(kind)
        self.run_on(kind)

    def run_on(self, kind: str) -> None:
        """A stopped clock goes on: the time since is given back."""
        clock = self.last(kind)
        if clock is not None and clock["stopped"] is not None:
            clock["due"] = hours.resumed(clock["unit"], clock["due"], clock["stopped"], self.at)
            clock["stopped"] = None

    # Verification

    def demands(self) -> set[str]:
        wanted = CLASSES[self.class_code][1]
        nobody = self.identity == "anonymous" or not self.has_phone or self.withdrawn or self.called == "given_up"
        return {"check"} if "call_back" in wanted and nobody else wanted

    def lacks(self) -> set[str]:
        passed = {"check"} if self.checked == "ok" else set()
        passed |= {"call_back"} if self.called == "solved" else set()
        return self.demands() - passed

    def forget_verification(self) -> None:
        self.checked, self.called, self.calls, self.called_since = "", "", 0, None

    def sweep(self) -> None:
        """What falls due by itself, and silence, which is acceptance."""
        for clock in self.running():
            if clock["paused"] is None and clock["due"] < self.at and clock["late"] is None:
                clock["late"] = clock["due"]
        asked = self.clock("coordination")
        if asked is not None and asked["late"] is not None:
            self.accept_coordination()
            self.version += 1

    def accept_coordination(self) -> None:
        """The district takes over, the town stays assisting with what is left of the case's time."""
        town = self.asked["coordination"]
        self.settle("coordination", "accepted")
        self.run_by, self.stage = "district", "filed"
        for row in self.standing("lead"):
            if row["ended"] is None:
                self.end(row)
        staying = self.send(town, "assist", received=True)
        self.place()
        self.start_hop(staying, is_received=True)
        self.start("dispatch")


def _clock(kind: str, row: Row | None, amount: str, unit: str, at: int, due: int) -> Clock:
    clock: Clock = {"kind": kind, "row": row, "amount": amount, "unit": unit, "start": at, "due": due}
    return clock | {"stopped": None, "paused": None, "late": None}
