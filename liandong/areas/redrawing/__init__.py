"""Redrawing a map step by step: split, merge, reshape, add, rename, end. Pure: shapes in, shapes out."""

from liandong.areas.redrawing.cutting import LeftToNobody, LineMissesArea, NotTouching, PieceTooSmall, SwallowsNeighbour
from liandong.areas.redrawing.plan import (
    CodesUsedUp,
    CodeTaken,
    CutsThrough,
    DistrictStays,
    HasAreasWithin,
    NameMissing,
    NameTooLong,
    NotDrawn,
    OtherParent,
    Plan,
    ReachesOutside,
    Redrawn,
    UnknownArea,
    named,
)
from liandong.areas.redrawing.steps import WORDS, AreaTooSmall, StepsNoLongerFit, UnknownStep, apply, areas_named, plain

__all__ = [
    "WORDS",
    "AreaTooSmall",
    "CodeTaken",
    "CodesUsedUp",
    "CutsThrough",
    "DistrictStays",
    "HasAreasWithin",
    "LeftToNobody",
    "LineMissesArea",
    "NameMissing",
    "NameTooLong",
    "NotDrawn",
    "NotTouching",
    "OtherParent",
    "PieceTooSmall",
    "Plan",
    "ReachesOutside",
    "Redrawn",
    "StepsNoLongerFit",
    "SwallowsNeighbour",
    "UnknownArea",
    "UnknownStep",
    "apply",
    "areas_named",
    "named",
    "plain",
]
