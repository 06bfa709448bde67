"""Addresses of the field app, below /field/."""

from __future__ import annotations

from django.urls import path

from liandong.workbench.field import views

app_name = "field"

urlpatterns = [
    path("", views.page, name="page"),
    path("sw.js", views.worker, name="worker"),
    path("app.webmanifest", views.app_manifest, name="manifest"),
    path("work.json", views.work, name="work"),
    path("choices.json", views.choices, name="choices"),
    path("report/", views.report, name="report"),
    path("cases/<str:number>/<str:code>/", views.act, name="act"),
]
