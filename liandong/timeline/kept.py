"""Statements for the hottest verbs, their text made once per shape and kept: the same rows as the ORM's, sooner.

The ORM compiles each query anew, which costs as much as the database needs to answer it. Only `timeline.operations`,
`cases` writing and sessions use these; tests hold them against the ORM.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

import orjson
from django.db import connection
from django.db.models import Field, JSONField, Model
from psycopg.types.json import Jsonb

Row = TypeVar("Row", bound=Model)
Computed = Mapping[str, tuple[str, Callable[[Any], Any]]]
"""Column → (SQL expression around one `%s`, the value for it)."""

_NOTHING: Computed = {}


def insert_rows(
    model: type[Row],
    rows: Sequence[Row],
    *,
    leave_out: frozenset[str] = frozenset({"id"}),
    computed: Computed = _NOTHING,
) -> None:
    """Insert new rows in one statement; they learn the primary keys the database gives them."""
    if not rows:
        return
    fields = _fields(model, leave_out.union(computed))
    places = ["%s"] * len(fields) + [expression for expression, _value in computed.values()]
    text = _insert_text(model, fields, tuple(computed), tuple(places), len(rows))
    values = [value for row in rows for value in (*_values(row, fields), *(of(row) for _text, of in computed.values()))]
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = key
            row._state.adding, row._state.db = False, connection.alias


def update_row(row: Model, names: Sequence[str], *, computed: Computed = _NOTHING) -> None:
    """Write the named columns of one known row."""
    if not names and not computed:
        return
    model = type(row)
    fields = tuple(_by_attname(model)[name] for name in names)
    sets = [f'"{field.column}" = %s' for field in fields]
    sets += [f'"{column}" = {expression}' for column, (expression, _value) in computed.items()]
    text = f'UPDATE "{model._meta.db_table}" SET {", ".join(sets)} WHERE "{model._meta.pk.column}" = %s'
    with connection.cursor() as cursor:
        cursor.execute(text, [*_values(row, fields), *(of(row) for _text, of in computed.values()), row.pk])


def read_rows(
    model: type[Row], condition: str, parameters: Sequence[Any], *, leave_out: frozenset[str] = frozenset()
) -> list[Row]:
    """Read the rows of one table that `condition` (SQL from WHERE on) names; columns left out stay unread."""
    fields = _fields(model, leave_out)
    names, documents, text = _select_parts(model, fields)
    with connection.cursor() as cursor:
        cursor.execute(f"{text} {condition}", parameters)
        found = cursor.fetchall()
    return [model.from_db(connection.alias, names, _loaded(row, documents)) for row in found]


@cache
def _fields(model: type[Model], leave_out: frozenset[str]) -> tuple[Field[Any, Any], ...]:
    return tuple(field for field in model._meta.concrete_fields if field.attname not in leave_out)


@cache
def _by_attname(model: type[Model]) -> dict[str, Field[Any, Any]]:
    return {field.attname: field for field in model._meta.concrete_fields}


@cache
def _reader(fields: tuple[Field[Any, Any], ...]) -> tuple[Callable[[Any], tuple[Any, ...]], tuple[int, ...]]:
    documents = tuple(place for place, field in enumerate(fields) if isinstance(field, JSONField))
    names = [field.attname for field in fields]
    if len(names) < 2:
        return (lambda row: tuple(getattr(row, name) for name in names)), documents
    return attrgetter(*names), documents


def _values(row: Model, fields: tuple[Field[Any, Any], ...]) -> list[Any]:
    read, documents = _reader(fields)
    values = list(read(row))
    for place in documents:
        values[place] = Jsonb(values[place], orjson.dumps)
    return values


@cache
def _insert_text(
    model: type[Model], fields: tuple[Field[Any, Any], ...], more: tuple[str, ...], places: tuple[str, ...], count: int
) -> str:
    columns = ", ".join(f'"{name}"' for name in (*(field.column for field in fields), *more))
    rows = ", ".join([f"({', '.join(places)})"] * count)
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES {rows} RETURNING "{model._meta.pk.column}"'


@cache
def _select_parts(
    model: type[Model], fields: tuple[Field[Any, Any], ...]
) -> tuple[tuple[str, ...], tuple[int, ...], str]:
    columns = ", ".join(f'"{field.column}"' for field in fields)
    documents = tuple(place for place, field in enumerate(fields) if isinstance(field, JSONField))
    return tuple(field.attname for field in fields), documents, f'SELECT {columns} FROM "{model._meta.db_table}"'


def _loaded(row: tuple[Any, ...], documents: tuple[int, ...]) -> Sequence[Any]:
    if not documents:
        return row
    values = list(row)
    for place in documents:
        if isinstance(values[place], str | bytes):
            values[place] = orjson.loads(values[place])
    return values
