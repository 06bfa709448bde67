"""Pages for everybody."""

from __future__ import annotations

from django.urls import include, path

from liandong.citizen.views import following, front, installing, phones, reporting

_of_reporters = [
    path("report/", reporting.report, name="report"),
    path("report/offline/", reporting.offline_form, name="offline_form"),
    path("report/near/", reporting.near, name="near"),
    path("report/join/", reporting.join, name="join"),
    path("report/classes/", reporting.classes, name="classes"),
    path("report/areas.json", installing.areas, name="areas"),
    path("report/basemap.json", installing.basemap, name="basemap"),
    path("phone/", phones.phone, name="phone"),
    path("track/", following.track, name="track"),
    path("track/c/<str:token>/", following.follow, name="follow"),
    path("track/c/<str:token>/photos/<int:pk>/", following.photo, name="photo"),
    path("worker.js", installing.worker, name="worker"),
    path("manifest.webmanifest", installing.app_manifest, name="manifest"),
]

urlpatterns = [
    path("", front.welcome, name="welcome"),
    path("care/", front.care, name="care"),
    path("", include((_of_reporters, "citizen"))),
]
