"""The rows of a matrix that name areas which have ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liandong.cases.models import MatrixVersion, Responsibility
from liandong.cases.rulebook import table_of
from liandong.cases.rules.responsibility import Row


@dataclass(frozen=True, slots=True)
class RowOver:
    """A row that names an area that has ended, and the drafts (by number) in which it stands no longer."""

    id: int
    row: Row
    drafts: tuple[int, ...]


def rows_over(district: str, codes: Sequence[str]) -> list[RowOver]:
    """The rows over one of these areas in the published version that has the last word, by area and class."""
    published = MatrixVersion.objects.filter(district=district, published_at__isnull=False)
    newest = published.order_by("-since_on", "-published_at", "-number").first()
    if newest is None:
        return []
    found = Responsibility.objects.filter(version=newest, area_prefix__in=codes)
    drafts = MatrixVersion.objects.filter(district=district, published_at__isnull=True, based_on=newest)
    stands = {
        number: set(table_of(Responsibility.objects.filter(version__number=number, version__district=district,
                                                           area_prefix__in=codes)))
        for number in drafts.order_by("number").values_list("number", flat=True)
    }  # fmt: skip
    rows = []
    for one in found.order_by("area_prefix", "class_prefix", "condition"):
        row = Row(one.class_prefix, one.area_prefix, one.lead, tuple(one.assisting), one.fallback, one.reason,
                  one.condition)  # fmt: skip
        rows.append(RowOver(one.pk, row, tuple(number for number, keys in stands.items() if row.key not in keys)))
    return rows
