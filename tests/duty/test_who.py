"""The one resolver: rosters, swaps and absences, then those who stand in, then the telephone, then one above."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liandong.duty import operations
from liandong.duty.queries import on_duty_in, watch_now, watches_of, who
from liandong.duty.rules.resolve import By
from liandong.people.access import NotFound
from liandong.people.models import Post, Unit
from tests.duty.conftest import CENTRE, DAY, MONDAY, STATION, TOWN, Rota, local


def test_whoever_has_the_watch_answers_until_it_ends(rota: Rota) -> None:
    rota.roster("operator", "hua")
    found = who("operator", unit=CENTRE, at=local(MONDAY, 10))
    assert (found.names, found.by, found.shift, found.until) == ("欧阳静", By.ROTATION, "day", local(MONDAY, 20))
    assert found.phone == "021-55500000"
    assert who("operator", unit=CENTRE, at=local(MONDAY, 21)).names == "华清"
    assert who("operator", unit=CENTRE, at=local(MONDAY + DAY, 7)).names == "华清"


def test_an_absent_watch_falls_to_the_head_then_to_the_telephone(rota: Rota) -> None:
    rota.roster("operator", "hua")
    operations.note_absence(
        rota.pk("operator"),
        district="310198",
        since_at=local(MONDAY, 12),
        until_at=local(MONDAY, 15),
        actor=rota.actor("operator"),
        at=rota.at,
    )
    assert who("operator", unit=CENTRE, at=local(MONDAY, 11)).names == "欧阳静"
    gone = who("operator", unit=CENTRE, at=local(MONDAY, 13))
    assert (gone.names, gone.by, gone.until) == ("梅远", By.HEAD, local(MONDAY, 15))
    Post.objects.filter(user__username="mei").update(rank="deputy")
    assert who("operator", unit=CENTRE, at=local(MONDAY, 13)).by is By.DEPUTY
    Post.objects.filter(user__username="mei").update(rank="member")
    phone = who("operator", unit=CENTRE, at=local(MONDAY, 13))
    assert (phone.names, phone.by, phone.phone) == ("", By.PHONE, "021-55500000")


def test_a_station_without_anybody_is_answered_for_by_those_above_it(rota: Rota) -> None:
    rota.roster("town01", unit=TOWN, duty="duty_person", name="值班员", by="town01")
    found = who("duty_person", unit=STATION, at=local(MONDAY, 10))
    assert (found.names, found.unit.code, found.phone) == ("街镇员1", TOWN, "021-55500000")
    Unit.objects.filter(pk=CENTRE).update(phone="")
    Post.objects.filter(user__username="mei").delete()
    nobody = who("duty_head", unit=STATION, at=local(MONDAY, 10))
    assert (nobody.persons, nobody.phone, nobody.by) == ((), "", By.NOBODY)


def test_who_answers_for_a_unit_that_does_not_exist_is_refused_by_name(rota: Rota) -> None:
    with pytest.raises(NotFound):
        who("duty_person", unit="310198-NONE", at=rota.at)


def test_a_person_who_left_leaves_their_watch_to_the_next_in_the_chain(rota: Rota) -> None:
    rota.roster("operator", "hua")
    Post.objects.filter(user__username="operator").update(until_on=MONDAY)
    assert who("operator", unit=CENTRE, at=local(MONDAY, 10)).names == "欧阳静"
    assert who("operator", unit=CENTRE, at=local(MONDAY + DAY, 10)).by is By.HEAD


def test_a_covering_grant_lets_somebody_stand_the_watches_of_a_unit(rota: Rota) -> None:
    from liandong.people.models import Grant

    user = rota.hire("ren", name="任远", unit="310198-D01", role="department")
    Grant.objects.create(
        user=user, role="operator", unit_id=CENTRE, area="310198", reason="代班", made_by="x",
        since_at=rota.at - DAY, until_at=rota.at + timedelta(days=9),
    )  # fmt: skip
    rota.roster("ren")
    assert who("operator", unit=CENTRE, at=local(MONDAY, 10)).names == "任远"
    assert who("operator", unit=CENTRE, at=rota.at + timedelta(days=10)).by is By.HEAD


def test_ones_own_watches_are_those_of_all_rosters(rota: Rota) -> None:
    rota.roster("operator", "hua")
    rota.roster("mei", duty="duty_head", name="带班")
    mine = watches_of(rota.pk("hua"), starts_at=rota.at, ends_at=rota.at + 3 * DAY)
    assert [watch.day for _roster, watch in mine] == [MONDAY, MONDAY + DAY, MONDAY + 2 * DAY]
    assert watch_now(rota.pk("hua"), at=rota.at) is None
    now = watch_now(rota.pk("mei"), at=rota.at)
    assert now is not None
    assert now[0].duty == "duty_head"


def test_everybody_on_duty_is_told_in_as_many_statements_as_one_roster(
    rota: Rota, django_assert_max_num_queries: object
) -> None:
    for number in range(6):
        rota.roster("operator", "hua", name=f"席位{number}")
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        rows = on_duty_in("310198", at=rota.at)
    assert len(rows) == 6
