"""Forgetting: what identifies a reporter goes when its time is over, and the record still verifies."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liandong.cases.models import Case, ClassPolicy, SealedReporter
from liandong.cases.operations import anonymise_case, anonymise_old_cases, reveal_reporter
from liandong.cases.operations.privacy import AlreadyAnonymised, StillOpen
from liandong.cases.queries import replayed_case
from liandong.cases.rulebook import forget_rules
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.people.access import Forbidden, platform
from liandong.timeline.verify import verify
from tests.cases.paths import last_entry
from tests.world import DISTRICT, MRS_CHEN, World

RETENTION = platform("retention")


def _policies(world: World, **stated: str) -> None:
    rows = [ClassPolicy(district=DISTRICT, class_code="M06", name=name, value=value) for name, value in stated.items()]
    ClassPolicy.objects.bulk_create(rows)
    forget_rules()


def _ready(world: World) -> Case:
    case = world.checked(identity="named", contact=MRS_CHEN, nature="help")
    return world.do("call_back_reporter", case, "operator", reached=True, solved=True)


def _closed(world: World) -> Case:
    return world.do("close_case", _ready(world), "operator")


def test_a_reporter_is_forgotten_when_the_time_of_the_class_is_over_and_not_before(world: World) -> None:
    case = _closed(world)
    case.refresh_from_db()
    assert case.ended_at is not None
    assert anonymise_old_cases(actor=RETENTION, at=case.ended_at + timedelta(days=1094)) == 0
    assert anonymise_old_cases(actor=RETENTION, at=case.ended_at + timedelta(days=1095)) == 1
    assert anonymise_old_cases(actor=RETENTION, at=case.ended_at + timedelta(days=1096)) == 0
    row = SealedReporter.objects.get(case=case)
    assert (row.wrapped_key, row.sealed, row.phone_hash, row.tail_hash) == (None, None, None, None)
    case.refresh_from_db()
    assert case.anonymised_at is not None
    assert not case.has_phone
    assert case.description
    assert last_entry(case).event == "CaseAnonymised"
    assert reveal_reporter(case.number, purpose="核对", actor=world.actor("operator"), at=world.at).is_empty
    assert verify().breaks == []
    told, stored = replayed_case(case)
    assert told == stored


def test_the_words_go_too_where_the_class_says_so(world: World) -> None:
    _policies(world, retention_days="10", blank_description="yes")
    case = _closed(world)
    assert anonymise_old_cases(actor=RETENTION, at=world.at + timedelta(days=11)) == 1
    case.refresh_from_db()
    assert (case.description, case.address) == ("", "")
    assert verify().breaks == []


def test_a_class_may_keep_its_reporters_for_ever(world: World) -> None:
    _policies(world, retention_days="0")
    _closed(world)
    assert anonymise_old_cases(actor=RETENTION, at=world.at + timedelta(days=20_000)) == 0


def test_one_ended_case_is_forgotten_before_its_time_with_a_reason_once(world: World) -> None:
    admin = world.actor("admin")
    case = _ready(world)
    with pytest.raises(StillOpen):
        anonymise_case(case.number, reason="本人要求", actor=admin, at=world.at)
    world.do("close_case", case, "operator")
    with pytest.raises(ReasonNeeded):
        anonymise_case(case.number, reason=" ", actor=admin, at=world.at)
    with pytest.raises(Forbidden):
        anonymise_case(case.number, reason="本人要求", actor=world.actor("operator"), at=world.at)
    assert anonymise_case(case.number, reason="本人要求", actor=admin, at=world.at).anonymised_at is not None
    with pytest.raises(AlreadyAnonymised):
        anonymise_case(case.number, reason="本人要求", actor=admin, at=world.at)
