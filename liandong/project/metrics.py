"""Figures about the running system in the form Prometheus reads.

Several processes share one set where `PROMETHEUS_MULTIPROC_DIR` names a directory, as `liandong up` arranges.
"""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

REQUESTS = Counter("liandong_requests_total", "Requests answered, by route.", ["method", "route", "status"])
SECONDS = Histogram(
    "liandong_request_seconds",
    "Time from the whole request to the whole answer or the start of a stream.",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)
CONNECTIONS = Gauge("liandong_http_connections", "Open HTTP connections.", multiprocess_mode="livesum")
STREAMS = Gauge("liandong_live_streams", "Open live streams.", multiprocess_mode="livesum")
TASK_RUNS = Counter("liandong_task_runs_total", "Scheduled tasks run, by outcome.", ["task", "outcome"])
FOLLOWED = Counter("liandong_follower_entries_total", "Timeline entries read, by follower.", ["follower"])
LAG = Gauge(
    "liandong_follower_lag_entries",
    "Timeline entries a follower has not read.",
    ["follower"],
    multiprocess_mode="mostrecent",
)


def observe_request(*, method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)


def exposition() -> bytes:
    """Return all figures, of all processes that share them, in Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
