"""An organisation from a workbook: the dry run shows every row, and what was shown is what is taken."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from liandong.kernel.refusal import Refusal
from liandong.people.access import Forbidden, NotFound, actor_for
from liandong.people.models import Post, SheetDraft, Source, Unit, User
from liandong.people.operations import (
    change_unit,
    draft_from_workbook,
    dry_run,
    forget_old_drafts,
    grant_role,
    take_draft,
)
from liandong.people.operations.sheet_lines import Line
from liandong.people.operations.sheet_shapes import POSTS, SHAPES, UNITS, headings_of, template
from liandong.people.operations.sheets import DraftTaken, NothingToTake, Plan, StaleDraft, bad_rows
from liandong.web.sheets import Written, WrongSheets, read_workbook, write_workbook
from tests.people.organising import TODAY, TOWN_1, account, appointed, told_of, told_of_district, unit_code
from tests.world import DISTRICT, World

COMMUNITY = f"{TOWN_1}001"
Cells = tuple[str, ...]


def workbook(*, units: list[Cells] = [], posts: list[Cells] = []) -> bytes:  # noqa: B006
    """A workbook with the sheets that have rows; missing cells at the end are empty."""
    sheets = [
        Written(shape.name, [column.heading for column in shape.columns], rows)
        for shape, rows in ((UNITS, units), (POSTS, posts))
        if rows
    ]
    return write_workbook(sheets)


def drafted(world: World, by: str = "admin", **rows: list[Cells]) -> SheetDraft:
    """A draft of an uploaded workbook."""
    content = workbook(**rows)
    return draft_from_workbook(content, name="机构.xlsx", district=DISTRICT, actor=world.actor(by), at=world.at)


def planned(world: World, draft: SheetDraft, by: str = "admin") -> Plan:
    """What taking it would do."""
    return dry_run(draft, actor=world.actor(by), at=world.at)


def taken(world: World, draft: SheetDraft, by: str = "admin") -> Plan:
    """Take what was just shown."""
    return take_draft(draft.pk, shown=planned(world, draft, by).digest, actor=world.actor(by), at=world.at)


def _bureau(code: str, **facts: str) -> Cells:
    given = {"parent": "T01", "kind": "科室", "force": "管理", "name": f"科室{code}", "name_en": "", "area": TOWN_1,
             "phone": "", **facts}  # fmt: skip
    return (code, *given.values())


def _clerk(name: str, unit: str = "B001", **facts: str) -> Cells:
    given = {"person": f"人员{name}", "unit": unit, "role": "bureau", "area": "", "title": "", "rank": "", "force": "",
             "since": "", "until": "", **facts}  # fmt: skip
    return (name, *given.values())


def _faults(lines: tuple[Line, ...]) -> list[list[tuple[str, str]]]:
    return [[(column, type(fault).__name__) for column, fault in line.faults] for line in lines]


def test_new_units_and_their_people_come_in_together_in_any_order(world: World) -> None:
    draft = drafted(
        world,
        units=[
            _bureau("G100", parent="S100", kind="Grid", area=f"{COMMUNITY}001", force="service"),
            _bureau("S100", kind="居村工作站", area=COMMUNITY, force="服务"),
            _bureau("b100", kind="bureau", force="Enforcement"),
        ],
        posts=[_clerk("NewOne", "b100", role="科室处置员", rank="负责人", title="主任", since="2026/3/5"),
               _clerk("grid001", "G100", person="赵走", role="grid", force="服务")],
    )  # fmt: skip
    plan = taken(world, draft)
    assert (plan.counts(UNITS.name), plan.counts(POSTS.name)) == ({"new": 3}, {"new": 2})
    levels = Unit.objects.filter(code__endswith="100").values_list("code", "level", "force", "since_on")
    assert sorted(levels) == [
        (unit_code("B100"), "town", "enforcement", TODAY),
        (unit_code("G100"), "grid", "service", TODAY),
        (unit_code("S100"), "station", "service", TODAY),
    ]
    post = Post.objects.get(user__username="newone")
    assert (post.rank, post.title, post.since_on, post.source, post.area) == (
        "head", "主任", date(2026, 3, 5), Source.SHEET, TOWN_1,
    )  # fmt: skip
    assert (post.user.has_usable_password(), post.user.must_change_password) == (False, True)
    assert told_of(post.user, "PostTaken")
    assert len(told_of_district("UnitOpened")) == 3
    [entry] = told_of_district("SheetTaken")
    assert (entry.data["new_units"], entry.data["new_posts"], entry.data["new_accounts"]) == (3, 2, 1)


def test_the_dry_run_shows_before_and_after_and_writes_nothing(world: World) -> None:
    draft = drafted(
        world,
        units=[
            _bureau("B001", name="东桥街道人口办", phone="021-1"),
            _bureau("B002", name="东桥街道城管中队", force="执法"),
        ],
        posts=[
            _clerk("bureau001", person="科员1", title="副主任", rank="副职"),
            _clerk("bureau002", "B002", person="科员2"),
        ],
    )
    before = list(Unit.objects.order_by("code").values()), list(Post.objects.order_by("id").values())
    plan = planned(world, draft)
    assert [line.state for line in plan.lines] == ["changed", "same", "changed", "same"]
    assert plan.units[0].changes == (("name", "东桥街道计生办", "东桥街道人口办"), ("phone", "", "021-1"))
    assert plan.posts[0].changes == (("title", "科员", "副主任"), ("rank", "member", "deputy"))
    assert before == (list(Unit.objects.order_by("code").values()), list(Post.objects.order_by("id").values()))
    taken(world, draft)
    assert told_of(account("bureau001"), "PostChanged")[0].data["changes"]["rank"] == ["member", "deputy"]
    assert told_of_district("UnitChanged")


def test_importing_the_same_again_changes_nothing(world: World) -> None:
    rows = {"units": [_bureau("B100")], "posts": [_clerk("newone", "B100", until="2026-12-31")]}
    taken(world, drafted(world, **rows))
    again = drafted(world, **rows)
    assert {line.state for line in planned(world, again).lines} == {"same"}
    with pytest.raises(NothingToTake):
        taken(world, again)


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        (_bureau("B100", kind="亭子"), [("kind", "UnknownUnitKind")]),
        (_bureau("B100", force="强"), [("force", "UnknownForce")]),
        (_bureau("B100", name=""), [("name", "CellNeeded")]),
        (_bureau("B1 小"), [("code", "WrongUnitCode")]),
        (_bureau("B100", parent="T99"), [("parent", "UnknownParent")]),
        (_bureau("B100", parent=""), [("parent", "ParentNeeded")]),
        (_bureau("B100", parent="S001"), [("parent", "WrongParentKind"), ("area", "OutsideParentArea")]),
        (_bureau("B100", area="310198777"), [("area", "UnknownUnitArea")]),
        (_bureau("B100", area="31019800"), [("area", "UnknownUnitArea")]),
        (_bureau("B001", kind="居村工作站", area=COMMUNITY), [("kind", "KindFixed")]),
        (_bureau("T01", parent="S001", kind="town"), [("parent", "UnitCycle"), ("area", "OutsideParentArea")]),
        (_bureau("P001", kind="team", area=COMMUNITY), [("area", "PostOutsideUnit")]),
        (_bureau("S001", kind="station", area=f"{TOWN_1}002"), [("area", "OutsideParentArea")]),
        (_bureau("B100", phone="call"), [("phone", "WrongPhone")]),
    ],
)
def test_a_wrong_unit_is_told_by_column_and_name(row: Cells, faults: list[tuple[str, str]], world: World) -> None:
    [found] = _faults(planned(world, drafted(world, units=[row])).units)
    assert found == faults


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        (_clerk("坏"), [("account", "WrongAccountName")]),
        (_clerk("lin"), [("account", "AccountOfAnother")]),
        (_clerk("machine", person="接口"), [("account", "AccountOfAMachine")]),
        (_clerk("newone", "Z99"), [("unit", "UnknownPostUnit"), ("area", "UnknownPostArea")]),
        (_clerk("newone", role="king"), [("role", "UnknownRole")]),
        (_clerk("newone", role="platform"), [("role", "UnknownRole")]),
        (_clerk("newone", area="310198002"), [("area", "PostOutsideUnit")]),
        (_clerk("newone", force="执法"), [("force", "ForceBeyondUnit")]),
        (_clerk("newone", rank="皇帝"), [("rank", "UnknownRank")]),
        (_clerk("newone", since="明天"), [("since", "NotADay")]),
        (_clerk("newone", since="20260230"), [("since", "NotADay")]),
        (_clerk("newone", since="2026-03-05", until="2026-03-04"), [("until", "PostBackwards")]),
        (_clerk("newone", since="2026-01-01", until="2026-02-01"), [("until", "EndedInThePast")]),
        (_clerk("bureau001", person="科员1", since="2026-01-01"), [("since", "BeginningFixed")]),
        (_clerk("bureau001", person="科员1", until="2026-02-01"), [("until", "EndedInThePast")]),
        (
            _clerk("admin", "DC", person="安可", role="admin", until="2026-12-31"),
            [("until", "AdministratorEndsByHand")],
        ),
        (_clerk("admin", "DC", person="安可", role="operator"), [("role", "NotToOneself")]),
        (_clerk("newone", title="长" * 41), [("title", "TitleTooLong")]),
    ],
)
def test_a_wrong_post_is_told_by_column_and_name(row: Cells, faults: list[tuple[str, str]], world: World) -> None:
    User.objects.create(username="machine", name="接口", is_service=True)
    assert _faults(planned(world, drafted(world, posts=[row])).posts) == [faults]


def test_rows_said_twice_and_two_names_for_one_account_are_wrong(world: World) -> None:
    draft = drafted(
        world,
        units=[_bureau("B100"), _bureau("B100", name="又一次")],
        posts=[_clerk("newone"), _clerk("newone", person="别人", role="town"), _clerk("newone")],
    )
    plan = planned(world, draft)
    assert _faults(plan.units) == [[], [("code", "RowTwice")]]
    assert _faults(plan.posts) == [[], [("person", "AccountOfAnother")], [("account", "RowTwice")]]


def test_what_hangs_on_a_wrong_row_is_wrong_too(world: World) -> None:
    draft = drafted(
        world,
        units=[_bureau("S100", kind="station", area=COMMUNITY, phone="call"),
               _bureau("G100", parent="S100", kind="grid", area=f"{COMMUNITY}001"), _bureau("B100")],
        posts=[_clerk("a", "G100", role="grid"), _clerk("b", "B100")],
    )  # fmt: skip
    plan = planned(world, draft)
    assert [bool(faults) for faults in _faults(plan.units)] == [True, True, False]
    assert ("parent", "UnknownParent") in _faults(plan.units)[1]
    assert [line.state for line in plan.posts] == ["wrong", "new"]


def test_rings_within_a_sheet_are_found(world: World) -> None:
    draft = drafted(world, units=[_bureau("T01", parent="T02", kind="town"), _bureau("T02", parent="T01", kind="town")])
    assert all(("parent", "UnitCycle") in faults for faults in _faults(planned(world, draft).units))


def test_the_good_rows_are_taken_and_the_bad_ones_come_back_with_their_reasons(world: World) -> None:
    draft = drafted(world, units=[_bureau("B100"), _bureau("B101", area="310198777")], posts=[_clerk("=cmd")])
    plan = taken(world, draft)
    assert Unit.objects.filter(code=unit_code("B100")).exists()
    back = bad_rows(plan)
    sheets = read_workbook(back, SHAPES)
    assert [row.cells["code"] for row in sheets["单位"]] == ["B101"]
    assert [row.cells["account"] for row in sheets["岗位"]] == ["=cmd"]
    assert told_of_district("SheetTaken")[0].data["refused"] == 2
    assert "310198777" in repr(plan.units[1].faults[0][1])


def test_a_change_in_between_that_alters_the_outcome_makes_the_draft_stale(world: World) -> None:
    draft = drafted(world, units=[_bureau("B001", name="人口办")])
    shown = planned(world, draft).digest
    change_unit(unit_code("B002"), phone="021-1", actor=world.actor("admin"), at=world.at)
    assert planned(world, draft).digest == shown
    change_unit(unit_code("B001"), name="人口和计生办", actor=world.actor("admin"), at=world.at)
    with pytest.raises(StaleDraft):
        take_draft(draft.pk, shown=shown, actor=world.actor("admin"), at=world.at)
    taken(world, draft)
    with pytest.raises(DraftTaken):
        take_draft(draft.pk, shown=shown, actor=world.actor("admin"), at=world.at)


def test_a_draft_is_its_makers_own_and_is_forgotten_after_a_month(world: World) -> None:
    draft = drafted(world, units=[_bureau("B100")])
    with pytest.raises(NotFound):
        take_draft(draft.pk, shown="", actor=world.actor("supervisor"), at=world.at)
    with pytest.raises(Forbidden):
        drafted(world, by="supervisor", units=[_bureau("B100")])
    assert forget_old_drafts(at=world.at + timedelta(days=29)) == 0
    assert forget_old_drafts(at=world.at + timedelta(days=31)) == 1


def test_what_cannot_be_read_is_not_kept(world: World) -> None:
    content = write_workbook([Written("Sheet1", ["x"], [])])
    with pytest.raises(WrongSheets):
        draft_from_workbook(content, name="x", district=DISTRICT, actor=world.actor("admin"), at=world.at)
    assert not SheetDraft.objects.exists()


def test_an_administrator_of_a_town_imports_for_the_town_only(world: World) -> None:
    grant_role(account("town01"), role="admin", area=TOWN_1, since_at=world.at, until_at=world.at + timedelta(days=9),
               reason="试点", actor=world.actor("admin"), at=world.at)  # fmt: skip
    deputy = actor_for(account("town01"), at=world.at)
    content = workbook(
        units=[
            _bureau("B100"),
            _bureau("B200", parent="T02", area="310198002"),
            _bureau("T01", parent="DC", kind="town"),
        ],
        posts=[_clerk("a"), _clerk("b", "B003"), _clerk("c", role="admin")],
    )
    draft = draft_from_workbook(content, name="x", district=DISTRICT, actor=deputy, at=world.at)
    plan = dry_run(draft, actor=deputy, at=world.at)
    assert [line.state for line in plan.units] == ["new", "wrong", "changed"]
    assert ("area", "BeyondYourArea") in _faults(plan.units)[1]
    assert _faults(plan.posts) == [[], [("unit", "BeyondYourArea")], [("role", "DistrictAdminNeeded")]]


def test_a_unit_that_moves_or_weakens_in_the_sheet_is_what_its_posts_are_measured_by(world: World) -> None:
    appointed(world, "strong", "B002", force="enforcement")
    plan = planned(world, drafted(world, units=[_bureau("B002", name="x", force="服务")]))
    assert _faults(plan.units) == [[("force", "PostsCarryMore")]]
    draft = drafted(world, units=[_bureau("B001", name="x", force="执法")], posts=[_clerk("new", force="执法")])
    assert [line.state for line in planned(world, draft).lines] == ["changed", "new"]


def test_the_template_can_be_filled_and_read(world: World) -> None:
    content = write_workbook(template(area=TOWN_1))
    sheets = read_workbook(content, SHAPES)
    assert sheets["单位"][0].cells["area"] == TOWN_1
    draft = draft_from_workbook(content, name="x", district=DISTRICT, actor=world.actor("admin"), at=world.at)
    assert [line.state for line in planned(world, draft).lines] == ["new", "new"]
    assert headings_of(UNITS)[0].endswith("*")


def test_refusals_of_the_sheets_have_columns() -> None:
    for shape in SHAPES:
        assert all(column.heading and column.heading_en for column in shape.columns)
    assert issubclass(StaleDraft, Refusal)


def test_fifty_thousand_rows_with_thirty_seven_bad_ones_are_taken_but_for_those(world: World) -> None:
    """At a tenth of the size, so that the test stays short."""
    rows = [_clerk(f"p{number:05d}", title=str(number)) for number in range(5000)]
    for number in range(37):
        rows[number * 130] = _clerk(f"p{number * 130:05d}", role="king")
    plan = taken(world, drafted(world, posts=rows))
    assert plan.counts(POSTS.name) == {"new": 4963, "wrong": 37}
    assert Post.objects.filter(source=Source.SHEET).count() == 4963
    assert len(read_workbook(bad_rows(plan), SHAPES)["岗位"]) == 37
