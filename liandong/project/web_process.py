"""One web process: uvicorn around our ASGI application, stopping within seconds whatever is open."""

from __future__ import annotations

import os
import socket
import sys
from types import FrameType

import structlog
import uvicorn
from django.conf import settings
from django.core.checks.urls import check_resolver
from django.urls import get_resolver
from django.utils.module_loading import import_string

from liandong.project import metrics
from liandong.project.server import Application, default_threads

SECONDS_TO_FINISH = 3
_TICKS_PER_SECOND = 10

_log = structlog.get_logger("liandong.web")


class WebServer(uvicorn.Server):
    """uvicorn that ends live streams as soon as it is told to stop, and counts its connections."""

    def __init__(self, config: uvicorn.Config, application: Application) -> None:
        super().__init__(config)
        self._application = application

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop without raising the signal again: the process ends in order and says so by its exit code."""
        self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        """Run ten times a second by uvicorn; true ends the server."""
        if counter % _TICKS_PER_SECOND == 0:
            metrics.CONNECTIONS.set(len(self.server_state.connections))
        must_stop = await super().on_tick(counter)
        if must_stop:
            self._application.stop_streams()
        return must_stop


def run_web(listener: socket.socket) -> int:
    """Serve on `listener` until SIGTERM or SIGINT; return the exit code. Django must be set up."""
    # Every page's code is loaded before the first visitor comes, and a fault in it stops the process at once.
    check_resolver(get_resolver())
    application = Application(live=import_string(settings.LIANDONG_LIVE), threads=default_threads())
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
        proxy_headers=True,
        forwarded_allow_ips=settings.LIANDONG_PROXIES,
    )
    _log.info("web starts", address=str(listener.getsockname()))
    WebServer(config, application).run(sockets=[listener])
    _log.info("web stopped")
    # A view that still works would hold the process; its transaction is rolled back by the database.
    sys.stderr.flush()
    os._exit(0)
