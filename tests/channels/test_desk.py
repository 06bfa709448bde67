"""The channels' pages: what is wrong and why, mending a table, replaying one or all, handing a case over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from liandong.cases.models import Case
from liandong.intake_channels.models import Arrival, Departure, Mapping
from liandong.intake_channels.operations import load_mappings, replay_message, replay_refused, set_mapping
from liandong.intake_channels.operations.desk import MappingUnusable, NotToBeReplayed
from liandong.intake_channels.queries import ChannelUnknown, own_rows, tables_of
from liandong.intake_channels.simulators.peer import Peer
from liandong.intake_channels.tables import read_tables, shipped_tables
from liandong.people.access import Forbidden, NotFound
from liandong.timeline.models import Entry
from tests.channels.conftest import ORDER, Lane
from tests.world import DISTRICT, World

SignIn = Callable[[str], Client]
PAGE = "/desk/channels/city_12345/"
OURS = {"table": "classes", "channel": "city_12345", "district": DISTRICT}


def test_a_refused_order_is_taken_once_its_code_has_a_row(lane: Lane, signed_in: SignIn) -> None:
    lane.order(category="0301")
    desk = signed_in("supervisor")
    shown = desk.get(PAGE).content.decode()
    assert "对照表 classes 中没有“0301”" in shown
    assert "1 条来文" in shown
    answer = desk.post(f"{PAGE}mapping/", {"table": "classes", "theirs": "0301", "ours": "M06010"}, follow=True)
    assert "对照表已保存" in answer.content.decode()
    arrival = Arrival.objects.get()
    answer = desk.post(f"/desk/channels/replay/{arrival.pk}/", follow=True)
    assert "已重放：已接收" in answer.content.decode()
    case = Case.objects.get()
    assert (case.class_code, case.channel, case.has_phone) == ("M06010", "city_12345", True)
    arrival.refresh_from_db()
    assert (arrival.fate, arrival.attempts, arrival.sealed) == ("taken", 2, None)
    told = Entry.objects.get(event="MessageReplayed")
    assert (told.actor, told.data["before"], told.data["fate"]) == (
        world_key(lane, "supervisor"), "unmapped", "taken",
    )  # fmt: skip


def world_key(lane: Lane, account: str) -> str:
    return lane.world.actor(account).key


def test_all_refused_are_replayed_and_counted(lane: Lane, signed_in: SignIn) -> None:
    for number in range(3):
        lane.order(order_id=f"R-{number}", category="0301")
    lane.order(order_id="R-9", category="0302")
    lane.send({"kind": "urge", "message_id": "U", "order_id": "R-1", "text": "快一点"})
    set_mapping("0301", ours="M06010", actor=lane.world.actor("admin"), at=lane.world.at, **OURS)
    answer = signed_in("admin").post(f"{PAGE}replay/", follow=True)
    assert "已重放 4 条：接收 3，重复 0，等待 0，仍拒收 1。" in answer.content.decode()
    assert lane.fates() == {"taken": 4, "refused": 1}
    assert Case.objects.get(external_id="R-1").urges == 1


def test_a_replayed_order_that_came_again_meanwhile_is_a_duplicate(lane: Lane) -> None:
    supervisor = lane.world.actor("supervisor")
    for _ in range(2):
        lane.order(category="0301")
    set_mapping("0301", ours="M06010", actor=supervisor, at=lane.world.at, **OURS)
    tally = replay_refused("city_12345", district=DISTRICT, actor=supervisor, at=lane.world.at)
    assert (tally.taken, tally.duplicate) == (1, 1)
    assert Case.objects.count() == 1


def test_what_cannot_be_replayed_says_so(lane: Lane, signed_in: SignIn) -> None:
    supervisor = lane.world.actor("supervisor")
    lane.order()
    lane.order(order_id="F-1", category="0301")
    taken, refused = Arrival.objects.order_by("id")
    with pytest.raises(NotToBeReplayed):
        replay_message(taken.pk, actor=supervisor, at=lane.world.at)
    with pytest.raises(NotFound):
        replay_message(refused.pk, actor=lane.world.actor("town01"), at=lane.world.at)
    with pytest.raises(Forbidden):
        replay_message(refused.pk, actor=lane.world.actor("auditor"), at=lane.world.at)
    with pytest.raises(Forbidden):
        replay_refused("city_12345", district=DISTRICT, actor=lane.world.actor("auditor"), at=lane.world.at)
    with pytest.raises(ChannelUnknown):
        replay_refused("nothing", district=DISTRICT, actor=supervisor, at=lane.world.at)
    Arrival.objects.filter(pk=refused.pk).update(sealed=b"tampered with, long enough")
    with pytest.raises(NotToBeReplayed):
        replay_message(refused.pk, actor=supervisor, at=lane.world.at)
    answer = signed_in("supervisor").post(f"/desk/channels/replay/{taken.pk}/", follow=True)
    assert "不能重放" in answer.content.decode()


def test_a_row_must_lead_to_something_of_ours(lane: Lane, signed_in: SignIn) -> None:
    supervisor, at = lane.world.actor("supervisor"), lane.world.at
    for table, ours in (("classes", "M99999"), ("classes", "M06"), ("areas", "1"), ("units", "X"), ("colours", "red")):
        with pytest.raises(MappingUnusable):
            set_mapping("0301", ours=ours, actor=supervisor, at=at, **{**OURS, "table": table})
    with pytest.raises(Forbidden):
        set_mapping("0301", ours="M06010", actor=lane.world.actor("town01"), at=at, **OURS)
    answer = signed_in("supervisor").post(f"{PAGE}mapping/", {"table": "classes", "theirs": "1", "ours": "M99"})
    assert answer.status_code == 422
    assert "不是本区的" in answer.content.decode()
    assert not Mapping.objects.exists()


def test_a_row_is_set_changed_and_dropped_on_the_record(lane: Lane) -> None:
    supervisor, at = lane.world.actor("supervisor"), lane.world.at
    for ours in ("M06010", "M06010", "-", ""):
        set_mapping("0301", ours=ours, actor=supervisor, at=at, **OURS)
    assert not own_rows(DISTRICT, "city_12345").exists()
    assert Entry.objects.filter(event="MappingSet").count() == 3


def test_a_districts_files_lay_its_rows_over_the_products(lane: Lane, tmp_path: Path) -> None:
    folder = tmp_path / "channels" / "city_12345"
    folder.mkdir(parents=True)
    (folder / "classes.csv").write_text("theirs,ours\n0301,M06010\n*,A1605\n其他,A1601\n", encoding="utf-8")
    faults: list[str] = []
    rows = read_tables(tmp_path, faults=faults)
    admin = lane.world.actor("admin")
    set_mapping("0999", ours="M06011", actor=admin, at=lane.world.at, **OURS)
    load_mappings(DISTRICT, rows, actor=admin, at=lane.world.at)
    load_mappings(DISTRICT, rows, actor=admin, at=lane.world.at)
    known = tables_of(DISTRICT, "city_12345")
    assert (known["classes", "0301"], known["classes", "其他"], known["classes", "0999"]) == (
        "M06010",
        "A1601",
        "M06011",
    )
    assert known["words", "投诉"] == "complaint"
    assert lane.order(category="谁也不知道")["state"] == "taken"
    assert Case.objects.get().class_code == "A1605"
    load_mappings(DISTRICT, {}, actor=admin, at=lane.world.at)
    assert list(own_rows(DISTRICT, "city_12345").values_list("theirs", flat=True)) == ["0999"]
    assert Entry.objects.filter(event="MappingsLoaded").count() == 2
    with pytest.raises(Forbidden):
        load_mappings(DISTRICT, rows, actor=lane.world.actor("operator"), at=lane.world.at)


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "theirs,ours\n,M1\n", "theirs,ours\n1,\n"])
def test_a_file_with_faults_names_file_and_line(tmp_path: Path, content: str) -> None:
    folder = tmp_path / "channels" / "city_12345"
    folder.mkdir(parents=True)
    (folder / "classes.csv").write_text(content, encoding="utf-8")
    faults: list[str] = []
    assert read_tables(tmp_path, faults=faults) == {}
    assert faults[0].startswith("channels/city_12345/classes.csv:")


def test_the_products_tables_lead_to_classes_of_its_catalogues(world: World) -> None:
    from liandong.cases.rulebook import rulebook_for

    book = rulebook_for(DISTRICT)
    leads = {ours for (_channel, table, _theirs), ours in shipped_tables().items() if table == "classes"}
    assert {code for code in leads if not book.classes[code].is_leaf} == set()


def test_the_overview_counts_today(lane: Lane, signed_in: SignIn) -> None:
    lane.order(sent_at="2026-02-28T09:00:00+08:00")
    lane.order(sent_at="2026-02-28T09:00:00+08:00")
    desk = signed_in("auditor")
    assert "12345 工单" in desk.get("/desk/channels/").content.decode()
    assert desk.get(f"{PAGE}?fate=duplicate").status_code == 200
    assert "重放全部" not in desk.get(PAGE).content.decode()


@pytest.mark.parametrize("account", ["town01", "operator", "department01", "grid001"])
def test_nobody_else_opens_the_pages(lane: Lane, signed_in: SignIn, account: str) -> None:
    desk = signed_in(account)
    for address in ("/desk/channels/", PAGE):
        assert desk.get(address).status_code == 403
    for address in (f"{PAGE}replay/", f"{PAGE}mapping/", "/desk/channels/replay/1/"):
        assert desk.post(address).status_code == 403


def test_a_channel_that_is_not_there_is_not_found(lane: Lane, signed_in: SignIn) -> None:
    desk = signed_in("supervisor")
    assert desk.get("/desk/channels/nothing/").status_code == 404
    assert desk.post("/desk/channels/replay/99/").status_code == 404
    assert desk.post("/desk/channels/departures/99/retry/").status_code == 404
    assert (
        desk.post("/desk/channels/nothing/mapping/", {"table": "words", "theirs": "a", "ours": "b"}).status_code == 404
    )


def test_an_operator_hands_a_case_over_from_its_page(lane: Lane, signed_in: SignIn) -> None:
    case = lane.world.report()
    desk = signed_in("operator")
    address = f"/desk/channels/hand-over/{case.number}/"
    assert address in desk.get(f"/desk/cases/{case.number}/").content.decode()
    assert desk.post(address, {"channel": "police_110", "reason": ""}).status_code == 422
    answer = desk.post(address, {"channel": "police_110", "reason": "应由公安处置"}, follow=True)
    assert "应由公安处置" in answer.content.decode()
    assert "待发送" in desk.get(address).content.decode()
    assert desk.post(address, {"channel": "police_110", "reason": "再来"}).status_code == 409
    assert signed_in("verifier").get(address).status_code == 403


def test_what_failed_is_sent_again_from_the_page(lane: Lane, peer: Peer, signed_in: SignIn) -> None:
    peer.manner_of = lambda _row: "refuse"
    lane.order(**{"order_id": ORDER["order_id"]})
    [row] = lane.follow()
    lane.carry()
    desk = signed_in("supervisor")
    address = f"/desk/channels/departures/{row.pk}/retry/"
    assert "需要说明理由" in desk.post(address, {"reason": ""}, follow=True).content.decode()
    assert "已重新排队" in desk.post(address, {"reason": "已沟通"}, follow=True).content.decode()
    assert Departure.objects.get().state == "queued"
