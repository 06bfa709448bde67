"""The tree of units stays a tree, whatever is moved where."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.people.rules.force import ORDER, carried, covers
from liandong.people.rules.unit_tree import (
    KIND_WORDS,
    PLACES,
    ForeignDistrict,
    Node,
    OutsideParentArea,
    ParentNeeded,
    TreeFault,
    UnitCycle,
    UnitNameless,
    UnknownForce,
    UnknownParent,
    UnknownUnitKind,
    WrongParentKind,
    WrongPhone,
    WrongUnitArea,
    WrongUnitCode,
    cycle_through,
    faults_of_facts,
    faults_of_place,
    level_of_kind,
)

DISTRICT = "310198"
CENTRE = Node("C", "", "centre", DISTRICT)
DEPARTMENT = Node("D", "C", "department", DISTRICT)
TOWN = Node("T", "C", "town", "310198001")
STATION = Node("S", "T", "station", "310198001001")
TREE = {node.code: node for node in (CENTRE, DEPARTMENT, TOWN, STATION)}


def _faults(node: Node, tree: dict[str, Node] | None = None) -> list[type[TreeFault]]:
    return [type(fault) for fault in faults_of_place(node, tree=tree or TREE, district=DISTRICT)]


@pytest.mark.parametrize(
    "node",
    [
        CENTRE,
        DEPARTMENT,
        TOWN,
        STATION,
        Node("B", "T", "bureau", "310198001"),
        Node("O", "D", "office", "310198001"),
        Node("A1", "T", "team", "310198001"),
        Node("A2", "S", "team", "310198001001"),
        Node("A3", "D", "team", DISTRICT),
        Node("J1", "C", "joint", DISTRICT),
        Node("J2", "T", "joint", "310198001"),
        Node("M1", "C", "mediation", DISTRICT),
        Node("M2", "D", "mediation", DISTRICT),
        Node("M3", "T", "mediation", "310198001"),
        Node("M4", "S", "mediation", "310198001001"),
        Node("G", "S", "grid", "310198001001001"),
    ],
)
def test_every_kind_has_its_place_in_the_tree(node: Node) -> None:
    assert _faults(node) == []


@pytest.mark.parametrize(
    ("node", "fault"),
    [
        (Node("X", "C", "kiosk", DISTRICT), UnknownUnitKind),
        (Node("X", "", "department", DISTRICT), ParentNeeded),
        (Node("X", "Y", "department", DISTRICT), UnknownParent),
        (Node("X", "T", "department", DISTRICT), WrongParentKind),
        (Node("X", "C", "centre", DISTRICT), WrongParentKind),
        (Node("X", "T", "office", "310198001"), WrongParentKind),
        (Node("X", "G", "mediation", "310198001001001"), UnknownParent),
        (Node("X", "S", "mediation", "310198001001001"), WrongUnitArea),
        (Node("X", "C", "grid", "310198001001001"), WrongParentKind),
        (Node("X", "T", "station", "310198001"), WrongUnitArea),
        (Node("X", "T", "station", "31019800100"), WrongUnitArea),
        (Node("X", "T", "station", "310198002001"), OutsideParentArea),
        (Node("X", "C", "town", "310199001"), ForeignDistrict),
    ],
)
def test_what_cannot_stand_there_is_told_by_its_name(node: Node, fault: type[TreeFault]) -> None:
    assert fault in _faults(node)


def test_a_unit_below_one_of_its_own_is_a_ring_and_the_ring_is_shown() -> None:
    tree = {**TREE, "T": replace(TOWN, parent="S")}
    fault = next(iter(faults_of_place(tree["T"], tree=TREE, district=DISTRICT)))
    assert isinstance(fault, UnitCycle)
    assert fault.values["path"] == "T → S → T"
    assert cycle_through("D", tree=tree) == ()
    below_a_ring = {**tree, "G": Node("G", "S", "grid", "310198001001001")}
    assert cycle_through("G", tree=below_a_ring) == ()


def test_a_level_follows_from_the_kind_or_from_the_parent() -> None:
    assert level_of_kind("bureau", parent_level="district") == "town"
    assert level_of_kind("team", parent_level="station") == "station"
    assert level_of_kind("joint", parent_level="") == "district"
    assert set(PLACES) == set(KIND_WORDS)


def test_a_units_own_facts_are_checked_all_at_once() -> None:
    found = faults_of_facts("310198-ä", district=DISTRICT, name="", force="mild", phone="ring me")
    assert [type(fault) for fault in found] == [WrongUnitCode, UnitNameless, UnknownForce, WrongPhone]
    assert (
        list(faults_of_facts("310198-B001", district=DISTRICT, name="x", force="service", phone="021-5（内线8）")) == []
    )


def test_force_is_ordered_and_a_post_never_carries_more_than_its_unit() -> None:
    for strong in ORDER:
        for weak in ORDER:
            assert covers(strong, weak) is (ORDER.index(strong) >= ORDER.index(weak))
            assert carried(weak, of_the_unit=strong) == (weak if covers(strong, weak) else strong)
        assert carried("", of_the_unit=strong) == strong
        assert covers(strong, "")
    assert not covers("", "service")


codes = st.sampled_from([f"U{number}" for number in range(8)])


@given(st.lists(st.tuples(codes, codes), max_size=60))
def test_random_moves_that_the_rules_let_pass_never_make_a_ring(moves: list[tuple[str, str]]) -> None:
    """Every unit is of a kind that may stand below itself in this test, so that only rings are refused."""
    tree = {f"U{number}": Node(f"U{number}", "", "team", "310198001") for number in range(8)}
    for code, parent in moves:
        moved = replace(tree[code], parent=parent)
        faults = list(faults_of_place(moved, tree=tree, district=DISTRICT))
        if not any(isinstance(fault, UnitCycle) for fault in faults):
            tree[code] = moved
        for unit in tree.values():
            seen = set()
            while unit.parent:
                assert unit.code not in seen
                seen.add(unit.code)
                unit = tree[unit.parent]
