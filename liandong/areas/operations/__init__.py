"""Named verbs of the map: load a district, redraw it, lay road and patrol grids over it."""

from liandong.areas.geojson import (
    BrokenOutlines,
    DatumNeeded,
    NotGeoJson,
    OutlineFault,
    TooLargeFile,
    UnknownDatum,
    WrongDatum,
)
from liandong.areas.operations.adoption import LaterChangeAdopted, TopologyFaults, adopt_redrawing, take_new_names
from liandong.areas.operations.loading import DistrictFacts, load_areas, load_calendar, touch_district
from liandong.areas.operations.overlays import (
    OverlayAstray,
    OverlayCodeMisfit,
    OverlayEndsTooSoon,
    OverlayStands,
    UnknownLayer,
    draw_overlay,
    end_overlay,
)
from liandong.areas.operations.plans import (
    DayHasPassed,
    EmptyPlan,
    OutsidePlan,
    PlanClosed,
    add_step,
    drop_redrawing,
    import_outlines,
    move_redrawing,
    open_redrawing,
    undo_step,
)

__all__ = [
    "BrokenOutlines",
    "DatumNeeded",
    "DayHasPassed",
    "DistrictFacts",
    "EmptyPlan",
    "LaterChangeAdopted",
    "NotGeoJson",
    "OutlineFault",
    "OutsidePlan",
    "OverlayAstray",
    "OverlayCodeMisfit",
    "OverlayEndsTooSoon",
    "OverlayStands",
    "PlanClosed",
    "TooLargeFile",
    "TopologyFaults",
    "UnknownDatum",
    "UnknownLayer",
    "WrongDatum",
    "add_step",
    "adopt_redrawing",
    "draw_overlay",
    "drop_redrawing",
    "end_overlay",
    "import_outlines",
    "load_areas",
    "load_calendar",
    "move_redrawing",
    "open_redrawing",
    "take_new_names",
    "touch_district",
    "undo_step",
]
