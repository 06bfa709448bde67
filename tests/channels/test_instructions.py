"""Leaders' instructions: supervision with a reply due on a case, and whose they are on the record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from liandong.cases.models import Attachment, Case
from liandong.cases.operations import reply_supervision, void_case
from liandong.cases.queries import clocks_of, trace_of
from liandong.cases.rules.files.formats import FormatNotTaken
from liandong.cases.rules.workflow import IllegalStep
from liandong.intake_channels.contract import File
from liandong.intake_channels.operations import take_instruction
from liandong.intake_channels.operations.instructions import (
    DeadlineImplausible,
    Instruction,
    InstructionIncomplete,
    NewMatter,
)
from liandong.people.access import Forbidden, NotFound
from tests.journeys.steps import picture
from tests.world import DISTRICT, World

PAGE = "/desk/channels/instructions/"
MATTER = NewMatter("东桥路夜市油烟扰民，群众反映强烈", class_code="M06027", area="310198001", address="东桥路")


def told(world: World, *, days: float = 3, token: str = "t-1", **changed: str) -> Instruction:
    said = {"leader": "周区长", "text": "请东桥街道三日内拿出整改方案", **changed}
    return Instruction(due_at=world.at + timedelta(days=days), token=token, **said)


def instruct(world: World, instruction: Instruction | None = None, *, by: str = "supervisor", **more: Any) -> Case:
    return take_instruction(instruction or told(world), district=DISTRICT, actor=world.actor(by), at=world.at, **more)


def test_an_instruction_opens_a_case_that_must_be_replied_to_in_time(world: World) -> None:
    case = instruct(world, matter=MATTER, scan=File("批示.jpg", picture("scan")))
    assert (case.channel, case.class_code, case.supervised, case.to_reply) == ("instruction", "M06027", 3, 1)
    assert case.area == "310198001"
    clock = clocks_of(case).get(kind="supervision")
    assert clock.due_at == world.at + timedelta(days=3)
    events = [(entry.event, entry.actor) for entry in trace_of(case)]
    assert ("LeaderInstructed", "user/supervisor") in events
    entry = trace_of(case).get(event="LeaderInstructed")
    assert (entry.data["leader"], entry.data["is_new_case"], entry.data["has_scan"]) == ("周区长", True, True)
    assert trace_of(case).get(event="CaseSupervised").data["text"].startswith("【领导批示】周区长：请东桥街道")
    assert Attachment.objects.get(case=case).label == "批示"
    reply_supervision(case.number, reason="已约谈商户", actor=world.actor("supervisor"), at=world.later(hours=1))
    assert Case.objects.get().to_reply == 0


def test_an_instruction_about_a_case_there_is_supervises_it(world: World) -> None:
    case = world.received()
    same = instruct(world, number=case.number)
    assert (same.pk, same.supervised, same.to_reply) == (case.pk, 3, 1)
    assert Case.objects.count() == 1


def test_a_matter_nobody_has_classed_is_one_without_a_class(world: World) -> None:
    from liandong.cases.rulebook import rulebook_for

    case = instruct(world, matter=NewMatter("群众来信反映的问题"))
    assert case.class_code == rulebook_for(DISTRICT).policy("*").unclassed


def test_a_deadline_beyond_a_thousand_hours_is_in_whole_days(world: World) -> None:
    case = instruct(world, told(world, days=60.5), matter=MATTER)
    assert clocks_of(case).get(kind="supervision").due_at >= world.at + timedelta(days=60.5)


def test_pressing_twice_is_one_instruction(world: World, signed_in: Any) -> None:
    case = world.received()
    for _ in range(2):
        instruct(world, number=case.number)
    assert trace_of(case).filter(event="LeaderInstructed").count() == 1
    instruct(world, told(world, token="t-2"), number=case.number)
    assert Case.objects.get().to_reply == 2


@pytest.mark.parametrize(
    ("instruction", "refusal"),
    [
        ({"leader": " "}, InstructionIncomplete),
        ({"text": ""}, InstructionIncomplete),
        ({"days": -1}, DeadlineImplausible),
        ({"days": 0}, DeadlineImplausible),
        ({"days": 400}, DeadlineImplausible),
    ],
)
def test_what_is_incomplete_or_implausible_is_refused(
    world: World, instruction: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        instruct(world, told(world, **instruction), matter=MATTER)
    assert not Case.objects.exists()


def test_it_names_a_case_or_a_matter(world: World) -> None:
    with pytest.raises(InstructionIncomplete):
        instruct(world)
    with pytest.raises(NotFound):
        instruct(world, number="LD-20260302-000099-9")


def test_a_scan_that_is_no_file_of_a_case_leaves_nothing_behind(world: World) -> None:
    with pytest.raises(FormatNotTaken):
        instruct(world, matter=MATTER, scan=File("setup.exe", b"MZ not a scan"))
    assert not Case.objects.exists()


def test_a_case_that_has_ended_takes_none(world: World) -> None:
    case = world.report()
    void_case(case.number, reason="误报", actor=world.actor("supervisor"), at=world.at)
    with pytest.raises(IllegalStep):
        instruct(world, number=case.number)


@pytest.mark.parametrize("account", ["operator", "bureau002", "grid001"])
def test_nobody_else_enters_one(world: World, signed_in: Any, account: str) -> None:
    with pytest.raises(Forbidden):
        instruct(world, by=account, matter=MATTER)
    assert signed_in(account).get(PAGE).status_code == 403


def test_a_supervisor_enters_one_from_the_page(world: World, signed_in: Any) -> None:
    desk = signed_in("supervisor")
    assert "登记批示" in desk.get(PAGE).content.decode()
    form = {"token": "f-1", "leader": "周区长", "text": "三日内整改", "due_at": "2026-03-05T17:00",
            "description": MATTER.description, "address": "东桥路"}  # fmt: skip
    with time_machine.travel(world.at, tick=False):
        desk = signed_in("supervisor")
        assert desk.post(PAGE, {**form, "due_at": "2026-03-01T17:00"}).status_code == 422
        assert desk.post(PAGE, {**form, "leader": ""}).status_code == 422
        for _ in range(2):
            scan = SimpleUploadedFile("批示.jpg", picture("scan"))
            page = desk.post(PAGE, {**form, "scan": scan}, follow=True)
            assert "批示已登记" in page.content.decode()
    case = Case.objects.get()
    assert "周区长" in page.content.decode()
    assert clocks_of(case).get(kind="supervision").due_at.hour == 9
