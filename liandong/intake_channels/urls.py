"""Addresses of the channels' pages, below /desk/channels/."""

from __future__ import annotations

from django.urls import path

from liandong.intake_channels.views import files, instructions, pages

app_name = "channels"

urlpatterns = [
    path("", pages.overview, name="overview"),
    path("hand-over/<str:number>/", pages.hand_over, name="hand_over"),
    path("replay/<int:pk>/", pages.replay, name="replay"),
    path("departures/<int:pk>/retry/", pages.retry, name="retry"),
    path("files/", files.index, name="files"),
    path("files/template/", files.empty_file, name="file_template"),
    path("files/<int:pk>/", files.file, name="file"),
    path("files/<int:pk>/take/", files.take, name="file_take"),
    path("files/<int:pk>/bad/", files.bad, name="file_bad"),
    path("instructions/", instructions.instructions, name="instructions"),
    path("<slug:code>/", pages.channel, name="channel"),
    path("<slug:code>/replay/", pages.replay_all, name="replay_all"),
    path("<slug:code>/mapping/", pages.mapping, name="mapping"),
]
