"""Briefings, handovers, the handbook, training: short forms, signed, kept, and seen only by those they concern."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from liandong.duty import operations
from liandong.duty.models import Attendance, PageVersion, ReadReceipt, Training
from liandong.duty.operations.daily import HandoverSignedAlready, NotOfThisUnit, OwnHandover, PointsMissing
from liandong.duty.operations.handbook import PageUnclear
from liandong.duty.operations.training import CorrectionUnreasoned, TrainingCorrectedBefore, TrainingUnclear
from liandong.duty.queries import (
    briefings_seen,
    handover_for,
    open_items,
    readers_of,
    trainings_of,
    trainings_seen,
    unread_by,
    unsigned_handovers,
)
from liandong.people.access import Forbidden, NotFound
from liandong.people.models import Post
from liandong.timeline.queries import Entry
from tests.duty.conftest import CENTRE, MONDAY, TOWN, Rota

TEXT = "# 交接班\n\n1. 提前十分钟到岗"


def brief(rota: Rota, unit: str = CENTRE, by: str = "supervisor", **more: str) -> object:
    given = {"kind": "before", "shift": "day", "points": "注意防汛", **more}
    return operations.write_briefing(unit, day=MONDAY, **given, actor=rota.actor(by), at=rota.at)


def hand_over(rota: Rota, by: str = "operator", **more: object) -> object:
    return operations.hand_over_shift(CENTRE, duty="operator", actor=rota.actor(by), at=rota.at, **more)  # type: ignore[arg-type]


def test_a_briefing_is_signed_by_the_units_people_once_each(rota: Rota) -> None:
    briefing = brief(rota)
    operations.sign_briefing(briefing.pk, actor=rota.actor("operator"), at=rota.at)
    operations.sign_briefing(briefing.pk, actor=rota.actor("operator"), at=rota.at)
    told = Entry.objects.filter(about="briefing", about_id=briefing.pk).order_by("seq")
    assert [entry.event for entry in told] == ["BriefingWritten", "BriefingSigned"]
    with pytest.raises(NotFound):
        operations.sign_briefing(briefing.pk, actor=rota.actor("grid001"), at=rota.at)


def test_a_briefer_from_elsewhere_sees_a_briefing_but_does_not_sign_it(rota: Rota) -> None:
    briefing = brief(rota, TOWN)
    assert list(briefings_seen(rota.actor("supervisor"))) == [briefing]
    with pytest.raises(NotOfThisUnit):
        operations.sign_briefing(briefing.pk, actor=rota.actor("supervisor"), at=rota.at)


def test_a_briefing_needs_points_a_kind_and_somebody_who_may_brief(rota: Rota) -> None:
    for wrong in ({"points": "  "}, {"kind": "song"}, {"points": "长" * 4001}):
        with pytest.raises(PointsMissing):
            brief(rota, **wrong)
    with pytest.raises(Forbidden):
        brief(rota, by="operator")
    with pytest.raises(Forbidden):
        brief(rota, TOWN, by="station001")


def test_open_items_are_what_waits_in_ones_own_queues_soonest_due_first(rota: Rota) -> None:
    first = rota.world.report()
    rota.world.filed(description="路灯坏了")
    rota.world.later(minutes=1)
    items = open_items(rota.actor("operator"), at=rota.at)
    assert [item.id for item in items] == [first.number]
    assert items[0].url == f"/desk/cases/{first.number}/"
    both = open_items(rota.actor("supervisor"), at=rota.at)
    assert len(both) == 2
    assert [item.due_at for item in both] == sorted(item.due_at for item in both if item.due_at)
    assert open_items(rota.actor("grid009"), at=rota.at) == []


def test_a_handover_is_frozen_as_it_was_and_signed_by_somebody_else(rota: Rota) -> None:
    case = rota.world.report()
    handover = hand_over(rota, note="一切正常", notes={f"case/{case.number}": "来电两次", "case/none": "x"})
    rota.world.do("accept_case", case, "operator")
    kept = handover_for(rota.actor("supervisor"), handover.pk, at=rota.at)
    assert [(item["id"], item["note"]) for item in kept.items] == [(case.number, "来电两次")]
    assert list(unsigned_handovers(rota.actor("supervisor"), at=rota.at)) == [handover]
    with pytest.raises(OwnHandover):
        operations.sign_handover(handover.pk, actor=rota.actor("operator"), at=rota.at)
    signed = operations.sign_handover(handover.pk, actor=rota.actor("hua"), at=rota.at)
    assert (signed.incoming_id, signed.signed_at) == (rota.pk("hua"), rota.at)
    with pytest.raises(HandoverSignedAlready):
        operations.sign_handover(handover.pk, actor=rota.actor("lin"), at=rota.at)
    told = Entry.objects.filter(about="handover", about_id=handover.pk).order_by("seq")
    assert [entry.event for entry in told] == ["ShiftHandedOver", "HandoverSigned"]


def test_only_people_of_the_unit_hand_it_over_or_take_it_over(rota: Rota) -> None:
    with pytest.raises(Forbidden):
        hand_over(rota, by="grid001")
    handover = hand_over(rota)
    with pytest.raises(NotFound):
        operations.sign_handover(handover.pk, actor=rota.actor("grid001"), at=rota.at)
    town = operations.hand_over_shift(TOWN, duty="duty_person", actor=rota.actor("town01"), at=rota.at)
    with pytest.raises(NotOfThisUnit):
        operations.sign_handover(town.pk, actor=rota.actor("supervisor"), at=rota.at)


def test_whoever_stands_a_watch_of_the_unit_may_take_it_over(rota: Rota) -> None:
    rota.roster("bureau001", unit=TOWN, duty="duty_person", name="总值班", by="town01")
    town = operations.hand_over_shift(TOWN, duty="duty_person", actor=rota.actor("town01"), at=rota.at)
    with pytest.raises(NotFound):
        handover_for(rota.actor("bureau002"), town.pk, at=rota.at)
    assert operations.sign_handover(town.pk, actor=rota.actor("bureau001"), at=rota.at).incoming_id


def publish(rota: Rota, text: str = TEXT, by: str = "admin", **more: object) -> PageVersion:
    given = {"title": "交接班规定", "title_en": "Handover rules", "audience": ["operator", "dispatcher"], **more}
    slug = str(given.pop("slug", "handover"))
    return operations.publish_page(
        slug,
        district="310198",
        text=text,
        **given,
        actor=rota.actor(by),
        at=rota.at,  # type: ignore[arg-type]
    )


def test_each_version_of_a_page_must_be_read_by_its_audience(rota: Rota) -> None:
    first = publish(rota)
    assert [page.slug for page in unread_by(rota.actor("operator"))] == ["handover"]
    assert unread_by(rota.actor("verifier")) == []
    operations.confirm_read("handover", version=1, actor=rota.actor("operator"), at=rota.at)
    operations.confirm_read("handover", version=1, actor=rota.actor("operator"), at=rota.at)
    assert unread_by(rota.actor("operator")) == []
    assert publish(rota) == first
    second = publish(rota, TEXT + "\n2. 核对设备")
    assert (second.number, ReadReceipt.objects.count()) == (2, 1)
    assert unread_by(rota.actor("operator")) != []
    with pytest.raises(PageUnclear):
        operations.confirm_read("handover", version=1, actor=rota.actor("operator"), at=rota.at)
    with pytest.raises(NotFound):
        operations.confirm_read("nothing", version=1, actor=rota.actor("operator"), at=rota.at)


def test_the_overview_counts_by_unit_who_has_read_and_names_who_has_not(rota: Rota) -> None:
    version = publish(rota)
    operations.confirm_read("handover", version=1, actor=rota.actor("hua"), at=rota.at)
    (row,) = readers_of(version, on=MONDAY)
    assert (row.unit, row.read, row.must, set(row.missing)) == (CENTRE, 1, 3, {"欧阳静", "林晓"})


def test_a_page_is_refused_without_address_title_text_or_known_readers(rota: Rota) -> None:
    for wrong in ({"slug": "Über uns"}, {"title": " "}, {"text": " "}, {"audience": ["pirate"]}):
        with pytest.raises(PageUnclear):
            publish(rota, **wrong)  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        publish(rota, by="supervisor")


def train(rota: Rota, by: str = "supervisor", **more: object) -> Training:
    attended = {rota.pk("operator"): True, rota.pk("hua"): None}
    given = {"title": "急救", "held_on": MONDAY, "hours": Decimal("2.5"), "attended": attended, **more}
    return operations.record_training(CENTRE, **given, actor=rota.actor(by), at=rota.at)  # type: ignore[arg-type]


def test_a_training_is_seen_by_who_took_part_and_by_their_planner(rota: Rota) -> None:
    training = train(rota)
    assert [one.passed for one in trainings_of(rota.pk("operator"))] == [True]
    assert list(trainings_seen(rota.actor("supervisor"))) == [training]
    assert list(trainings_seen(rota.actor("station001"))) == []
    assert Attendance.objects.filter(user=rota.pk("hua"), passed=None).exists()


def test_a_training_is_refused_when_it_cannot_be_so(rota: Rota) -> None:
    wrongs: list[dict[str, object]] = [
        {"title": ""},
        {"held_on": MONDAY + timedelta(days=2)},
        {"hours": Decimal("NaN")},
        {"hours": Decimal(0)},
        {"attended": {}},
        {"attended": {rota.pk("verifier") + 10_000: True}},
    ]
    for wrong in wrongs:
        with pytest.raises(TrainingUnclear):
            train(rota, **wrong)
    with pytest.raises(Forbidden):
        train(rota, by="operator")
    with pytest.raises(NotFound):
        operations.record_training(
            "310198-NONE", title="x", held_on=date(2026, 3, 1), hours=Decimal(1), attended={},
            actor=rota.actor("admin"), at=rota.at,
        )  # fmt: skip


def correct(rota: Rota, number: int, by: str = "supervisor", **more: object) -> Training:
    given = {
        "title": "急救", "held_on": MONDAY, "hours": Decimal("2.5"), "reason": "签到表登错人",
        "attended": {rota.pk("operator"): False}, **more,
    }  # fmt: skip
    return operations.correct_training(number, **given, actor=rota.actor(by), at=rota.at)  # type: ignore[arg-type]


def test_a_correction_stands_beside_the_training_it_corrects(rota: Rota) -> None:
    wrong = train(rota)
    right = correct(rota, wrong.pk)
    mine = [(one.training_id, one.passed) for one in trainings_of(rota.pk("operator"))]
    assert mine == [(right.pk, False), (wrong.pk, True)]
    assert Attendance.objects.filter(training=wrong.pk).count() == 2
    assert {one.pk for one in trainings_seen(rota.actor("supervisor"))} == {right.pk, wrong.pk}
    (entry,) = Entry.objects.filter(event="TrainingCorrected")
    assert (entry.data["corrects"], entry.data["reason"]) == (wrong.pk, "签到表登错人")


def test_only_the_newest_record_of_a_training_is_corrected_and_only_with_a_reason(rota: Rota) -> None:
    wrong = train(rota).pk
    for why, given in ((CorrectionUnreasoned, {"reason": " "}), (TrainingUnclear, {"title": ""})):
        with pytest.raises(why):
            correct(rota, wrong, **given)
    with pytest.raises(NotFound):
        correct(rota, wrong, by="operator")
    with pytest.raises(NotFound):
        correct(rota, wrong + 99)
    right = correct(rota, wrong).pk
    with pytest.raises(TrainingCorrectedBefore):
        correct(rota, wrong)
    none = correct(rota, right, attended={}, reason="这次培训没有办")
    assert not Attendance.objects.filter(training=none.pk).exists()


def test_who_left_the_unit_stays_in_the_corrected_record(rota: Rota) -> None:
    wrong = train(rota).pk
    Post.objects.filter(user=rota.pk("hua")).delete()
    both = {rota.pk("operator"): True, rota.pk("hua"): True}
    right = correct(rota, wrong, attended=both)
    assert Attendance.objects.filter(training=right.pk).count() == 2
