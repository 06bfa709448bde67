from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import transaction

from liandong.cases import operations
from liandong.cases.models import Assignment, Attachment, Case, Clock, SealedReporter
from liandong.cases.operations import Life, live_through, record_lives
from liandong.cases.rulebook import forget_rules, rulebook_for
from liandong.demo.cast import Cast, Ground
from liandong.demo.folder import write_district
from liandong.demo.history import DAYS, History
from liandong.demo.pictures import Picture, draw_pictures
from liandong.demo.stagehands import Shares, Stagehands
from liandong.intake_channels.replay.pouring import VERBS
from liandong.people.access import platform
from liandong.project.districts import load_district
from liandong.timeline.models import Entry

NOW = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
DISTRICT = "310199"
TAKEN = {
    **VERBS,
    "hand_down": operations.hand_down_case,
    "arbitrate": operations.arbitrate_case,
    "request_extension": operations.request_extension,
    "grant_extension": operations.grant_extension,
    "rate": operations.rate_case,
}
TROUBLED = Shares(late=0.2, returned=0.4, returned_twice=0.5, failed_check=0.35, unreached=0.3, reopened=0.2)

pytestmark = pytest.mark.django_db


@pytest.fixture
def pictures() -> dict[str, Picture]:
    before, after = draw_pictures(3, seed=1)
    return {picture.sha256: picture for picture in (*before, *after)}


@pytest.fixture
def hands(tmp_path: Path) -> Iterator[Stagehands]:
    write_district(tmp_path / DISTRICT, seed=7)
    load_district(tmp_path / DISTRICT, at=NOW, password="liandong-demo")
    forget_rules()
    before, after = draw_pictures(3, seed=1)
    yield Stagehands(rulebook_for(DISTRICT), Cast(DISTRICT), before, after, TROUBLED)
    forget_rules()


def lives(hands: Stagehands, count: int) -> list[Life]:
    random = Random(11)
    return list(History(hands, Ground(hands.book, random, day=NOW.date()), random, at=NOW).lives(count))


def test_the_same_seed_tells_the_same_story(hands: Stagehands) -> None:
    assert lives(hands, 300) == lives(hands, 300)


def test_lives_are_in_order_within_180_days_and_never_after_now(hands: Stagehands) -> None:
    told = lives(hands, 1500)
    assert [life.at for life in told] == sorted(life.at for life in told)
    for life in told:
        instants = [life.at, *(move.at for move in life.moves)]
        assert instants == sorted(instants)
        assert NOW - timedelta(days=DAYS + 1) < instants[0] <= instants[-1] <= NOW


def test_troubled_lives_hold_every_step(hands: Stagehands) -> None:
    steps = Counter(move.step for life in lives(hands, 1500) for move in life.moves)
    # Every suggestion names a unit that is strong enough, so nobody in the demo has to ask for more force.
    assert set(steps) == {*TAKEN, "solve_on_spot", "add_photo"} - {"ask_for_force"}


def test_open_cases_stand_at_every_stage(hands: Stagehands) -> None:
    stages = Counter(live_through(life, district=DISTRICT).case.stage for life in lives(hands, 3000))
    assert {"reported", "accepted", "filed", "dispatched", "received", "on_scene", "handled"} <= set(stages)


def test_lives_saved_in_bulk_equal_the_same_lives_taken_step_by_step_by_people_who_may(
    hands: Stagehands, pictures: dict[str, Picture]
) -> None:
    told = lives(hands, 250)
    with transaction.atomic():
        record_lives([live_through(life, district=DISTRICT) for life in told], actor=platform("demo"))
        in_bulk = _everything()
        transaction.set_rollback(True)
    for life in told:
        _step_by_step(life, pictures)
    step_by_step = _everything()
    for table, rows in in_bulk.items():
        assert rows == step_by_step[table], table
    assert in_bulk["attachments"]
    assert in_bulk["reporters"]


def _step_by_step(life: Life, pictures: dict[str, Picture]) -> None:
    number = operations.report_case(life.report, district=DISTRICT, actor=life.actor, at=life.at).number
    for move in life.moves:
        details: dict[str, Any] = dict(move.details)
        if move.step == "add_photo":
            content = pictures[details["sha256"]].content
            operations.add_photo(number, content=content, purpose=details["purpose"], actor=move.actor, at=move.at)
        elif move.step == "solve_on_spot":
            drawn = 0.0 if details["to_be_checked"] else 1.0
            operations.solve_case_on_spot(number, result=details["result"], drawn=drawn, actor=move.actor, at=move.at)
        else:
            TAKEN[move.step](number, actor=move.actor, at=move.at, **details)


def _everything() -> dict[str, list[Any]]:
    numbers = dict(Case.objects.values_list("id", "number"))
    # The demo has few pictures and shows each many times, which is doubted when somebody adds one, not in a history.
    told = Entry.objects.filter(about="case").exclude(event="EvidenceFlagged")
    entries = [
        (numbers[row.about_id], row.event, row.actor, row.at, row.area, row.hearers, row.data)
        for row in told.order_by("about_id", "seq")
    ]
    return {
        "cases": _rows(Case, numbers, "number"),
        "clocks": _rows(Clock, numbers, "kind", "started_at"),
        "assignments": _rows(Assignment, numbers, "sent_at", "unit"),
        "attachments": _rows(Attachment, numbers, "added_at", "purpose"),
        "reporters": sorted(
            (numbers[case], bytes(phone), bytes(tail))
            for case, phone, tail in SealedReporter.objects.values_list("case_id", "phone_hash", "tail_hash")
        ),
        "entries": sorted(entries, key=lambda row: row[:2]),
    }


def _rows(model: Any, numbers: dict[int, str], *order: str) -> list[dict[str, Any]]:
    found = [
        {name: _known(name, value, numbers) for name, value in row.items() if name != "id"}
        for row in model.objects.values()
    ]
    return sorted(found, key=lambda row: (row.get("case_id", ""), *(row[name] for name in order), repr(row)))


def _known(name: str, value: Any, numbers: dict[int, str]) -> Any:
    """An id as what it stands for: ids are given in another order in bulk."""
    if name == "case_id":
        return numbers[value]
    if name in ("assignment_id", "parent_id") and value is not None:
        row = Assignment.objects.filter(pk=value).first()
        return (row.unit, row.sent_at) if row else numbers[value]
    return value
