"""Orders become cases once, whatever is sent how often and in which order; every arrival has one fate."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections
from pytest_django import Settings

from liandong.cases.models import Attachment, Case, Note
from liandong.cases.queries import trace_of
from liandong.intake_channels.contract import File, Matter, Message, channels
from liandong.intake_channels.models import Arrival, Nonce
from liandong.intake_channels.operations import (
    forget_old_arrivals,
    refuse_body,
    take_message,
    take_waiting,
    use_nonce,
)
from liandong.intake_channels.queries import account_of
from liandong.intake_channels.rules.words import Fate, Kind
from liandong.kernel.refusal import Refusal
from liandong.people.access import Forbidden, platform
from tests.channels.conftest import DAY, ORDER, Lane
from tests.journeys.steps import picture
from tests.world import DISTRICT, World

URGE = {"kind": "urge", "message_id": "U-1", "order_id": ORDER["order_id"], "text": "市民来电催办"}


def test_an_order_becomes_a_case_in_our_own_codes(lane: Lane) -> None:
    case = lane.case()
    assert (case.channel, case.external_id, case.stage) == ("city_12345", "SH12345-0001", "reported")
    assert (case.class_code, case.nature, case.identity, case.has_phone) == ("M06010", "complaint", "named", True)
    assert case.area == "310198001001001"
    assert case.description == "垃圾没人清\n小区门口的垃圾堆了三天没有人清运"
    assert trace_of(case).get().actor == "platform/city_12345"
    arrival = Arrival.objects.get()
    assert (arrival.fate, arrival.number, arrival.sealed) == ("taken", case.number, None)
    assert arrival.received_at - arrival.claimed_at == timedelta(minutes=1)


def test_an_order_with_text_alone_is_taken_for_somebody_to_look_at(lane: Lane) -> None:
    result = lane.send({"order_id": "T-1", "content": "楼下很吵"})[0]
    case = Case.objects.get(number=result["case_number"])
    assert (case.class_code, case.area, case.identity) == ("A1605", DISTRICT, "anonymous")


def test_the_same_order_again_is_a_duplicate_and_told_our_number(lane: Lane) -> None:
    first = lane.order()
    lane.world.later(hours=2)
    again = lane.order(sent_at="2026-03-02T11:29:00+08:00")
    assert (again["state"], again["case_number"]) == ("duplicate", first["case_number"])
    assert Case.objects.count() == 1
    assert lane.fates() == {"taken": 1, "duplicate": 1}


def test_another_content_under_the_same_number_is_refused(lane: Lane) -> None:
    lane.order()
    result = lane.order(content="完全是另一件事")
    assert (result["state"], result["code"]) == ("refused", "different_under_same_id")
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("row", "event"),
    [
        (URGE, "CaseUrged"),
        ({**URGE, "kind": "note"}, "NoteAdded"),
        ({**URGE, "kind": "reply"}, "NoteAdded"),
        ({**URGE, "kind": "withdraw"}, "CaseWithdrawn"),
        ({**URGE, "kind": "change", "revision": "1", "lon": "121.415", "lat": "31.01"}, "CasePlaced"),
    ],
)
def test_what_comes_later_is_done_to_the_case_once(lane: Lane, row: dict[str, str], event: str) -> None:
    case = lane.case()
    assert [lane.send(row)[0]["state"] for _ in range(2)] == ["taken", "duplicate"]
    assert trace_of(case).filter(event=event).count() == 1


def test_what_comes_before_its_order_waits_and_is_taken_with_it(lane: Lane) -> None:
    result = lane.send(URGE, {**URGE, "kind": "note", "message_id": "N-1", "text": "晚上更严重"})
    assert [one["state"] for one in result] == ["waiting", "waiting"]
    kept = Arrival.objects.filter(fate="waiting")
    assert all(one.sealed and "催办".encode() not in bytes(one.sealed) for one in kept)
    case = lane.case()
    assert lane.fates() == {"taken": 3}
    assert Case.objects.get(pk=case.pk).urges == 1
    assert list(Note.objects.order_by("id").values_list("text", flat=True)) == ["市民来电催办", "晚上更严重"]
    assert not Arrival.objects.filter(sealed__isnull=False).exists()


def test_what_waits_may_come_again_meanwhile(lane: Lane) -> None:
    assert [lane.send(URGE)[0]["state"] for _ in range(2)] == ["waiting", "duplicate"]


def test_what_waited_while_its_order_was_being_taken_elsewhere_is_taken_by_the_clock(lane: Lane) -> None:
    lane.send(URGE)
    waiting = Arrival.objects.get()
    Arrival.objects.filter(pk=waiting.pk).update(fate="refused")
    case = lane.case()
    Arrival.objects.filter(pk=waiting.pk).update(fate="waiting")
    assert take_waiting(actor=platform("channels"), at=lane.world.later(minutes=1)) == 1
    assert Case.objects.get(pk=case.pk).urges == 1


def test_what_waited_too_long_is_refused_and_may_be_replayed(lane: Lane) -> None:
    lane.send(URGE)
    assert take_waiting(actor=platform("channels"), at=lane.world.later(days=8)) == 0
    arrival = Arrival.objects.get()
    assert (arrival.fate, arrival.why) == ("refused", "order_never_came")
    assert arrival.sealed


def test_an_older_change_after_a_newer_one_is_refused(lane: Lane) -> None:
    lane.case()
    change = {**URGE, "kind": "change", "message_id": "C-2", "revision": "2", "text": "在东门"}
    older = {**change, "message_id": "C-1", "revision": "1", "text": "在西门"}
    assert [one["code"] for one in lane.send(change, older)] == ["", "overtaken_by_newer"]
    assert Note.objects.get().text == "【工单更正】在东门"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"category": "没有这一类"}, "unmapped"),
        ({"area_code": "999999"}, "unmapped"),
        ({"about_unit": "X9"}, "unmapped"),
        ({"nature": "吵架"}, "unmapped"),
        ({"order_id": ""}, "id_unusable"),
        ({"order_id": "一二三"}, "id_unusable"),
        ({"order_id": "A" * 81}, "id_unusable"),
        ({"kind": "party"}, "kind_unknown"),
        ({"content": "", "title": ""}, "field_missing"),
        ({"sent_at": "昨天"}, "field_invalid"),
        ({"lon": "east"}, "field_invalid"),
        ({"lon": "nan"}, "field_invalid"),
        ({"address": "很长" * 200}, "field_invalid"),
        ({"lat": ""}, "mixed_coordinates"),
        ({"lon": "100", "lat": "20"}, "outside_district"),
        ({"datum": "moon"}, "unknown_word"),
        ({"content": "字" * 10_001}, "text_too_long"),
        ({"kind": "receipt"}, "nothing_sent"),
    ],
)
def test_bad_input_is_refused_by_name_and_makes_no_case(lane: Lane, changed: dict[str, str], code: str) -> None:
    if changed.get("kind") == "receipt":
        changed = {**changed, "message_id": "R-1"}
    result = lane.order(**changed)
    assert (result["state"], result["code"]) == ("refused", code)
    assert result["reason"]
    assert not Case.objects.exists()
    assert Arrival.objects.get().why == code


def test_one_bad_message_holds_up_none_of_the_others(lane: Lane) -> None:
    rows = [{**ORDER, "order_id": f"B-{number}"} for number in range(4)]
    rows[2]["category"] = "没有这一类"
    assert [one["state"] for one in lane.send(*rows)] == ["taken", "taken", "refused", "taken"]
    assert Case.objects.count() == 3


def test_a_text_that_is_a_script_is_kept_as_words(lane: Lane) -> None:
    case = lane.case(content="<script>alert(1)</script>", address="<img src=x onerror=alert(1)>")
    assert "<script>" in case.description


def test_no_personal_data_lies_in_clear_in_what_a_channel_keeps(lane: Lane) -> None:
    lane.order(category="没有这一类")
    row = Arrival.objects.filter(fate="refused").values().get()
    assert row["sealed"]
    for told in ("13812345678", "陈女士", "垃圾堆了三天"):
        assert told.encode() not in b"".join(bytes(value) for value in row.values() if isinstance(value, memoryview))
        assert told not in repr({name: value for name, value in row.items() if name not in ("sealed", "digest")})


def test_contents_are_dropped_after_their_days_and_rows_after_theirs(lane: Lane, settings: Settings) -> None:
    lane.order(category="没有这一类")
    lane.order(order_id="SH12345-0002")
    assert forget_old_arrivals(at=lane.world.at + 29 * DAY) == 0
    assert forget_old_arrivals(at=lane.world.at + 31 * DAY) == 1
    assert Arrival.objects.filter(sealed__isnull=False).count() == 0
    assert Arrival.objects.count() == 2
    forget_old_arrivals(at=lane.world.at + 401 * DAY)
    assert Arrival.objects.count() == 0
    assert lane.order(order_id="SH12345-0002")["state"] == "duplicate", "the case itself still has the number"


def test_files_that_came_are_attached_and_a_bad_one_holds_up_nothing(world: World) -> None:
    message = Message(
        Kind.ORDER, "F-1", "F-1", matter=Matter("垃圾没人清", "M06010"),
        files=(File("现场.jpg", picture("report")), File("setup.exe", b"MZ not a photo at all")),
    )  # fmt: skip
    result = take_message(
        message, channel=channels()["city_12345"], district=DISTRICT, actor=platform("city_12345"), at=world.at
    )
    case = Case.objects.get(number=result.number)
    assert Attachment.objects.filter(case=case, purpose="report").count() == 1
    assert Note.objects.get(case=case).text.startswith("【附件未收】setup.exe：")


def test_taking_refusing_and_signing_in_are_for_channels_only(world: World) -> None:
    channel, nobody = channels()["city_12345"], world.actor("supervisor")
    message = Message(Kind.ORDER, "A", "A", matter=Matter("x"))
    how = {"channel": channel, "district": DISTRICT, "actor": nobody, "at": world.at}
    with pytest.raises(Forbidden):
        take_message(message, **how)
    with pytest.raises(Forbidden):
        refuse_body(Refusal(), **how)
    with pytest.raises(Forbidden):
        use_nonce("n" * 16, lane=f"{DISTRICT}/city_12345", actor=nobody, at=world.at)
    assert not Nonce.objects.exists()


def test_the_same_order_sent_twice_at_once_is_one_case(shared_world: World) -> None:
    gate, results = threading.Barrier(2), []

    def send() -> None:
        gate.wait()
        message = Message(
            Kind.ORDER, "AT-ONCE", "AT-ONCE", matter=Matter("垃圾没人清", "M06010", area="310198001001001")
        )
        taken = take_message(
            message,
            channel=channels()["city_12345"],
            district=DISTRICT,
            actor=platform("city_12345"),
            at=shared_world.at,
        )
        results.append(taken)
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.fate for one in results} == {Fate.TAKEN, Fate.DUPLICATE}
    assert len({one.number for one in results}) == 1
    assert account_of(DISTRICT, "city_12345", since=shared_world.at) == {"taken": 1, "duplicate": 1}
