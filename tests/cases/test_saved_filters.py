"""Saved filters: kept, shared, pinned, counted within what their reader may see, and one meaning for all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liandong.cases.models import Case, SavedFilter
from liandong.cases.operations import keep_list_view, pin_filters, remove_filter, save_filter
from liandong.cases.operations.filters import (
    MOST_FILTERS,
    FilterNameUnfit,
    NotAMember,
    PersonalNumberInFilter,
    TooManyFilters,
)
from liandong.cases.queries import (
    COUNTED_TO,
    CaseFilter,
    counts_for,
    filter_of,
    permitted_cases,
    questions_of,
    units_below,
    view_of,
)
from liandong.cases.queries import saved as counting
from liandong.people.access import NOBODY, Forbidden, NotFound
from liandong.timeline.queries import trace
from tests.world import GRID_9, World

WASTE = CaseFilter(class_prefix="M06", text="垃圾", is_open=True)


def _save(world: World, asked: CaseFilter = WASTE, by: str = "operator", **details: object) -> SavedFilter:
    details = {"name": "垃圾在办", **details}
    return save_filter(asked, actor=world.actor(by), at=world.at, **details)  # type: ignore[arg-type]


def _names(world: World, by: str) -> list[str]:
    return [one.name for one in questions_of(world.actor(by))]


@pytest.mark.parametrize(
    ("asked", "finds"),
    [
        ({"nature": "complaint"}, "complaint"),
        ({"force": "enforcement"}, ""),
        ({"run_by": "town"}, ""),
        ({"closing": "normal"}, "closed"),
        ({"handled_by": "user/bureau002"}, "closed"),
        ({"reworks": 1}, "complaint"),
        ({"returns": 1}, ""),
        ({"reopenings": 1}, ""),
        ({"unit": "310198-T01", "with_units_below": True}, "closed"),
        ({"unit": "310198-T01"}, ""),
        ({"unit": "999999-X", "with_units_below": True}, ""),
        ({"due_from": datetime(2027, 1, 1, tzinfo=UTC)}, ""),
        ({"due_until": datetime(2026, 3, 2, 1, 59, tzinfo=UTC)}, ""),
    ],
)
def test_every_field_narrows_to_what_it_says(world: World, asked: dict[str, object], finds: str) -> None:
    numbers = {"closed": world.closed().number, "complaint": world.report(nature="complaint").number}
    Case.objects.filter(number=numbers["complaint"]).update(reworks=1)
    found = CaseFilter(**asked).apply(permitted_cases(world.actor("operator")))  # type: ignore[arg-type]
    assert set(found.values_list("number", flat=True)) == {numbers[name] for name in finds.split()}


def test_a_stored_question_means_the_same_when_it_is_read_again() -> None:
    asked = CaseFilter(
        stages=("filed",), is_open=False, returns=2, reported_from=datetime(2026, 3, 1, tzinfo=UTC), is_mine=True
    )
    assert filter_of(asked.as_asked()) == asked
    assert CaseFilter().as_asked() == {}
    assert filter_of({"of_a_later_version": 1}) == CaseFilter()


def test_what_is_said_of_the_reader_and_of_now_is_put_in_when_it_is_asked(world: World) -> None:
    asked = CaseFilter(is_mine=True, due_within_hours=4, reported_within_days=7)
    settled = asked.settled(world.actor("bureau002"), at=world.at)
    assert settled == CaseFilter(
        handled_by="user/bureau002",
        is_open=True,
        due_from=world.at,
        due_until=world.at + timedelta(hours=4),
        reported_from=world.at - timedelta(days=7),
    )


def test_units_below_a_unit_are_found_however_deep(world: World) -> None:
    below = units_below("310198-T01")
    assert below[0] == "310198-T01"
    assert "310198-B002" in below


def test_a_filter_is_kept_pinned_and_on_the_record(world: World) -> None:
    kept = _save(world)
    (question,) = questions_of(world.actor("operator"))
    assert (question.pk, question.asked, question.place, question.is_own) == (kept.pk, WASTE, 1, True)
    told = trace("account", world.actor("operator").user_id or 0).last()
    assert told is not None
    assert (told.event, told.data) == ("FilterSaved", {"name": "垃圾在办"})


def test_a_filter_of_the_same_name_takes_the_place_of_ones_own(world: World) -> None:
    _save(world)
    _save(world, replace(WASTE, is_open=None))
    (question,) = questions_of(world.actor("operator"))
    assert question.asked.is_open is None


def test_a_filter_is_its_owners_alone_until_it_is_shared_with_their_unit(world: World) -> None:
    _save(world)
    assert _names(world, "supervisor") == []
    _save(world, name="共享的", unit=next(iter(world.actor("operator").units)))
    colleagues = world.actor("operator").units & world.actor("supervisor").units
    assert _names(world, "supervisor") == (["共享的"] if colleagues else [])
    assert _names(world, "bureau001") == []


def test_a_filter_is_shared_with_no_unit_but_ones_own(world: World) -> None:
    with pytest.raises(NotAMember):
        _save(world, unit="310198-B002")


def test_a_reader_pins_a_shared_filter_for_themselves_and_may_not_remove_it(world: World) -> None:
    unit = next(iter(world.actor("bureau002").units))
    kept = _save(world, by="bureau002", unit=unit)
    reader = replace(world.actor("bureau001"), posts=world.actor("bureau002").posts)
    pin_filters([kept.pk], actor=reader, at=world.at)
    assert [one.place for one in questions_of(reader)] == [1]
    with pytest.raises(NotFound):
        remove_filter(kept.pk, actor=reader, at=world.at)
    with pytest.raises(NotFound):
        pin_filters([kept.pk], actor=world.actor("bureau001"), at=world.at)


def test_pins_keep_their_order_and_go_with_their_filter(world: World) -> None:
    first, second = _save(world, name="甲"), _save(world, name="乙")
    operator = world.actor("operator")
    assert _names(world, "operator") == ["甲", "乙"]
    pin_filters([second.pk, first.pk], actor=operator, at=world.at)
    assert _names(world, "operator") == ["乙", "甲"]
    remove_filter(second.pk, actor=operator, at=world.at)
    assert [(one.name, one.place > 0) for one in questions_of(operator)] == [("甲", True)]


def test_a_filter_that_cannot_be_kept_is_refused_by_name(world: World) -> None:
    for name in ("", "  ", "长" * 41):
        with pytest.raises(FilterNameUnfit):
            _save(world, name=name)
    with pytest.raises(PersonalNumberInFilter):
        _save(world, CaseFilter(text="13812345678"))
    with pytest.raises(PersonalNumberInFilter):
        _save(world, name="找13812345678")
    with pytest.raises(Forbidden):
        save_filter(WASTE, name="x", actor=NOBODY, at=world.at)
    me = world.actor("operator").user_id or 0
    SavedFilter.objects.bulk_create(
        SavedFilter(account=me, name=str(place), made_at=world.at) for place in range(MOST_FILTERS)
    )
    with pytest.raises(TooManyFilters):
        _save(world)


def test_counts_follow_the_reader_and_take_one_statement_besides_its_limit(world: World) -> None:
    world.dispatched()
    world.report(lon=GRID_9[0], lat=GRID_9[1])
    asked = [WASTE, CaseFilter(unit="310198-B002"), CaseFilter(area_prefix="310198002"), CaseFilter(is_open=False)]
    assert counts_for(world.actor("operator"), asked, at=world.at) == [2, 1, 1, 0]
    # The town of the other side may see neither that unit's cases nor that area.
    assert counts_for(world.actor("bureau002"), asked, at=world.at) == [1, 1, 0, 0]
    assert counts_for(world.actor("operator"), [], at=world.at) == []
    with CaptureQueriesContext(connection) as statements:
        counts_for(world.actor("operator"), asked, at=world.at)
    assert sum("cases_case" in one["sql"] for one in statements) == 1


def test_a_count_stops_one_past_its_bound(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "COUNTED_TO", 2)
    for _ in range(5):
        world.report()
    assert counts_for(world.actor("operator"), [CaseFilter()], at=world.at) == [3]
    assert COUNTED_TO == 1_000


def test_a_filter_too_slow_to_count_has_no_count_and_hides_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.report()
    slow = {"left": 1}
    bounded = counting._bounded

    def sometimes_slow(cases: list[object], *, within_ms: int) -> tuple[int, ...]:
        if len(cases) > 1 or slow["left"]:
            slow["left"] = slow["left"] if len(cases) > 1 else 0
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 1")
                cursor.execute("SELECT pg_sleep(1)")
        return bounded(cases, within_ms=within_ms)  # type: ignore[arg-type]

    def guarded(cases: list[object], *, within_ms: int) -> tuple[int, ...]:
        from django.db import transaction

        with transaction.atomic():
            return sometimes_slow(cases, within_ms=within_ms)

    monkeypatch.setattr(counting, "_bounded", guarded)
    assert counts_for(world.actor("operator"), [CaseFilter(), CaseFilter()], at=world.at) == [None, 1]


def test_how_somebody_looks_at_a_list_is_remembered_for_them_alone(world: World) -> None:
    operator = world.actor("operator")
    assert view_of(operator, "cases") is None
    for order in ("newest", "due"):
        keep_list_view("cases", columns=["number", "due"], order=order, is_dense=True, actor=operator, at=world.at)
    view = view_of(operator, "cases")
    assert view is not None
    assert (view.columns, view.order, view.is_dense) == (["number", "due"], "due", True)
    assert view_of(world.actor("supervisor"), "cases") is None
