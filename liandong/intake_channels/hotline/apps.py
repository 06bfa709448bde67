from __future__ import annotations

from django.apps import AppConfig


class HotlineConfig(AppConfig):
    name = "liandong.intake_channels.hotline"
    label = "hotline"
