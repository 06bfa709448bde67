"""Where other platforms post, below /hooks/channels/."""

from __future__ import annotations

from django.urls import path

from liandong.intake_channels.views import hooks

urlpatterns = [path("<slug:district>/<slug:channel>/", hooks.receive, name="channel_in")]
