"""Records of categories of people are refused at every door, and nothing of them is kept."""

from __future__ import annotations

from typing import Any

import pytest
from _pytest.logging import LogCaptureFixture
from django.db import connection

from liandong.cases.models import Case
from liandong.intake_channels.models import Arrival
from liandong.timeline.models import Entry
from tests.channels.conftest import CHANNELS, ORDER, Lane

MATTER = {**ORDER, "record_type": "dispute", "category": "矛盾纠纷/邻里", "reporter_phone": "", "reporter_name": ""}
NAME, NUMBER = "赵某某", "310198199001011234"


@pytest.mark.parametrize(
    "changed",
    [
        {"category": "重点人口"},
        {"category": "特殊人群/刑满释放"},
        {"category": "吸毒"},
        {"category": "精神障碍"},
        {"category": "信访人员"},
        {"category_name": "社区矫正对象"},
        {"record_type": "population"},
        {"record_type": "special_group"},
        {"record_type": ""},
        {"title": "重点人员登记表"},
        {"content": f"{NAME}，吸毒人员，每月走访"},
        {"person_category": "刑释"},
        {"人员类别": "信访重点"},
        {"person": {"name": NAME, "id": NUMBER}},
        {"persons": [{"name": NAME}]},
        {"id_card": NUMBER},
    ],
)
def test_the_platform_of_social_governance_sends_matters_only(
    lane: Lane, caplog: LogCaptureFixture, changed: dict[str, Any]
) -> None:
    lane.channel = "social_governance"
    result = lane.send({**MATTER, "order_id": NUMBER, "content": f"{NAME} {NUMBER}", **changed})[0]
    assert (result["state"], result["code"], result["message_id"]) == ("refused", "person_record", "")
    row = Arrival.objects.values().get()
    assert (row["outside_id"], row["order"], bytes(row["digest"]), row["sealed"]) == ("", "", b"", None)
    assert (row["values"], row["claimed_at"], row["number"]) == ({}, None, "")
    assert not Case.objects.exists()
    assert not Entry.objects.exclude(about="district").filter(about="case").exists()
    for told in (NAME, NUMBER):
        assert told not in caplog.text
        assert told not in repr(row)


@pytest.mark.parametrize("channel", [name for name in CHANNELS if name != "social_governance"])
def test_no_other_door_is_open_for_them_either(lane: Lane, channel: str) -> None:
    lane.channel = channel
    row = {**ORDER, "category": "重点人口/刑满释放"}
    if channel == "urban_management":
        assert "<code>person_record</code>" in lane.send_xml(row)
    else:
        assert lane.send(row)[0]["code"] == "person_record"
    assert not Case.objects.exists()


def test_a_matter_in_which_somebody_complains_of_staff_is_a_matter_elsewhere(lane: Lane) -> None:
    assert lane.order(category="行政效能/办事拖延", content="窗口工作人员态度不好")["state"] == "taken"


def test_a_matter_is_taken_and_asks_for_no_person(lane: Lane) -> None:
    lane.channel = "social_governance"
    assert lane.send(MATTER)[0]["state"] == "taken"
    assert Case.objects.get().class_code == "A1101"


def test_what_is_about_a_matter_later_is_looked_at_as_well(lane: Lane) -> None:
    lane.channel = "social_governance"
    lane.send(MATTER)
    note = {"kind": "note", "message_id": "N-1", "order_id": MATTER["order_id"], "text": "当事人系刑满释放人员"}
    assert lane.send(note)[0]["code"] == "person_record"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_note")
        assert cursor.fetchone() == (0,)
