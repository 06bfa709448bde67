"""What happens to a case, and who is told of it by which channel; and who is not."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pytest_django import Settings

from liandong.cases.docket import thing_of
from liandong.cases.models import Case, SealedReporter
from liandong.cases.rules.words import Stage
from liandong.cases.sealing import Contact
from liandong.notify.models import Message
from liandong.notify.operations import choose_channels
from liandong.notify.queries import inbox_of, unread_count
from liandong.notify.rules.words import Audience, Channel, Kind, State
from liandong.people.models import Post as Held
from liandong.people.models import User
from liandong.timeline.models import Entry
from liandong.timeline.operations import Subject, record
from tests.cases.paths import town_holds
from tests.notify.conftest import Post
from tests.world import DISTRICT, MRS_CHEN, World

WORDS = "小区门口垃圾堆了三天没人清"


def people_told(messages: list[Message], channel: Channel = Channel.IN_APP) -> set[str]:
    return {row.person.username for row in messages if row.person and row.channel == channel}


def settled(world: World, **details: object) -> Case:
    """A closed case of somebody who was called back first."""
    case = world.checked(**details)
    if case.has_phone:
        world.do("call_back_reporter", case, "operator", reached=True, solved=True, satisfaction=5)
    return world.do("close_case", case, "operator")


def test_a_case_that_lands_tells_the_responsible_person_in_the_inbox_and_by_short_message(
    post: Post, world: World, settings: Settings
) -> None:
    settings.LIANDONG_SMS_URL = "http://127.0.0.1:9/send"
    case = world.dispatched()
    told = [row for row in post.follow() if row.notice == "case_lands"]
    assert people_told(told) == {"bureau002"}
    assert people_told(told, Channel.SMS) == {"bureau002"}
    short = post.told_of(case, notice="case_lands")
    assert short.state == State.QUEUED
    assert case.number in short.body
    assert "东桥1号网格" in short.body
    assert WORDS not in short.body


def test_a_channel_that_is_not_configured_is_on_record_as_such_and_the_inbox_works(post: Post, world: World) -> None:
    case = world.dispatched()
    post.follow()
    short = post.told_of(case, notice="case_lands")
    assert (short.state, short.why) == (State.NOT_SENT, "not_configured")
    inbox = post.told_of(case, Channel.IN_APP, notice="case_lands")
    assert inbox.state == State.DELIVERED
    assert unread_count(inbox.person_id or 0) == 1


def test_following_the_same_entries_again_writes_nothing_more(post: Post, world: World) -> None:
    world.dispatched()
    assert post.follow()
    count = Message.objects.count()
    post.read.clear()
    assert post.follow() == []
    assert Message.objects.count() == count


def test_the_head_of_a_unit_answers_for_it_before_its_other_people(post: Post, world: World) -> None:
    Held.objects.filter(user__username="bureau002").update(rank="member")
    head = Held.objects.get(user__username="bureau002")
    other = User.objects.create(username="chief", name="章主任")
    Held.objects.create(
        user=other, unit=head.unit, role=head.role, area=head.area, rank="head", since_on=head.since_on
    )  # fmt: skip
    world.dispatched()
    assert people_told([row for row in post.follow() if row.notice == "case_lands"]) == {"chief"}


def test_nobody_is_told_of_a_case_they_may_not_see(post: Post, world: World) -> None:
    case = world.dispatched()
    Case.objects.filter(pk=case.pk).update(unit="310198-D02")
    told = [row for row in post.follow() if row.notice == "case_lands"]
    assert people_told(told) == set()
    case.refresh_from_db()
    for row in told:
        assert row.person is None or world.actor(row.person.username).may("cases.view", thing_of(case))


def test_an_arrival_is_announced_to_its_owner_alone_and_names_neither_words_nor_people(
    post: Post, world: World
) -> None:
    case = world.dispatched()
    post.follow()
    inbox = post.told_of(case, Channel.IN_APP, notice="case_lands")
    entry = Entry.objects.get(about="message", about_id=inbox.pk)
    assert entry.hearers == [f"person/{inbox.person_id}"]
    assert entry.data == {"notice": "case_lands", "about": f"case/{case.pk}"}


def test_a_return_tells_the_desk_and_the_second_one_the_supervisor(post: Post, world: World) -> None:
    case = world.dispatched()
    world.do("return_case", case, "bureau002", reason="不属本所职责，电话13912345678")
    told = [row for row in post.follow() if row.notice.startswith("case_returned")]
    assert {row.audience for row in told} == {Audience.DISPATCHER}
    assert "13912345678" not in "".join(row.body for row in told)
    world.do("dispatch_case", case, "lin", to="")
    world.do("return_case", case, "bureau002", reason="仍不属本所职责")
    audiences = {row.audience for row in post.follow() if row.notice.startswith("case_returned")}
    assert audiences == {Audience.DISPATCHER, Audience.SUPERVISOR}


def test_a_return_within_a_line_tells_who_handed_it_down_and_not_the_desk(post: Post, world: World) -> None:
    case = town_holds(world, Stage.DISPATCHED)
    post.follow()
    world.do("return_case", case, "bureau002", reason="不属本所职责")
    told = [row for row in post.follow() if row.notice.startswith("case_returned")]
    assert {(row.notice, row.audience, row.unit) for row in told} == {
        ("case_returned_up", Audience.DUTY_PERSON, f"{DISTRICT}-T01")
    }


def test_the_reporter_is_told_the_answer_by_the_sealed_telephone_and_no_message_holds_it(
    post: Post, world: World, settings: Settings
) -> None:
    settings.LIANDONG_SMS_URL = "http://127.0.0.1:9/send"
    case = settled(world, contact=MRS_CHEN, identity="named")
    post.follow()
    reply = post.told_of(case, notice="reply_closed")
    assert (reply.to, reply.person) == ("reporter", None)
    assert case.number in reply.body
    everything = "".join(f"{row.subject}{row.body}{row.detail}{row.cause}" for row in Message.objects.all())
    assert MRS_CHEN.phone not in everything
    assert MRS_CHEN.name not in everything


@pytest.mark.parametrize(("step", "notice"), [("refuse_case", "reply_refused")])
def test_a_refusal_tells_the_reporter_why(post: Post, world: World, step: str, notice: str) -> None:
    case = world.report(contact=MRS_CHEN, identity="named")
    world.do(step, case, "operator", reason="属于邻区管辖，已转告")
    post.follow()
    assert "属于邻区管辖" in post.told_of(case, notice=notice).body


def test_a_confidential_reporter_is_told_and_the_handlers_learn_nothing(post: Post, world: World) -> None:
    case = settled(world, contact=Contact("陈女士", "13812345678"), identity="confidential")
    post.follow()
    assert post.told_of(case, notice="reply_closed").to == "reporter"
    for row in Message.objects.exclude(to="reporter"):
        assert "13812345678" not in row.body
        assert "陈女士" not in row.body


def test_an_anonymous_reporter_gets_nothing(post: Post, world: World) -> None:
    case = world.closed()
    post.follow()
    assert not Message.objects.filter(about_id=case.pk, to="reporter").exists()
    assert not SealedReporter.objects.filter(case=case).exists()


def test_what_is_long_past_is_told_to_nobody(post: Post, world: World) -> None:
    world.dispatched()
    assert post.follow(hours=13) == []


def test_work_that_is_over_by_the_time_it_is_read_tells_only_the_reporter(post: Post, world: World) -> None:
    settled(world, contact=MRS_CHEN, identity="named")
    assert {row.audience for row in post.follow()} == {Audience.REPORTER}


def test_at_night_an_ordinary_message_waits_until_seven_and_an_urgent_one_does_not(
    post: Post, world: World, settings: Settings
) -> None:
    settings.LIANDONG_SMS_URL = "http://127.0.0.1:9/send"
    world.later(hours=14)
    ordinary, urgent = world.dispatched(), world.dispatched(urgency="urgent")
    post.follow()
    waits = post.told_of(ordinary, notice="case_lands")
    assert waits.next_at is not None
    assert waits.next_at.isoformat() == "2026-03-02T23:00:00+00:00"
    assert waits.why == "quiet"
    assert post.told_of(urgent, notice="case_lands").next_at == world.at


def test_a_person_drops_and_adds_channels_but_supervision_always_rings(post: Post, world: World) -> None:
    wanted = {
        (Kind.WORK, Channel.SMS): False,
        (Kind.WORK, Channel.EMAIL): True,
        (Kind.SUPERVISION, Channel.SMS): False,
    }
    choose_channels(wanted, quiet=None, actor=world.actor("bureau002"), at=world.at)
    case = world.dispatched()
    told = [row for row in post.follow() if row.notice == "case_lands"]
    assert {row.channel for row in told if row.person} == {Channel.IN_APP, Channel.EMAIL}
    supervise(case, 1, world)
    assert Channel.SMS in {row.channel for row in post.follow()}


@dataclass(frozen=True, slots=True)
class CaseSupervised:
    """As the step that is to come will record it."""

    level: int
    unit: str


def supervise(case: Case, level: int, world: World) -> None:
    about = Subject("case", case.pk, area=case.area)
    record(CaseSupervised(level, case.unit), about=about, actor="platform/sweep", at=world.later(minutes=1))


@pytest.mark.parametrize(
    ("level", "audience"), [(1, Audience.DUTY_PERSON), (2, Audience.UNIT_HEAD), (3, Audience.LEADER)]
)
def test_each_level_of_supervision_reaches_its_own_audience(
    post: Post, world: World, level: int, audience: Audience
) -> None:
    case = world.received()
    post.follow()
    supervise(case, level, world)
    told = post.follow()
    assert {row.audience for row in told} == {audience}
    assert {row.notice for row in told} == {f"supervised_{level}"}


def test_an_inbox_is_ones_own(post: Post, world: World) -> None:
    world.dispatched()
    post.follow()
    mine = User.objects.get(username="bureau002")
    assert inbox_of(mine.pk).exists()
    assert not inbox_of(User.objects.get(username="operator").pk).filter(notice="case_lands").exists()
