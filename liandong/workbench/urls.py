"""Addresses of the staff desk, below /desk/."""

from __future__ import annotations

from django.urls import path

from liandong.workbench.views import case, consoles, home, intake, lists, maps, options, steps

app_name = "workbench"

urlpatterns = [
    path("", home.home, name="home"),
    path("intake/", intake.intake, name="intake"),
    path("intake/advice/", intake.advice, name="advice"),
    path("intake/<str:number>/", intake.report, name="report"),
    path("dispatch/", consoles.dispatch, name="dispatch"),
    path("inbox/", lists.inbox, name="inbox"),
    path("verify/", consoles.verify, name="verify"),
    path("late/", lists.late, name="late"),
    path("consoles/<str:name>/<str:number>/", consoles.item, name="item"),
    path("cases/", lists.cases, name="cases"),
    path("cases/<str:number>/", case.case, name="case"),
    path("cases/<str:number>/place/", steps.place, name="place"),
    path("cases/<str:number>/photos/", steps.photo, name="photos"),
    path("cases/<str:number>/photos/<int:photo>/", case.photo_file, name="photo_file"),
    path("cases/<str:number>/reporter/", steps.reveal, name="reveal"),
    path("cases/<str:number>/<str:code>/", steps.step, name="step"),
    path("map/areas.json", maps.areas, name="map_areas"),
    path("map/cases.json", maps.cases, name="map_cases"),
    path("map/locate.json", maps.locate, name="map_locate"),
    path("options/classes/", options.classes, name="options_classes"),
    path("options/units/", options.units, name="options_units"),
    path("options/areas/", options.areas, name="options_areas"),
    path("options/places/", options.places, name="options_places"),
]
