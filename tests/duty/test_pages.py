"""The pages of duty over HTTP: who sees what, both languages, refusals where the person is, and the two feeds."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from liandong.duty import operations
from liandong.duty.models import Roster, Swap, Training
from liandong.duty.queries import link_holder
from liandong.people.access import Forbidden, platform
from liandong.people.models import Grant, User
from liandong.people.operations import issue_key
from liandong.timeline.queries import Entry
from tests.duty.conftest import CENTRE, DAY, MONDAY, TOWN, Rota, SignedIn, local
from tests.world import MONDAY_MORNING

PAGES = ("today", "rosters", "gaps", "handovers", "new_handover", "briefings", "handbook", "trainings")
TUESDAY = MONDAY + DAY


@pytest.fixture(autouse=True)
def on_monday() -> Any:
    """It is the Monday of the story."""
    with time_machine.travel(MONDAY_MORNING, tick=False):
        yield


@pytest.fixture
def roster(rota: Rota) -> Roster:
    return rota.roster("operator", "hua")


def told(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_shown_in_both_languages(
    page: str, language: str, roster: Roster, rota: Rota, signed_in: SignedIn
) -> None:
    operations.write_briefing(
        CENTRE, kind="after", day=MONDAY, points="<b>好</b>", actor=rota.actor("admin"), at=rota.at
    )
    operations.hand_over_shift(CENTRE, duty="operator", actor=rota.actor("hua"), at=rota.at)
    operations.publish_page(
        "a", district="310198", title="页", audience=["admin"], text="# 标题", actor=rota.actor("admin"), at=rota.at
    )
    client = signed_in("admin")
    client.cookies["django_language"] = language
    response = client.get(reverse(f"duty:{page}"))
    assert response.status_code == 200
    assert "<b>好</b>" not in response.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_duty_are_for_staff_alone(page: str, rota: Rota, signed_in: SignedIn) -> None:
    assert Client().get(reverse(f"duty:{page}"))["Location"].startswith("/desk/sign-in/")
    user = rota.hire("vol", name="志愿者", unit=TOWN, role="volunteer", area="310198001")
    assert signed_in(user.username).get(reverse(f"duty:{page}")).status_code == 403


def test_who_is_on_duty_now_can_be_searched(roster: Roster, rota: Rota, signed_in: SignedIn) -> None:
    rota.roster("town01", unit=TOWN, duty="duty_person", name="街道值班", by="town01")
    client = signed_in("operator")
    page = told(client.get(reverse("duty:today")))
    assert "欧阳静" in page
    assert "街道值班" not in (found := told(client.get(reverse("duty:today"), {"q": "联动中心"})))
    assert "新岸区大联动中心" in found
    assert "没有找到值班表" in told(client.get(reverse("duty:today"), {"q": "没有的单位\x00"}))


def test_a_unit_is_answered_for_in_one_line_and_the_bar_tells_my_watch(roster: Roster, signed_in: SignedIn) -> None:
    client = signed_in("operator")
    line = told(client.get(reverse("duty:answers"), {"unit": CENTRE, "duty": "operator"}))
    assert "值班： 欧阳静 021-55500000 至 03-02 20:00" in line
    assert client.get(reverse("duty:answers"), {"unit": "310199-DC"}).status_code == 404
    assert client.get(reverse("duty:answers"), {"unit": "310198-NONE"}).status_code == 404
    assert "白班 至 20:00" in told(client.get(reverse("duty:mine")))
    assert signed_in("lin").get(reverse("duty:mine")).status_code == 204


def test_a_swap_is_asked_and_agreed_on_the_pages(roster: Roster, rota: Rota, signed_in: SignedIn) -> None:
    mine = signed_in("operator")
    watch = reverse("duty:watch", args=[roster.pk, TUESDAY.isoformat(), "day"])
    assert "提出换班" in told(mine.get(watch))
    assert "提出换班" not in told(signed_in("hua").get(watch)).replace("可以提出换班", "")
    asked = {"do": "swap", "other": rota.pk("hua"), "back": f"{TUESDAY + DAY}~night~{rota.pk('hua')}", "note": "家事"}
    assert mine.post(watch, asked)["Location"] == reverse("duty:today")
    swap = Swap.objects.get()
    assert (swap.back_day, swap.back_shift) == (TUESDAY + DAY, "night")
    again = mine.post(watch, asked)
    assert again.status_code == 422
    assert "已向别人提出换班" in told(again)
    hers = signed_in("hua")
    assert "同意换班" in told(hers.get(reverse("duty:today")))
    agree = reverse("duty:settle_swap", args=[swap.pk, "agree"])
    assert signed_in("lin").post(agree).status_code == 404
    assert hers.post(agree).status_code == 302
    late = hers.post(agree)
    assert late.status_code == 409
    assert "已经了结或已过期" in told(late)
    assert hers.post(reverse("duty:settle_swap", args=[swap.pk, "eat"])).status_code == 404
    wrong = {**asked, "other": rota.pk("operator"), "back": "2026-03-05~day~1"}
    assert mine.post(watch, wrong).status_code == 422


def test_a_planner_fills_a_gap_from_the_list(roster: Roster, rota: Rota, signed_in: SignedIn) -> None:
    away = {"since_at": "2026-03-03T00:00", "until_at": "2026-03-04T00:00"}
    mine = signed_in("operator")
    assert mine.post(reverse("duty:note_absence"), away).status_code == 302
    assert mine.post(reverse("duty:note_absence"), {**away, "until_at": "2026-03-01T00:00"}).status_code == 422
    planner = signed_in("supervisor")
    page = planner.get(reverse("duty:gaps"), {"mine": "yes"})
    watch = reverse("duty:watch", args=[roster.pk, TUESDAY.isoformat(), "day"])
    assert watch in page.content.decode()
    assert planner.post(watch, {"do": "cover", "person": rota.pk("hua")}).status_code == 302
    assert "三十天内没有缺口" in told(planner.get(reverse("duty:gaps")))
    absence = User.objects.get(username="operator").absences.get()
    assert mine.post(reverse("duty:cancel_absence", args=[absence.pk])).status_code == 302
    assert mine.get(reverse("duty:watch", args=[roster.pk, "2026-03-03", "none"])).status_code == 404
    assert mine.get(reverse("duty:watch", args=[roster.pk, "someday", "day"])).status_code == 404


def plan_of(rota: Rota, **more: Any) -> dict[str, Any]:
    return {
        "unit": CENTRE, "name": "总值班", "duty": "duty_person", "since_on": "2026-03-02", "anchor": "2026-03-02",
        "by": "day", "every": "1", "shift0_name": "白班", "shift0_starts": "08:00", "shift0_ends": "20:00",
        "shift1_name": "夜班", "shift1_starts": "20:00", "shift1_ends": "08:00",
        f"turn{rota.pk('operator')}": "1", f"turn{rota.pk('hua')}": "2", f"turn{rota.pk('lin')}": "3,4", **more,
    }  # fmt: skip


def test_a_plan_is_looked_at_before_it_is_saved(rota: Rota, signed_in: SignedIn) -> None:
    planner = signed_in("supervisor")
    new = reverse("duty:new_roster")
    assert "轮值人员" in told(planner.get(new, {"unit": CENTRE}))
    preview = planner.post(new, plan_of(rota, do="preview"))
    assert "预览（尚未保存）" in told(preview)
    assert not Roster.objects.exists()
    saved = planner.post(new, plan_of(rota, do="save"))
    made = Roster.objects.get()
    assert saved["Location"] == reverse("duty:roster", args=[made.pk])
    page = told(planner.get(saved["Location"]))
    assert page.partition("人员请假或外出")[0].count("林晓") == 1
    assert planner.post(new, plan_of(rota, do="save")).status_code == 422
    edit = reverse("duty:plan", args=[made.pk])
    assert 'value="3,4"' in planner.get(edit).content.decode()
    assert planner.post(edit, plan_of(rota, do="save", since_on="2026-03-09")).status_code == 302
    past = planner.post(edit, plan_of(rota, do="save", since_on="2026-03-01"))
    assert past.status_code == 422
    assert "不能从过去的日子" in told(past)
    assert 'value="2026-03-01"' in past.content.decode()


@pytest.mark.parametrize(
    "wrong", [{"shift0_starts": ""}, {"shift0_ends": "99:99"}, {"every": "0"}, {"by": "moon"}, {"since_on": "x"}]
)
def test_a_plan_that_cannot_be_read_is_refused_and_keeps_what_was_typed(
    wrong: dict[str, str], rota: Rota, signed_in: SignedIn
) -> None:
    response = signed_in("supervisor").post(reverse("duty:new_roster"), plan_of(rota, do="save", **wrong))
    assert response.status_code == 422
    assert "总值班" in response.content.decode()
    assert 'value="3,4"' in response.content.decode()


def test_who_may_not_plan_a_unit_finds_no_editor_for_it(roster: Roster, rota: Rota, signed_in: SignedIn) -> None:
    assert signed_in("operator").get(reverse("duty:plan", args=[roster.pk])).status_code == 403
    assert signed_in("town01").get(reverse("duty:plan", args=[roster.pk])).status_code == 403
    assert signed_in("town01").get(reverse("duty:new_roster"), {"unit": CENTRE}).status_code == 404


@pytest.mark.parametrize("month", ["2026-03", "2026-04", "nonsense", "9999-99", "0001-01"])
def test_a_month_is_shown_whatever_is_asked_for(month: str, roster: Roster, signed_in: SignedIn) -> None:
    page = signed_in("operator").get(reverse("duty:roster", args=[roster.pk]), {"month": month})
    assert page.status_code == 200


def events(response: Any) -> dict[str, Any]:
    return {str(event["uid"]): event for event in Calendar.from_ical(response.content).walk("VEVENT")}


def test_a_secret_address_shows_only_ones_own_watches_and_ends_when_revoked(
    roster: Roster, rota: Rota, signed_in: SignedIn
) -> None:
    client = signed_in("operator")
    page = client.post(reverse("duty:calendar_link"), {"do": "issue"}).content.decode()
    address = re.search(r"/desk/duty/calendar/[\w-]+\.ics", page)
    assert address
    feed = Client().get(address.group())
    assert feed["Content-Type"] == "text/calendar; charset=utf-8"
    mine = events(feed)
    assert len(mine) > 80
    assert all(event.decoded("dtstart").astimezone(rota.at.tzinfo).hour == 0 for event in mine.values())
    second = client.post(reverse("duty:calendar_link"), {"do": "issue"}).content.decode()
    assert Client().get(address.group()).status_code == 404
    newer = re.search(r"/desk/duty/calendar/[\w-]+\.ics", second)
    assert newer
    client.post(reverse("duty:calendar_link"), {"do": "revoke"})
    assert Client().get(newer.group()).status_code == 404
    assert Client().get("/desk/duty/calendar/guess.ics").status_code == 404


def test_a_calendar_link_is_kept_as_a_hash_and_told_without_its_secret(rota: Rota) -> None:
    secret = operations.issue_calendar_link(actor=rota.actor("operator"), at=rota.at)
    link = link_holder(secret)
    assert link is not None
    assert secret.encode() not in bytes(link.digest)
    operations.revoke_calendar_link(actor=rota.actor("operator"), at=rota.at)
    operations.revoke_calendar_link(actor=rota.actor("operator"), at=rota.at)
    assert link_holder(secret) is None
    told = Entry.objects.filter(event__startswith="CalendarLink").order_by("id")
    assert [(entry.event, entry.data) for entry in told] == [("CalendarLinkIssued", {}), ("CalendarLinkRevoked", {})]
    with pytest.raises(Forbidden):
        operations.issue_calendar_link(actor=platform("test"), at=rota.at)


def test_a_swap_moves_an_event_under_the_same_id_with_a_higher_sequence(
    roster: Roster, rota: Rota, signed_in: SignedIn
) -> None:
    address = reverse("duty:roster_feed", args=[roster.pk])
    client = signed_in("operator")
    before = events(client.get(address))
    swap = rota.ask(roster, "operator", "hua", day=TUESDAY, shift="day")
    operations.agree_swap(swap.pk, actor=rota.actor("hua"), at=rota.at)
    after = events(client.get(address))
    changed = [uid for uid in after if str(after[uid]["summary"]) != str(before[uid]["summary"])]
    assert before.keys() == after.keys()
    (uid,) = changed
    assert "华清" in str(after[uid]["summary"])
    assert (int(before[uid]["sequence"]), int(after[uid]["sequence"])) == (0, 1)
    assert after[uid].decoded("dtstart") == local(TUESDAY, 8)


def test_a_handover_is_made_signed_and_printed(roster: Roster, rota: Rota, signed_in: SignedIn) -> None:
    case = rota.world.report()
    client = signed_in("operator")
    assert case.number in told(client.get(reverse("duty:new_handover")))
    made = {"unit": CENTRE, "duty": "operator", "note": "正常", f"note-case/{case.number}": "来电两次"}
    page = client.post(reverse("duty:new_handover"), made)["Location"]
    assert "来电两次" in told(client.get(page))
    own = client.post(page)
    assert own.status_code == 409
    assert "交班人不能签收" in told(own)
    assert client.post(reverse("duty:new_handover"), {**made, "unit": TOWN}).status_code == 422
    hers = signed_in("hua")
    assert "1 份交接班尚未签收" in told(hers.get(reverse("duty:today")))
    assert hers.post(page).status_code == 302
    assert "华清" in told(hers.get(page))
    assert signed_in("grid001").get(page).status_code == 404


def test_a_briefing_is_written_and_signed_with_one_key(rota: Rota, signed_in: SignedIn) -> None:
    form = {"unit": CENTRE, "kind": "before", "day": "2026-03-02", "shift": "白班", "points": "防汛"}
    supervisor, operator = signed_in("supervisor"), signed_in("operator")
    assert supervisor.post(reverse("duty:briefings"), form).status_code == 302
    assert supervisor.post(reverse("duty:briefings"), {**form, "points": ""}).status_code == 422
    assert operator.post(reverse("duty:briefings"), form).status_code == 404
    page = operator.get(reverse("duty:briefings")).content.decode()
    sign = re.search(r"/desk/duty/briefings/\d+/sign/", page)
    assert sign
    assert operator.post(sign.group()).status_code == 302
    assert "签到 1 人：欧阳静" in told(operator.get(reverse("duty:briefings")))


def test_a_handbook_page_renders_markdown_and_no_html(rota: Rota, signed_in: SignedIn) -> None:
    admin, operator = signed_in("admin"), signed_in("operator")
    text = "# 规定\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![x](http://a)\n\n- 一"
    form = {"slug": "rules", "title": "规定", "audience": ["operator"], "text": text}
    assert admin.post(reverse("duty:new_page"), form)["Location"] == "/desk/duty/handbook/rules/"
    page = operator.get("/desk/duty/handbook/rules/").content.decode()
    assert "<h1>规定</h1>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert "<img" not in page
    assert operator.post("/desk/duty/handbook/rules/confirm/", {"version": "1"}).status_code == 302
    assert "我已阅读" not in told(operator.get("/desk/duty/handbook/rules/"))
    admin.post("/desk/duty/handbook/rules/edit/", {**form, "text": "# 新规定"})
    diff = operator.get("/desk/duty/handbook/rules/", {"version": "2", "diff": "yes"}).content.decode()
    assert 'class="dt-new"' in diff
    assert operator.get("/desk/duty/handbook/rules/", {"version": "7"}).status_code == 404
    stale = operator.post("/desk/duty/handbook/rules/confirm/", {"version": "1"}, follow=True)
    assert "版本已更新" in told(stale)
    assert "未读人员" in told(admin.get("/desk/duty/handbook/rules/readers/"))
    assert operator.get("/desk/duty/handbook/rules/readers/").status_code == 403
    assert "规定" in told(operator.get(reverse("duty:handbook"), {"q": "规"}))
    assert admin.post(reverse("duty:new_page"), {**form, "slug": "Über"}).status_code == 422


def test_a_training_is_recorded_and_shown_to_its_people_and_planner(rota: Rota, signed_in: SignedIn) -> None:
    supervisor, operator = signed_in("supervisor"), signed_in("operator")
    new = reverse("duty:new_training")
    assert "欧阳静" in told(supervisor.get(new, {"unit": CENTRE}))
    form = {
        "unit": CENTRE,
        "title": "急救",
        "held_on": "2026-03-01",
        "hours": "2.5",
        f"person{rota.pk('operator')}": "passed",
    }
    assert supervisor.post(new, form).status_code == 302
    assert supervisor.post(new, {**form, "held_on": "2026-03-09"}).status_code == 422
    assert "急救" in told(operator.get(reverse("duty:trainings")))
    wrong = Training.objects.get()
    address = reverse("duty:correct_training", args=[wrong.pk])
    assert 'value="2.5"' in supervisor.get(address).content.decode()
    right = {**form, "hours": "3", "reason": ""}
    assert supervisor.post(address, right).status_code == 422
    assert supervisor.post(address, {**right, "reason": "学时登错"}).status_code == 302
    assert supervisor.post(address, {**right, "reason": "再来一次"}).status_code == 409
    page = told(operator.get(reverse("duty:trainings")))
    assert "沈岳）：学时登错" in page
    assert "更正件" in page
    for account in ("town01", "station001"):
        assert signed_in(account).get(address).status_code == 404
    person = {"person": rota.pk("operator")}
    assert "欧阳静 的培训记录" in told(supervisor.get(reverse("duty:trainings"), person))
    assert signed_in("hua").get(reverse("duty:trainings"), person).status_code == 404
    assert operator.get(new, {"unit": CENTRE}).status_code == 403
    assert signed_in("town01").get(new, {"unit": CENTRE}).status_code == 404


def test_programs_ask_who_answers_with_their_key(roster: Roster, rota: Rota) -> None:
    integrator = User.objects.get(username="integrator")
    for secret, scopes in (("duty-key", "duty:read"), ("bare-key", "cases:read")):
        issue_key(integrator, secret=secret, label=secret, scopes=scopes, actor=platform("test"), at=rota.at)

    def ask(key: str = "duty-key", **asked: str) -> Any:
        headers = {"Authorization": f"Bearer {key}"}
        return Client().get("/api/v1/duty/who", {"unit": CENTRE, "role": "operator", **asked}, headers=headers)

    found = ask().json()
    assert (found["persons"], found["by"], found["phone"]) == (
        [{"account": "operator", "name": "欧阳静"}],
        "rotation",
        "021-55500000",
    )
    assert datetime.fromisoformat(found["until"]) == local(MONDAY, 20)
    assert ask(at="2026-03-02T22:00:00+08:00").json()["persons"][0]["account"] == "hua"
    assert ask(at="2026-03-02T22:00:00").status_code == 422
    assert ask(role="cook").status_code == 422
    assert ask(unit="310199-DC").status_code == 404
    assert ask("bare-key").status_code == 403
    assert ask("wrong").status_code == 401


def test_a_grant_of_the_role_lets_a_colleague_be_asked(roster: Roster, rota: Rota) -> None:
    Grant.objects.create(
        user_id=rota.pk("lin"), role="operator", unit_id=CENTRE, area="310198", reason="支援", made_by="x",
        since_at=rota.at, until_at=rota.at + timedelta(days=5),
    )  # fmt: skip
    assert rota.ask(roster, "operator", "lin", day=TUESDAY, shift="day").state == "asked"
