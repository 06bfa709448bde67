"""Figures about webhooks in the form Prometheus reads."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

QUEUED = Counter("liandong_webhook_queued_total", "Deliveries written for webhooks.")
SETTLED = Counter("liandong_webhook_settled_total", "Deliveries that came to an end, by state.", ["state"])
WAITING = Gauge("liandong_webhook_waiting", "Deliveries due to be sent that wait.", multiprocess_mode="mostrecent")
SECONDS = Histogram(
    "liandong_webhook_seconds",
    "Seconds a receiver took to answer.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)
CALLS_REFUSED = Counter("liandong_api_calls_refused_total", "Calls refused because a key made too many in a minute.")
