"""Plans are opened, drawn, undone, moved and dropped by whoever may redraw there, and every change is on the record."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import orjson
import pytest

from liandong.areas.geojson import BrokenOutlines, WrongDatum
from liandong.areas.models import Redrawing
from liandong.areas.operations import (
    DayHasPassed,
    EmptyPlan,
    OutsidePlan,
    PlanClosed,
    add_step,
    adopt_redrawing,
    drop_redrawing,
    import_outlines,
    move_redrawing,
    open_redrawing,
    undo_step,
)
from liandong.areas.queries import areas_to_redraw, export_areas, redrawing_for, redrawing_view, redrawings
from liandong.areas.redrawing import CodeTaken, LineMissesArea, NameMissing, NameTooLong, StepsNoLongerFit, UnknownArea
from liandong.people.access import Actor, Forbidden, NotFound
from liandong.people.rules.scope import PostHeld
from liandong.timeline.models import Entry
from tests.areas.drawings import code, drawn, merge, reshape, split
from tests.world import DISTRICT, World

TODAY = date(2026, 3, 2)
HALVES = split(code(1), (0.4, -1), (0.4, 3))
TOWN_ADMIN = Actor("user/town-admin", None, "镇管理员", (PostHeld("", "admin", "310198001"),))


def opened(world: World, *steps: dict[str, Any], by: Actor | None = None, **details: Any) -> Redrawing:
    """A plan for today with these steps."""
    actor = by or world.actor("admin")
    details = {"title": "东桥调整", "effective_on": TODAY, **details}
    plan = open_redrawing(DISTRICT, **details, actor=actor, at=world.at)
    for step in steps:
        plan = add_step(plan.pk, step=step, actor=actor, at=world.at)
    return plan


def told(plan: Redrawing) -> list[str]:
    """The events of a plan in their order."""
    return list(
        Entry.objects.filter(about="redrawing", about_id=plan.pk).order_by("id").values_list("event", flat=True)
    )


def test_a_plan_is_drawn_step_by_step_and_every_step_is_on_the_record(world: World) -> None:
    plan = opened(world, HALVES, merge(code(2), code(3)))
    assert [step["codes"] for step in plan.steps] == [[code(5), code(6)], [code(7)]]
    plan = undo_step(plan.pk, actor=world.actor("admin"), at=world.at)
    assert len(plan.steps) == 1
    plan = move_redrawing(plan.pk, title="改期", effective_on=date(2026, 4, 1), actor=world.actor("admin"), at=world.at)
    assert (plan.title, plan.effective_on) == ("改期", date(2026, 4, 1))
    drop_redrawing(plan.pk, actor=world.actor("admin"), at=world.at)
    assert told(plan) == [
        *("RedrawingOpened", "RedrawingStepAdded", "RedrawingStepAdded", "RedrawingStepsUndone"),
        *("RedrawingMoved", "RedrawingDropped"),
    ]
    entry = Entry.objects.filter(event="RedrawingStepAdded").order_by("id").first()
    assert entry is not None
    assert (entry.area, entry.data["do"], entry.data["created"]) == (DISTRICT, "split", [code(5), code(6)])
    assert len(entry.data["sha256"]) == 64


def test_a_plan_shows_what_it_comes_to(world: World) -> None:
    plan = opened(world, HALVES, reshape(code(2), drawn(1.2, 0, 0.8, 2)))
    view = redrawing_view(plan.pk, actor=world.actor("admin"))
    assert [(step.number, step.do, step.areas, step.created) for step in view.steps] == [
        (1, "split", (code(1),), (code(5), code(6))),
        (2, "reshape", (code(2),), ()),
    ]
    assert {area.code for area in view.shapes if area.is_new} == {code(5), code(6)}
    # The newly made eastern part gets what grid 2 gave up.
    assert {area.code for area in view.shapes if area.is_changed} == {code(2)}
    assert [area.code for area in view.ended] == [code(1)]
    assert {(one.old, one.new, one.is_heir) for one in view.recoding} == {
        (code(1), code(6), True),
        (code(1), code(5), False),
    }
    assert (view.faults, view.refusal) == ((), None)
    features = view.feature_collection("grid")["features"]
    assert {feature["properties"]["code"] for feature in features} >= {code(5), code(6), code(2)}
    assert len(view.feature_collection()["features"]) == len(view.shapes) == 24


def test_a_step_that_cannot_be_done_leaves_the_plan_as_it_was(world: World) -> None:
    plan = opened(world, HALVES)
    with pytest.raises(LineMissesArea):
        add_step(plan.pk, step=split(code(2), (9, 9), (8, 8)), actor=world.actor("admin"), at=world.at)
    plan.refresh_from_db()
    assert len(plan.steps) == 1


def test_codes_promised_to_one_draft_are_not_given_to_another(world: World) -> None:
    first, second = opened(world, HALVES), opened(world, split(code(2), (1.5, -1), (1.5, 3)))
    assert second.steps[0]["codes"] == [code(7), code(8)]
    step = {"do": "add", "parent": "310198001001", "name": "x", "outline": drawn(0, 0), "code": code(5)}
    with pytest.raises(CodeTaken):
        add_step(second.pk, step=step, actor=world.actor("admin"), at=world.at)
    drop_redrawing(first.pk, actor=world.actor("admin"), at=world.at)
    assert add_step(second.pk, step=step, actor=world.actor("admin"), at=world.at).steps[-1]["codes"] == [code(5)]


def test_a_town_redraws_within_itself_only(world: World) -> None:
    assert [area.code for area in areas_to_redraw(TOWN_ADMIN, DISTRICT)] == ["310198001"]
    assert [area.code for area in areas_to_redraw(world.actor("admin"), DISTRICT)] == [DISTRICT]
    assert areas_to_redraw(world.actor("lin"), DISTRICT) == []
    with pytest.raises(Forbidden):
        opened(world, by=TOWN_ADMIN)
    with pytest.raises(Forbidden):
        opened(world, by=TOWN_ADMIN, area="310198002")
    plan = opened(world, HALVES, by=TOWN_ADMIN, area="310198001")
    west = split("310198002001001", (4.5, -1), (4.5, 3))
    itself = {"do": "rename", "area": "310198001", "name": "x"}
    for step in (west, itself):
        with pytest.raises(OutsidePlan):
            add_step(plan.pk, step=step, actor=TOWN_ADMIN, at=world.at)
    assert {area.code[:9] for area in redrawing_view(plan.pk, actor=TOWN_ADMIN).shapes} == {"310198001"}


def test_nobody_sees_or_changes_a_plan_outside_their_area(world: World) -> None:
    plan = opened(world, HALVES)
    elsewhere = Actor("user/other", None, "他镇", (PostHeld("", "admin", "310198002"),))
    for actor in (TOWN_ADMIN, elsewhere, world.actor("lin"), world.actor("town01")):
        assert redrawings(DISTRICT, actor=actor) == []
        for work in (undo_step, drop_redrawing, adopt_redrawing):
            with pytest.raises(NotFound):
                work(plan.pk, actor=actor, at=world.at)
        with pytest.raises(NotFound):
            add_step(plan.pk, step=HALVES, actor=actor, at=world.at)
        with pytest.raises(NotFound):
            redrawing_view(plan.pk, actor=actor)
    assert [facts.steps for facts in redrawings(DISTRICT, actor=world.actor("admin"))] == [1]
    platform = Actor("platform/x", None, "x", (PostHeld("", "platform", ""),))
    assert str(redrawing_for(plan.pk, actor=platform)) == "东桥调整"
    with pytest.raises(NotFound):
        redrawing_for(plan.pk + 999, actor=platform)


def test_the_dispatcher_may_not_open_a_plan(world: World) -> None:
    with pytest.raises(Forbidden):
        opened(world, by=world.actor("lin"))


@pytest.mark.parametrize(
    ("details", "why"),
    [
        ({"effective_on": TODAY - timedelta(days=1)}, DayHasPassed),
        ({"title": "  "}, NameMissing),
        ({"title": "长" * 81}, NameTooLong),
        ({"area": "310198009"}, UnknownArea),
        ({"area": code(1)}, UnknownArea),
    ],
)
def test_a_plan_without_a_title_a_coming_day_or_a_known_area_is_not_opened(
    world: World, details: dict[str, Any], why: type[Exception]
) -> None:
    with pytest.raises(why):
        opened(world, **details)


def test_what_is_dropped_or_empty_is_not_changed(world: World) -> None:
    plan = opened(world)
    with pytest.raises(EmptyPlan):
        undo_step(plan.pk, actor=world.actor("admin"), at=world.at)
    with pytest.raises(EmptyPlan):
        adopt_redrawing(plan.pk, actor=world.actor("admin"), at=world.at)
    drop_redrawing(plan.pk, actor=world.actor("admin"), at=world.at)
    with pytest.raises(PlanClosed):
        add_step(plan.pk, step=HALVES, actor=world.actor("admin"), at=world.at)


def test_a_plan_whose_map_has_changed_says_which_step_no_longer_fits(world: World) -> None:
    plan, other = opened(world, HALVES, merge(code(2), code(3))), opened(world, merge(code(1), code(2)))
    adopt_redrawing(other.pk, actor=world.actor("admin"), at=world.at)
    view = redrawing_view(plan.pk, actor=world.actor("admin"))
    assert isinstance(view.refusal, StepsNoLongerFit)
    assert view.refusal.values["number"] == 1
    assert not any(area.is_new for area in view.shapes)
    with pytest.raises(StepsNoLongerFit):
        adopt_redrawing(plan.pk, actor=world.actor("admin"), at=world.at)
    with pytest.raises(StepsNoLongerFit):
        move_redrawing(plan.pk, title="x", effective_on=TODAY, actor=world.actor("admin"), at=world.at)


def _moved(datum: str = "WGS-84") -> bytes:
    """The grids of today as a file, with the border between grids 1 and 2 moved and a new grid in the west."""
    collection = export_areas(DISTRICT, level="grid", day=TODAY, datum=datum)
    own = {feature["properties"]["code"]: feature for feature in collection["features"]}
    for number, outline in ((1, drawn(0, 0, 1.1, 2)), (2, drawn(1.1, 0, 0.9, 2))):
        own[code(number)]["geometry"] = outline
    return orjson.dumps(collection)


def test_a_file_with_a_grid_that_the_plan_has_split_is_refused(world: World) -> None:
    plan = opened(world, split(code(4), (3.5, -1), (3.5, 3)))
    with pytest.raises(BrokenOutlines) as refusal:
        import_outlines(plan.pk, content=_moved(), actor=world.actor("admin"), at=world.at)
    assert [(fault.code, type(fault.refusal)) for fault in refusal.value.faults] == [(code(4), CodeTaken)]


def test_a_file_of_todays_map_moves_two_borders_and_is_taken_back_whole(world: World) -> None:
    plan = opened(world)
    plan = import_outlines(plan.pk, content=_moved(), actor=world.actor("admin"), at=world.at)
    assert [(step["do"], step["area"]) for step in plan.steps] == [("reshape", code(1)), ("reshape", code(2))]
    view = redrawing_view(plan.pk, actor=world.actor("admin"))
    assert view.faults == ()
    assert told(plan)[-1] == "OutlinesImported"
    assert len({step.batch for step in view.steps}) == 1
    assert undo_step(plan.pk, actor=world.actor("admin"), at=world.at).steps == []


def test_a_file_that_changes_nothing_or_lies_elsewhere_is_refused(world: World) -> None:
    plan, admin = opened(world), world.actor("admin")
    same = orjson.dumps(export_areas(DISTRICT, day=TODAY, datum="GCJ-02"))
    with pytest.raises(EmptyPlan):
        import_outlines(plan.pk, content=same, actor=admin, at=world.at)
    with pytest.raises(WrongDatum):
        import_outlines(plan.pk, content=same, datum="WGS-84", actor=admin, at=world.at)
    with pytest.raises(BrokenOutlines):
        import_outlines(plan.pk, content=same.replace(b"310198", b"310188"), actor=admin, at=world.at)
    plan.refresh_from_db()
    assert plan.steps == []


def test_new_areas_of_a_file_are_added_with_their_codes(world: World) -> None:
    new = {
        "type": "Feature",
        "properties": {"code": "310198001001031", "name": "商圈网格"},
        "geometry": drawn(0.2, 0.2, 0.3, 0.3),
    }
    content = orjson.dumps({"type": "FeatureCollection", "features": [new]})
    plan = opened(world)
    plan = import_outlines(
        plan.pk, content=content, datum="WGS-84", neighbours=True, actor=world.actor("admin"), at=world.at
    )
    view = redrawing_view(plan.pk, actor=world.actor("admin"))
    assert {area.code for area in view.shapes if area.is_new} == {"310198001001031"}
    assert {area.code for area in view.shapes if area.is_changed} == {code(1)}
