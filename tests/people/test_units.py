"""Opening, changing and closing units."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liandong.cases.rulebook import forget_rules, rulebook_for
from liandong.kernel.area_codes import MalformedCode
from liandong.kernel.refusal import Refusal
from liandong.people.access import Forbidden, NotFound, platform
from liandong.people.models import Lending, Post, Unit
from liandong.people.operations import (
    LastAdministrator,
    change_post,
    change_unit,
    close_unit,
    lend_post,
    open_unit,
)
from liandong.people.operations.units import (
    ClosedInThePast,
    NoSuccessorUnit,
    PostsCarryMore,
    UnitClosedAlready,
    UnitCodeTaken,
    UnitHoldsOpenWork,
    UnitStillHas,
)
from liandong.people.rules.posts import PostOutsideUnit, UnitHasClosed
from liandong.people.rules.unit_tree import (
    OutsideParentArea,
    UnitCycle,
    UnitNameless,
    UnknownParent,
    UnknownUnitArea,
    WrongParentKind,
    WrongUnitArea,
    WrongUnitCode,
)
from tests.people.organising import (
    TODAY,
    TOWN_1,
    TOWN_2,
    account,
    appointed,
    opened,
    post_of,
    told_of,
    told_of_district,
    unit_code,
    unit_row,
)
from tests.world import DISTRICT, World

COMMUNITY = f"{TOWN_1}001"


def test_a_unit_is_opened_with_the_level_of_its_kind_and_known_to_everybody_soon(world: World) -> None:
    edition = rulebook_for(DISTRICT).map.district.edition
    unit = opened(world, "B100", name="东桥街道平安办")
    assert (unit.level, unit.since_on, unit.until_on) == ("town", TODAY, None)
    [entry] = told_of_district("UnitOpened")
    assert (entry.actor, entry.area, entry.hearers) == ("user/admin", TOWN_1, [unit.code])
    assert entry.data["name"] == "东桥街道平安办"
    forget_rules()
    assert rulebook_for(DISTRICT).map.district.edition > edition
    assert rulebook_for(DISTRICT).unit(unit.code).name == unit.name
    forget_rules()


def test_a_team_works_at_the_level_of_what_it_stands_below(world: World) -> None:
    assert opened(world, "A1", parent="S001", kind="team", area=COMMUNITY).level == "station"
    assert opened(world, "A2", parent="D01", kind="team", area=DISTRICT).level == "district"
    assert opened(world, "O1", parent="D01", kind="office", area=TOWN_1).level == "town"


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"local": "B002"}, UnitCodeTaken),
        ({"local": "小"}, WrongUnitCode),
        ({"local": "B100", "name": ""}, UnitNameless),
        ({"local": "B100", "parent": "T99"}, UnknownParent),
        ({"local": "B100", "parent": "S001"}, WrongParentKind),
        ({"local": "B100", "parent": "T02"}, OutsideParentArea),
        ({"local": "B100", "area": COMMUNITY}, WrongUnitArea),
        ({"local": "B100", "area": f"{DISTRICT}0"}, MalformedCode),
        ({"local": "S100", "kind": "station", "area": f"{TOWN_1}777"}, UnknownUnitArea),
    ],
)
def test_a_unit_that_cannot_be_is_refused_by_name(facts: dict[str, str], refusal: type[Refusal], world: World) -> None:
    count = Unit.objects.count()
    with pytest.raises(refusal):
        opened(world, **facts)
    assert Unit.objects.count() == count


def test_units_are_organised_within_ones_own_area_only(world: World) -> None:
    for by in ("supervisor", "town01", "bureau001"):
        with pytest.raises(Forbidden):
            opened(world, "B100", by=by)
    with pytest.raises(Forbidden):
        change_unit(unit_code("B001"), name="x", actor=world.actor("bureau001"), at=world.at)
    with pytest.raises(NotFound):
        change_unit(unit_code("D01"), name="x", actor=world.actor("bureau001"), at=world.at)
    with pytest.raises(NotFound):
        change_unit("999999-DC", name="x", actor=world.actor("admin"), at=world.at)


def test_a_change_is_told_with_before_and_after_and_no_change_is_not_told(world: World) -> None:
    code = unit_code("B001")
    change_unit(code, name="东桥街道人口办", phone="021-55550001", actor=world.actor("admin"), at=world.at)
    change_unit(code, name="东桥街道人口办", actor=world.actor("admin"), at=world.at)
    [entry] = told_of_district("UnitChanged")
    assert entry.data["changes"] == {
        "name": ["东桥街道计生办", "东桥街道人口办"],
        "phone": ["", "021-55550001"],
    }


def test_a_unit_never_moves_below_one_of_its_own(world: World) -> None:
    admin = world.actor("admin")
    with pytest.raises(UnitCycle) as ring:
        change_unit(unit_code("T01"), parent=unit_code("S001"), actor=admin, at=world.at)
    assert ring.value.values["path"] == " → ".join(unit_code(one) for one in ("T01", "S001", "T01"))
    assert Unit.objects.get(pk=unit_code("T01")).parent_id == unit_code("DC")


def test_a_unit_whose_area_shrinks_must_still_hold_what_stands_below_and_in_it(world: World) -> None:
    admin = world.actor("admin")
    with pytest.raises(OutsideParentArea):
        change_unit(unit_code("S001"), area=f"{TOWN_1}002", actor=admin, at=world.at)
    with pytest.raises(PostOutsideUnit):
        change_unit(unit_code("P001"), area=COMMUNITY, actor=admin, at=world.at)


def test_a_unit_is_not_weakened_below_its_posts(world: World) -> None:
    admin = world.actor("admin")
    change_post(post_of("bureau002").pk, force="enforcement", actor=admin, at=world.at)
    with pytest.raises(PostsCarryMore):
        change_unit(unit_code("B002"), force="service", actor=admin, at=world.at)
    change_post(post_of("bureau002").pk, force="service", actor=admin, at=world.at)
    assert change_unit(unit_code("B002"), force="service", actor=admin, at=world.at).force == "service"


def test_an_empty_unit_closes_after_its_day_and_takes_nobody_in_any_more(world: World) -> None:
    unit = opened(world, "B100")
    close_unit(unit.code, on=TODAY, actor=world.actor("admin"), at=world.at)
    tomorrow = world.later(days=1)
    with pytest.raises(UnitClosedAlready):
        change_unit(unit.code, name="x", actor=world.actor("admin"), at=tomorrow)
    with pytest.raises(UnitHasClosed):
        appointed(world, "newcomer", "B100")
    with pytest.raises(UnitCodeTaken):
        opened(world, "B100")


def test_a_unit_does_not_close_over_children_posts_or_lent_members(world: World) -> None:
    admin, joint = world.actor("admin"), opened(world, "J100", parent="DC", kind="joint", area=DISTRICT)
    for local in ("S001", "B001"):
        with pytest.raises(UnitStillHas):
            close_unit(unit_code(local), on=TODAY, actor=admin, at=world.at)
    lend_post(post_of("bureau002").pk, team=joint.code, since_on=TODAY, until_on=None, actor=admin, at=world.at)
    with pytest.raises(UnitStillHas):
        close_unit(joint.code, on=TODAY, actor=admin, at=world.at)


def test_a_unit_does_not_close_in_the_past(world: World) -> None:
    unit = opened(world, "B100")
    with pytest.raises(ClosedInThePast):
        close_unit(unit.code, on=TODAY - timedelta(days=1), actor=world.actor("admin"), at=world.at)


def test_open_work_needs_a_successor_who_is_put_on_the_record(world: World) -> None:
    world.received()
    admin, code = world.actor("admin"), unit_code("B002")
    with pytest.raises(UnitHoldsOpenWork) as held:
        close_unit(code, on=TODAY, actor=admin, at=world.at)
    assert held.value.values["count"] == 1
    for unfit in (code, unit_code("Z99")):
        with pytest.raises(NoSuccessorUnit):
            close_unit(code, on=TODAY, successor=unfit, actor=admin, at=world.at)
    close_unit(code, on=TODAY, successor=unit_code("T01"), actor=admin, at=world.at)
    [entry] = told_of_district("UnitClosed")
    assert (entry.data["successor"], entry.data["open_work"]) == (unit_code("T01"), 1)
    assert post_of("bureau002").until_on == TODAY
    assert told_of(account("bureau002"), "PostEnded")


def test_the_members_of_a_team_that_closes_for_another_go_home(world: World) -> None:
    admin, joint = world.actor("admin"), opened(world, "J100", parent="DC", kind="joint", area=DISTRICT)
    lend_post(post_of("bureau002").pk, team=joint.code, since_on=TODAY, until_on=None, actor=admin, at=world.at)
    close_unit(joint.code, on=TODAY, successor=unit_code("T01"), actor=admin, at=world.at)
    assert Lending.objects.get().until_on == TODAY
    assert told_of(account("bureau002"), "PostRecalled")
    assert post_of("bureau002").until_on is None


def test_the_unit_of_the_last_administrator_does_not_close(world: World) -> None:
    admin, office = world.actor("admin"), opened(world, "D9", parent="DC", kind="department", area=DISTRICT)
    post = post_of("admin")
    Post.objects.filter(pk=post.pk).update(unit=office)
    with pytest.raises(LastAdministrator):
        close_unit(office.code, on=TODAY, successor=unit_code("D02"), actor=admin, at=world.at)


def test_a_centre_is_opened_by_who_reaches_everywhere(world: World) -> None:
    with pytest.raises(UnknownUnitArea):
        open_unit(unit_row("DC2", parent="", kind="centre", area="990199"), actor=platform("import"), at=world.at)
    unit = open_unit(unit_row("DC2", parent="", kind="centre", area=DISTRICT), actor=platform("import"), at=world.at)
    assert (unit.parent_id, unit.level) == (None, "district")


def test_an_empty_unit_moves_to_another_town_with_its_area(world: World) -> None:
    admin, unit = world.actor("admin"), opened(world, "B100")
    with pytest.raises(OutsideParentArea):
        change_unit(unit.code, parent=unit_code("T02"), actor=admin, at=world.at)
    with pytest.raises(UnknownParent):
        change_unit(unit.code, parent=unit_code("T99"), actor=admin, at=world.at)
    moved = change_unit(unit.code, parent=unit_code("T02"), area=TOWN_2, actor=admin, at=world.at)
    assert (moved.parent_id, moved.area) == (unit_code("T02"), TOWN_2)
