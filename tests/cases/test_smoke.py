from __future__ import annotations

from liandong.timeline.verify import verify
from tests.world import World


def test_a_case_goes_from_report_to_closed(world: World) -> None:
    case = world.closed()
    case.refresh_from_db()
    assert case.stage == "closed"
    verdict = verify()
    print(case.number, verdict, case.area, case.unit, case.solved_level, case.closing)
    assert not verdict.breaks
