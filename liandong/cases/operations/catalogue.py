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
    """Create or refresh all rules of a district.

    :raises Forbidden: the actor may not load districts
    """
    require(actor, "areas.load")
    _load(CaseClass, classes, key=("district", "code"))
    _load(FilingCondition, conditions, key=("district", "class_code", "code"))
    _load(TimeLimit, limits, key=("district", "class_code", "condition", "clock"))
    _load(Responsibility, matrix, key=("district", "class_prefix", "area_prefix"))
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
