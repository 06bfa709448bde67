"""Figures about channels in the form Prometheus reads."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

ARRIVALS = Counter(
    "liandong_channel_messages_total", "Messages that came through a channel, by what became of them.",
    ["channel", "fate"],
)  # fmt: skip
TURNED_AWAY = Counter(
    "liandong_channel_turned_away_total", "Bodies without a valid signature, or played back, by reason.",
    ["channel", "why"],
)  # fmt: skip
DEPARTURES = Counter(
    "liandong_channel_departures_total", "Messages to other platforms that came to a state.", ["channel", "state"]
)
SECONDS = Histogram(
    "liandong_channel_seconds",
    "Seconds another platform took to answer, by channel.",
    ["channel"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)
