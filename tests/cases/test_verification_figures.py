"""核查率、三率: the query against a recount by hand from the record."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from liandong.cases.models import Case
from liandong.cases.queries import clocks_of, trace_of
from liandong.cases.queries.verification import Share, verification_figures
from liandong.people.access import platform
from tests.cases.draw_people import draw_for
from tests.cases.paths import with_photos
from tests.world import MRS_CHEN, World


def _life(world: World, dice: random.Random) -> None:
    """A case of one of many fates: named or not, contacted, checked, sent back, called, withdrawn."""
    identity = dice.choice(["named", "named", "anonymous", "confidential"])
    contact = {} if identity == "anonymous" else {"contact": MRS_CHEN}
    case = world.filed(class_code="A0203", identity=identity, **contact)
    world.do("dispatch_case", case, "lin")
    world.do("receive_case", case, "bureau001")
    if dice.random() < 0.6:
        world.later(hours=dice.choice([0, 0, 30]))
        world.do("contact_reporter", case, "bureau001", reached=dice.random() < 0.8)
    for is_last in (False, True):
        with_photos(world, case, "bureau001")
        world.do("hand_in_case", case, "bureau001", result="已查封")
        if dice.random() < 0.5:
            draw_for(world, case, 0.0)
        ok = is_last or dice.random() < 0.6
        world.do("check_case", case, "verifier", ok=ok, note="现场")
        if dice.random() < 0.2 and identity != "anonymous":
            world.do("withdraw_case", case, "operator")
        _call(world, case, dice, is_last=is_last)
        if ok and Case.objects.get(pk=case.pk).call_back_result != "not_solved":
            break
        world.do("send_back_case", case, "supervisor", reason="未解决")
        world.do("receive_case", case, "bureau001")
    if dice.random() < 0.9:
        world.do("close_case", case, "operator")


def _call(world: World, case: Case, dice: random.Random, *, is_last: bool) -> None:
    if not clocks_of(case).filter(kind="call_back", stopped_at=None).exists():
        return
    solved = is_last or dice.random() < 0.6
    said: dict[str, Any] = {"satisfaction": dice.choice([None, 1, 3, 4, 5])}
    world.do("call_back_reporter", case, "operator", reached=True, solved=solved, **said)


def _recount(cases: list[Case]) -> dict[str, tuple[int, int]]:
    """The same figures, counted entry by entry."""
    checks: list[bool] = []
    checked = 0
    met, due, answers, ratings = 0, 0, [], []
    for case in cases:
        told = list(trace_of(case))
        own = [entry.data["ok"] for entry in told if entry.event == "CaseChecked"]
        checks += own
        checked += bool(own)
        if case.identity == "anonymous" or case.withdrawn_at:
            continue
        for clock in clocks_of(case).filter(kind="contact"):
            due += 1
            met += clock.stopped_by == "contact" and clock.stopped_at is not None and clock.stopped_at <= clock.due_at
        calls = [entry.data for entry in told if entry.event == "CaseCalledBack" and entry.data["reached"]]
        answers += [call["solved"] for call in calls]
        ratings += [call["satisfaction"] for call in calls if "satisfaction" in call]
    return {
        "checked": (checked, len(cases)),
        "failed": (checks.count(False), len(checks)),
        "response": (met, due),
        "solution": (answers.count(True), len(answers)),
        "satisfaction": (sum(rating >= 4 for rating in ratings), len(ratings)),
    }


def test_the_figures_are_what_a_recount_of_the_record_finds(world: World) -> None:
    dice = random.Random(4)
    begun = world.at
    for _ in range(14):
        _life(world, dice)
    until = world.at - timedelta(minutes=90)
    found = verification_figures(platform("sweep"), since=begun, until=until)
    closed = Case.objects.filter(stage="closed", ended_at__gte=begun, ended_at__lt=until)
    recounted = _recount(list(closed))
    for name, (count, of) in recounted.items():
        assert getattr(found, name) == Share(count, of), name
    assert 0 < closed.count() < 14
    assert recounted["failed"][0] > 0
    assert 0 < found.undrawn < recounted["failed"][1]


def test_a_period_without_cases_has_no_shares(world: World) -> None:
    found = verification_figures(world.actor("supervisor"), since=world.at, until=world.at)
    assert found.checked == Share(0, 0)
    assert found.checked.percent is None


def test_figures_count_only_what_the_reader_may_see(world: World) -> None:
    world.closed()
    asked = {"since": world.at - timedelta(days=1), "until": world.at + timedelta(days=1)}
    assert verification_figures(world.actor("supervisor"), **asked).checked == Share(1, 1)
    assert verification_figures(world.actor("grid009"), **asked).checked == Share(0, 0)
