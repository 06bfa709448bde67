"""Addresses of the map and its editor, below /desk/areas/."""

from __future__ import annotations

from django.urls import path

from liandong.areas.views import maps, plans, sources, steps

app_name = "areas"

urlpatterns = [
    path("", maps.overview, name="overview"),
    path("outlines.json", maps.outlines, name="outlines"),
    path("overlays.json", maps.overlays, name="overlays"),
    path("report/", maps.faults, name="report"),
    path("export.geojson", maps.export, name="export"),
    path("redrawings/", plans.open_plan, name="open"),
    path("redrawings/<int:redrawing>/", plans.plan, name="plan"),
    path("redrawings/<int:redrawing>/state.json", plans.state, name="state"),
    path("redrawings/<int:redrawing>/steps/", steps.add, name="add"),
    path("redrawings/<int:redrawing>/undo/", steps.undo, name="undo"),
    path("redrawings/<int:redrawing>/import/", steps.import_file, name="import"),
    path("redrawings/<int:redrawing>/move/", plans.move, name="move"),
    path("redrawings/<int:redrawing>/adopt/", plans.adopt, name="adopt"),
    path("redrawings/<int:redrawing>/drop/", plans.drop, name="drop"),
    path("overlays/", steps.draw, name="draw_overlay"),
    path("overlays/import/", steps.import_overlay_file, name="import_overlays"),
    path("overlays/<int:overlay>/end/", steps.end, name="end_overlay"),
    path("sources/", sources.overview, name="sources"),
    path("sources/new/", sources.new, name="new_source"),
    path("sources/<int:source>/", sources.change, name="source"),
    path("sources/<int:source>/switch/", sources.switch, name="switch_source"),
    path("sources/<int:source>/try/", sources.try_out, name="try_source"),
]
