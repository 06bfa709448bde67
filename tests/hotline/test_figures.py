"""话务: the numbers from the rows of calls, by hour and day, and the page that shows them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from liandong.intake_channels.hotline.operations import finish_after_call_work, hand_over
from liandong.intake_channels.hotline.queries import answering_figures
from tests.hotline.conftest import SignedIn
from tests.hotline.exchange import Line, call_named
from tests.world import DISTRICT, World

MONDAY = date(2026, 3, 2)


def _call(line: Line, name: str, *, waits: float, talks: float = 0) -> None:
    line.tell("ringing", call=name)
    line.pass_by(seconds=waits)
    if talks:
        line.tell("answered", call=name)
        line.pass_by(seconds=talks)
    line.tell("ended", call=name)


def test_figures_count_what_the_rows_say_exactly_at_fifteen_seconds_in_time(line: Line, world: World) -> None:
    _call(line, "in-time", waits=15, talks=100)
    line.pass_by(seconds=30)
    finish_after_call_work(call_named("in-time").pk, actor=world.actor("operator"), at=line.at)
    _call(line, "late", waits=15.2, talks=60)
    _call(line, "gave-up", waits=40)
    _call(line, "gave-up-soon", waits=4)
    line.tell("ringing", call="still-ringing")
    whole = answering_figures(DISTRICT, since=MONDAY, until=MONDAY).whole
    assert (whole.answered, whole.in_time, whole.given_up, whole.given_up_soon) == (2, 1, 2, 1)
    assert whole.share_in_time == pytest.approx(1 / 3)
    assert whole.mean_wait == pytest.approx(15.1)
    assert whole.mean_talk == pytest.approx(80)
    assert whole.mean_after == pytest.approx(30)


def test_hours_and_days_are_those_of_the_district(line: Line) -> None:
    _call(line, "at-nine", waits=3, talks=5)
    line.pass_by(hours=15)
    _call(line, "after-midnight", waits=30, talks=5)
    found = answering_figures(DISTRICT, since=MONDAY - timedelta(days=1), until=MONDAY + timedelta(days=1))
    assert [hour for hour, one in found.by_hour.items() if one.offered] == [0, 9]
    assert [one.offered for one in found.by_day.values()] == [0, 1, 1]
    assert found.whole.offered == 2
    assert answering_figures(DISTRICT, since=MONDAY, until=MONDAY).whole.offered == 1


def test_the_page_shows_the_desk_and_never_a_whole_number(line: Line, world: World, signed_in: SignedIn) -> None:
    _call(line, "gave-up", waits=40)
    line.tell("ringing", call="stranger", agent="8009")
    hand_over(DISTRICT, party="110", actor=world.actor("operator"), at=line.at)
    line.pass_by(minutes=4)
    line.send(b"{}", secret="forged", status=401)
    page = signed_in("supervisor").get(reverse("hotline:figures")).content.decode()
    for words in ("15 秒接通率", "138****5678", "8009", "110 公安", "逾期无回执", "签名无效", "欧阳静"):
        assert words in page, words
    assert "13812345678" not in page


@pytest.mark.parametrize(
    ("account", "status"),
    [("operator", 200), ("supervisor", 200), ("leader", 200), ("assessor", 200), ("lin", 403), ("town01", 403)],
)
def test_figures_are_for_those_who_may_see_them(account: str, status: int, signed_in: SignedIn, line: Line) -> None:
    assert signed_in(account).get(reverse("hotline:figures")).status_code == status


@pytest.mark.parametrize(
    "query", ["since=2026-03-05&until=2026-03-01", "since=x", "since=1900-01-01", "until=2099-01-01"]
)
def test_strange_days_are_put_in_order(query: str, signed_in: SignedIn, line: Line) -> None:
    assert signed_in("supervisor").get(f"{reverse('hotline:figures')}?{query}").status_code == 200


def test_the_number_of_a_call_nobody_answered_is_shown_for_a_purpose(line: Line, signed_in: SignedIn) -> None:
    _call(line, "gave-up", waits=40)
    url = reverse("hotline:number", args=[call_named("gave-up").pk])
    assert signed_in("supervisor").post(url).status_code == 422
    answer = signed_in("supervisor").post(url, {"purpose": "回拨"})
    assert "13812345678" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert signed_in("leader").post(url, {"purpose": "看看"}).status_code == 403


def test_a_desk_without_an_exchange_says_so(signed_in: SignedIn, line: Line, settings: object) -> None:
    settings.LIANDONG_CALL_SECRETS = '{"310198": ""}'  # type: ignore[attr-defined]
    assert "没有接入交换机" in signed_in("supervisor").get(reverse("hotline:figures")).content.decode()


def test_an_operator_signs_in_at_an_extension_and_a_supervisor_frees_it(
    signed_in: SignedIn, world: World, line: Line
) -> None:
    operator, supervisor = signed_in("operator"), signed_in("supervisor")
    answer = operator.post(reverse("hotline:sit"), {"extension": "8003", "next": "/desk/intake/"})
    assert answer["Location"] == "/desk/intake/"
    away = operator.post(reverse("hotline:sit"), {"extension": "8003", "next": "https://elsewhere.example/desk/"})
    assert away["Location"] == reverse("hotline:figures")
    assert "8003" in supervisor.get(reverse("hotline:figures")).content.decode()
    assert supervisor.post(reverse("hotline:leave"), {"extension": "8003"}).status_code == 302
    assert operator.post(reverse("hotline:leave")).status_code == 404
