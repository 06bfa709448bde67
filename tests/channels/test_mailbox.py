"""Mails become cases once, answers belong to theirs, machines are not answered to, and letters are read rightly."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from pytest_django import Settings

from liandong.cases.models import Attachment, Case, Note, SealedReporter
from liandong.cases.operations import reveal_reporter, void_case
from liandong.intake_channels.mailboxes import fetch_mails, mailboxes
from liandong.intake_channels.models import Arrival, Mail, Mailbox
from liandong.intake_channels.operations import note_look, refuse_mail, take_mail
from liandong.intake_channels.operations.keeping import forget_old_arrivals
from liandong.intake_channels.operations.mails import Place
from liandong.intake_channels.plugins.mailbox import MAILBOX, Thread, message_of
from liandong.intake_channels.plugins.mails import read_mail
from liandong.intake_channels.rules.mails import MailTooLarge
from liandong.intake_channels.rules.words import Kind
from liandong.notify.channels import Misconfigured
from liandong.people.access import Forbidden, platform
from tests.channels.conftest import DAY, Lane
from tests.channels.imap import ACCOUNT, MailServer, look, mail, running_mail_server
from tests.journeys.steps import picture
from tests.world import DISTRICT, World

TEXT = "小区门口的垃圾堆了三天没有人清运"


@pytest.fixture(scope="module")
def mail_server() -> Iterator[MailServer]:
    with running_mail_server() as server:
        yield server


@pytest.fixture
def box(mail_server: MailServer, lane: Lane, settings: Settings) -> MailServer:
    """An empty folder of the server, which is the small district's mailbox."""
    lane.channel = "mail"
    found = mail_server.with_folder()
    settings.LIANDONG_MAILBOXES = json.dumps({DISTRICT: found.url})
    return found


def taken(box: MailServer, world: World, *mails: bytes) -> list[Case]:
    """Deliver mails, read them, and return all cases."""
    box.deliver(*mails)
    look(world)
    return list(Case.objects.order_by("id"))


def reasons() -> list[str]:
    return list(Arrival.objects.filter(fate="refused").values_list("why", flat=True))


def test_a_mail_becomes_a_case_and_its_sender_is_sealed(box: MailServer, world: World) -> None:
    [case] = taken(box, world, mail())
    assert (case.channel, case.class_code, case.identity, case.has_phone) == ("mail", "A1605", "named", False)
    assert case.description == f"垃圾没人清\n{TEXT}"
    arrival = Arrival.objects.get()
    assert (arrival.fate, arrival.claimed_at.hour) == ("taken", 1)
    assert "chen" not in repr(Case.objects.values().get()) + repr(Arrival.objects.values().get())
    assert b"chen" not in bytes(SealedReporter.objects.get().sealed or b"")
    contact = reveal_reporter(case.number, purpose="回访", actor=world.actor("operator"), at=world.at)
    assert (contact.name, contact.email) == ("陈女士", "chen@mail.example")
    assert box.unread() == 0


def test_what_is_attached_is_kept_like_every_upload(box: MailServer, world: World) -> None:
    letter = EmailMessage()
    letter["From"], letter["Subject"], letter["Message-ID"] = "chen@mail.example", "有照片", "<p@mail.example>"
    letter.set_content(TEXT)
    letter.add_attachment(picture("mail"), "image", "jpeg", filename="现场.jpg")  # type: ignore[misc]
    letter.add_attachment(b"MZ not a photo at all", "image", "png", filename="bad.png")  # type: ignore[misc]
    [case] = taken(box, world, letter.as_bytes())
    assert Attachment.objects.get(case=case).label == "现场"
    assert Note.objects.get(case=case).text.startswith("【附件未收】bad.png")


def quoted(words: str, charset: str) -> str:
    return f"=?{charset}?B?{base64.b64encode(words.encode(charset)).decode()}?="


SPLIT = "暴露垃圾".encode("gbk")
LETTERS: dict[str, tuple[bytes, str]] = {
    "eight bits of UTF-8": (mail(), f"垃圾没人清\n{TEXT}"),
    "eight bits of GBK": (mail(charset="gbk"), f"垃圾没人清\n{TEXT}"),
    "GB18030 beyond GBK": (mail("㐀㐁垃圾堆了三天", charset="gb18030"), "垃圾没人清\n㐀㐁垃圾堆了三天"),
    "encoded words": (mail(subject=f"{quoted('垃圾', 'gb2312')} {quoted('没人清', 'gb18030')}"), f"垃圾没人清\n{TEXT}"),
    "a letter cut between two encoded words": (
        mail(subject=" ".join(f"=?gbk?B?{base64.b64encode(part).decode()}?=" for part in (SPLIT[:3], SPLIT[3:]))),
        f"暴露垃圾\n{TEXT}",
    ),
    "quoted-printable of GBK": (
        mail(
            "=C0=AC=BB=F8=B6=D1=C1=CB=C8=FD=CC=EC",
            more="Content-Type: text/plain; charset=gb2312\nContent-Transfer-Encoding: quoted-printable\n",
        ),
        "垃圾没人清\n垃圾堆了三天",
    ),
    "a page without its marks": (
        mail(
            f"<html><head><title>x</title><style>p{{}}</style></head><body><p>{TEXT}</p><script>alert(1)</script></body>",
            more="Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n",
        ),
        f"垃圾没人清\n{TEXT}",
    ),
    "UTF-8 that says it is GBK": (
        mail(more="Content-Type: text/plain; charset=gbk\nContent-Transfer-Encoding: 8bit\n"),
        f"垃圾没人清\n【字符集与声明不符，按 UTF-8 读出】\n{TEXT}",
    ),
    "GBK that says it is UTF-8": (
        mail().replace(TEXT.encode(), TEXT.encode("gbk")),
        f"垃圾没人清\n【字符集与声明不符，按 GBK 读出】\n{TEXT}",
    ),
    "GBK that says it is Latin": (
        mail(charset="gbk").replace(b"charset=gbk", b"charset=iso-8859-1"),
        f"垃圾没人清\n【字符集与声明不符，按 GBK 读出】\n{TEXT}",
    ),
    "no word about it": (mail(charset="gbk").replace(b"; charset=gbk", b""), f"垃圾没人清\n{TEXT}"),
}


@pytest.mark.parametrize("name", list(LETTERS))
def test_letters_are_read_rightly_whatever_they_are_called(box: MailServer, world: World, name: str) -> None:
    raw, expected = LETTERS[name]
    assert [case.description for case in taken(box, world, raw)] == [expected]


def test_letters_of_no_encoding_are_refused_and_stay_in_the_mailbox(box: MailServer, world: World) -> None:
    assert taken(box, world, mail().replace(TEXT.encode(), b"\xff\xfe\x81\xff\xff")) == []
    assert (reasons(), box.unread()) == (["charset_lie"], 1)


def test_an_answer_is_a_note_of_its_case_without_what_it_quotes(box: MailServer, world: World) -> None:
    answer = "晚上更严重\n\n在 2026年3月2日，陈女士写道：\n> 小区门口的垃圾"
    [case] = taken(
        box,
        world,
        mail(),
        mail(answer, subject="Re: 垃圾没人清", name="m-2", more="In-Reply-To: <m-1@mail.example>\n"),
        mail("还有老鼠", name="m-3", more="References: <m-1@mail.example> <m-2@mail.example>\n"),
    )
    assert [note.text for note in Note.objects.order_by("id")] == ["【来信】\n晚上更严重", "【来信】\n还有老鼠"]
    assert Arrival.objects.filter(number=case.number, fate="taken").count() == 3


def test_a_number_in_the_subject_leads_to_its_case_and_asking_is_urging(box: MailServer, world: World) -> None:
    [case] = taken(box, world, mail())
    [_same] = taken(box, world, mail("请催办，一周了", subject=f"关于 {case.number.lower()} 的催办", name="m-2"))
    assert Case.objects.get().urges == 1
    hotline = world.report()
    taken(box, world, mail("门口还有", subject=f"补充：{hotline.number}", name="m-3", sender="li@mail.example"))
    assert Note.objects.get(case=hotline).text == "【来信，寄件人未核实为报告人】\n门口还有"
    assert Case.objects.get(pk=hotline.pk).urges == 0
    wrong = case.number[:-1] + str((int(case.number[-1]) + 1) % 10)
    assert len(taken(box, world, mail(subject=f"关于 {wrong}", name="m-4"))) == 3


def test_a_stranger_who_urges_adds_a_note_and_no_more(box: MailServer, world: World) -> None:
    [case] = taken(box, world, mail())
    for number in (2, 3):
        taken(box, world, mail("催", subject=case.number, name=f"m-{number}", sender="stranger@mail.example"))
    assert (Case.objects.get().urges, Note.objects.count()) == (0, 2)


def test_what_is_written_about_an_ended_case_is_a_matter_that_names_it(box: MailServer, world: World) -> None:
    [case] = taken(box, world, mail())
    void_case(case.number, reason="误报", actor=world.actor("supervisor"), at=world.at)
    cases = taken(box, world, mail("又堆满了", name="m-2", more="In-Reply-To: <m-1@mail.example>\n"))
    assert cases[1].description.startswith(f"（关于已办结的案件 {case.number}）")


@pytest.mark.parametrize(
    "changed",
    [
        {"more": "Auto-Submitted: auto-replied\n"},
        {"more": "Auto-Submitted: auto-generated; owner=x\n"},
        {"more": "Precedence: bulk\n"},
        {"more": "Precedence: LIST\n"},
        {"more": "List-Id: <news.example>\n"},
        {"more": "List-Unsubscribe: <mailto:x@example>\n"},
        {"more": "Return-Path: <>\n"},
        {"more": "X-Autoreply: yes\n"},
        {"more": "Content-Type: multipart/report; boundary=b; report-type=delivery-status\n"},
        {"sender": "Mail Delivery System <MAILER-DAEMON@mail.example>"},
        {"sender": f"联动 <{ACCOUNT.upper()}>"},
    ],
)
def test_a_machines_mail_is_refused_and_nothing_of_it_kept(
    box: MailServer, world: World, changed: dict[str, str]
) -> None:
    assert taken(box, world, mail(**changed)) == []
    row = Arrival.objects.get()
    assert (row.why, row.sealed, row.outside_id) == ("automatic_mail", None, "")


def test_a_mail_that_says_a_person_wrote_it_is_taken(box: MailServer, world: World) -> None:
    assert len(taken(box, world, mail(more="Auto-Submitted: no\nReturn-Path: <chen@mail.example>\n"))) == 1


def test_each_mail_is_taken_once_however_often_it_lies_there(
    box: MailServer, mail_server: MailServer, world: World, settings: Settings
) -> None:
    answer = mail("晚上更严重", name="m-2", more="In-Reply-To: <m-1@mail.example>\n")
    taken(box, world, mail(), answer)
    assert look(world) == 0
    box.deliver(mail())
    assert look(world) == 0
    moved = mail_server.with_folder()
    settings.LIANDONG_MAILBOXES = json.dumps({DISTRICT: moved.url})
    moved.deliver(mail(), answer)
    before = Mailbox.objects.get().validity
    assert look(world) == 0
    assert Mailbox.objects.get().validity != before, "the folder has a numbering of its own"
    assert (Case.objects.count(), Note.objects.count()) == (1, 1)
    assert Arrival.objects.filter(fate="duplicate").count() == 3


def test_a_place_that_was_passed_is_never_taken_again(box: MailServer, world: World) -> None:
    how: dict[str, Any] = {"own": (), "district": DISTRICT, "actor": platform("mail"), "at": world.at}
    assert take_mail(mail(), place=Place(7, 5), **how)
    assert take_mail(mail(name="m-9"), place=Place(7, 5), **how) is None
    del how["own"]
    assert refuse_mail(MailTooLarge(bytes=2, most=1), place=Place(7, 4), **how) is None
    assert refuse_mail(MailTooLarge(bytes=2, most=1), place=Place(7, 6), **how)
    assert Mailbox.objects.get().highest == 6
    with pytest.raises(Forbidden):
        take_mail(mail(), place=Place(7, 8), own=(), district=DISTRICT, actor=world.actor("operator"), at=world.at)
    with pytest.raises(Forbidden):
        note_look(DISTRICT, actor=world.actor("operator"), at=world.at)


def test_of_a_mailbox_nobody_read_before_only_unread_mail_is_taken(box: MailServer, world: World) -> None:
    box.deliver(mail("很久以前", name="old"), flags=r"(\Seen)")
    [case] = taken(box, world, mail(name="new"))
    assert TEXT in case.description
    box.deliver(mail("同事先打开了", name="opened"), flags=r"(\Seen)")
    look(world)
    assert Case.objects.count() == 2, "from now on nothing that comes is missed, whoever opens it"


def test_a_mail_nobody_can_read_keeps_out_none_behind_it(box: MailServer, world: World, settings: Settings) -> None:
    settings.LIANDONG_MAIL_BYTES = 4_000
    deep = "Content-Type: multipart/mixed; boundary=b\n"
    many = "\n".join("--b\n\nx" for _ in range(250)) + "\n--b--"
    cases = taken(box, world, mail("长" * 1500, name="m-2"), mail(many, name="m-3", more=deep), mail())
    assert len(cases) == 1
    assert sorted(reasons()) == ["mail_too_large", "mail_unreadable"]


def test_a_list_of_people_is_refused_and_nothing_of_it_kept(box: MailServer, world: World) -> None:
    assert taken(box, world, mail(subject="重点人员名单")) == []
    row = Arrival.objects.get()
    assert (row.why, row.outside_id, row.sealed) == ("person_record", "", None)


def test_one_address_that_floods_is_stopped_and_no_other(box: MailServer, world: World, settings: Settings) -> None:
    settings.LIANDONG_MAILS_A_DAY = 2
    cases = taken(box, world, *(mail(name=f"m-{number}") for number in range(4)), mail(name="o", sender="o@b.example"))
    assert (len(cases), reasons()) == (3, ["too_many_mails", "too_many_mails"])
    assert forget_old_arrivals(at=world.at + 31 * DAY) == 0
    assert not Mail.objects.exists(), "who wrote is forgotten with the contents"


def test_what_is_kept_of_a_mail_is_read_again_in_its_thread() -> None:
    raw = mail("晚上更严重")
    thread = Thread(Kind.NOTE, "mail-1", "LD-20260302-000001-7", "【来信】")
    message = message_of(read_mail(raw), thread, raw=raw)
    assert (message.kind, message.order, message.text) == (Kind.NOTE, "mail-1", "【来信】\n晚上更严重")
    assert MAILBOX.reread(message.raw) == message


def test_a_server_that_is_away_is_noted_and_shown(
    box: MailServer, world: World, settings: Settings, signed_in: Any
) -> None:
    assert "已开通" in signed_in("supervisor").get("/desk/channels/").content.decode()
    taken(box, world, mail())
    assert Mailbox.objects.get().why == ""
    settings.LIANDONG_MAILBOXES = json.dumps({DISTRICT: box.url.replace("%40liandong", "%40nobody")})
    assert look(world) == 0
    page = signed_in("supervisor").get("/desk/channels/mail/").content.decode()
    assert "邮箱收取失败" in page
    highest = Mailbox.objects.get().highest
    settings.LIANDONG_MAILBOXES = json.dumps({DISTRICT: box.url})
    assert look(world) == 0
    assert (Mailbox.objects.get().why, Mailbox.objects.get().highest) == ("", highest)


@pytest.mark.parametrize("setting", ["[", '{"310198": "http://a:b@c/"}', '{"310198": "imaps://host"}', '{"310198": 1}'])
def test_a_setting_that_cannot_be_read_is_named_and_nothing_fetched(settings: Settings, setting: str) -> None:
    settings.LIANDONG_MAILBOXES = setting
    with pytest.raises(Misconfigured):
        mailboxes()
    stop = threading.Event()
    stop.set()
    fetch_mails(stop, lambda: World().at)
