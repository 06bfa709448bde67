"""Maps are remembered per process: what a test redraws is forgotten with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from liandong.areas.queries import forget_basemaps, forget_maps, forget_overlays
from liandong.cases.rulebook import forget_rules


@pytest.fixture(autouse=True)
def _maps_end_with_the_test() -> Iterator[None]:
    yield
    forget_maps()
    forget_overlays()
    forget_basemaps()
    forget_rules()
