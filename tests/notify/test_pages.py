"""Inbox, settings, templates and the page of delivery, as people use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import pytest
from django.test import Client
from pytest_django import Settings

from liandong.notify.models import Message, Quiet, Template
from liandong.notify.operations import load_notices, mark_read, retry_message, write_template
from liandong.notify.queries import choices_of, unread_count, versions_of, wordings_of
from liandong.notify.rules.progress import News, Outcome
from liandong.notify.rules.quiet import QuietHours
from liandong.notify.rules.wording import Wording
from liandong.notify.rules.words import Channel, Kind, State, Why
from liandong.notify.standards import NoticeFiles, read_notices
from liandong.people.access import Forbidden, NotFound, platform
from liandong.people.contacts import contact_of
from liandong.people.models import User
from liandong.timeline.models import Entry
from tests.notify.conftest import Post, Scripted, state_of
from tests.notify.gateways import Gateway
from tests.world import DISTRICT, World

SignIn = Callable[[str], Client]
KEY = ("case_lands", "*", "zh-hans")
TEMPLATE = "/desk/messages/templates/case_lands/any/zh-hans/"


def pk(account: str) -> int:
    return User.objects.get(username=account).pk


def test_the_bell_counts_what_is_unread_and_opening_leads_to_the_case(
    post: Post, world: World, signed_in: SignIn
) -> None:
    case = world.dispatched()
    post.follow()
    desk = signed_in("bureau002")
    inbox = post.told_of(case, Channel.IN_APP, notice="case_lands")
    assert 'class="ld-count">1<' in desk.get("/desk/messages/unread/").content.decode()
    assert inbox.body in desk.get("/desk/messages/").content.decode()
    assert desk.post(f"/desk/messages/{inbox.pk}/open/")["Location"] == f"/desk/cases/{case.number}/"
    assert "ld-count" not in desk.get("/desk/messages/unread/").content.decode()
    assert inbox.body not in desk.get("/desk/messages/?unread=1").content.decode()


def test_nobody_opens_or_reads_somebody_elses_message(post: Post, world: World, signed_in: SignIn) -> None:
    case = world.dispatched()
    post.follow()
    inbox = post.told_of(case, Channel.IN_APP, notice="case_lands")
    other = signed_in("operator")
    assert other.post(f"/desk/messages/{inbox.pk}/open/").status_code == 404
    assert inbox.body not in other.get("/desk/messages/").content.decode()
    assert mark_read([inbox.pk], actor=world.actor("operator"), at=world.at) == 0
    assert other.post("/desk/messages/read/").status_code == 302
    assert unread_count(pk("bureau002")) == 1


def test_settings_keep_channels_quiet_hours_and_a_sealed_number(world: World, signed_in: SignIn) -> None:
    desk = signed_in("bureau002")
    assert "未配置" in desk.get("/desk/messages/settings/").content.decode()
    chosen = {"work-email": "on", "time-sms": "on", "quiet": "own", "since": "21:00", "until": "08:00"}
    assert desk.post("/desk/messages/settings/", chosen).status_code == 302
    found = choices_of([pk("bureau002")])[pk("bureau002")]
    assert found[Kind.WORK, Channel.EMAIL] is True
    assert found[Kind.WORK, Channel.SMS] is False
    assert (Kind.SUPERVISION, Channel.SMS) not in found
    assert Quiet.objects.get(person=pk("bureau002")).since == time(21)
    assert desk.post("/desk/messages/settings/contact/", {"phone": "139 0000 1111"}).status_code == 302
    assert contact_of(pk("bureau002")).phone == "13900001111"
    assert desk.post("/desk/messages/settings/", {"quiet": "own", "since": "21:00"}).status_code == 422
    assert desk.post("/desk/messages/settings/contact/", {"phone": "021-5550"}).status_code == 422
    assert desk.post("/desk/messages/settings/contact/", {"email": "nobody"}).status_code == 422


def test_the_record_says_that_a_number_changed_and_never_to_which(world: World, signed_in: SignIn) -> None:
    signed_in("bureau002").post("/desk/messages/settings/contact/", {"phone": "13900001111", "email": "a@b.cn"})
    entry = Entry.objects.get(event="ContactChanged")
    assert entry.data == {"changed": ["phone", "email"]}
    assert not Entry.objects.filter(data__icontains="13900001111").exists()


def test_a_template_is_written_in_versions_and_used_from_the_next_message_on(
    post: Post, world: World, signed_in: SignIn
) -> None:
    admin = signed_in("admin")
    body = "请办 {number}，{due} 前。"
    assert admin.post(TEMPLATE, {"subject": "新案 {number}", "body": body}).status_code == 302
    assert admin.post(TEMPLATE, {"subject": "新案 {number}", "body": body}).status_code == 302
    versions = versions_of(DISTRICT, KEY)
    assert [row.version for row in versions] == [2, 1], "the same words make no new version"
    assert Entry.objects.filter(event="TemplateWritten").count() == 1
    case = world.dispatched()
    post.follow()
    assert post.told_of(case, notice="case_lands").body.startswith(f"请办 {case.number}，")
    assert "第 2 版" in admin.get(TEMPLATE).content.decode()


@pytest.mark.parametrize("body", ["{phone}", "{number.__class__}", "{", ""])
def test_a_template_that_could_not_be_sent_is_refused_where_it_is_written(signed_in: SignIn, body: str) -> None:
    answer = signed_in("admin").post(TEMPLATE, {"subject": "", "body": body})
    assert answer.status_code == 422
    assert Template.objects.filter(district=DISTRICT, notice="case_lands", version=2).count() == 0


def test_a_preview_shows_a_real_case_to_who_may_see_it_and_no_other(world: World, signed_in: SignIn) -> None:
    case = world.dispatched()
    given = {"notice": "case_lands", "language": "en", "body": "{number} {class} {area}", "number": case.number}
    shown = signed_in("admin").post("/desk/messages/templates/preview/", given).content.decode()
    assert case.number in shown
    assert "Dongqiao Grid 1" in shown
    refused = signed_in("admin").post("/desk/messages/templates/preview/", {**given, "number": "XA-1"})
    assert "没有找到" in refused.content.decode()
    assert signed_in("bureau002").post("/desk/messages/templates/preview/", given).status_code == 403


def test_only_who_may_writes_templates_and_sees_delivery(world: World, signed_in: SignIn) -> None:
    desk = signed_in("bureau002")
    for address in ("templates/", "delivery/", "templates/case_lands/any/zh-hans/"):
        assert desk.get(f"/desk/messages/{address}").status_code == 403
    with pytest.raises(Forbidden):
        write_template(KEY, wording=Wording("", "x"), district=DISTRICT, actor=world.actor("lin"), at=world.at)
    strange, admin = ("no_such", "*", "zh-hans"), world.actor("admin")
    with pytest.raises(NotFound):
        write_template(strange, wording=Wording("", "x"), district=DISTRICT, actor=admin, at=world.at)


def test_files_of_a_district_are_loaded_again_without_undoing_what_was_written_by_hand(world: World) -> None:
    files = NoticeFiles({KEY: Wording("区里的", "区里的写法 {number}")}, {}, {"": QuietHours(time(23), time(6))})
    load_notices(DISTRICT, files, actor=platform("import"), at=world.at)
    assert wordings_of(DISTRICT)[KEY].subject == "区里的"
    write_template(
        KEY, wording=Wording("手写", "手写 {number}"), district=DISTRICT, actor=world.actor("admin"), at=world.at
    )
    load_notices(DISTRICT, files, actor=platform("import"), at=world.at)
    assert wordings_of(DISTRICT)[KEY].subject == "手写"
    with pytest.raises(Forbidden):
        load_notices(DISTRICT, files, actor=world.actor("lin"), at=world.at)


def test_faults_of_the_files_are_told_with_their_lines(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    rows = "notice,channel,language,subject,body\ncase_lands,sms,zh-hans,,{phone}\nno_such,,en,,x\ncase_lands,,fr,,x\n"
    (folder / "notices.csv").write_text(rows, encoding="utf-8")
    (folder / "tariffs.csv").write_text("channel,per_segment\nsms,-1\npigeon,1\n", encoding="utf-8")
    (folder / "quiet_hours.csv").write_text("unit,from,until\n,25:00,07:00\n", encoding="utf-8")
    faults: list[str] = []
    read_notices(folder, faults=faults)
    assert [fault.partition(": ")[0] for fault in faults] == [
        "notices.csv:2", "notices.csv:3", "notices.csv:4", "tariffs.csv:2", "tariffs.csv:3", "quiet_hours.csv:2",
    ]  # fmt: skip


@pytest.fixture
def failed(post: Post, world: World, by_http: Gateway) -> Message:
    post.reach("bureau002", phone="13900001111")
    case = world.dispatched()
    post.follow()
    message = post.told_of(case, notice="case_lands")
    post.send(Scripted([Outcome(News.REFUSED, Why.REFUSED)]))
    assert state_of(message) == State.FAILED
    return message


def test_the_page_of_delivery_counts_and_a_failed_message_is_sent_again_with_a_reason(
    post: Post, failed: Message, signed_in: SignIn, settings: Settings
) -> None:
    Message.objects.update(queued_at=failed.queued_at.replace(year=2099))
    admin = signed_in("admin")
    page = admin.get("/desk/messages/delivery/").content.decode()
    assert "网关拒收" in page
    assert failed.about_name in page
    assert "13900001111" not in page
    one = f"/desk/messages/delivery/{failed.pk}/"
    assert failed.body not in admin.get(one).content.decode()
    assert admin.post(f"{one}retry/", {"reason": ""}).status_code == 422
    assert admin.post(f"{one}retry/", {"reason": "网关已恢复"}).status_code == 302
    assert state_of(failed) == State.QUEUED
    assert Entry.objects.get(event="MessageRetried").data["reason"] == "网关已恢复"
    assert admin.post(f"{one}retry/", {"reason": "再来"}).status_code == 409


def test_what_may_have_arrived_is_sent_again_only_by_who_says_so(
    post: Post, failed: Message, signed_in: SignIn, world: World
) -> None:
    Message.objects.filter(pk=failed.pk).update(state=State.UNKNOWN)
    admin, address = signed_in("admin"), f"/desk/messages/delivery/{failed.pk}/retry/"
    assert admin.post(address, {"reason": "查不到"}).status_code == 409
    assert admin.post(address, {"reason": "查不到", "may_double": "on"}).status_code == 302


def test_nothing_is_sent_again_by_a_channel_that_is_not_configured_or_by_who_may_not(
    failed: Message, signed_in: SignIn, settings: Settings, world: World
) -> None:
    settings.LIANDONG_SMS_URL = ""
    address = f"/desk/messages/delivery/{failed.pk}/retry/"
    assert signed_in("admin").post(address, {"reason": "试"}).status_code == 409
    assert signed_in("bureau002").post(address, {"reason": "试"}).status_code == 403
    with pytest.raises(NotFound):
        retry_message(failed.pk, reason="试", actor=world.actor("bureau002"), at=world.at)
