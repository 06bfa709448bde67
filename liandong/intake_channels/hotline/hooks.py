"""Where telephone systems tell of calls, below /hooks/calls/."""

from __future__ import annotations

from django.urls import path

from liandong.intake_channels.hotline.views import hook

urlpatterns = [path("<str:district>/", hook.calls, name="call_events")]
