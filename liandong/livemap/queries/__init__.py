"""Named questions of the map and the wall. Each narrows what it reads to what the asker may see."""

from __future__ import annotations

from liandong.livemap.queries.figures import Figure, Figures, Rate, figures
from liandong.livemap.queries.nearest import Near, nearest_units
from liandong.livemap.queries.picture import MOST_POINTS, Cluster, Share, clusters, points, shares
from liandong.livemap.queries.replay import MOST_REPLAYED, Happened, cases_of_day

__all__ = [
    "MOST_POINTS",
    "MOST_REPLAYED",
    "Cluster",
    "Figure",
    "Figures",
    "Happened",
    "Near",
    "Rate",
    "Share",
    "cases_of_day",
    "clusters",
    "figures",
    "nearest_units",
    "points",
    "shares",
]
