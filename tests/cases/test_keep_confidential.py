"""保密: handlers see no contact any more, as the reporter asked."""

from __future__ import annotations

import pytest

from liandong.cases.operations import keep_confidential, reveal_reporter
from liandong.cases.operations.amendments import ConfidentialAlready, KeptFromHandlers, NobodyToKeep
from liandong.people.access import Forbidden
from tests.cases.paths import last_entry
from tests.world import MRS_CHEN, World


def test_from_now_on_the_handling_unit_sees_no_contact(world: World) -> None:
    case = world.received(identity="named", contact=MRS_CHEN)
    bureau = world.actor("bureau002")
    assert reveal_reporter(case.number, purpose="联系", actor=bureau, at=world.at) == MRS_CHEN
    keep_confidential(case.number, actor=world.actor("operator"), at=world.later(minutes=1))
    with pytest.raises(KeptFromHandlers):
        reveal_reporter(case.number, purpose="联系", actor=bureau, at=world.at)
    assert reveal_reporter(case.number, purpose="回访", actor=world.actor("operator"), at=world.at) == MRS_CHEN


def test_it_is_on_the_record_and_asked_once(world: World) -> None:
    case, operator = world.report(identity="named", contact=MRS_CHEN), world.actor("operator")
    keep_confidential(case.number, actor=operator, at=world.later(minutes=1))
    assert last_entry(case).event == "ReporterKeptConfidential"
    with pytest.raises(ConfidentialAlready):
        keep_confidential(case.number, actor=operator, at=world.at)


def test_an_anonymous_report_has_nobody_to_keep(world: World) -> None:
    case = world.report()
    with pytest.raises(NobodyToKeep):
        keep_confidential(case.number, actor=world.actor("operator"), at=world.at)


def test_a_handler_does_not_decide_it(world: World) -> None:
    case = world.received(identity="named", contact=MRS_CHEN)
    with pytest.raises(Forbidden):
        keep_confidential(case.number, actor=world.actor("bureau002"), at=world.at)
