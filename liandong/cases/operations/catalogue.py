"""Loading a district's catalogue, limits and responsibility matrix. Loading twice changes nothing the second time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Model

from liandong.cases.events import CatalogueLoaded
from liandong.cases.models import CaseClass, FilingCondition, Responsibility, TimeLimit
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
        (Responsibility, matrix, ("class_prefix", "area_prefix")),
    )
    for model, rows, key in rules:
        _load(model, rows, key=("district", *key))
        _drop_others(model, rows, key=key, district=district)
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
