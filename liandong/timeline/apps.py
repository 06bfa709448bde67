from __future__ import annotations

from django.apps import AppConfig


class TimelineConfig(AppConfig):
    name = "liandong.timeline"

    def ready(self) -> None:
        """Prepare every connection to the database."""
        from django.db.backends.signals import connection_created

        from liandong.timeline.instants import read_instants

        connection_created.connect(read_instants, dispatch_uid="liandong.timeline.instants")
