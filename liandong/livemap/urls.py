"""Addresses of the map, below /desk/map/, and of the wall, below /desk/wall/."""

from __future__ import annotations

from django.urls import path

from liandong.livemap.views import data, pages, wall

app_name = "livemap"

urlpatterns = [
    path("map/", pages.live_map, name="map"),
    path("map/picture.json", data.picture, name="picture"),
    path("map/shares.json", data.area_shares, name="shares"),
    path("map/day.json", data.day, name="day"),
    path("map/nearest.json", data.nearest, name="nearest"),
    path("map/layers/<str:code>.json", data.layer, name="layer"),
    path("map/card/<str:number>/", pages.card, name="card"),
    path("wall/", wall.wall, name="wall"),
    path("wall/panels/", wall.panels, name="wall_panels"),
    path("wall/phone/", wall.phone, name="wall_phone"),
]
