"""What a planner does besides planning, over HTTP and below: ends a roster, says who is away, hears of long watches."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from liandong.duty import operations
from liandong.duty.models import Absence, Cover, PlanVersion, Roster
from liandong.duty.operations.handbook import PageUnclear
from liandong.duty.operations.rosters import RosterIsOver
from liandong.duty.queries import gaps, strain_of_swap, strain_of_watch, who
from liandong.duty.rules.rotation import Shift
from liandong.duty.rules.wording import ShiftsUnclear, shifts_from
from liandong.people.access import platform
from tests.duty.conftest import CENTRE, DAY, MONDAY, TOWN, Rota, SignedIn, local
from tests.world import MONDAY_MORNING

LIN_AND_HUA = ("operator", "hua")


@pytest.fixture(autouse=True)
def on_monday() -> Any:
    """It is the Monday of the story."""
    with time_machine.travel(MONDAY_MORNING, tick=False):
        yield


@pytest.fixture
def roster(rota: Rota) -> Roster:
    return rota.roster(*LIN_AND_HUA)


def told(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# ── the end of a roster ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_planner_gives_a_roster_its_last_day_on_its_page(roster: Roster, signed_in: SignedIn) -> None:
    page, end = reverse("duty:roster", args=[roster.pk]), reverse("duty:end_roster", args=[roster.pk])
    planner = signed_in("supervisor")
    assert "停用值班表" in told(planner.get(page))
    past = planner.post(end, {"until_on": "2026-03-01"})
    assert past.status_code == 422
    assert "不能从过去的日子" in told(past)
    for wrong in ("", "9999-12-31", "x"):
        assert planner.post(end, {"until_on": wrong}).status_code == 422
    assert planner.post(end, {"until_on": "2026-03-06"})["Location"] == page
    assert "止于 2026-03-06" in told(planner.get(page))
    assert who("operator", unit=CENTRE, at=local(date(2026, 3, 8), 10)).names == "梅远"


def test_only_who_plans_a_roster_ends_it_or_says_who_is_away(roster: Roster, signed_in: SignedIn) -> None:
    page = signed_in("operator").get(reverse("duty:roster", args=[roster.pk]))
    assert "停用值班表" not in told(page)
    for account in ("operator", "town01"):
        for view in ("end_roster", "note_away"):
            answer = signed_in(account).post(reverse(f"duty:{view}", args=[roster.pk]), {})
            assert answer.status_code == 403
            assert signed_in(account).get(reverse(f"duty:{view}", args=[roster.pk])).status_code in (403, 405)
    assert signed_in("supervisor").post(reverse("duty:end_roster", args=[999])).status_code == 404


def test_a_plan_for_days_after_the_end_is_refused(roster: Roster, rota: Rota) -> None:
    admin = rota.actor("admin")
    operations.end_roster(roster.pk, until_on=MONDAY + 3 * DAY, actor=admin, at=rota.at)
    later = rota.plan("hua", since_on=MONDAY + 4 * DAY)
    with pytest.raises(RosterIsOver):
        operations.change_plan(roster.pk, plan=later, actor=admin, at=rota.at)
    operations.change_plan(roster.pk, plan=rota.plan("hua", since_on=MONDAY + DAY), actor=admin, at=rota.at)


# ── who is away ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_planner_says_who_is_away_and_takes_it_back(roster: Roster, rota: Rota, signed_in: SignedIn) -> None:
    planner, page = signed_in("supervisor"), reverse("duty:roster", args=[roster.pk])
    away = {"person": rota.pk("hua"), "since_at": "2026-03-03T00:00", "until_at": "2026-03-04T00:00"}
    note = reverse("duty:note_away", args=[roster.pk])
    assert planner.post(note, {**away, "until_at": "2026-03-02T00:00"}).status_code == 422
    assert planner.post(note, {**away, "until_at": "9999-12-31T00:00"}).status_code == 422
    assert (
        planner.post(note, {**away, "since_at": "9999-12-30T00:00", "until_at": "9999-12-31T00:00"}).status_code == 422
    )
    assert planner.post(note, {**away, "person": rota.pk("lin")}).status_code == 422
    assert planner.post(note, away)["Location"] == page
    assert "华清 03-03 00:00 – 03-04 00:00" in told(planner.get(page))
    assert {gap.watch.why.value for gap in gaps("310198", starts_at=rota.at)} == {"absent"}
    cancel = reverse("duty:cancel_absence", args=[Absence.objects.get().pk])
    assert signed_in("operator").post(cancel).status_code == 404
    assert planner.post(cancel, {"roster": roster.pk})["Location"] == page
    assert not Absence.objects.exists()


# ── on watch around the clock ────────────────────────────────────────────────────────────────────────────────────


def test_a_swap_that_leaves_somebody_on_watch_around_the_clock_says_so_to_all(rota: Rota, signed_in: SignedIn) -> None:
    rota.hire("jin", name="金鸣", unit=CENTRE, role="operator")
    roster = rota.roster("operator", "hua", "jin", needs_confirmation=True)
    # Hua has the night before the watch she is asked to take.
    swap = rota.ask(roster, "jin", "hua", day=MONDAY + DAY, shift="day")
    (stretch,) = strain_of_swap(swap)
    assert (stretch.person, stretch.hours) == (rota.pk("hua"), 24)
    assert (stretch.starts_at, stretch.ends_at) == (local(MONDAY, 20), local(MONDAY + DAY, 20))
    sentence = "华清 将连续值班 24 小时（03-02 20:00 至 03-03 20:00）"
    for account in ("jin", "hua"):
        assert sentence in told(signed_in(account).get(reverse("duty:today")))
    operations.agree_swap(swap.pk, actor=rota.actor("hua"), at=rota.at)
    assert sentence in told(signed_in("supervisor").get(reverse("duty:today")))
    operations.confirm_swap(swap.pk, actor=rota.actor("supervisor"), at=rota.at)
    assert sentence not in told(signed_in("hua").get(reverse("duty:today")))


def test_whoever_asks_for_or_orders_a_long_watch_is_told_at_once(rota: Rota, signed_in: SignedIn) -> None:
    rota.hire("jin", name="金鸣", unit=CENTRE, role="operator")
    roster = rota.roster("operator", "hua", "jin")
    watch = reverse("duty:watch", args=[roster.pk, (MONDAY + DAY).isoformat(), "day"])
    asked = signed_in("jin").post(watch, {"do": "swap", "other": rota.pk("hua"), "back": ""}, follow=True)
    assert "华清 将连续值班 24 小时" in told(asked)
    covered = signed_in("supervisor").post(watch, {"do": "cover", "person": rota.pk("hua")}, follow=True)
    assert "华清 将连续值班 24 小时" in told(covered)


def test_one_long_watch_or_a_rest_between_two_is_no_matter(rota: Rota) -> None:
    whole = (Shift("whole", time(8), time(8)),)
    roster = rota.roster("operator", "hua", shifts=whole)
    assert strain_of_watch(roster, (MONDAY, "whole"), rota.pk("operator")) == []
    rested = rota.roster("town01", unit=TOWN, duty="duty_person", name="街道值班", by="town01")
    assert strain_of_watch(rested, (MONDAY + 400 * DAY, "none"), rota.pk("town01")) == []
    alone = strain_of_watch(rested, (MONDAY, "day"), rota.pk("town01"))
    # Alone in line, one is never off.
    assert [stretch.hours > 24 for stretch in alone] == [True]


# ── a watch that has begun ───────────────────────────────────────────────────────────────────────────────────────


def test_a_cover_of_a_watch_that_has_begun_leaves_on_record_who_stood_it_until_then(roster: Roster, rota: Rota) -> None:
    midday = local(MONDAY, 13)
    operations.cover_watch(
        roster.pk, day=MONDAY, shift="day", person=rota.pk("hua"), actor=rota.actor("admin"), at=midday
    )
    assert [who("operator", unit=CENTRE, at=local(MONDAY, hour)).names for hour in (12, 13, 21)] == [
        "欧阳静",
        "华清",
        "华清",
    ]
    assert who("operator", unit=CENTRE, at=local(MONDAY, 12)).until == midday
    assert Cover.objects.get().made_at == midday
    assert gaps("310198", starts_at=rota.at) == []


def test_who_was_away_in_the_morning_may_take_over_the_afternoon(roster: Roster, rota: Rota) -> None:
    away = {"since_at": local(MONDAY, 8), "until_at": local(MONDAY, 12), "district": "310198", "at": rota.at}
    operations.note_absence(rota.pk("hua"), actor=rota.actor("hua"), **away)
    ordered = {"day": MONDAY, "shift": "day", "person": rota.pk("hua"), "actor": rota.actor("admin")}
    operations.cover_watch(roster.pk, **ordered, at=local(MONDAY, 12))
    assert who("operator", unit=CENTRE, at=local(MONDAY, 12)).names == "华清"


# ── who left ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_plan_that_still_holds_is_handed_on_and_days_gone_by_are_not(roster: Roster, rota: Rota) -> None:
    next_week = rota.plan("hua", "operator", since_on=MONDAY + 7 * DAY, anchor=MONDAY + 7 * DAY)
    operations.change_plan(roster.pk, plan=next_week, actor=rota.actor("admin"), at=rota.at)
    operations.end_roster(roster.pk, until_on=MONDAY + 20 * DAY, actor=rota.actor("admin"), at=rota.at)
    rota.hire("jin", name="金鸣", unit=CENTRE, role="operator")
    handed = {"successor": rota.pk("jin"), "actor": platform("duty")}
    late = local(MONDAY + 2 * DAY, 7)
    left = rota.pk("operator")
    assert operations.hand_on_turns(left, since_on=MONDAY - 9 * DAY, at=late, **handed) == 1
    assert operations.hand_on_turns(left, since_on=MONDAY - 9 * DAY, at=late, **handed) == 0
    days = [who("operator", unit=CENTRE, at=local(MONDAY + n * DAY, 10)).names for n in (0, 1, 2, 7)]
    nights = [who("operator", unit=CENTRE, at=local(MONDAY + n * DAY, 22)).names for n in (0, 7)]
    assert (days, nights) == (["欧阳静", "欧阳静", "金鸣", "华清"], ["华清", "金鸣"])
    assert PlanVersion.objects.filter(roster=roster).count() == 4


# ── what nobody should be able to break ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["a/b", "a?b", "..", "a\x00b", "<b>", "#", "x" * 13])
def test_a_shift_whose_name_could_stand_in_no_address_is_refused(name: str) -> None:
    with pytest.raises(ShiftsUnclear):
        shifts_from(f"{name} 08:00-20:00")


def test_what_a_form_holds_beyond_all_sense_is_refused_or_ignored_and_never_a_fault(
    roster: Roster, rota: Rota, signed_in: SignedIn
) -> None:
    planner, edit = signed_in("admin"), reverse("duty:plan", args=[roster.pk])
    good = {"since_on": "2026-03-03", "anchor": "2026-03-02", "by": "watch", "every": "1", "do": "save",
            "shift0_name": "早", "shift0_starts": "08:00", "shift0_ends": "20:00"}  # fmt: skip
    for wrong in (
        {"since_on": "9999-12-31"}, {"anchor": "0001-01-01"}, {"shift0_name": "a\x00b"}, {"shift0_name": "a/b"},
        {"turn99999": "1"}, {"turn" + "9" * 30: "1", "every": "0"},
    ):  # fmt: skip
        assert planner.post(edit, {**good, **wrong}).status_code == 422, wrong
    for odd in ({"shift0_days": ["", "12", "1"]}, {"shift0_starts": "08:00:30+05:00"}, {"turn" + "9" * 30: "1"}):
        assert planner.post(edit, {**good, **odd}).status_code == 302, odd
    newest = PlanVersion.objects.filter(roster=roster).order_by("-number")[2]
    assert newest.shifts[0]["weekdays"] == [1]
    for day in ("9999-12-31", "0001-01-01", "2026-13-01"):
        assert planner.get(reverse("duty:watch", args=[roster.pk, day, "day"])).status_code == 404
    for duty in ("\x00", "moon"):
        answer = planner.get(reverse("duty:answers"), {"unit": CENTRE, "duty": duty})
        assert answer.status_code == 404


def test_a_text_with_a_character_no_database_keeps_is_kept_without_it(roster: Roster, rota: Rota) -> None:
    swap = rota.ask(roster, "operator", "hua", day=MONDAY + DAY, shift="day", note="家\x00事")
    assert swap.note == "家事"
    operations.refuse_swap(swap.pk, answer="\x00不行", actor=rota.actor("hua"), at=rota.at)
    rota.world.report()
    made = operations.hand_over_shift(
        CENTRE, duty="operator", note="a\x00b", actor=rota.actor("operator"), at=rota.at,
        notes={f"case/{number}": "c\x00d" for number in _numbers(rota)},
    )  # fmt: skip
    assert (made.note, made.items[0]["note"]) == ("ab", "cd")


def test_the_address_of_the_editor_is_no_pages_address(rota: Rota) -> None:
    with pytest.raises(PageUnclear):
        operations.publish_page("new", district="310198", title="页", text="字", actor=rota.actor("admin"), at=rota.at)


def test_a_plan_of_a_unit_with_very_many_people_lists_those_nearest(
    rota: Rota, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liandong.duty.views.plans.MOST_PEOPLE", 1)
    roster = rota.roster("operator", "hua")
    page = signed_in("admin").get(reverse("duty:plan", args=[roster.pk])).content.decode()
    assert len(re.findall(r'name="turn\d+"', page)) == 2
    many = signed_in("admin").get(reverse("duty:new_roster"), {"unit": CENTRE})
    assert "人没有列出" in told(many)


def _numbers(rota: Rota) -> list[str]:
    from liandong.duty.queries import open_items

    return [item.id for item in open_items(rota.actor("operator"), at=rota.at)]
