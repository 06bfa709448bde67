"""Planning: who may, what is refused, what a later plan leaves alone, gaps, covers, people who leave."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from liandong.duty import operations
from liandong.duty.followers import follow_leavers
from liandong.duty.models import Absence, PlanVersion, Roster, Turn
from liandong.duty.operations import PlanFacts
from liandong.duty.operations.absences import AbsenceUnclear
from liandong.duty.operations.beats import BusyThen, NoSuchWatch, UnfitForDuty, WatchBegun
from liandong.duty.operations.rosters import PlanFromThePast, RosterExists, RosterUnnamed, TurnUnclear
from liandong.duty.queries import gaps, roster_for, who
from liandong.duty.rules.wording import ShiftsUnclear, shifts_from, stored
from liandong.people.access import Forbidden, NotFound, platform
from liandong.people.models import Post, Unit
from liandong.timeline.queries import Entry
from tests.duty.conftest import CENTRE, DAY, DAY_AND_NIGHT, MONDAY, STATION, TOWN, Rota, local


def test_a_planner_plans_within_reach_and_nobody_else_does(rota: Rota) -> None:
    rota.roster("station001", unit=STATION, duty="duty_person", by="station001")
    rota.roster("bureau001", unit=TOWN, duty="duty_person", by="town01")
    for account in ("operator", "grid001", "station001", "town02"):
        with pytest.raises(Forbidden):
            rota.roster("town01", unit=TOWN, duty="duty_person", name="第二张", by=account)
    with pytest.raises(NotFound):
        rota.roster("town01", unit="310198-NONE")


def test_a_roster_is_refused_by_name_when_it_cannot_be_so(rota: Rota) -> None:
    rota.roster("operator", "hua")
    with pytest.raises(RosterExists):
        rota.roster("operator", "hua")
    with pytest.raises(RosterUnnamed):
        rota.roster("operator", name=" ")
    with pytest.raises(RosterUnnamed):
        rota.roster("operator", duty="cook", name="伙房")
    with pytest.raises(UnfitForDuty, match="林晓"):
        rota.roster("operator", "lin", name="甲")
    with pytest.raises(PlanFromThePast):
        rota.roster("operator", name="乙", since_on=MONDAY - DAY)
    with pytest.raises(TurnUnclear):
        rota.roster("operator", name="丙", every=0)
    with pytest.raises(ShiftsUnclear):
        rota.roster("operator", name="丁", shifts=())
    with pytest.raises(ShiftsUnclear):
        rota.roster("operator", name="戊", shifts=(*DAY_AND_NIGHT, DAY_AND_NIGHT[0]))


@pytest.mark.parametrize("text", ["day 8-20", "day 08:00-25:00", "", "day 08:00-20:00;day 20:00-08:00"])
def test_shifts_nobody_can_read_are_refused(text: str) -> None:
    with pytest.raises(ShiftsUnclear):
        shifts_from(text)


def test_shifts_are_read_with_their_weekdays() -> None:
    assert stored(shifts_from("night 20:00-08:00; day 08:00-24:00 12345")) == [
        {"name": "day", "starts": "08:00", "ends": "00:00", "weekdays": [0, 1, 2, 3, 4]},
        {"name": "night", "starts": "20:00", "ends": "08:00", "weekdays": [0, 1, 2, 3, 4, 5, 6]},
    ]


def test_a_changed_plan_leaves_earlier_days_as_they_were(rota: Rota) -> None:
    roster = rota.roster("operator", "hua")
    plan = rota.plan("hua", "operator", since_on=MONDAY + 2 * DAY)
    operations.change_plan(roster.pk, plan=plan, needs_confirmation=True, actor=rota.actor("admin"), at=rota.at)
    names = [who("operator", unit=CENTRE, at=local(MONDAY + n * DAY, 10)).names for n in range(4)]
    assert names == ["欧阳静", "欧阳静", "华清", "华清"]
    roster.refresh_from_db()
    assert roster.needs_confirmation
    with pytest.raises(PlanFromThePast):
        operations.change_plan(
            roster.pk, plan=rota.plan("hua", since_on=MONDAY - DAY), actor=rota.actor("admin"), at=rota.at
        )
    with pytest.raises(Forbidden):
        operations.change_plan(roster.pk, plan=plan, actor=rota.actor("operator"), at=rota.at)


def test_an_ended_roster_has_no_watches_after_its_last_day(rota: Rota) -> None:
    roster = rota.roster("operator", "hua")
    with pytest.raises(PlanFromThePast):
        operations.end_roster(roster.pk, until_on=MONDAY - DAY, actor=rota.actor("admin"), at=rota.at)
    operations.end_roster(roster.pk, until_on=MONDAY, actor=rota.actor("admin"), at=rota.at)
    assert who("operator", unit=CENTRE, at=local(MONDAY, 22)).names == "华清"
    assert who("operator", unit=CENTRE, at=local(MONDAY + DAY, 10)).names == "梅远"
    assert gaps("310198", starts_at=rota.at) == []


def test_gaps_say_who_is_missing_why_and_are_filled_by_a_cover(rota: Rota) -> None:
    roster = rota.roster("operator", "hua")
    assert gaps("310198", starts_at=rota.at) == []
    tuesday = MONDAY + DAY
    operations.note_absence(
        rota.pk("operator"),
        district="310198",
        since_at=local(tuesday, 0),
        until_at=local(tuesday + DAY, 0),
        actor=rota.actor("supervisor"),
        at=rota.at,
    )
    (gap,) = gaps("310198", starts_at=rota.at)
    assert (gap.watch.slot, gap.watch.why) == ((tuesday, "day"), "absent")
    fit = {"roster": roster.pk, "day": tuesday, "shift": "day", "actor": rota.actor("supervisor"), "at": rota.at}
    with pytest.raises(UnfitForDuty):
        operations.cover_watch(person=rota.pk("lin"), **fit)
    with pytest.raises(NoSuchWatch):
        operations.cover_watch(person=rota.pk("hua"), **{**fit, "shift": "whole"})
    with pytest.raises(WatchBegun):
        operations.cover_watch(person=rota.pk("hua"), **{**fit, "at": local(tuesday, 21)})
    with pytest.raises(Forbidden):
        operations.cover_watch(person=rota.pk("hua"), **{**fit, "actor": rota.actor("operator")})
    operations.cover_watch(person=rota.pk("hua"), reason="请假", **fit)
    assert gaps("310198", starts_at=rota.at) == []
    assert who("operator", unit=CENTRE, at=local(tuesday, 10)).by == "cover"


def test_a_cover_is_refused_for_whoever_stands_another_watch(rota: Rota) -> None:
    roster = rota.roster("operator")
    rota.roster("hua", duty="duty_person", name="值班员")
    with pytest.raises(BusyThen):
        operations.cover_watch(
            roster.pk, day=MONDAY, shift="night", person=rota.pk("hua"), actor=rota.actor("admin"), at=rota.at
        )


def test_an_ended_unit_and_an_empty_line_stand_among_the_gaps(rota: Rota) -> None:
    roster = rota.roster("operator", "hua")
    Unit.objects.filter(pk=CENTRE).update(until_on=MONDAY + 9 * DAY)
    rota.roster(unit=TOWN, duty="duty_person", name="空")
    reasons = {(gap.roster.pk == roster.pk, gap.watch.why.value) for gap in gaps("310198", starts_at=rota.at)}
    assert reasons == {(True, "ended"), (False, "no_turns")}


def test_an_absence_is_ones_own_or_said_by_a_planner_and_can_be_taken_back(rota: Rota) -> None:
    since, until = local(MONDAY + DAY, 8), local(MONDAY + 2 * DAY, 8)
    said = {"district": "310198", "since_at": since, "until_at": until, "at": rota.at}
    with pytest.raises(Forbidden):
        operations.note_absence(rota.pk("hua"), actor=rota.actor("operator"), **said)
    with pytest.raises(AbsenceUnclear):
        operations.note_absence(rota.pk("hua"), actor=rota.actor("hua"), **{**said, "until_at": since})
    absence = operations.note_absence(rota.pk("hua"), actor=rota.actor("hua"), **said)
    with pytest.raises(NotFound):
        operations.cancel_absence(absence.pk, district="310198", actor=rota.actor("operator"), at=rota.at)
    operations.cancel_absence(absence.pk, district="310198", actor=rota.actor("hua"), at=until - timedelta(hours=2))
    absence.refresh_from_db()
    assert absence.until_at == until - timedelta(hours=2)
    later = operations.note_absence(rota.pk("hua"), actor=rota.actor("hua"), **said)
    operations.cancel_absence(later.pk, district="310198", actor=rota.actor("hua"), at=rota.at)
    assert not Absence.objects.filter(pk=later.pk).exists()
    assert Entry.objects.filter(event="AbsenceCancelled").count() == 2


def test_the_turns_of_a_person_who_leaves_go_to_the_successor_or_to_the_gaps(rota: Rota) -> None:
    roster = rota.roster("operator", "hua")
    rota.hire("jin", name="金鸣", unit=CENTRE, role="operator")
    data = {"on": (MONDAY + DAY).isoformat(), "account": "user/operator", "successor": "user/jin"}
    left = Entry(about="account", about_id=rota.pk("operator"), event="PersonLeft", at=rota.at, data=data)
    Post.objects.filter(user__username="operator").update(until_on=MONDAY + DAY)
    follow_leavers([left], rota.at)
    names = [who("operator", unit=CENTRE, at=local(MONDAY + n * DAY, 10)).names for n in range(4)]
    assert names == ["欧阳静", "欧阳静", "金鸣", "金鸣"]
    assert gaps("310198", starts_at=rota.at) == []
    assert Entry.objects.filter(about="roster", about_id=roster.pk, event="TurnsHandedOn").count() == 1
    without = {**data, "account": "user/hua", "successor": ""}
    Post.objects.filter(user__username="hua").update(until_on=MONDAY + DAY)
    follow_leavers(
        [Entry(about="account", about_id=rota.pk("hua"), event="PersonLeft", at=rota.at, data=without)], rota.at
    )
    assert {gap.watch.why.value for gap in gaps("310198", starts_at=rota.at)} == {"left"}


def test_handing_on_turns_twice_changes_nothing_the_second_time(rota: Rota) -> None:
    rota.roster("operator", "hua")
    handed = {"successor": rota.pk("hua"), "since_on": MONDAY + DAY, "actor": platform("duty"), "at": rota.at}
    assert operations.hand_on_turns(rota.pk("operator"), **handed) == 1
    assert operations.hand_on_turns(rota.pk("operator"), **handed) == 0


def test_a_roster_of_another_district_is_not_there(rota: Rota) -> None:
    roster = rota.roster("operator", "hua")
    Roster.objects.filter(pk=roster.pk).update(district="310199")
    with pytest.raises(NotFound):
        roster_for(rota.actor("operator"), roster.pk)
    with pytest.raises(NotFound):
        operations.end_roster(roster.pk, until_on=MONDAY, actor=rota.actor("admin"), at=rota.at)


def test_gaps_of_six_hundred_rosters_over_thirty_days_are_found_in_a_handful_of_statements(
    rota: Rota, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    first = rota.roster("operator", "hua")
    made = Roster.objects.bulk_create(
        Roster(district="310198", unit_id=CENTRE, duty="operator", name=f"席位{n}") for n in range(599)
    )
    plans = PlanVersion.objects.bulk_create(
        PlanVersion(
            roster=roster, number=1, since_on=MONDAY, shifts=stored(DAY_AND_NIGHT), anchor=MONDAY, made_by="x",
            made_at=rota.at,
        )
        for roster in made
    )  # fmt: skip
    people = [rota.pk("operator"), rota.pk("hua"), rota.pk("lin")]
    Turn.objects.bulk_create(
        Turn(plan=plan, position=place, user_id=person) for plan in plans for place, person in enumerate(people)
    )
    with django_assert_max_num_queries(12):
        found = gaps("310198", starts_at=rota.at, days=30)
    assert {gap.roster.pk for gap in found} == {roster.pk for roster in made}
    assert first.pk not in {gap.roster.pk for gap in found}


def test_a_preview_writes_nothing(rota: Rota) -> None:
    plan = PlanFacts(DAY_AND_NIGHT, (rota.pk("operator"),), MONDAY, MONDAY)
    _schedule, watches = operations.preview_of(Unit.objects.get(pk=CENTRE), plan, days=3)
    assert len(watches) in (6, 7)
    assert not Roster.objects.exists()


def test_loading_rosters_twice_changes_nothing_and_a_new_plan_holds_from_today(rota: Rota) -> None:
    row = {
        "unit": "DC", "duty": "operator", "name": "接线值班", "shifts": "day 08:00-20:00;night 20:00-08:00",
        "turns": "operator;hua", "anchor": "2026-03-02", "by": "watch",
    }  # fmt: skip
    load = {"actor": platform("import"), "at": rota.at}
    rows = [operations.roster_row("310198", row)]
    operations.load_rosters("310198", rows, **load)
    operations.load_rosters("310198", rows, **load)
    assert PlanVersion.objects.count() == 1
    assert who("operator", unit=CENTRE, at=local(MONDAY, 22)).names == "华清"
    changed = operations.roster_row("310198", {**row, "turns": "hua;operator"})
    operations.load_rosters("310198", [changed], **load)
    assert PlanVersion.objects.get(number=2).since_on == date(2026, 3, 2)
    with pytest.raises(Forbidden):
        operations.load_rosters("310198", rows, actor=rota.actor("operator"), at=rota.at)


def test_faults_of_a_rosters_file_are_told_row_by_row(rota: Rota) -> None:
    row = {"unit": "DC", "duty": "operator", "name": "值班", "shifts": "day 08:00-20:00", "turns": "nobody",
           "anchor": "2026-03-02"}  # fmt: skip
    read = operations.roster_row("310198", row)
    assert list(operations.roster_faults(read, units=[], accounts=[])) == [
        "unknown unit 310198-DC",
        "unknown account nobody",
    ]
    for wrong in ({"duty": "cook"}, {"anchor": "soon"}, {"every": "0"}, {"name": ""}, {"by": "moon"}):
        with pytest.raises(ValueError, match=r"."):
            operations.roster_row("310198", {**row, **wrong})
