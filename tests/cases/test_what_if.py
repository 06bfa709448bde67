"""What a draft would have changed: the same as asking for each past case, and told only of cases one may see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from liandong.cases.changes.suggesting import propose_for
from liandong.cases.matrices import Trial, changed_cases, matrix_for, what_if
from liandong.cases.models import Case, MatrixVersion
from liandong.cases.operations import open_draft, publish_draft, remove_row, set_row
from liandong.cases.rulebook import forget_rules, rulebook_for
from tests.world import DISTRICT, GRID_1, GRID_9, World

B002, S001, D04 = "310198-B002", "310198-S001", "310198-D04"


def _draft(world: World, *rows: dict[str, Any]) -> MatrixVersion:
    supervisor = world.actor("supervisor")
    draft = open_draft(DISTRICT, title="试算", actor=supervisor, at=world.at)
    for row in rows:
        draft = set_row(draft.pk, **{"area_prefix": "*", "reason": "因", **row}, actor=supervisor, at=world.at)
    return draft


def _asked(world: World, draft: MatrixVersion, by: str) -> dict[str, Any]:
    book = rulebook_for(DISTRICT)
    span = {"since": world.at - timedelta(days=31), "until": world.at + timedelta(minutes=1)}
    return {"draft": matrix_for(draft, book), "book": book, **span, "actor": world.actor(by), "at": world.at}


def _tried(world: World, draft: MatrixVersion, by: str = "supervisor") -> Trial:
    return what_if(**_asked(world, draft, by))


def _past_cases(world: World) -> None:
    for class_code in ("M06010", "A0203", "C01001"):
        for lon, lat in (GRID_1, GRID_9):
            world.report(class_code=class_code, lon=lon, lat=lat)
    world.report(about_unit=B002, nature="complaint")
    world.report(lon=None, lat=None)
    world.later(minutes=5)


def test_moves_are_counted_by_unit_class_and_town_with_examples(world: World) -> None:
    _past_cases(world)
    draft = _draft(world, {"class_prefix": "M06010", "area_prefix": "310198001", "lead": "station", "fallback": "town"})
    trial = _tried(world, draft)
    assert (trial.cases, trial.changed, trial.rows) == (8, 2, 1)
    assert {(move.before, move.after, move.count) for move in trial.moves} == {
        (B002, S001, 1),
        ("310198-DC", S001, 1),
    }
    assert trial.by_class == (("M06010", 2),)
    assert trial.by_town == (("310198001", 2),)
    numbers = {number for move in trial.moves for number in move.numbers}
    assert numbers == {one.number for one in changed_cases(**_asked(world, draft, "supervisor"))}


def test_a_trial_says_what_publishing_then_does(world: World) -> None:
    _past_cases(world)
    draft = _draft(
        world,
        {"class_prefix": "A02", "lead": "D04"},
        {"class_prefix": "M06010", "lead": "G001", "fallback": "D03"},
        {"class_prefix": "*", "area_prefix": "310198002001", "lead": "station"},
    )
    supervisor = world.actor("supervisor")
    remove_row(draft.pk, class_prefix="A0203", area_prefix="*", actor=supervisor, at=world.at)
    cases = list(Case.objects.order_by("pk"))
    before = {case.pk: propose_for(case, rulebook_for(DISTRICT), at=world.at).unit for case in cases}
    told = {one.pk: (one.before, one.after) for one in changed_cases(**_asked(world, draft, "supervisor"))}
    publish_draft(draft.pk, actor=supervisor, at=world.at)
    forget_rules()
    after = {case.pk: propose_for(case, rulebook_for(DISTRICT), at=world.at).unit for case in cases}
    assert told == {pk: (before[pk], after[pk]) for pk in before if before[pk] != after[pk]}
    assert told


def test_many_changed_rows_are_tried_as_well_as_few(world: World, monkeypatch: Any) -> None:
    _past_cases(world)
    draft = _draft(world, {"class_prefix": "M06010", "lead": "D04"}, {"class_prefix": "A0203", "lead": "D04"})
    few = _tried(world, draft)
    monkeypatch.setattr("liandong.cases.matrices.trials.MOST_CONDITIONS", 1)
    assert _tried(world, draft) == few


def test_only_cases_one_may_see_are_counted_or_named(world: World) -> None:
    _past_cases(world)
    draft = _draft(world, {"class_prefix": "*", "area_prefix": "310198", "lead": "D04"})
    assert _tried(world, draft).cases == 8
    town = _tried(world, draft, by="town01")
    assert {code for code, _count in town.by_town} == {"310198001"}
    assert _tried(world, draft, by="bureau001").cases == 0


def test_an_unchanged_draft_moves_nothing(world: World) -> None:
    _past_cases(world)
    draft = _draft(world)
    trial = _tried(world, draft)
    assert (trial.cases, trial.changed, trial.moves, trial.rows) == (8, 0, (), 0)
    assert changed_cases(**_asked(world, draft, "supervisor")) == []


def test_the_list_of_changed_cases_is_read_page_by_page_and_by_move(world: World) -> None:
    for _case in range(5):
        world.report()
    world.report(class_code="A0203")
    world.later(minutes=5)
    draft = _draft(world, {"class_prefix": "M06010", "lead": "D04"}, {"class_prefix": "A0203", "lead": "D03"})
    asked = _asked(world, draft, "supervisor")
    first = changed_cases(**asked, limit=4)
    rest = changed_cases(**asked, limit=4, below=first[-1].pk)
    assert [len(first), len(rest)] == [4, 2]
    assert sorted((*first, *rest), key=lambda one: -one.pk) == [*first, *rest]
    assert len(changed_cases(**asked, before=B002, after=D04)) == 5
    assert changed_cases(**asked, before=B002, after=S001) == []
