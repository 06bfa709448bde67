"""Who must solve it: the most specific row of class, then of area, with a fallback."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liandong.cases.rulebook import forget_rules, rulebook_for
from liandong.cases.rules.responsibility import Candidate, Obstacle, Row, RowKey, RowTable, consider, suggest
from liandong.people.models import Unit
from tests.world import DISTRICT, World


def _row(class_prefix: str, area: str, lead: str, *assisting: str, fallback: str = "") -> Row:
    return Row(class_prefix, area, lead, assisting, fallback, f"{class_prefix} {area}")


def _resolve(word: str, area: str) -> str | None:
    return None if word in ("", "missing") else f"{word}@{area[:9]}" if word == "town" else word


def _lead(*rows: Row, class_code: str = "M06010", area: str = "310198001001001") -> str | None:
    table = RowTable(rows)
    found = suggest(table, class_code=class_code, area=area, resolve=_resolve)
    return found.lead if found else None


def test_class_comes_before_area() -> None:
    rows = [_row("*", "310198001001001", "grid"), _row("M", "*", "any"), _row("M06", "310198", "some")]
    assert _lead(*rows) == "some"
    assert _lead(*rows, _row("M06010", "*", "exact")) == "exact"
    assert _lead(*rows, _row("M06010", "*", "exact"), _row("M06010", "310198001", "here")) == "here"


def test_a_row_for_the_condition_comes_before_one_for_every_condition() -> None:
    table = RowTable((_row("M", "*", "any"), Row("M", "*", "special", (), "", "", "M1")))
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
    table = RowTable([_row("*", "*", "a", "a", "missing", "b", "town")])
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


CLASSES = ["M06010", "M06001", "M07001", "A0203"]
AREAS = ["310198", "310198001", "310198001001", "310198001001001", "310198001001002", "310198002001001"]
CONDITIONS = ["*", "k1", "k2"]
_PREFIXES = ["*", *{code[:size] for code in CLASSES for size in (1, 3, 6)}]


@st.composite
def _tables(draw: st.DrawFn) -> dict[RowKey, Row]:
    keys = st.tuples(st.sampled_from(sorted(_PREFIXES)), st.sampled_from(["*", *AREAS]), st.sampled_from(CONDITIONS))
    words = st.sampled_from(["missing", "unit", "town", ""])
    return {
        key: Row(key[0], key[1], f"{draw(words)}", (), draw(words), "/".join(key), key[2])
        for key in draw(st.sets(keys, max_size=12))
    }


def _most_specific(rows: Iterable[Row], class_code: str, area: str, condition: str) -> Row | None:
    """What the rule says, word by word: of the rows that cover the case and name somebody, the most specific one."""
    covering = [
        row
        for row in rows
        if (row.class_prefix == "*" or class_code.startswith(row.class_prefix))
        and (row.area_prefix == "*" or area.startswith(row.area_prefix))
        and row.condition in ("*", condition)
        and (_resolve(row.lead, area) or _resolve(row.fallback, area))
    ]

    def specificity(row: Row) -> tuple[int, int, bool]:
        named = [0 if name == "*" else len(name) for name in (row.class_prefix, row.area_prefix)]
        return (named[0], named[1], row.condition != "*")

    return max(covering, key=specificity, default=None)


@given(
    rows=_tables(),
    class_code=st.sampled_from(CLASSES),
    area=st.sampled_from(AREAS),
    condition=st.sampled_from(CONDITIONS),
)
@settings(max_examples=300)
def test_the_suggestion_is_that_of_the_most_specific_row_that_names_somebody(
    rows: dict[RowKey, Row], class_code: str, area: str, condition: str
) -> None:
    table = RowTable(rows.values())
    assert dict(table) == rows
    assert len(table) == len(rows)
    asked = {"class_code": class_code, "area": area, "condition": condition}
    found = suggest(table, resolve=_resolve, **asked)
    expected = _most_specific(rows.values(), class_code, area, condition)
    assert (found.row if found else None) == expected

    def weigh(word: str, place: str) -> Candidate:
        unit = _resolve(word, place)
        return Candidate(word, unit or "", Obstacle.NONE if unit else Obstacle.ABSENT)

    considered = list(consider(table, weigh=weigh, **asked))
    assert [one.row for one in considered if one.decides] == ([expected] if expected else [])
    assert [one.used_fallback for one in considered if one.decides] == ([found.used_fallback] if found else [])


def test_words_name_the_unit_of_the_place_and_an_office_its_departments(world: World) -> None:
    Unit.objects.create(
        code=f"{DISTRICT}-O001",
        district=DISTRICT,
        parent_id=f"{DISTRICT}-D01",
        kind="office",
        level="town",
        force="enforcement",
        name="东桥派出所",
        name_en="Dongqiao Police Station",
        area="310198001",
    )
    forget_rules()
    book = rulebook_for(DISTRICT)
    there, beyond = "310198001001001", "310198002001001"
    for word, unit in (
        *(("town", "T01"), ("station", "S001"), ("grid", "G001"), ("bureau:城管中队", "B002"), ("D01", "D01")),
        *(("office:D01", "O001"), (f"office:{DISTRICT}-D01", "O001"), (f"{DISTRICT}-D02", "D02")),
    ):
        assert book.resolve(word, there) == f"{DISTRICT}-{unit}", word
    for word in ("office:D02", "office", "bureau", "bureau:", "town:x", "nobody", ""):
        assert book.resolve(word, there) is None, word
    assert book.resolve("office:D01", beyond) is None
    assert book.resolve("station", "310198001") is None


def test_a_unit_that_took_over_is_meant_from_the_day_the_other_closed(world: World) -> None:
    first = Unit.objects.get(pk=f"{DISTRICT}-S001")
    Unit.objects.filter(pk=first.pk).update(until_on=date(2026, 3, 31))
    values = {field.attname: getattr(first, field.attname) for field in Unit._meta.concrete_fields}
    Unit.objects.create(**{**values, "code": f"{DISTRICT}-S999", "since_on": date(2026, 4, 1), "until_on": None})
    forget_rules()
    book = rulebook_for(DISTRICT)
    grid = "310198001001001"
    assert book.resolve("station", grid, date(2026, 3, 31)) == f"{DISTRICT}-S001"
    assert book.resolve("station", grid, date(2026, 4, 1)) == f"{DISTRICT}-S999"
    assert book.resolve("S001", grid, date(2026, 4, 1)) is None
