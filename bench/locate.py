"""One point among 706 grids, and a hundred thousand at once."""

from __future__ import annotations

import random
import time

import numpy as np
import shapely
from shapely.geometry import shape

from bench.result import Limit, Result, Row, percentile
from liandong.areas.locator import Locator, Outline
from liandong.demo.geography import demo_geography

RUNS = 7
ONE_BY_ONE = 20_000
BATCH = 100_000


def run() -> None:
    """Measure single and batched look-up against Shapely's tree alone."""
    grids = _grids()
    locator = Locator(grids)
    lons, lats = _points(grids, BATCH)
    tree = shapely.STRtree([shape(grid.geometry) for grid in grids])
    single, each = [], []
    for _ in range(RUNS):
        began = time.perf_counter()
        for lon, lat in zip(lons[:ONE_BY_ONE], lats[:ONE_BY_ONE], strict=True):
            locator.locate(lon, lat)
        single.append((time.perf_counter() - began) / ONE_BY_ONE * 1e6)
    for lon, lat in zip(lons[:5000], lats[:5000], strict=True):
        began = time.perf_counter()
        locator.locate(lon, lat)
        each.append((time.perf_counter() - began) * 1e6)
    batched = [BATCH / _timed(lambda: locator.locate_many(lons, lats)) for _ in range(RUNS)]
    bare_single = _timed(lambda: [tree.query(shapely.Point(p), predicate="intersects") for p in zip(lons[:5000], lats[:5000], strict=True)])
    points = np.column_stack([lons, lats])
    bare_batch = _timed(lambda: tree.query(shapely.points(points), predicate="intersects"))
    result = Result("locate")
    result.rows.append(
        Row("one point → grid", "µs", tuple(single), size=len(grids), p95=percentile(each, 0.95),
            limit=Limit("Shapely STRtree alone", bare_single / 5000 * 1e6))
    )
    result.rows.append(
        Row("100,000 points → grid, batch", "points/s", tuple(batched), size=len(grids),
            limit=Limit("Shapely STRtree alone", BATCH / bare_batch))
    )
    built = tuple(_timed(lambda: Locator(grids)) * 1000 for _ in range(3))
    result.rows.append(Row("build the locator", "ms", built, size=len(grids)))
    result.write()


def _grids() -> list[Outline]:
    geography = demo_geography(seed=7)
    features = geography.geojson()["features"]
    return [
        Outline(feature["properties"]["code"], feature["geometry"])
        for feature in features
        if len(feature["properties"]["code"]) == 15
    ]


def _points(grids: list[Outline], count: int) -> tuple[list[float], list[float]]:
    west, south, east, north = shapely.total_bounds([shape(grid.geometry) for grid in grids])
    rng = random.Random(7)
    return (
        [rng.uniform(west, east) for _ in range(count)],
        [rng.uniform(south, north) for _ in range(count)],
    )


def _timed(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - began
