"""Figures about messages in the form Prometheus reads."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

SENT = Counter("liandong_messages_total", "Messages that came to a state, by channel.", ["channel", "state"])
RECEIPTS = Counter(
    "liandong_message_receipts_total", "Receipts of gateways, by what became of them.", ["transport", "fate"]
)
WAITING = Gauge(
    "liandong_messages_waiting",
    "Messages due to be sent that wait, by transport.",
    ["transport"],
    multiprocess_mode="mostrecent",
)
UNKNOWN = Gauge(
    "liandong_messages_unknown",
    "Messages of which nobody knows whether they were taken, by transport.",
    ["transport"],
    multiprocess_mode="mostrecent",
)
SECONDS = Histogram(
    "liandong_message_seconds",
    "Seconds a gateway took to answer, by transport.",
    ["transport"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)
