"""What a row of `areas.csv` is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area as the district's folder gives it; `lon`, `lat` is its seat in WGS-84."""

    code: str
    parent: str
    level: str
    name: str
    name_en: str
    kind: str
    households: int
    lon: float | None
    lat: float | None
