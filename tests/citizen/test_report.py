"""Reporting by a plain form and by the outbox: what becomes a case, what is refused by name, what comes twice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import Settings

from liandong.cases import keeping
from liandong.cases.models import Attachment, Case, SealedReporter
from liandong.cases.sealing import unsealed
from liandong.citizen.forms import fresh_form
from liandong.timeline.models import Entry
from tests.cases.files import made
from tests.citizen.conftest import PHONE, WORDS, Citizen, sent
from tests.world import World

SCRIPT = "<script>alert(1)</script>"


def test_the_plain_form_makes_a_case_and_leads_to_the_page_that_follows_it(citizen: Citizen) -> None:
    page = citizen.read("/report/")
    assert 'enctype="multipart/form-data"' in page
    assert 'name="photo"' in page
    answer = citizen.report(nature="help")
    case = Case.objects.get()
    assert (case.channel, case.description, case.area, case.nature) == ("citizen", WORDS, "310198001001001", "help")
    assert (case.identity, case.reporter, case.stage, case.run_by) == ("anonymous", None, "reported", "district")
    followed = citizen.read(answer["Location"])
    assert case.number in followed
    assert "已收到，谢谢您" in followed
    assert "http://testserver/track/c/" in followed


def test_nobody_needs_to_choose_a_class_and_the_class_given_later_says_whether_it_is_public(citizen: Citizen) -> None:
    citizen.report()
    case = Case.objects.get()
    assert (case.class_code, case.is_public) == ("A1605", False)
    citizen.world.do("accept_case", case, "operator", class_code="M06010")
    case.refresh_from_db()
    assert (case.class_code, case.is_public) == ("M06010", True)


@pytest.mark.parametrize(
    ("fields", "becomes"), [({"nature": "complaint"}, "M06010"), ({}, "A0203"), ({"class_code": "A1604"}, "M06010")]
)
def test_what_must_stay_closed_is_not_opened_by_a_later_class(
    citizen: Citizen, fields: dict[str, str], becomes: str
) -> None:
    citizen.report(**fields)
    case = citizen.world.do("accept_case", Case.objects.get(), "operator", class_code=becomes)
    assert not case.is_public


def test_photos_and_a_voice_come_along_without_what_the_camera_wrote(citizen: Citizen) -> None:
    taken = made.shot(1, at=datetime(2026, 3, 2, tzinfo=UTC), lon=121.4, lat=31.0)
    citizen.report(photo=[sent(taken), sent(made.png(2))], voice=sent(made.wav(), "voice.wav"))
    kept = list(Attachment.objects.order_by("id"))
    assert [(one.kind, one.purpose) for one in kept] == [("photo", "report"), ("photo", "report"), ("audio", "report")]
    content = keeping.place_of(kept[0].sha256).read_bytes()
    assert b"Exif" not in content
    assert b"Zhao" not in content


def test_a_photo_or_a_voice_may_say_it_without_words(citizen: Citizen) -> None:
    citizen.report(words="", photo=sent(made.jpeg(1)))
    citizen.report(words="", voice=sent(made.wav(), "voice.wav"))
    assert set(Case.objects.values_list("description", flat=True)) == {"（见照片）", "（见录音）"}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"photo": sent(b"no photo at all")}, "文件不是可用的 JPEG 或 PNG 照片。"),
        ({"photo": sent(b"<html>not a photo</html>")}, "不接受 网页（HTML、SVG、XML） 文件。"),
        ({"photo": sent(made.pdf(), "photo.jpg")}, "文件不是可用的 JPEG 或 PNG 照片。"),
        ({"photo": [sent(made.jpeg(seed)) for seed in range(6)]}, "一次最多 5 张照片。"),
        ({"voice": sent(made.jpeg(1), "voice.webm")}, "文件不是可用的录音。"),
        ({"words": ""}, "缺少问题描述。"),
        ({"words": "长" * 10_001}, "最多 10000 字"),
        ({"address": "", "lon": "", "lat": ""}, "还不知道在哪里。"),
        ({"lat": ""}, "坐标不完整或不是数值。"),
        ({"lon": "nan"}, "坐标不完整或不是数值。"),
        ({"lon": "east"}, "坐标不完整或不是数值。"),
        ({"datum": "MARS"}, "不是“datum”的有效取值"),
        ({"nature": "rage"}, "不是“nature”的有效取值"),
        ({"class_code": "ZZZ"}, "类别“ZZZ”不在本区目录中。"),
        ({"website": "buy"}, "这次提交看起来由程序自动完成。"),
        ({"stamp": ""}, "表单不完整。"),
        ({"stamp": "AAAAAAAAAAAAAAAAAAAAMTc3"}, "表单不完整。"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_name_and_every_word_stays_in_the_form(
    citizen: Citizen, fields: dict[str, object], says: str
) -> None:
    page = citizen.report(status=422, **fields).content.decode()
    assert says in page
    if "words" not in fields:
        assert WORDS in page
    assert not Case.objects.exists()
    assert not Attachment.objects.exists()


def test_a_form_sent_sooner_than_anybody_writes_is_refused_and_a_moment_later_taken(
    citizen: Citizen, settings: Settings
) -> None:
    settings.LIANDONG_CITIZEN_SECONDS = 3
    form = {**citizen.form(), **fresh_form(at=citizen.world.at)}
    page = citizen.client.post("/report/", form)
    assert page.status_code == 422
    assert "提交得太快" in page.content.decode()
    citizen.world.later(seconds=3)
    assert citizen.client.post("/report/", form).status_code == 302


def test_a_form_kept_for_a_year_on_a_phone_whose_clock_is_wrong_is_as_good_as_a_new_one(citizen: Citizen) -> None:
    form = citizen.form(made_at="2019-01-01T00:00:00Z")
    at = citizen.world.later(days=3)
    headers = {"Device-Time": "2019-01-01T00:00:00Z"}
    assert citizen.client.post("/report/", form, headers=headers).status_code == 302
    assert Case.objects.get().reported_at == at


def test_a_place_outside_the_district_is_asked_about_and_then_described_by_words_alone(citizen: Citizen) -> None:
    page = citizen.report(lon="116.4", lat="39.9", status=422).content.decode()
    assert "不在新岸区范围内" in page
    assert "就是这里，按我写的地址登记" in page
    citizen.report(lon="116.4", lat="39.9", without_point="1")
    case = Case.objects.get()
    assert (case.lon, case.lat, case.address) == (None, None, "东桥路 12 号门口")


def test_a_point_of_a_shifted_map_is_shifted_back_and_its_datum_kept(citizen: Citizen) -> None:
    citizen.report(datum="GCJ-02")
    case = Case.objects.get()
    assert case.datum == "GCJ-02"
    assert case.lon != 121.405


def test_script_in_every_field_stays_text(citizen: Citizen) -> None:
    link = citizen.link(words=SCRIPT, address=SCRIPT)
    for page in (
        citizen.read(link),
        citizen.report(words=SCRIPT, address=SCRIPT, lon="x", status=422).content.decode(),
    ):
        assert SCRIPT not in page
        assert "&lt;script&gt;" in page


def test_numbers_of_people_are_taken_out_of_the_words(citizen: Citizen) -> None:
    page = citizen.read(citizen.link(words=f"找我 {PHONE}，沪A12345 挡路"))
    assert PHONE not in page
    assert "［电话］" in page
    assert PHONE not in str(list(Entry.objects.values_list("data", flat=True)))


def test_the_same_form_sent_twice_is_one_case_and_other_words_are_another(citizen: Citizen) -> None:
    form = citizen.form()
    first, again = (citizen.client.post("/report/", form) for _ in range(2))
    assert first["Location"] == again["Location"]
    assert Case.objects.count() == 1
    citizen.client.post("/report/", {**form, "words": "另一件事：路灯不亮"})
    assert Case.objects.count() == 2


def test_the_outbox_is_answered_in_json_and_the_same_entry_from_two_tabs_is_one_case(citizen: Citizen) -> None:
    first = citizen.queue(photo=sent(made.jpeg(1)))
    again = citizen.queue(status=200, photo=sent(made.jpeg(1)))
    assert first == again
    assert set(first) == {"number", "follow"}
    assert Case.objects.count() == Attachment.objects.count() == 1


def test_whoever_reads_the_case_cannot_send_it_again_to_get_its_link(citizen: Citizen) -> None:
    key = "22222222-0000-4000-8000-000000000002"
    told = citizen.queue(key=key)
    known = Case.objects.get(number=told["number"]).external_id
    assert key not in known
    assert citizen.queue(key=known)["follow"] != told["follow"]


def test_the_outbox_is_refused_by_problem_documents(citizen: Citizen) -> None:
    told = citizen.queue(status=422, photo=sent(b"no photo"))
    assert (told["title"], told["detail"]) == ("not_a_photo", "文件不是可用的 JPEG 或 PNG 照片。")


def test_a_forged_form_of_another_site_is_refused(citizen: Citizen) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/report/", citizen.form()).status_code == 403
    assert not Case.objects.exists()


def test_a_proven_phone_is_sealed_with_the_case_and_stands_nowhere_else(citizen: Citizen) -> None:
    citizen.prove()
    page = citizen.read("/report/")
    assert "138****5678" in page
    assert PHONE not in page
    citizen.report(use_phone="1", confidential="1")
    case = Case.objects.get()
    assert (case.identity, case.has_phone) == ("confidential", True)
    assert unsealed(SealedReporter.objects.get(case=case)).phone == PHONE
    citizen.report(words="另一件事：路灯不亮", use_phone="")
    assert Case.objects.latest("id").identity == "anonymous"


def test_nobody_can_name_a_phone_they_have_not_proven(citizen: Citizen) -> None:
    citizen.report(use_phone="1", phone=PHONE)
    assert not Case.objects.get().has_phone


def test_the_form_of_a_phone_without_network_holds_no_token_and_nothing_about_anybody(
    citizen: Citizen, world: World
) -> None:
    citizen.prove()
    answer = citizen.client.get("/report/offline/")
    page = answer.content.decode()
    assert answer["Offline-Version"]
    assert "csrfmiddlewaretoken" in page  # the form of "me too" has room for one
    assert 'name="csrfmiddlewaretoken" value' not in page
    assert "138****" not in page
    assert "csrftoken" not in answer.cookies
