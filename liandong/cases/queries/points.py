"""Where cases lie, as conditions that their GiST indexes answer: core PostgreSQL's points, boxes, polygons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, F, FloatField, Func, Value

from liandong.kernel.cells import Box


def in_box(box: Box) -> Func:
    """`point(lon, lat) <@ box(…)`. To be asked beside `lon__isnull=False`, as the indexes are."""
    west, south, east, north = box
    return _lies_in(Func(_point(Value(west), Value(south)), _point(Value(east), Value(north)), function="box"))


def in_shape(corners: Sequence[tuple[float, float]]) -> Func:
    """`point(lon, lat) <@ polygon`, the corners as longitude and latitude; one that crosses itself counts even-odd."""
    text = "(" + ",".join(f"({lon!r},{lat!r})" for lon, lat in corners) + ")"
    return _lies_in(Func(Value(text), template="%(expressions)s::polygon", output_field=FloatField()))


def away_from(lon: float, lat: float) -> Func:
    """`point(lon, lat) <-> point(…)`: the order in which a GiST index hands out what is nearest."""
    points = (_point(F("lon"), F("lat")), _point(Value(lon), Value(lat)))
    return Func(*points, template="(%(expressions)s)", arg_joiner=" <-> ", output_field=FloatField())


def _lies_in(region: Func) -> Func:
    here = _point(F("lon"), F("lat"))
    return Func(here, region, template="%(expressions)s", arg_joiner=" <@ ", output_field=BooleanField())


def _point(lon: Any, lat: Any) -> Func:
    return Func(lon, lat, function="point", output_field=FloatField())
