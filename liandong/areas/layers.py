"""Road grids and patrol grids, over the areas of the map."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Final

from liandong.areas.models import OverlayLayer
from liandong.areas.queries import district_map, overlays_in
from liandong.kernel.cells import Box
from liandong.kernel.refusal import marked
from liandong.people.access import Actor
from liandong.people.layers import Feature, MapLayer
from liandong.web.names import name_of


def _overlays(actor: Actor, box: Box, at: datetime, *, layer: str) -> Iterator[Feature]:
    for district in sorted({post.area[:6] for post in actor.posts}):
        for overlay in overlays_in(district, box, layer=layer, day=district_map(district).day_of(at)):
            yield Feature(overlay.code, overlay.geometry, name_of(overlay), (overlay.code,))


OVERLAYS: Final = tuple(
    MapLayer(layer.value, word, icon, tone, partial(_overlays, layer=layer.value), is_area=True)
    for layer, word, icon, tone in (
        (OverlayLayer.ROAD, marked("道路网格"), "signpost-split", "violet"),
        (OverlayLayer.PATROL, marked("巡查网格"), "bounding-box", "teal"),
    )
)
