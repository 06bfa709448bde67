"""Loading a district's catalogue, limits and responsibility matrix. Loading twice changes nothing the second time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Model

from liandong.cases.events import CatalogueLoaded
from liandong.cases.models import CaseClass, FilingCondition, MatrixVersion, Responsibility, TimeLimit
from liandong.people.access import Actor, require
from liandong.timeline.operations import Subject, record

Rows = Sequence[Model]


@transaction.atomic
def load_catalogue(
    district: str,
    *,
    classes: Sequence[CaseClass],
    conditions: Sequence[FilingCondition],
    limits: Sequence[TimeLimit],
    matrix: Sequence[Responsibility],
    actor: Actor,
    at: datetime,
) -> None:
    """Make the rules of a district those given. Classes that are no longer given stay: old cases bear them.

    :raises Forbidden: the actor may not load districts
    """
    require(actor, "areas.load")
    _load(CaseClass, classes, key=("district", "code"))
    rules: tuple[tuple[type[Model], Rows, tuple[str, ...]], ...] = (
        (FilingCondition, conditions, ("class_code", "code")),
        (TimeLimit, limits, ("class_code", "condition", "clock")),
    )
    for model, rows, key in rules:
        _load(model, rows, key=("district", *key))
        _drop_others(model, rows, key=key, district=district)
    _load_matrix(district, matrix, actor=actor, at=at)
    record(
        CatalogueLoaded(len(classes), len(conditions), len(limits), len(matrix)),
        about=Subject("catalogue", int(district), area=district),
        actor=actor.key,
        at=at,
    )


def _load(model: type[Model], rows: Rows, *, key: tuple[str, ...]) -> None:
    columns = [field.name for field in model._meta.concrete_fields if field.name not in (*key, "id")]
    manager = model._default_manager
    manager.bulk_create(rows, update_conflicts=True, unique_fields=list(key), update_fields=columns)


def _drop_others(model: type[Model], rows: Rows, *, key: tuple[str, ...], district: str) -> None:
    given = {tuple(getattr(row, name) for name in key) for row in rows}
    standing = model._default_manager.filter(district=district)
    gone = [pk for pk, *names in standing.values_list("pk", *key) if tuple(names) not in given]
    standing.filter(pk__in=gone).delete()


def _load_matrix(district: str, rows: Sequence[Responsibility], *, actor: Actor, at: datetime) -> None:
    """Publish `rows` as a new version of the matrix, unless the newest one says the same already.

    The first version holds since always, so that older cases are judged by something; later ones from their day.
    """
    newest = MatrixVersion.objects.filter(district=district).exclude(published_at=None).order_by("-number").first()
    if newest and {_said(row) for row in newest.rows.all()} == {_said(row) for row in rows}:
        return
    number = (MatrixVersion.objects.filter(district=district).order_by("-number").values_list("number", flat=True)
              .first() or 0) + 1  # fmt: skip
    version = MatrixVersion.objects.create(
        district=district,
        number=number,
        title=str(number),
        since_on=at.date() if newest else SINCE_ALWAYS,
        made_by=actor.key,
        made_at=at,
        published_at=at,
    )
    for row in rows:
        row.version = version
    Responsibility.objects.bulk_create(rows)


SINCE_ALWAYS = date(1900, 1, 1)
"""From when the first version of a district's matrix holds."""


def _said(row: Responsibility) -> tuple[str | tuple[str, ...], ...]:
    return (row.class_prefix, row.area_prefix, row.condition, row.lead, tuple(row.assisting), row.fallback, row.reason)
