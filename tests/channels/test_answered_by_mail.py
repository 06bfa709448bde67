"""Who wrote a mail is answered by mail, once for each thing that happened, and no machine is answered."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from liandong.cases.models import Case
from liandong.cases.operations import anonymise_case
from liandong.intake_channels.models import Arrival
from liandong.notify.channels import transports
from liandong.notify.models import Message
from liandong.notify.rules.words import Channel, State, Why
from tests.channels.conftest import Lane
from tests.channels.imap import MailServer, look, mail, running_mail_server
from tests.notify.conftest import Post
from tests.notify.post_office import PostOffice, running_post_office
from tests.world import DISTRICT, World


@pytest.fixture(scope="module")
def mail_server() -> Iterator[MailServer]:
    with running_mail_server() as server:
        yield server


@pytest.fixture
def box(mail_server: MailServer, lane: Lane, settings: Settings) -> MailServer:
    lane.channel = "mail"
    found = mail_server.with_folder()
    settings.LIANDONG_MAILBOXES = json.dumps({DISTRICT: found.url})
    return found


@pytest.fixture
def post(world: World) -> Post:
    return Post(world)


@pytest.fixture
def office(settings: Settings) -> Iterator[PostOffice]:
    with running_post_office(settings) as running:
        yield running


def test_who_wrote_is_told_the_number_by_mail_and_hears_what_was_done(
    box: MailServer, office: PostOffice, world: World, post: Post
) -> None:
    box.deliver(mail())
    look(world)
    case = Case.objects.get()
    world.do("accept_case", case, "operator")
    post.follow()
    [letter] = Message.objects.filter(to="reporter")
    assert (letter.notice, letter.channel) == ("reply_accepted", Channel.EMAIL)
    assert "chen" not in repr(Message.objects.values().get(pk=letter.pk))
    post.send(transports()[0])
    post.send(transports()[0], minutes=5)
    [sent] = office.letters()
    assert office.taken[0].rcpt_tos == ["chen@mail.example"]
    assert case.number in sent.get_content()
    assert sent["Auto-Submitted"] == "auto-generated"
    box.deliver(mail("又多了一堆", subject=f"Re: {sent['Subject']}", name="m-2"))
    look(world)
    assert [note.text for note in case.notes.all()] == ["【来信】\n又多了一堆"]


def test_what_a_machine_answers_to_our_answer_ends_there(
    box: MailServer, office: PostOffice, world: World, post: Post
) -> None:
    box.deliver(mail())
    look(world)
    case = Case.objects.get()
    world.do("accept_case", case, "operator")
    post.follow()
    post.send(transports()[0])
    box.deliver(mail("我在休假", subject=f"自动回复 {case.number}", name="m-2", more="Auto-Submitted: auto-replied\n"))
    look(world)
    assert list(Arrival.objects.order_by("id").values_list("fate", flat=True)) == ["taken", "refused"]
    assert post.follow() == []


def test_whoever_was_forgotten_gets_no_letter_any_more(
    box: MailServer, office: PostOffice, world: World, post: Post
) -> None:
    box.deliver(mail())
    look(world)
    case = Case.objects.get()
    world.do("refuse_case", case, "operator", reason="不属于本区受理范围")
    [letter] = [message for message in post.follow() if message.to == "reporter"]
    anonymise_case(case.number, reason="报告人要求删除", actor=world.actor("admin"), at=world.at)
    post.send(transports()[0])
    letter.refresh_from_db()
    assert (letter.state, letter.why, office.taken) == (State.NOT_SENT, Why.ANONYMISED, [])
