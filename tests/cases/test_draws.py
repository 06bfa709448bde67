"""核查员由抽取决定: who is drawn, who may check while a draw stands, and when it is drawn again."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from liandong.cases import operations
from liandong.cases.models import Case, CaseClass, Clock, Draw
from liandong.cases.operations.drawing import DrawAwaited, DrawnForAnother, NothingDrawn
from liandong.cases.queries import steps_open_to
from liandong.cases.queries.draws import Crowd, agrees, looks_for, mine_to_check
from liandong.cases.rulebook import forget_rules
from liandong.cases.rules.drawing import DrawKind, Lot, proof_of
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.cases.tasks import draw_what_waits, follow_checks
from liandong.people.access import Forbidden
from liandong.people.models import User
from liandong.timeline.queries import trace
from tests.cases.draw_people import SWEEP, draw_for, hire_verifier, numbers
from tests.cases.paths import take, with_photos
from tests.world import DISTRICT, MRS_CHEN, World


def _two(world: World) -> None:
    hire_verifier(world, "wang")
    hire_verifier(world, "xu")


def test_one_verifier_is_drawn_and_the_number_and_lots_give_the_same_person_again(world: World) -> None:
    _two(world)
    case = world.handled()
    row = draw_for(world, case, 0.5)
    assert row.lots == [["user/verifier", 1], ["user/wang", 1], ["user/xu", 1]]
    assert (row.key, row.person) == ("user/wang", User.objects.get(username="wang").pk)
    assert agrees(row)
    told = trace("case", case.pk).last()
    assert told is not None
    assert told.event == "CheckDrawn"
    assert told.data["proof"] == proof_of([Lot(key, weight) for key, weight in row.lots], 0.5)
    assert "wang" not in str(told.data), "the unit that handled it does not learn who comes"


def test_a_tampered_draw_does_not_agree(world: World) -> None:
    _two(world)
    row = draw_for(world, world.handled(), 0.5)
    row.key = "user/xu"
    assert not agrees(row)


def test_only_who_was_drawn_or_a_supervisor_checks_while_the_draw_stands(world: World) -> None:
    _two(world)
    case = world.handled()
    draw_for(world, case, 0.5)
    with pytest.raises(DrawnForAnother):
        world.do("check_case", case, "verifier", ok=True)
    world.do("check_case", case, "wang", ok=True)
    row = Draw.objects.get(case=case)
    assert (row.state, row.done_by, row.is_ok) == ("done", "user/wang", True)


def test_a_supervisor_may_check_in_anothers_place(world: World) -> None:
    _two(world)
    case = world.handled()
    draw_for(world, case, 0.5)
    world.do("check_case", case, "supervisor", ok=False, note="仍有垃圾")
    assert Draw.objects.get(case=case).done_by == "user/supervisor"


def test_the_step_is_offered_to_the_drawn_and_the_queue_shows_it_to_them_alone(world: World) -> None:
    _two(world)
    case = world.handled()
    draw_for(world, case, 0.5)
    case.refresh_from_db()
    for name, is_theirs in (("verifier", False), ("wang", True), ("xu", False), ("supervisor", True)):
        actor = world.actor(name)
        assert ("check" in {step.code for step in steps_open_to(actor, case)}) is is_theirs, name
        assert Case.objects.filter(mine_to_check(actor), pk=case.pk).exists() is is_theirs, name
    assert [row.case_id for row in looks_for(world.actor("wang"))] == [case.pk]
    assert not looks_for(world.actor("xu")).exists()


def test_a_check_waits_a_few_seconds_for_its_draw_and_then_for_nobody(world: World) -> None:
    case = world.handled()
    wei = world.actor("verifier")
    with pytest.raises(DrawAwaited):
        operations.check_case(case.number, ok=True, actor=wei, at=world.later(seconds=14))
    operations.check_case(case.number, ok=True, actor=wei, at=world.later(seconds=1))
    row = Draw.objects.get(case=case)
    assert (row.drawn, row.person, row.done_by, row.state) == (None, None, "user/verifier", "done")


def test_nobody_of_a_unit_involved_and_nobody_who_handled_or_reported_it_is_drawn(world: World) -> None:
    hire_verifier(world, "inside", unit="B002", area=f"{DISTRICT}001")
    hire_verifier(world, "outside", unit="D03")
    case = world.dispatched()
    Case.objects.filter(pk=case.pk).update(reporter=User.objects.get(username="verifier").pk)
    world.do("receive_case", case, "bureau002")
    world.do("hand_in_case", case, "bureau002", result="已清运")
    found = Crowd(case.district, at=world.at).drawable(Case.objects.get(pk=case.pk), DrawKind.CHECK)
    assert {one.key for one in found.candidates} == {"user/outside"}


def test_where_nobody_qualifies_the_check_is_open_to_every_permitted_verifier(world: World) -> None:
    hire_verifier(world, "inside", unit="B002", area=f"{DISTRICT}001")
    case = world.handled()
    User.objects.filter(username="verifier").update(is_active=False)
    row = draw_for(world, case)
    assert (row.person, row.key, row.lots) == (None, "", [])
    assert trace("case", case.pk).last().data["lots"] == 0  # type: ignore[union-attr]
    User.objects.filter(username="verifier").update(is_active=True)
    world.do("check_case", case, "verifier", ok=True)


def test_a_town_draws_its_own_people_for_what_it_runs_and_the_districts_where_it_took_part(world: World) -> None:
    case = world.report(by="grid001", channel="staff")
    for step in ("accept", "file", "dispatch"):
        take(world, step, case, "town01")
    for step in ("receive", "hand_in"):
        take(world, step, case, "bureau002")
    assert draw_for(world, case).key == "user/town01"
    other = world.report(by="grid001", channel="staff")
    for step in ("accept", "file"):
        take(world, step, other, "town01")
    take(world, "dispatch", other, "town01", to="310198-T01")
    for step in ("receive", "hand_in"):
        take(world, step, other, "town01")
    assert draw_for(world, other).key == "user/verifier"


def test_in_one_grid_never_the_same_twice_running(world: World) -> None:
    _two(world)
    keys = [draw_for(world, world.handled(), 0.0).key for _ in range(6)]
    assert all(one != next_one for one, next_one in zip(keys, keys[1:], strict=False)), keys


def test_twelve_draws_reach_everybody_alike(world: World) -> None:
    _two(world)
    found = Counter(draw_for(world, world.handled(), (n * 7 % 12) / 12).key for n in range(12))
    assert max(found.values()) - min(found.values()) <= 2, found


def test_a_supervisor_has_another_drawn_and_says_why(world: World) -> None:
    _two(world)
    case = world.handled()
    first = draw_for(world, case, 0.5)
    with pytest.raises(ReasonNeeded):
        world.do("redraw_check", case, "supervisor", reason=" ", drawn=0.5)
    world.do("redraw_check", case, "supervisor", reason="病假", drawn=0.5)
    first.refresh_from_db()
    again = Draw.objects.get(case=case, state="waiting")
    assert (first.state, again.reason, again.made_by) == ("redrawn", "病假", "user/supervisor")
    assert again.key != "user/wang"
    assert trace("case", case.pk).last().data["again_for"] == "病假"  # type: ignore[union-attr]


def test_a_verifier_does_not_redraw_and_without_a_draw_nothing_is_redrawn(world: World) -> None:
    case = world.handled()
    with pytest.raises(NothingDrawn):
        world.do("redraw_check", case, "supervisor", reason="病假", drawn=0.5)
    draw_for(world, case)
    with pytest.raises(Forbidden):
        world.do("redraw_check", case, "verifier", reason="不想去", drawn=0.5)


def test_at_half_of_the_check_clock_another_is_drawn_by_itself(world: World) -> None:
    _two(world)
    case = world.handled()
    row = draw_for(world, case, 0.5)
    assert row.redraw_at is not None
    assert row.clock is not None
    assert row.made_at < row.redraw_at < row.clock.due_at
    assert operations.draw_again(chance=numbers(0.5), actor=SWEEP, at=row.redraw_at) == 0
    world.at = row.redraw_at
    assert operations.draw_again(chance=numbers(0.5), actor=SWEEP, at=world.later(seconds=1)) == 1
    again = Draw.objects.get(case=case, state="waiting")
    assert (again.reason, again.key == "user/wang") == ("到期未核查", False)
    assert again.redraw_at is None, "half of its time does not end before it is due"


def test_who_leaves_is_drawn_for_no_longer(world: World) -> None:
    _two(world)
    case = world.handled()
    draw_for(world, case, 0.5)
    User.objects.filter(username="wang").update(is_active=False)
    assert operations.draw_again(chance=numbers(0.0), actor=SWEEP, at=world.later(minutes=1)) == 1
    assert Draw.objects.get(case=case, state="waiting").reason == "离岗或请假"


def test_a_check_of_the_second_round_is_drawn_anew(world: World) -> None:
    _two(world)
    case = world.handled()
    draw_for(world, case, 0.5)
    world.do("send_back_case", case, "supervisor", reason="照片不符")
    assert operations.draw_again(chance=numbers(0.0), actor=SWEEP, at=world.later(minutes=1)) == 1
    assert Draw.objects.get(case=case).state == "lapsed"
    world.do("receive_case", case, "bureau002")
    world.do("hand_in_case", case, "bureau002", result="重新清运")
    row = draw_for(world, case, 0.0)
    assert row.key != "user/wang", "who was here last comes again only where nobody else can"
    assert row.clock == Clock.objects.get(case=case, kind="check", stopped_at=None)


def test_the_follower_draws_whichever_step_started_the_clock_and_only_once(world: World) -> None:
    handed_in = world.handled()
    withdrawn = _called(world)
    entries = list(trace("case", handed_in.pk)) + list(trace("case", withdrawn.pk))
    follow_checks(entries, world.at)
    follow_checks(entries, world.at)
    draw_what_waits(world.at)
    assert Counter(Draw.objects.values_list("case", flat=True)) == {handed_in.pk: 1, withdrawn.pk: 1}


def _called(world: World) -> Case:
    """A case of which only a call was demanded, until its reporter withdrew."""
    CaseClass.objects.filter(code="A0203").update(demands="call_back")
    forget_rules()
    case = world.filed(class_code="A0203", identity="named", contact=MRS_CHEN)
    world.do("dispatch_case", case, "lin")
    world.do("receive_case", case, "bureau001")
    with_photos(world, case, "bureau001")
    world.do("hand_in_case", case, "bureau001", result="已查封")
    return world.do("withdraw_case", case, "operator")


def test_a_history_costs_the_follower_one_statement_a_batch(world: World) -> None:
    entries = [entry for case in (world.closed(), world.closed()) for entry in trace("case", case.pk)]
    assert Draw.objects.count() == 2, "checked before anything was drawn"
    with CaptureQueriesContext(connection) as asked:
        follow_checks(entries, world.at)
    statements = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
    assert len(statements) == 1, statements
    assert Draw.objects.count() == 2


def test_what_no_follower_saw_is_drawn_by_the_next_round(world: World) -> None:
    case = world.handled()
    draw_what_waits(world.at)
    assert Draw.objects.filter(case=case, state="waiting").count() == 1


def test_the_database_lets_one_draw_of_a_kind_wait_for_a_case(world: World) -> None:
    row = draw_for(world, world.handled())
    row.pk = None
    with pytest.raises(IntegrityError, match="one_draw_of_a_kind_waits_at_a_time"), transaction.atomic():
        row.save(force_insert=True)


def test_nobody_but_the_platform_and_supervisors_draws(world: World) -> None:
    for operation in (operations.draw_checks, operations.draw_again, operations.draw_audits):
        with pytest.raises(Forbidden):
            operation(chance=numbers(0.0), actor=world.actor("verifier"), at=world.at)
