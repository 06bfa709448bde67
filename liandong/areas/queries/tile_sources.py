"""Named questions about maps from elsewhere: those of a district, those switched on, and one that may be kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.db.models import QuerySet

from liandong.areas.models import TileSource
from liandong.areas.queries.maps import edition_of
from liandong.areas.sealing import opened_token
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound
from liandong.people.rules.scope import Thing
from liandong.web.remembered import Remembered

KEEP_TILES = "areas.keep_tiles"
THE_SOURCE = marked("这个地图源")


@dataclass(frozen=True, slots=True)
class TileSourceFacts:
    """A source as it is fetched from and drawn. `mark` differs whenever its tiles may."""

    id: int
    name: str
    template: str
    crs: str
    min_zoom: int
    max_zoom: int
    attribution: str
    review_no: str
    token: str
    is_labels: bool

    @property
    def mark(self) -> str:
        """The name its tiles are kept under."""
        said = f"{self.template}\n{self.crs}".encode()
        return f"{self.id}-{hashlib.sha256(said).hexdigest()[:12]}"


def tile_sources(district: str, *, actor: Actor) -> QuerySet[TileSource]:
    """The sources of a district for those who keep them; none for others."""
    found = TileSource.objects.filter(district=district).order_by("is_labels", "pk")
    return found if actor.may(KEEP_TILES, Thing(area=district)) else found.none()


def tile_source_for(source_id: int, *, actor: Actor) -> TileSource:
    """The source of that number.

    :raises NotFound: there is none, or not for this actor
    """
    found = TileSource.objects.filter(pk=source_id).first()
    if found is None or not actor.may(KEEP_TILES, Thing(area=found.district_id)):
        raise NotFound(what=THE_SOURCE)
    return found


def sources_on(district: str) -> dict[int, TileSourceFacts]:
    """The sources of a district that are switched on, by number, in the order in which they were set up.

    :raises UnknownDistrict: the district is not loaded
    """
    return _sources.get(district)


def forget_sources() -> None:
    """Drop what is remembered of every source: for those who have just changed one."""
    _sources.forget()


def facts_of_source(source: TileSource) -> TileSourceFacts:
    """A source as it is fetched from."""
    token = opened_token(source.token, district=source.district_id)
    return TileSourceFacts(
        source.pk, source.name, source.template, source.crs, source.min_zoom, source.max_zoom,
        source.attribution, source.review_no, token, source.is_labels,
    )  # fmt: skip


def _read(district: str) -> dict[int, TileSourceFacts]:
    found = TileSource.objects.filter(district=district, is_on=True).order_by("pk")
    return {source.pk: facts_of_source(source) for source in found}


_sources: Remembered[str, dict[int, TileSourceFacts]] = Remembered(_read, edition_of)
