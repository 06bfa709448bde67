"""Kept statements against the ORM: the same rows in, the same rows out."""

from __future__ import annotations

from datetime import timedelta

from liandong.cases.models import Assignment, Case, Clock
from liandong.timeline.kept import insert_rows, read_rows, update_row
from tests.world import World


def test_rows_read_by_a_kept_statement_equal_the_orms(world: World) -> None:
    case = world.checked(attributes={"source": "夜间施工", "floors": [1, 2]}, class_code="M06028")
    for model, condition, key in (
        (Case, "WHERE id = %s", "pk"),
        (Clock, "WHERE case_id = %s ORDER BY id", "case"),
        (Assignment, "WHERE case_id = %s ORDER BY id", "case"),
    ):
        kept = read_rows(model, condition, [case.pk])
        by_orm = list(model._default_manager.filter(**{key: case.pk}).order_by("pk"))
        names = [field.attname for field in model._meta.concrete_fields]
        assert [[getattr(row, name) for name in names] for row in kept] == [
            [getattr(row, name) for name in names] for row in by_orm
        ]


def test_a_column_left_out_stays_unread_and_is_fetched_when_asked_for(world: World) -> None:
    case = world.report()
    found = read_rows(Case, "WHERE id = %s", [case.pk], leave_out=frozenset({"terms"}))[0]
    assert found.get_deferred_fields() == {"terms"}
    assert "垃圾" in str(found.terms)


def test_rows_inserted_by_a_kept_statement_learn_their_keys_and_equal_what_the_orm_would_write(world: World) -> None:
    case = world.report()
    clocks = [
        Clock(
            case_id=case.pk,
            kind=kind,
            amount="1.50",
            unit="working_hour",
            clause="本区默认",
            calendar="cn",
            started_at=world.at,
            due_at=world.at + timedelta(hours=1),
        )
        for kind in ("check", "call_back")
    ]
    insert_rows(Clock, clocks)
    for clock in clocks:
        written = Clock.objects.get(pk=clock.pk)
        assert (written.kind, written.unit, written.clause, written.due_at) == (
            clock.kind,
            clock.unit,
            clock.clause,
            clock.due_at,
        )
        assert written.stopped_at is None
        assert written.stopped_by == ""


def test_an_update_writes_the_named_columns_and_no_other(world: World) -> None:
    world.report()
    clock = Clock.objects.get(kind="accept")
    clock.clause, clock.moved_seconds = "本案", 60
    update_row(clock, ["clause"])
    written = Clock.objects.get(pk=clock.pk)
    assert (written.clause, written.moved_seconds) == ("本案", 0)


def test_an_update_of_nothing_asks_the_database_nothing(world: World, django_assert_num_queries: object) -> None:
    world.report()
    clock = Clock.objects.get(kind="accept")
    with django_assert_num_queries(0):  # type: ignore[operator]
        update_row(clock, [])


def test_nothing_to_insert_asks_the_database_nothing(db: None, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        insert_rows(Clock, [])
