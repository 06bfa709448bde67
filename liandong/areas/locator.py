"""Point → area, in process: every outline of a district in one tree, built once and shared by all threads.

Borders move on days. Between two such days the map stands still: one locator serves them all, and a few are kept.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

_CELLS = 1024
"""The raster that settles most points at once has this many cells a side."""

_MIXED, _OUTSIDE = -2, -1


_KEPT = 4
"""Locators kept per district: today, the day before a change, and what a replay walks through."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An area and its polygon in WGS-84."""

    code: str
    geometry: dict[str, object]


class Locator:
    """Finds the innermost area a point lies in. A point on a common border belongs to the smaller code.

    A raster over the district answers for every point whose cell lies wholly in one polygon; the tree answers the
    rest. Both give the same answer, the raster only sooner.
    """

    def __init__(self, outlines: Iterable[Drawn]) -> None:
        ordered = sorted(outlines, key=lambda outline: outline.code)
        self.codes: tuple[str, ...] = tuple(outline.code for outline in ordered)
        self._shapes: list[BaseGeometry] = [shape(outline.geometry) for outline in ordered]
        shapely.prepare(self._shapes)
        self._tree = shapely.STRtree(self._shapes)
        self._raster()

    def locate(self, lon: float, lat: float) -> str | None:
        """Return the code of the area the point lies in, None outside all of them."""
        column = (lon - self._west) * self._per_lon
        row = (lat - self._south) * self._per_lat
        if not (0 <= column < _CELLS and 0 <= row < _CELLS):
            return self._by_tree(lon, lat)
        found = self._cells[int(row) * _CELLS + int(column)]
        if found >= 0:
            return self.codes[found]
        return None if found == _OUTSIDE else self._by_tree(lon, lat)

    def locate_many(self, lons: Sequence[float], lats: Sequence[float]) -> list[str | None]:
        """Return the code for each point, in their order."""
        # Far outside is as good as infinitely far, and does not overflow.
        east = np.clip(np.asarray(lons, dtype=np.float64), -1e6, 1e6)
        north = np.clip(np.asarray(lats, dtype=np.float64), -1e6, 1e6)
        columns = np.floor((east - self._west) * self._per_lon)
        rows = np.floor((north - self._south) * self._per_lat)
        inside = (columns >= 0) & (columns < _CELLS) & (rows >= 0) & (rows < _CELLS)
        found = np.full(len(east), _MIXED, dtype=np.int32)
        index = (rows[inside] * _CELLS + columns[inside]).astype(np.int64)
        found[inside] = self._grid[index]
        mixed = np.flatnonzero(found == _MIXED)
        if len(mixed):
            found[mixed] = self._by_tree_many(east[mixed], north[mixed])
        codes = (*self.codes, None)
        return [codes[number] for number in found.tolist()]

    def _by_tree(self, lon: float, lat: float) -> str | None:
        hits = self._tree.query(shapely.Point(lon, lat), predicate="intersects")
        return self.codes[int(hits.min())] if len(hits) else None

    def _by_tree_many(self, east: NDArray[np.float64], north: NDArray[np.float64]) -> NDArray[np.int32]:
        points, shapes = self._tree.query(shapely.points(east, north), predicate="intersects")
        found = np.full(len(east), len(self.codes), dtype=np.int32)
        np.minimum.at(found, points, shapes.astype(np.int32))
        found[found == len(self.codes)] = _OUTSIDE
        return found

    def _raster(self) -> None:
        """Mark each cell with the one polygon that contains it, as outside, or as mixed."""
        bounds = shapely.total_bounds(self._shapes) if self._shapes else np.array([0.0, 0.0, 1.0, 1.0])
        self._west, self._south = float(bounds[0]), float(bounds[1])
        width, height = float(bounds[2] - bounds[0]) or 1.0, float(bounds[3] - bounds[1]) or 1.0
        self._per_lon, self._per_lat = _CELLS / width, _CELLS / height
        grid = np.full((_CELLS, _CELLS), _OUTSIDE, dtype=np.int32)
        self._mark_interiors(grid)
        self._mark_borders(grid)
        self._grid = grid.reshape(-1)
        # As quick to read as a list, and a fifth of its size: a process keeps one for each of a few maps.
        self._cells = self._grid.data

    def _mark_interiors(self, grid: NDArray[np.int32]) -> None:
        """Every cell whose middle lies in a polygon, by scan lines; borders are overwritten afterwards."""
        middles_lat = self._south + (np.arange(_CELLS) + 0.5) / self._per_lat
        middles_lon = self._west + (np.arange(_CELLS) + 0.5) / self._per_lon
        for number, polygon in reversed(list(enumerate(self._shapes))):
            west, south, east, north = polygon.bounds
            columns = slice(*np.searchsorted(middles_lon, [west, east]))
            rows = slice(*np.searchsorted(middles_lat, [south, north]))
            lons, lats = np.meshgrid(middles_lon[columns], middles_lat[rows])
            if lons.size:
                window = grid[rows, columns]
                window[shapely.contains_xy(polygon, lons, lats)] = number

    def _mark_borders(self, grid: NDArray[np.int32]) -> None:
        """Every cell a border touches is mixed: walk each border in steps of a third of a cell, one cell around."""
        step = min(1 / self._per_lon, 1 / self._per_lat) / 3
        for polygon in self._shapes:
            corners = shapely.get_coordinates(shapely.segmentize(polygon.boundary, step))
            columns = ((corners[:, 0] - self._west) * self._per_lon).astype(np.int64)
            rows = ((corners[:, 1] - self._south) * self._per_lat).astype(np.int64)
            for across in (-1, 0, 1):
                for up in (-1, 0, 1):
                    grid[np.clip(rows + up, 0, _CELLS - 1), np.clip(columns + across, 0, _CELLS - 1)] = _MIXED


class Locators:
    """The locator of any day, built when first asked for. `changes` are the days from which the map differs."""

    def __init__(self, changes: Iterable[date], read: Callable[[date], Iterable[Drawn]]) -> None:
        self._changes = sorted(set(changes))
        self._read = read
        self._kept: OrderedDict[date, Locator] = OrderedDict()
        self._lock = threading.Lock()

    def since(self, day: date) -> date:
        """The day from which the map of `day` has stood."""
        passed = bisect_right(self._changes, day)
        return self._changes[passed - 1] if passed else date.min

    def on(self, day: date) -> Locator:
        """The locator of the map in force on `day`."""
        since = self.since(day)
        with self._lock:
            found = self._kept.pop(since, None) or Locator(self._read(day))
            self._kept[since] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return found
