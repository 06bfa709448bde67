"""Replies: templates in versions, replies that worked, and what became of what was offered."""

from __future__ import annotations

from typing import Any

import pytest

from liandong.cases import operations
from liandong.cases.models import Case, ReplyTemplate
from liandong.cases.operations.beats import StaleVersion
from liandong.cases.queries import replies_that_worked, reply_fates, templates_for, trace_of, trace_of_reply
from liandong.cases.rules.replies import (
    FateUnknown,
    NoReplyHere,
    ReplyForNoClass,
    ReplyTitleTaken,
    ReplyUnfinished,
    prefixes_of,
)
from liandong.people.access import Forbidden, NotFound
from tests.world import DISTRICT, MONDAY_MORNING, MRS_CHEN, World


def _write(world: World, by: str = "supervisor", **changes: Any) -> ReplyTemplate:
    given = {"step": "hand_in", "class_prefix": "M06", "title": "已清运", "text": "垃圾已清运，感谢反映。", **changes}
    return operations.write_reply(DISTRICT, **given, actor=world.actor(by), at=world.later(minutes=1))


def test_templates_of_the_class_come_first_and_only_those_of_the_step(world: World) -> None:
    case = world.received()
    general, narrow = _write(world, class_prefix="", title="一般"), _write(world, class_prefix="M06010", title="小类")
    middle = _write(world)
    _write(world, class_prefix="A02", title="医疗")
    _write(world, step="refuse", title="不属本区")
    assert templates_for(case, "hand_in") == [narrow, middle, general]
    assert prefixes_of("M06") == ["M06", "M0", "M", ""]


def test_every_version_stands_on_the_timeline_and_a_retired_one_is_offered_no_more(world: World) -> None:
    case, row = world.received(), _write(world)
    _write(world, template=row.pk, version=1, text="已清运，打13911112222")
    with pytest.raises(StaleVersion):
        _write(world, template=row.pk, version=1)
    operations.retire_reply(DISTRICT, template=row.pk, actor=world.actor("supervisor"), at=world.later(minutes=1))
    told = [(entry.event, entry.data["version"], entry.data.get("text")) for entry in trace_of_reply(row)]
    assert told == [
        ("ReplyTemplateWritten", 1, "垃圾已清运，感谢反映。"),
        ("ReplyTemplateWritten", 2, "已清运，打［电话］"),
        ("ReplyTemplateRetired", 3, None),
    ]
    assert templates_for(case, "hand_in") == []
    with pytest.raises(NotFound):
        _write(world, template=row.pk)
    assert _write(world).pk != row.pk


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"step": "close"}, NoReplyHere),
        ({"text": " "}, ReplyUnfinished),
        ({"title": "长" * 61}, ReplyUnfinished),
        ({"class_prefix": "zz"}, ReplyForNoClass),
        ({}, ReplyTitleTaken),
        ({"by": "operator"}, Forbidden),
    ],
)
def test_a_faulty_template_is_refused(changes: dict[str, Any], refusal: type[Exception], world: World) -> None:
    _write(world)
    with pytest.raises(refusal):
        _write(world, **changes)
    assert ReplyTemplate.objects.count() == 1


def _satisfied(world: World, *, answer: str, description: str, grade: int = 5) -> Case:
    case = world.received(description=description, identity="named", contact=MRS_CHEN)
    world.do("hand_in_case", case, "bureau002", result="内部：店主拒不配合", answer=answer)
    world.do("check_case", case, "verifier", ok=True)
    world.do("call_back_reporter", case, "operator", reached=True, solved=True, satisfaction=grade)
    return world.do("close_case", case, "operator")


def test_replies_that_satisfied_are_offered_the_most_alike_first_and_nothing_internal(world: World) -> None:
    like = _satisfied(world, answer="门口垃圾已清运", description="小区门口垃圾堆了三天没人清")
    other = _satisfied(world, answer="已通知清运", description="河边有人倒建筑垃圾")
    _satisfied(world, answer="请再等等", description="小区门口垃圾堆了三天", grade=2)
    Case.objects.filter(pk=like.pk).update(answer="门口垃圾已清运，询13911112222")
    case = world.received(description="小区门口垃圾堆了好几天没人清")
    found = replies_that_worked(case, "hand_in", actor=world.actor("bureau002"))
    assert [(one.number, one.text) for one in found] == [
        (like.number, "门口垃圾已清运，询［电话］"),
        (other.number, "已通知清运"),
    ]
    assert replies_that_worked(case, "refuse", actor=world.actor("operator")) == []
    assert replies_that_worked(case, "hand_in", actor=world.actor("bureau003")) == []


def test_what_was_offered_and_its_fate_are_noted_beside_the_case_and_counted(world: World) -> None:
    case = world.received()
    version = Case.objects.get().version
    given: dict[str, Any] = {"step": "hand_in", "actor": world.actor("bureau002"), "at": world.at}
    operations.record_offer(case.number, templates=("1/1",), cases=(), **given)
    for fate in ("taken", "edited"):
        operations.record_fate(case.number, source="template/1", fate=fate, **given)
    assert reply_fates(district=DISTRICT, since=MONDAY_MORNING) == {"offered": 1, "taken": 1, "edited": 1}
    assert Case.objects.get().version == version
    assert list(trace_of(case))[-1].event == "CaseReceived"
    with pytest.raises(FateUnknown):
        operations.record_fate(case.number, source="template/1", fate="liked", **given)
    with pytest.raises(NoReplyHere):
        operations.record_fate(case.number, source="x", fate="taken", **{**given, "step": "close"})
    with pytest.raises(Forbidden):
        operations.record_offer(case.number, templates=(), cases=(), **{**given, "actor": world.actor("operator")})
