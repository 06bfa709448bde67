"""The road and patrol grids that lie over the place of a case, for whoever decides where it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import template

from liandong.areas.queries import district_map, overlay_word, overlays_at
from liandong.web.names import name_of

if TYPE_CHECKING:
    from liandong.cases.models import Case

register = template.Library()


@dataclass(frozen=True, slots=True)
class OverlayShown:
    """An overlay in the reader's language."""

    layer: str
    name: str
    code: str


@register.simple_tag
def overlays_over(case: Case) -> list[OverlayShown]:
    """The overlays over the point of a case on the day it was reported; nothing while its place is unknown.

    They are told, not obeyed: neither the matrix nor a right is decided by them.
    """
    if case.lon is None or case.lat is None:
        return []
    day = district_map(case.district).day_of(case.reported_at)
    found = overlays_at(case.district, lon=case.lon, lat=case.lat, day=day)
    return [OverlayShown(overlay_word(one.layer), name_of(one), one.code) for one in found]
