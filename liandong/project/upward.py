"""What people ask of modules above them, named in the settings: areas by name, and whom else a change concerns."""

from __future__ import annotations

from collections.abc import Mapping

from liandong.areas.operations import touch_district
from liandong.areas.queries import UnknownDistrict, district_map


def area_names(district: str) -> Mapping[str, tuple[str, str]]:
    """The areas of a district: code → (Chinese name, English name); none while its map is not loaded."""
    try:
        found = district_map(district).areas
    except UnknownDistrict:
        return {}
    return {code: (area.name, area.name_en) for code, area in found.items()}


def organisation_changed(district: str) -> None:
    """Let every process reread the units of a district, in the transaction of the change."""
    touch_district(district)
