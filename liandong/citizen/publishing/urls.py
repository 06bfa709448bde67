"""Addresses everybody may open."""

from __future__ import annotations

from django.urls import path

from liandong.citizen.publishing.views import figures, maps, news, open_data, questions

app_name = "portal"

urlpatterns = [
    path("map/", maps.page, name="map"),
    path("map/areas.json", maps.areas, name="areas"),
    path("map/basemap.json", maps.basemap, name="basemap"),
    path("map/cases.json", maps.points, name="points"),
    path("map/<str:number>/", maps.case, name="case"),
    path("map/<str:number>/photos/<int:pk>/", maps.photo, name="photo"),
    path("figures/", figures.page, name="figures"),
    path("open-data/", open_data.page, name="open_data"),
    path("open-data/dictionary.json", open_data.dictionary, name="dictionary"),
    path("open-data/cases.csv", open_data.cases_csv, name="cases_csv"),
    path("open-data/cases.json", open_data.cases_json, name="cases_json"),
    path("open-data/figures.csv", open_data.figures_csv, name="figures_csv"),
    path("questions/", questions.page, name="questions"),
    path("questions/ask/", questions.ask, name="ask"),
    path("questions/asked/<str:secret>/", questions.asked, name="asked"),
    path("questions/<int:pk>/", questions.question, name="question"),
    path("news/", news.page, name="news"),
    path("news/<int:pk>/", news.article, name="article"),
]
