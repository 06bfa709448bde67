"""Who must solve it: the most specific row of class, then of area, with a fallback."""

from __future__ import annotations

import pytest

from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.responsibility import Row, suggest
from tests.world import DISTRICT, World


def _row(class_prefix: str, area: str, lead: str, *assisting: str, fallback: str = "") -> Row:
    return Row(class_prefix, area, lead, assisting, fallback, f"{class_prefix} {area}")


def _resolve(word: str, area: str) -> str | None:
    return None if word in ("", "missing") else f"{word}@{area[:9]}" if word == "town" else word


def _lead(*rows: Row, class_code: str = "M06010", area: str = "310198001001001") -> str | None:
    table = {row.key: row for row in rows}
    found = suggest(table, class_code=class_code, area=area, resolve=_resolve)
    return found.lead if found else None


def test_class_comes_before_area() -> None:
    rows = [_row("*", "310198001001001", "grid"), _row("M", "*", "any"), _row("M06", "310198", "some")]
    assert _lead(*rows) == "some"
    assert _lead(*rows, _row("M06010", "*", "exact")) == "exact"
    assert _lead(*rows, _row("M06010", "*", "exact"), _row("M06010", "310198001", "here")) == "here"


def test_a_row_for_the_condition_comes_before_one_for_every_condition() -> None:
    table = {row.key: row for row in (_row("M", "*", "any"), Row("M", "*", "special", (), "", "", "M1"))}
    leads = [
        suggest(table, class_code="M06010", area="310198001", condition=condition, resolve=_resolve)
        for condition in ("M1", "M2", "*", "")
    ]
    assert [found.lead if found else None for found in leads] == ["special", "any", "any", "any"]


def test_a_lead_that_the_area_lacks_gives_way_to_its_fallback_then_to_the_next_row() -> None:
    assert _lead(_row("M", "*", "missing", fallback="centre")) == "centre"
    assert _lead(_row("M", "*", "missing"), _row("*", "*", "town")) == "town@310198001"
    assert _lead(_row("M", "*", "missing")) is None
    assert _lead() is None


def test_assistants_are_resolved_and_the_lead_does_not_assist_itself() -> None:
    table = {("*", "*", "*"): _row("*", "*", "a", "a", "missing", "b", "town")}
    found = suggest(table, class_code="X", area="310198002", resolve=_resolve)
    assert found is not None
    assert (found.assisting, found.used_fallback) == (("b", "town@310198002"), False)


@pytest.mark.parametrize(
    ("class_code", "area", "unit"),
    [
        ("M06010", "310198001001001", "B002"),
        ("M06010", "310198002001001", "T02"),
        ("A0203", "310198002001001", "B003"),
        ("C01001", "310198001002001", "T01"),
        ("C01001", "310198", "DC"),
        ("A0704", "310198001001001", "D01"),
    ],
)
def test_the_small_districts_matrix_names_whom_one_expects(world: World, class_code: str, area: str, unit: str) -> None:
    found = rulebook_for(DISTRICT).suggest(class_code=class_code, area=area, at=world.at)
    assert found is not None
    assert found.lead == f"{DISTRICT}-{unit}"
