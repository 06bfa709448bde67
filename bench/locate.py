"""One point among 706 grids and among 20,000, and a hundred thousand at once."""

from __future__ import annotations

import random
import time

import numpy as np
import shapely
from shapely.geometry import mapping, shape

from bench.result import Limit, Result, Row, percentile
from liandong.areas.locator import Drawn, Locator
from liandong.demo.geography import demo_geography

RUNS = 7
RUNS_OF_MANY = 5
MANY = 20_000
CORNER = 0.0002
"""Borders of the many have a corner every twenty metres or so, as surveyed ones do."""

ONE_BY_ONE = 20_000
BATCH = 100_000


def run() -> None:
    """Measure single and batched look-up against Shapely's tree alone."""
    result = Result("locate")
    for grids, runs in ((_grids(), RUNS), (_many_grids(), RUNS_OF_MANY)):
        locator = Locator(grids)
        lons, lats = _points(grids, BATCH)
        result.rows += [_single(locator, grids, lons, lats), _batch(locator, grids, lons, lats)]
        built = tuple(_timed(lambda grids=grids: Locator(grids)) * 1000 for _ in range(runs))
        result.rows.append(Row("build the locator", "ms", built, size=len(grids)))
    result.write()


def _single(locator: Locator, grids: list[Drawn], lons: list[float], lats: list[float]) -> Row:
    points = list(zip(lons[:ONE_BY_ONE], lats[:ONE_BY_ONE], strict=True))
    means, each = [], []
    for _ in range(RUNS):
        means.append(_timed(lambda: [locator.locate(lon, lat) for lon, lat in points]) / ONE_BY_ONE * 1e6)
    for lon, lat in points:
        began = time.perf_counter()
        locator.locate(lon, lat)
        each.append((time.perf_counter() - began) * 1e6)
    tree = _tree(grids)
    bare = _timed(lambda: [tree.query(shapely.Point(point), predicate="intersects") for point in points])
    limit = Limit("Shapely STRtree alone", bare / ONE_BY_ONE * 1e6)
    return Row("one point → grid", "µs", tuple(means), len(grids), p95=percentile(each, 0.95), limit=limit)


def _batch(locator: Locator, grids: list[Drawn], lons: list[float], lats: list[float]) -> Row:
    rates = tuple(BATCH / _timed(lambda: locator.locate_many(lons, lats)) for _ in range(RUNS))
    tree, points = _tree(grids), np.column_stack([lons, lats])
    bare = _timed(lambda: tree.query(shapely.points(points), predicate="intersects"))
    limit = Limit("Shapely STRtree alone", BATCH / bare)
    return Row("100,000 points → grid, batch", "points/s", rates, len(grids), limit=limit)


def _tree(grids: list[Drawn]) -> shapely.STRtree:
    return shapely.STRtree([shape(grid.geometry) for grid in grids])


def _grids() -> list[Drawn]:
    geography = demo_geography(seed=7)
    features = geography.geojson()["features"]
    return [
        Drawn(feature["properties"]["code"], feature["geometry"])
        for feature in features
        if len(feature["properties"]["code"]) == 15
    ]


def _many_grids() -> list[Drawn]:
    """Nearest-seat cells of random seats in a square of fifty kilometres."""
    rng = np.random.default_rng(7)
    ground = shapely.box(121.0, 31.0, 121.5, 31.5)
    seats = shapely.MultiPoint(rng.uniform((121.0, 31.0), (121.5, 31.5), (MANY, 2)))
    cells = shapely.intersection(np.array(shapely.voronoi_polygons(seats, extend_to=ground).geoms), ground)
    outlines = shapely.segmentize(cells, CORNER)
    return [Drawn(f"310000{number:09}", mapping(outline)) for number, outline in enumerate(outlines)]


def _points(grids: list[Drawn], count: int) -> tuple[list[float], list[float]]:
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
