"""Loading a district's basemap from data: what is drawn under the areas. The same file twice changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime

from django.db import transaction

from liandong.areas.events import BasemapLoaded
from liandong.areas.models import BasemapFeature
from liandong.areas.operations.loading import lock_district, touch_district
from liandong.areas.queries import basemap_of, edition_of
from liandong.areas.rules.basemap import BasemapRow
from liandong.people.access import Actor, require
from liandong.timeline.operations import Subject, record


@transaction.atomic
def load_basemap(district: str, rows: Sequence[BasemapRow], *, actor: Actor, at: datetime) -> None:
    """Let the basemap of a district be `rows`, in the order in which they are drawn; none take it away.

    :raises Forbidden: the actor may not load districts
    """
    require(actor, "areas.load")
    lock_district(district)
    if list(rows) == basemap_of(district):
        return
    BasemapFeature.objects.filter(district=district).delete()
    columns = ("kind", "road_class", "name", "name_en", "geometry")
    features = (BasemapFeature(district_id=district, **dict(zip(columns, astuple(row), strict=True))) for row in rows)
    BasemapFeature.objects.bulk_create(features, batch_size=2_000)
    touch_district(district)
    counts = dict(sorted(Counter(row.kind for row in rows).items()))
    record(
        BasemapLoaded(counts, edition_of(district)),
        about=Subject("district", int(district), area=district),
        actor=actor.key,
        at=at,
    )
