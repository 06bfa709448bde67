"""The composition root as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Holds what the running processes know of each other."""

    name = "liandong.project"
    default_auto_field = "django.db.models.BigAutoField"
