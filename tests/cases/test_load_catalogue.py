"""A district's rules are those of its files: no more, no less."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from liandong.cases.folder import BrokenFolder, read_catalogue
from liandong.cases.models import CaseClass, TimeLimit
from liandong.cases.operations import load_catalogue
from liandong.cases.queries import public_classes
from liandong.people.access import Forbidden, platform
from tests.world import DISTRICT, World

HEAD = "class,condition,clock,amount,unit,clause\n"


def test_only_who_may_load_districts_loads_rules(world: World) -> None:
    with pytest.raises(Forbidden):
        load_catalogue(
            DISTRICT, classes=[], conditions=[], limits=[], matrix=[], actor=world.actor("supervisor"), at=world.at
        )


def test_limits_that_are_no_longer_given_are_gone_and_classes_stay(world: World) -> None:
    classes = CaseClass.objects.count()
    only = TimeLimit(
        district=DISTRICT, class_code="*", condition="*", clock="accept", amount=Decimal(1), unit="natural_hour"
    )
    load_catalogue(DISTRICT, classes=[], conditions=[], limits=[only], matrix=[], actor=platform("import"), at=world.at)
    assert [(row.clock, row.amount) for row in TimeLimit.objects.all()] == [("accept", Decimal(1))]
    assert CaseClass.objects.count() == classes


def test_later_folders_override_earlier_ones_row_by_row(tmp_path: Path) -> None:
    for name, amount in (("standard", 5), ("district", 2)):
        (tmp_path / name).mkdir()
        rows = f"*,*,handle,{amount},working_day,x\n*,*,check,1,working_day,x\n"
        (tmp_path / name / "limits.csv").write_text(HEAD + rows)
    files = read_catalogue(DISTRICT, [tmp_path / "standard", tmp_path / "district"])
    assert {row.clock: row.amount for row in files.limits} == {"handle": 2, "check": 1}


def test_a_missing_column_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "limits.csv").write_text("class,condition\n*,*\n")
    (tmp_path / "classes.csv").write_text("code\nX01\n")
    with pytest.raises(BrokenFolder) as refusal:
        read_catalogue(DISTRICT, [tmp_path])
    assert refusal.value.values["count"] == 2
    assert "limits.csv:2: missing column" in str(refusal.value)
    assert "classes.csv:2: missing column" in str(refusal.value)


def test_words_outside_their_list_are_faults(tmp_path: Path) -> None:
    head = "code,parent,kind,name,name_en,nature,urgency,public,demands,attributes,clause,from,until\n"
    row = "X01001,X01,matter,名,Name,{},{},{},{},{},c,{},\n"
    good = ("help", "normal", "open", "check", "", "2020-01-01")
    bad = [("rant", 0), ("now", 1), ("maybe", 2), ("all", 3), ("[", 4), ("yesterday", 5)]
    rows = [row.format(*good)] + [row.format(*good[:at], word, *good[at + 1 :]) for word, at in bad]
    (tmp_path / "classes.csv").write_text(head + "".join(rows))
    with pytest.raises(BrokenFolder) as refusal:
        read_catalogue(DISTRICT, [tmp_path])
    assert refusal.value.values["count"] == len(bad)


def test_the_public_sees_open_classes_only(world: World) -> None:
    codes = {kind.code for kind in public_classes(DISTRICT)}
    assert "A0203" not in codes
    assert "M06010" in codes
    assert "M06" not in codes
