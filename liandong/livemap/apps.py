from __future__ import annotations

from django.apps import AppConfig


class LivemapConfig(AppConfig):
    name = "liandong.livemap"
