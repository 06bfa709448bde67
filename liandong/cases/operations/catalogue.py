"""Loading a district's catalogue, limits and responsibility matrix. Loading twice changes nothing the second time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Model

from liandong.areas.queries import districts
from liandong.cases.events import CatalogueLoaded, MatrixPublished
from liandong.cases.matrices.versions import MATRIX
from liandong.cases.models import CaseClass, ClassPolicy, FilingCondition, MatrixVersion, Responsibility, TimeLimit
from liandong.kernel.refusal import marked
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
    policies: Sequence[ClassPolicy] = (),
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
        (TimeLimit, limits, ("class_code", "condition", "clock", "since_on")),
        (ClassPolicy, policies, ("class_code", "name")),
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
    """Publish `rows` as a new version of the matrix, unless they are those that were loaded last.

    What was published at a desk since stays until the folder says something new. The first version holds since
    always, so that older cases are judged by something; later ones from their day.
    """
    versions = MatrixVersion.objects.filter(district=district)
    loaded = versions.filter(is_loaded=True).order_by("-published_at", "-number").first()
    if loaded and {_said(row) for row in loaded.rows.all()} == {_said(row) for row in rows}:
        return
    number = (versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    began = versions.exclude(published_at=None).order_by("-since_on").values_list("since_on", flat=True).first()
    today = at.astimezone(ZoneInfo(districts().get(code=district).zone)).date()
    version = MatrixVersion.objects.create(
        district=district, number=number, title=LOADED, is_loaded=True, made_by=actor.key, made_at=at
    )
    for row in rows:
        row.version = version
    Responsibility.objects.bulk_create(rows)
    version.since_on = max(today, began) if began else SINCE_ALWAYS
    version.published_at = at
    version.save(update_fields=["since_on", "published_at"])
    record(
        MatrixPublished(number, version.title, version.since_on, len(rows)),
        about=Subject(MATRIX, version.pk, area=district),
        actor=actor.key,
        at=at,
    )


LOADED = marked("随区数据载入")
"""What a version is called that came with the district's folder."""
SINCE_ALWAYS = date(1900, 1, 1)
"""From when the first version of a district's matrix holds."""


def _said(row: Responsibility) -> tuple[str | tuple[str, ...], ...]:
    return (row.class_prefix, row.area_prefix, row.condition, row.lead, tuple(row.assisting), row.fallback, row.reason)
