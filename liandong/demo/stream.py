"""The demo lives on: every few seconds a new report, or the next step of an open case, by whoever may take it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from liandong.areas.queries import districts
from liandong.cases import operations
from liandong.cases.changes import NoCommandHere
from liandong.cases.docket import thing_of
from liandong.cases.queries import CaseFilter, assignments_of, permitted_cases
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.policies import Evidence
from liandong.cases.rules.words import Identity, Part, Stage
from liandong.demo import stories, words
from liandong.demo.cast import Cast, Ground
from liandong.demo.history import reported_now
from liandong.demo.pictures import draw_pictures
from liandong.kernel.refusal import Refusal
from liandong.people.access import Actor, platform

if TYPE_CHECKING:
    from liandong.cases.models import Case

NEW_SHARE = 0.14
"""A case takes about seven steps: with this share of new reports the number of open cases stays as it is."""

LEFT_ALONE = timedelta(minutes=3)
"""What somebody touched so lately belongs to them: a visitor may be working on it."""

_remembered: dict[tuple[int, date], tuple[Cast, Ground]] = {}


def run_demo_stream(at: datetime) -> None:
    """Let one thing happen in the demo district; nothing where there is none, or `LIANDONG_DEMO_STREAM` is 0."""
    if os.environ.get("LIANDONG_DEMO_STREAM", "1") == "0":
        return
    district = districts().filter(code=words.DISTRICT_CODE, is_demo=True).first()
    if district is None:
        return
    book = rulebook_for(words.DISTRICT_CODE)
    day = book.day_of(at)
    key = (district.edition, book.map.locators.since(day))
    if key not in _remembered:
        _remembered.clear()
        _remembered[key] = Cast(words.DISTRICT_CODE), Ground(book, Random(0), day=day)  # noqa: S311 - scenery
    cast, ground = _remembered[key]
    random = Random(at.timestamp())  # noqa: S311 - scenery, not secrets
    case = None if random.random() < NEW_SHARE else _some_open_case(random, at)
    try:
        if case is None:
            report, actor = reported_now(book, cast, ground, random, at=at)
            operations.report_case(report, district=words.DISTRICT_CODE, actor=actor, at=at)
        else:
            next_step(case, book, cast, random, at=at)
    except Refusal:
        # Somebody else was quicker; there is another turn in a few seconds.
        return


def next_step(case: Case, book: Rulebook, cast: Cast, random: Random, *, at: datetime) -> None:
    """Take the step that leads on from where the case stands, by an account that may take it.

    :raises Refusal: the case was changed in between
    """
    _STEPS[Stage(case.stage)](_Turn(case, book, cast, random, at))


class _Turn:
    """One step about to be taken."""

    def __init__(self, case: Case, book: Rulebook, cast: Cast, random: Random, at: datetime) -> None:
        self.case, self.book, self.cast, self.random, self.at = case, book, cast, random, at
        self.number = case.number

    def who(self, step: str) -> Actor:
        """The unit that holds the case, its town, or the centre's people: the first who may."""
        town = self.book.by_place.get(("town", self.case.area[:9]), "")
        roles = ("operator", "dispatcher", "verifier", "supervisor")
        people = [self.cast.by_unit.get(self.case.unit), self.cast.by_unit.get(town)]
        thing = thing_of(self.case)
        for actor in (*people, *(self.cast.by_role[role] for role in roles)):
            barred = step in ("check", "close") and actor is not None and self.case.unit in actor.units
            if actor is not None and not barred and actor.may(f"cases.{step}", thing):
                return actor
        return self.cast.by_role["supervisor"]

    def say(self, table: str) -> str:
        """A sentence that fits the class."""
        return self.random.choice(stories.words_for(table, self.case.class_code))


def _accept(turn: _Turn) -> None:
    if turn.case.class_code in stories.ANSWERED:
        answer = turn.random.choice(stories.INSTANT_ANSWERS)
        operations.answer_case(turn.number, answer=answer, actor=turn.who("answer"), at=turn.at)
    else:
        operations.accept_case(turn.number, actor=turn.who("accept"), at=turn.at)


def _file(turn: _Turn) -> None:
    operations.file_case(turn.number, actor=turn.who("file"), at=turn.at)


def _dispatch(turn: _Turn) -> None:
    to = turn.case.first_unit or turn.case.suggested_unit
    try:
        operations.dispatch_case(turn.number, to=to, actor=turn.who("dispatch"), at=turn.at)
    except NoCommandHere:
        # A department is not the town's to order: the district's supervisor sends it there.
        operations.dispatch_case(turn.number, to=to, actor=turn.cast.by_role["supervisor"], at=turn.at)


def _receive(turn: _Turn) -> None:
    operations.receive_case(turn.number, actor=turn.who("receive"), at=turn.at)


def _arrive(turn: _Turn) -> None:
    operations.arrive_at_case(turn.number, lon=turn.case.lon, lat=turn.case.lat, actor=turn.who("arrive"), at=turn.at)


def _hand_in(turn: _Turn) -> None:
    if _some_helper_acts(turn):
        return
    if turn.book.policy(turn.case.class_code).evidence is not Evidence.NONE:
        for picture, purpose in zip(draw_pictures(1, seed=turn.case.pk), ("before", "after"), strict=True):
            content = picture[0].content
            operations.add_photo(turn.number, content=content, purpose=purpose, actor=turn.who("hand_in"), at=turn.at)
    named = turn.case.identity != Identity.ANONYMOUS
    answer = turn.random.choice(stories.ANSWERS) if named else ""
    operations.hand_in_case(
        turn.number, result=turn.say("results"), answer=answer, actor=turn.who("hand_in"), at=turn.at
    )


def _some_helper_acts(turn: _Turn) -> bool:
    """Let an assisting unit that is not done receive its part, or hand it in; whether there was one."""
    for row in assignments_of(turn.case):
        helper = turn.cast.by_unit.get(row.unit)
        if row.part != Part.ASSIST or row.ended_at or row.handed_in_at or helper is None:
            continue
        if row.received_at is None:
            operations.receive_case(turn.number, actor=helper, at=turn.at)
        else:
            operations.hand_in_case(turn.number, result=turn.random.choice(stories.HELPED), actor=helper, at=turn.at)
        return True
    return False


def _verify(turn: _Turn) -> None:
    case = turn.case
    demands = turn.book.class_of(case.class_code).demands
    calls = demands in ("both", "call_back") and case.identity != Identity.ANONYMOUS
    checks = demands in ("both", "check") or (demands == "call_back" and not calls)
    if checks and not case.check_result:
        note = turn.random.choice(stories.CHECK_NOTES)
        operations.check_case(turn.number, ok=True, note=note, actor=turn.who("check"), at=turn.at)
    elif calls and case.call_back_result in ("", "unreached"):
        words_heard = turn.random.choice(stories.CALL_WORDS)
        operations.call_back_reporter(
            turn.number, reached=True, solved=True, satisfaction=turn.random.choice((5, 5, 4, 4, 3)),
            words=words_heard, actor=turn.who("call_back"), at=turn.at,
        )  # fmt: skip
    elif "not_ok" in case.check_result or case.call_back_result == "not_solved":
        reason = turn.random.choice(stories.REWORK_REASONS)
        operations.send_back_case(turn.number, reason=reason, actor=turn.who("send_back"), at=turn.at)
    else:
        operations.close_case(turn.number, actor=turn.who("close"), at=turn.at)


_STEPS: dict[Stage, Callable[[_Turn], None]] = {
    Stage.REPORTED: _accept,
    Stage.ACCEPTED: _file,
    Stage.FILED: _dispatch,
    Stage.DISPATCHED: _receive,
    Stage.RECEIVED: _arrive,
    Stage.ON_SCENE: _hand_in,
    Stage.HANDLED: _verify,
}


def _some_open_case(random: Random, at: datetime) -> Case | None:
    """Mostly one of the newest, so that a visitor sees cases move; now and then any other."""
    still_open = CaseFilter(is_open=True).apply(permitted_cases(platform("demo")))
    quiet = still_open.filter(district=words.DISTRICT_CODE, updated_at__lt=at - LEFT_ALONE)
    newest = list(quiet.order_by("-id")[: 12 if random.random() < 0.8 else 400])
    return random.choice(newest) if newest else None
