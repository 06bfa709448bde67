"""An adopted plan takes effect on its day by itself; yesterday's cases keep yesterday's grid."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liandong.areas.models import Area, Outline, Redrawing, RedrawingState
from liandong.areas.operations import (
    DayHasPassed,
    LaterChangeAdopted,
    PlanClosed,
    TopologyFaults,
    add_step,
    adopt_redrawing,
    take_new_names,
)
from liandong.areas.queries import DistrictMap, area_outlines, district_map, edition_of, forget_maps, redrawing_view
from liandong.cases.rulebook import forget_rules, rulebook_for
from liandong.people.access import Forbidden, platform
from liandong.timeline.models import Entry
from tests.areas.drawings import code, drawn, merge, reshape, split
from tests.areas.test_plans import HALVES, TODAY, opened
from tests.world import DISTRICT, World

TOMORROW = TODAY + timedelta(days=1)
WEST, EAST = (121.402, 31.01), (121.408, 31.01)
"""Points in the western two fifths of grid 1, and in the rest."""


def adopted(world: World, *steps: dict[str, Any], **details: Any) -> Redrawing:
    """A plan with these steps, adopted."""
    plan = opened(world, *steps, **details)
    plan = adopt_redrawing(plan.pk, actor=world.actor("admin"), at=world.at)
    look_again()
    return plan


def look_again() -> None:
    """Let the process read the map and the rules anew, as it does after two seconds."""
    forget_maps()
    forget_rules()


def the_map() -> DistrictMap:
    """The map of the small district."""
    return district_map(DISTRICT)


def test_from_its_day_on_the_new_grids_are_found_and_before_it_the_old_one(world: World) -> None:
    adopted(world, HALVES, effective_on=TOMORROW)
    today, tomorrow = the_map().locator_on(TODAY), the_map().locator_on(TOMORROW)
    assert (today.locate(*WEST), today.locate(*EAST)) == (code(1), code(1))
    assert (tomorrow.locate(*WEST), tomorrow.locate(*EAST)) == (code(5), code(6))
    assert tomorrow is the_map().locator_on(date(2030, 1, 1))
    assert code(1) in the_map().areas_on(TODAY)
    assert code(5) not in the_map().areas_on(TODAY)
    assert {code(5), code(6)} <= the_map().areas_on(TOMORROW).keys()
    assert [area.code for area in area_outlines(DISTRICT, level="grid", day=TOMORROW)][:2] == [code(2), code(3)]


def test_a_case_reported_before_a_split_keeps_its_grid_and_its_name(world: World) -> None:
    case = world.dispatched()
    adopted(world, HALVES)
    case.refresh_from_db()
    assert case.area == code(1)
    assert the_map().areas[case.area].name == "东桥1号网格"
    assert [area.name for area in the_map().path(case.area)][-1] == "东桥1号网格"
    world.do("receive_case", case, "bureau002")


def test_a_case_reported_after_the_split_lies_in_the_new_grid_and_one_replayed_in_the_old(world: World) -> None:
    adopted(world, HALVES, effective_on=TOMORROW)
    before = world.report()
    past, world.at = world.at, datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
    after = world.report()
    world.at = past - timedelta(days=60)
    replayed = world.report()
    assert (before.area, after.area, replayed.area) == (code(1), code(6), code(1))
    named = {"lon": None, "lat": None, "area": code(1)}
    assert world.report(**named).area == code(1)
    world.at = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
    # Who names an ended grid means its heir.
    assert world.report(**named).area == code(6)


def test_a_new_grid_without_a_crew_of_its_own_has_that_of_the_grid_it_came_from(world: World) -> None:
    adopted(world, HALVES, effective_on=TODAY)
    adopted(world, merge(code(6), code(2), name="新二号"), effective_on=TOMORROW)
    book = rulebook_for(DISTRICT)
    assert book.resolve("grid", code(5)) == "310198-G001"
    # More of the merged grid was grid 2 than what was left of grid 1.
    assert book.map.forerunners(code(7)) == (code(2), code(6), code(1))
    assert book.resolve("grid", code(7)) == "310198-G002"
    assert book.resolve("grid", code(2)) == "310198-G002"
    assert book.resolve("grid", "310198001001099") is None


def test_heirs_are_followed_from_day_to_day(world: World) -> None:
    adopted(world, HALVES, effective_on=TODAY)
    adopted(world, merge(code(6), code(2), name="新二号"), effective_on=TOMORROW)
    heir = the_map().heir_of
    assert (heir(code(1), TODAY - timedelta(days=1)), heir(code(1), TODAY), heir(code(1), TOMORROW)) == (
        code(1),
        code(6),
        code(7),
    )
    assert heir(code(4), TOMORROW) == code(4)
    assert the_map().forerunners(code(4)) == ()


def test_adopting_raises_the_edition_and_records_the_recoding(world: World) -> None:
    before = edition_of(DISTRICT)
    plan = adopted(world, HALVES)
    assert edition_of(DISTRICT) > before
    assert (plan.state, plan.adopted_by, plan.adopted_at) == (RedrawingState.ADOPTED, "user/admin", world.at)
    entry = Entry.objects.get(event="AreasRedrawn")
    assert (entry.about, entry.about_id, entry.area) == ("redrawing", plan.pk, DISTRICT)
    assert (entry.data["created"], entry.data["ended"]) == ([code(5), code(6)], [code(1)])
    assert entry.data["recoding"] == plan.recoding
    with pytest.raises(PlanClosed):
        adopt_redrawing(plan.pk, actor=world.actor("admin"), at=world.at)


def test_an_adopted_plan_still_shows_what_it_did(world: World) -> None:
    draft = opened(world, HALVES, reshape(code(2), drawn(1.1, 0, 0.9, 2)))
    asked = redrawing_view(draft.pk, actor=world.actor("admin"))
    adopt_redrawing(draft.pk, actor=world.actor("admin"), at=world.at)
    adopted(world, merge(code(3), code(4)), effective_on=TOMORROW)
    shown = redrawing_view(draft.pk, actor=world.actor("admin"))
    assert [(area.code, area.is_new, area.is_changed) for area in shown.shapes] == [
        (area.code, area.is_new, area.is_changed) for area in asked.shapes
    ]
    assert (shown.ended, shown.recoding, shown.faults) == (asked.ended, asked.recoding, asked.faults)
    assert shown.facts.state == "adopted"


def test_a_new_area_has_the_facts_of_the_old_one_and_its_own_days(world: World) -> None:
    adopted(world, HALVES, effective_on=TOMORROW)
    old, new = Area.objects.get(code=code(1)), Area.objects.get(code=code(6))
    assert (old.since_on, old.until_on) == (None, TODAY)
    assert (new.since_on, new.until_on, new.level, new.households) == (TOMORROW, None, "grid", 300)
    assert (new.parent_id, new.name) == (old.parent_id, "东桥1号网格-2")
    assert Outline.objects.get(area=new).since_on == TOMORROW


def test_a_new_name_is_borne_from_its_day_on(world: World) -> None:
    step = {"do": "rename", "area": code(1), "name": "新名网格", "name_en": "New Grid"}
    adopted(world, step, effective_on=TOMORROW)
    robot = platform("map")
    assert the_map().areas[code(1)].name == "东桥1号网格"
    assert take_new_names(actor=robot, at=world.at) == 0
    assert take_new_names(actor=robot, at=world.at + timedelta(days=1)) == 1
    look_again()
    assert (the_map().areas[code(1)].name, the_map().areas[code(1)].name_en) == ("新名网格", "New Grid")
    assert take_new_names(actor=robot, at=world.at + timedelta(days=2)) == 0
    assert Entry.objects.get(event="AreasRenamed").data["names"] == {code(1): ["新名网格", "New Grid"]}
    with pytest.raises(Forbidden):
        take_new_names(actor=world.actor("lin"), at=world.at)


def test_a_new_name_for_today_is_borne_at_once(world: World) -> None:
    adopted(world, {"do": "rename", "area": code(1), "name": "新名网格"})
    assert the_map().areas[code(1)].name == "新名网格"


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (reshape(code(1), drawn(0, 0, 1.3, 2), neighbours=False), "overlap"),
        (reshape(code(1), drawn(-0.3, 0, 1.3, 2), neighbours=False), "outside_parent"),
        (reshape("310198001001", drawn(0, 0, 3.5, 2), neighbours=False), "outside_parent"),
    ],
)
def test_a_plan_that_leaves_errors_on_the_map_is_not_adopted(world: World, step: dict[str, Any], kind: str) -> None:
    plan = opened(world, step)
    with pytest.raises(TopologyFaults) as refusal:
        adopt_redrawing(plan.pk, actor=world.actor("admin"), at=world.at)
    assert kind in {fault.kind for fault in refusal.value.faults}
    assert Area.objects.filter(until_on__isnull=False).count() == 0


def test_a_gap_is_only_warned_of(world: World) -> None:
    plan = opened(world, reshape(code(1), drawn(0, 0, 0.5, 2), neighbours=False))
    faults = redrawing_view(plan.pk, actor=world.actor("admin")).faults
    assert [(fault.kind, fault.is_error) for fault in faults] == [("gap", False)]
    adopt_redrawing(plan.pk, actor=world.actor("admin"), at=world.at)
    look_again()
    assert the_map().locator_on(TODAY).locate(*EAST) is None


def test_a_plan_whose_day_has_passed_is_not_adopted(world: World) -> None:
    plan = opened(world, HALVES)
    with pytest.raises(DayHasPassed):
        adopt_redrawing(plan.pk, actor=world.actor("admin"), at=world.at + timedelta(days=1))


@pytest.mark.parametrize("step", [HALVES, merge(code(1), code(2)), reshape(code(1), drawn(0, 0, 0.9, 2))])
def test_what_is_changed_later_already_is_not_changed_before(world: World, step: dict[str, Any]) -> None:
    adopted(world, HALVES, effective_on=TOMORROW)
    plan = opened(world, step)
    with pytest.raises(LaterChangeAdopted):
        adopt_redrawing(plan.pk, actor=world.actor("admin"), at=world.at)


def test_an_area_does_not_end_on_the_day_it_begins(world: World) -> None:
    adopted(world, HALVES, effective_on=TOMORROW)
    plan = opened(world, merge(code(5), code(6)), effective_on=TOMORROW)
    with pytest.raises(LaterChangeAdopted):
        adopt_redrawing(plan.pk, actor=world.actor("admin"), at=world.at)


def test_two_plans_for_one_day_go_together_where_they_touch_different_grids(world: World) -> None:
    adopted(world, HALVES, effective_on=TOMORROW)
    adopted(world, split(code(3), (2.5, -1), (2.5, 3)), effective_on=TOMORROW)
    assert len(the_map().areas_on(TOMORROW)) == len(the_map().areas_on(TODAY)) + 2


def test_loading_the_folder_again_does_not_undo_a_redrawing(world: World) -> None:
    adopted(world, HALVES, reshape(code(2), drawn(1.1, 0, 0.9, 2)))
    outlines = list(Outline.objects.order_by("id").values())
    world.load_again()
    assert list(Outline.objects.order_by("id").values()) == outlines
    assert the_map().locator_on(TODAY).locate(*WEST) == code(5)


def test_names_and_seats_that_a_plan_gave_outlive_another_load_of_the_folder(world: World) -> None:
    moved = reshape(code(2), drawn(1.6, 0, 0.4, 2))
    adopted(world, moved, {"do": "rename", "area": code(3), "name": "新三号"}, effective_on=TODAY)
    given = dict(Area.objects.values_list("code", "name")), dict(Area.objects.values_list("code", "lon"))
    assert given[0][code(3)] == "新三号"
    world.load_again()
    assert (dict(Area.objects.values_list("code", "name")), dict(Area.objects.values_list("code", "lon"))) == given


def test_a_step_after_adoption_is_refused(world: World) -> None:
    plan = adopted(world, HALVES)
    with pytest.raises(PlanClosed):
        add_step(plan.pk, step=HALVES, actor=world.actor("admin"), at=world.at)


def test_the_database_keeps_days_in_order_and_one_outline_a_day(world: World) -> None:
    old = Area.objects.get(code=code(1))
    for wrong in (
        lambda: Area.objects.filter(pk=old.pk).update(since_on=TODAY, until_on=TODAY - timedelta(days=1)),
        lambda: Outline.objects.create(area=old, since_on=date(1900, 1, 1), geometry={}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()
