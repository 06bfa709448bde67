"""Rows in bulk by COPY: the same defaults, constraints and triggers as an insert, a fraction of its cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any, TypeVar

import orjson
from django.db import connection
from django.db.models import JSONField, Model

Row = TypeVar("Row", bound=Model)


def copy_rows(
    model: type[Row],
    rows: Iterable[Row],
    *,
    leave_out: frozenset[str] = frozenset({"id"}),
    computed: Mapping[str, Callable[[Row], str]] | None = None,
) -> None:
    """Write new rows in their order, in the caller's transaction. The rows do not learn their ids.

    `leave_out` names columns the database fills; `computed` gives a column the text that PostgreSQL reads for it.
    """
    computed = computed or {}
    fields = [field for field in model._meta.concrete_fields if field.attname not in leave_out | computed.keys()]
    names = ", ".join(f'"{name}"' for name in (*(field.column for field in fields), *computed))
    read = attrgetter(*(field.attname for field in fields))
    documents = [place for place, field in enumerate(fields) if isinstance(field, JSONField)]
    with connection.cursor() as cursor, cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy:
        for row in rows:
            values = list(read(row))
            for place in documents:
                values[place] = orjson.dumps(values[place]).decode()
            values.extend(text(row) for text in computed.values())
            copy.write_row(values)


def next_ids(model: type[Model], count: int) -> Iterator[int]:
    """Take `count` ids from the sequence of a table, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        found: list[tuple[Any]] = cursor.fetchall()
    return iter(sorted(row[0] for row in found))


def analyse() -> None:
    """Let the database look at what it holds: plans made for empty tables would read the whole table for each row."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
