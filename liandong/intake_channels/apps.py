from __future__ import annotations

from django.apps import AppConfig


class IntakeChannelsConfig(AppConfig):
    name = "liandong.intake_channels"
