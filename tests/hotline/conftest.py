"""The operator at extension 8001, an exchange that tells of calls, and one clock for both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from liandong.intake_channels.hotline.operations import take_seat
from tests.hotline.exchange import Line
from tests.workbench.conftest import SignedIn, plain_files, signed_in
from tests.world import DISTRICT, World

__all__ = ["SignedIn", "plain_files", "signed_in"]


@pytest.fixture
def line(world: World) -> Iterator[Line]:
    """The operator sits at 8001; it is Monday morning, and time passes when the exchange says so."""
    take_seat(DISTRICT, extension="8001", actor=world.actor("operator"), at=world.at)
    with time_machine.travel(world.at, tick=False) as traveller:
        yield Line(world.at, traveller)
