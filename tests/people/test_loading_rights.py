"""Lent posts and delegated commands from a district's folder: loaded once, and every fault told."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from liandong.cases.folder import BrokenFolder
from liandong.people.access import Forbidden, platform
from liandong.people.models import Delegation, Lending
from liandong.people.operations import (
    DelegationRow,
    LendingRow,
    delegation_faults,
    lending_faults,
    load_delegations,
    load_lendings,
)
from liandong.project.district_files import read_district
from tests.world import DISTRICT, FOLDER, World

JOINT = "J01,DC,joint,district,enforcement,联合执勤队,Joint Team,310198,\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small district with a joint team, a lent post and a delegated command."""
    copy = Path(shutil.copytree(FOLDER, tmp_path / "district"))
    with (copy / "units.csv").open("a", encoding="utf-8") as units:
        units.write(JOINT)
    (copy / "lendings.csv").write_text(
        "account,unit,team,since,until\ndepartment02,D02,J01,2026-01-01,\n", encoding="utf-8"
    )
    (copy / "delegations.csv").write_text(
        "department,town,classes,area,basis,since,until\nD01,T01,M09 M06,310198001,委托书,2026-01-01,2026-12-31\n",
        encoding="utf-8",
    )
    return copy


def test_a_folder_lends_posts_and_delegates_commands_once_however_often_it_is_loaded(
    world: World, folder: Path
) -> None:
    world.load_again(folder)
    world.load_again(folder)
    lending = Lending.objects.get()
    assert (lending.post.user.username, lending.team_id, lending.since_on) == (
        "department02",
        f"{DISTRICT}-J01",
        date(2026, 1, 1),
    )
    delegation = Delegation.objects.get()
    assert (delegation.department_id, delegation.town_id, delegation.classes) == (
        f"{DISTRICT}-D01",
        f"{DISTRICT}-T01",
        ["M09", "M06"],
    )


def test_what_was_revoked_stays_revoked_when_the_folder_is_loaded_again(world: World, folder: Path) -> None:
    world.load_again(folder)
    Delegation.objects.update(revoked_at=world.at)
    world.at += timedelta(days=1)
    world.load_again(folder)
    assert Delegation.objects.get().revoked_at is not None


def test_every_fault_of_lendings_and_delegations_is_told_with_its_line(world: World, folder: Path) -> None:
    with (folder / "lendings.csv").open("a", encoding="utf-8") as lendings:
        lendings.write("department02,D03,J01,2026-01-01,\ndepartment02,D02,T01,2026-01-01,\n")
    with (folder / "delegations.csv").open("a", encoding="utf-8") as delegations:
        delegations.write("T01,D01,,310198002,,2026-12-31,2026-01-01\nD01,T01,M,310198002,x,2026-01-01,2026-12-31\n")
    with pytest.raises(BrokenFolder) as refusal:
        read_district(folder)
    faults = str(refusal.value.values["faults"])
    for told in ("lendings.csv:3", "has no post", "no joint team", "no department", "no town", "outside", "before"):
        assert told in faults


def test_only_who_may_load_districts_loads_rights(world: World) -> None:
    lending = LendingRow("department02", f"{DISTRICT}-D02", f"{DISTRICT}-J01", date(2026, 1, 1))
    delegation = DelegationRow(
        f"{DISTRICT}-D01", f"{DISTRICT}-T01", ("M",), f"{DISTRICT}001", "x", date(2026, 1, 1), date(2026, 2, 1)
    )
    with pytest.raises(Forbidden):
        load_lendings(DISTRICT, [lending], actor=world.actor("lin"), at=world.at)
    with pytest.raises(Forbidden):
        load_delegations(DISTRICT, [delegation], actor=world.actor("lin"), at=world.at)
    assert list(lending_faults(lending, posts=(), units={}))
    assert list(delegation_faults(delegation, units={}))
    load_lendings(DISTRICT, [], actor=platform("import"), at=world.at)
