"""What can happen to the map and the calendar of a district."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from liandong.areas.rules.recoding import Recoding


@dataclass(frozen=True, slots=True)
class AreasLoaded:
    """The areas of a district were loaded from its folder; every process rereads them."""

    areas: int
    outlines: int
    edition: int


@dataclass(frozen=True, slots=True)
class BasemapLoaded:
    """The basemap of a district was replaced by that of its folder; so many features of each kind."""

    features: dict[str, int]
    edition: int


@dataclass(frozen=True, slots=True)
class CalendarLoaded:
    """Working days of a calendar were loaded."""

    calendar: str
    days: int
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RedrawingOpened:
    """Somebody began a plan to redraw the map within an area."""

    title: str
    area: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class RedrawingMoved:
    """A plan got another title or another day."""

    title: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class RedrawingStepAdded:
    """A step was drawn: what it does, to which areas, and the codes it makes. The digest is that of its outlines."""

    number: int
    do: str
    areas: tuple[str, ...]
    created: tuple[str, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class RedrawingStepsUndone:
    """The last step of a plan, or all of its last file, was taken back; `steps` are left."""

    steps: int


@dataclass(frozen=True, slots=True)
class OutlinesImported:
    """A file of outlines became steps of a plan."""

    areas: int
    datum: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RedrawingDropped:
    """A plan was given up."""

    title: str


@dataclass(frozen=True, slots=True)
class AreasRedrawn:
    """A plan was adopted: from its day on these areas are new, gone, moved or renamed, and codes go over as told."""

    title: str
    effective_on: date
    created: tuple[str, ...]
    ended: tuple[str, ...]
    reshaped: tuple[str, ...]
    renamed: tuple[str, ...]
    recoding: tuple[Recoding, ...]
    edition: int


@dataclass(frozen=True, slots=True)
class AreasRenamed:
    """The day has come from which areas bear the names a plan gave them."""

    title: str
    names: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class OverlayDrawn:
    """A road or patrol grid was laid over the areas."""

    layer: str
    code: str
    name: str
    since_on: date
    sha256: str


@dataclass(frozen=True, slots=True)
class OverlayEnded:
    """A road or patrol grid ends with a day."""

    layer: str
    code: str
    until_on: date


@dataclass(frozen=True, slots=True)
class TileSourceAdded:
    """A map from elsewhere was set up; `origin` is whom it is fetched from."""

    name: str
    kind: str
    crs: str
    origin: str


@dataclass(frozen=True, slots=True)
class TileSourceChanged:
    """A map from elsewhere was set up otherwise: these fields of it. The token itself is told nowhere."""

    name: str
    fields: tuple[str, ...]
    origin: str


@dataclass(frozen=True, slots=True)
class TileSourceSwitched:
    """A map from elsewhere was switched on or off."""

    name: str
    is_on: bool
