"""Addresses of maps from elsewhere, below /desk/map/."""

from __future__ import annotations

from django.urls import path

from liandong.areas.views import tiles

app_name = "tiles"

urlpatterns = [
    path("sources.json", tiles.sources, name="sources"),
    path("tiles/<int:source>/<int:z>/<int:x>/<int:y>", tiles.tile, name="tile"),
]
