"""Alarms of cameras and sensors: matters and places, one case while one thing goes on, and nobody's face."""

from __future__ import annotations

import base64
import threading
from typing import Any

import pytest
from django.db import connections
from pytest_django import Settings

from liandong.cases.models import Attachment, Case, JoinedReport, Note
from liandong.cases.operations import void_case
from liandong.intake_channels.contract import channels
from liandong.intake_channels.models import Arrival
from liandong.intake_channels.operations import set_mapping, take_message
from liandong.people.access import platform
from tests.channels.conftest import Lane
from tests.journeys.steps import picture
from tests.world import DISTRICT, GRID_1, GRID_9, World

ALARM = {
    "device": "CAM-0017",
    "kind": "垃圾满溢",
    "at": "2026-03-02T09:29:30+08:00",
    "level": "二级",
    "text": "东桥路 12 号投放点满溢",
    "lon": GRID_1[0],
    "lat": GRID_1[1],
}


@pytest.fixture
def alarms(lane: Lane) -> Lane:
    lane.channel = "alarm"
    return lane


def raised(alarms: Lane, **changed: Any) -> dict[str, str]:
    return alarms.send({**ALARM, **changed})[0]


def again(alarms: Lane, **changed: Any) -> dict[str, str]:
    """The same device raises it anew, a little later."""
    at = alarms.world.later(minutes=changed.pop("minutes", 5))
    return raised(alarms, at=at.isoformat(), **changed)


def test_an_alarm_becomes_a_case_with_class_place_level_and_picture(alarms: Lane) -> None:
    result = raised(alarms, picture=base64.b64encode(picture("alarm")).decode())
    case = Case.objects.get(number=result["case_number"])
    assert (case.channel, case.class_code, case.urgency, case.identity) == ("alarm", "M06010", "urgent", "anonymous")
    assert case.area == "310198001001001"
    assert "设备 CAM-0017 2026-03-02 09:29:30" in case.description
    assert (case.has_phone, case.reporter) == (False, None)
    assert Attachment.objects.get(case=case).kind == "photo"


def test_a_picture_that_is_none_is_told_in_a_note_and_holds_up_nothing(alarms: Lane) -> None:
    result = raised(alarms, picture=f"data:image/jpeg;base64,{base64.b64encode(b'MZ no photo at all').decode()}")
    assert result["state"] == "taken"
    assert Note.objects.get().text.startswith("【附件未收】")
    assert raised(alarms, alarm_id="A-2", picture="!!! not base64 !!!")["code"] == "field_invalid"


def test_the_same_alarm_sent_again_is_a_duplicate(alarms: Lane) -> None:
    first = raised(alarms)
    assert raised(alarms) == {**first, "state": "duplicate"}
    assert not JoinedReport.objects.exists()


def test_an_alarm_raised_again_soon_joins_its_open_case(alarms: Lane) -> None:
    first = raised(alarms)
    for _ in range(3):
        result = again(alarms, minutes=20, picture=base64.b64encode(picture("again")).decode())
        assert (result["state"], result["case_number"]) == ("taken", first["case_number"])
    assert Case.objects.count() == 1
    assert list(JoinedReport.objects.values_list("channel", "has_phone")) == [("alarm", False)] * 3
    assert Attachment.objects.filter(case=Case.objects.get()).count() == 3


@pytest.mark.parametrize("changed", [{"device": "CAM-0018"}, {"kind": "积水告警"}, {"minutes": 31}])
def test_another_device_another_kind_or_a_later_hour_is_a_case_of_its_own(
    alarms: Lane, changed: dict[str, Any]
) -> None:
    first = raised(alarms)
    assert again(alarms, **changed)["case_number"] != first["case_number"]


def test_the_minutes_are_a_setting(alarms: Lane, settings: Settings) -> None:
    settings.LIANDONG_CHANNEL_JOIN_MINUTES = 2
    first = raised(alarms)
    assert again(alarms)["case_number"] != first["case_number"]


def test_once_its_case_has_ended_an_alarm_opens_another(alarms: Lane) -> None:
    first = raised(alarms)
    void_case(first["case_number"], reason="误报", actor=alarms.world.actor("supervisor"), at=alarms.world.at)
    second = again(alarms)
    assert second["case_number"] != first["case_number"]
    assert again(alarms)["case_number"] == second["case_number"]


def test_clearing_is_a_note_of_the_case_also_when_it_comes_first(alarms: Lane) -> None:
    clear = {"state": "cleared", "text": "已清空", "lon": None, "lat": None}
    assert raised(alarms, **clear)["state"] == "waiting"
    number = raised(alarms)["case_number"]
    assert Note.objects.get().text.startswith("【告警解除】垃圾满溢：设备 CAM-0017")
    assert again(alarms, **clear)["case_number"] == number
    assert Note.objects.count() == 2


def test_a_device_that_sends_no_place_stands_where_the_table_says(alarms: Lane) -> None:
    bare = {"lon": None, "lat": None}
    unknown = Case.objects.get(number=raised(alarms, **bare)["case_number"])
    assert (unknown.lon, unknown.area) == (None, DISTRICT)
    table = {"table": "places", "channel": "alarm", "district": DISTRICT}
    supervisor, at = alarms.world.actor("supervisor"), alarms.world.at
    set_mapping("CAM-2", ours=f"{GRID_9[0]} {GRID_9[1]}", actor=supervisor, at=at, **table)
    set_mapping("CAM-3", ours="310198001001", actor=supervisor, at=at, **table)
    at_point = Case.objects.get(number=raised(alarms, device="CAM-2", **bare)["case_number"])
    assert (at_point.lon, at_point.lat) == GRID_9
    in_area = Case.objects.get(number=raised(alarms, device="CAM-3", **bare)["case_number"])
    assert (in_area.lon, in_area.area) == (None, "310198001001")
    sent = Case.objects.get(number=raised(alarms, device="CAM-2", kind="积水告警")["case_number"])
    assert sent.lon == GRID_1[0], "what it sends itself goes before the table"


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "人脸比对"},
        {"kind": "face_match"},
        {"kind": "车牌布控"},
        {"kind": "blacklistHit"},
        {"kind": "重点人员出现"},
        {"face_id": "7"},
        {"faceImage": "aGk="},
        {"plateNo": "沪A12345"},
        {"plates": ["沪A12345", "沪B23456"]},
        {"targets": [{"box": [1, 2], "attributes": {"person": {"gender": "f"}}}]},
        {"result": {"items": [{"人脸特征值": "x"}]}},
        {"person_name": "赵某某"},
        {"id_card": "310198199001011234"},
        {"text": "310198199001011234 进入"},
        {"text": "沪A12345、沪B23456 停放"},
        {"text": "刑满释放人员出现"},
    ],
)
def test_what_a_camera_knows_about_people_and_plates_is_refused_at_the_door(
    alarms: Lane, changed: dict[str, Any]
) -> None:
    result = raised(alarms, **changed)
    assert (result["state"], result["code"], result["message_id"]) == ("refused", "person_record", "")
    row = Arrival.objects.values().get()
    assert (row["outside_id"], row["order"], bytes(row["digest"]), row["sealed"]) == ("", "", b"", None)
    assert not Case.objects.exists()


def test_a_plate_in_the_words_of_a_matter_is_taken_out_of_them(alarms: Lane) -> None:
    case = Case.objects.get(number=raised(alarms, kind="占用消防通道", text="沪A12345 堵住通道")["case_number"])
    assert "［车牌］ 堵住通道" in case.description
    assert case.class_code == "M09012"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"device": ""}, "id_unusable"),
        ({"device": "一号机"}, "id_unusable"),
        ({"device": "C" * 41}, "id_unusable"),
        ({"kind": ""}, "field_missing"),
        ({"at": ""}, "field_missing"),
        ({"at": "刚才"}, "field_invalid"),
        ({"state": "perhaps"}, "field_invalid"),
        ({"kind": "长" * 37}, "field_invalid"),
        ({"text": "长" * 1001}, "field_invalid"),
        ({"level": "吓人"}, "unmapped"),
        ({"lon": 100, "lat": 20}, "outside_district"),
        ({"lat": None}, "mixed_coordinates"),
    ],
)
def test_bad_alarms_are_refused_by_name(alarms: Lane, changed: dict[str, Any], code: str) -> None:
    result = raised(alarms, **changed)
    assert (result["state"], result["code"]) == ("refused", code)
    assert not Case.objects.exists()


def test_nobody_gets_in_without_a_signature_or_twice_with_one(alarms: Lane) -> None:
    assert alarms.post(b"{}", "application/json", {}).status_code == 401
    headers = alarms.signed(b"{}")
    alarms.post(b"{}", "application/json", headers)
    assert alarms.post(b"{}", "application/json", headers).status_code == 409
    assert alarms.post(b" " * 4_600_000, "application/json").status_code == 413


def test_two_alarms_at_the_same_instant_are_one_case(shared_world: World) -> None:
    channel, ready = channels()["alarm"], threading.Barrier(2)
    results = []

    def raise_it(name: str) -> None:
        import json

        [message] = channel.read(json.dumps({**ALARM, "alarm_id": name}).encode(), content_type="application/json")
        ready.wait(10)
        how = {"channel": channel, "district": DISTRICT, "actor": platform("alarm"), "at": shared_world.at}
        results.append(take_message(message, **how))  # type: ignore[arg-type]
        connections.close_all()

    threads = [threading.Thread(target=raise_it, args=(name,)) for name in ("A-1", "A-2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [result.fate for result in results] == ["taken", "taken"]
    assert (Case.objects.count(), JoinedReport.objects.count()) == (1, 1)
