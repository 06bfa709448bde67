"""The pages of verification: my checks, one look, who was drawn, what to say, and the figures."""

from __future__ import annotations

import pytest
from django.urls import reverse

from liandong.cases import operations
from liandong.cases.models import Case, Draw
from tests.cases.draw_people import SWEEP, draw_for, hire_verifier, numbers
from tests.cases.paths import take, with_photos
from tests.cases.test_verify_report import demand_verifying
from tests.workbench.conftest import HTMX, SignedIn
from tests.world import World


def _look_url(case: Case, kind: str = "check") -> str:
    return reverse("workbench:look", args=[case.number, kind])


def test_my_checks_lists_what_was_drawn_for_me_and_nothing_of_others(world: World, signed_in: SignedIn) -> None:
    hire_verifier(world, "wang")
    mine, other = world.handled(), world.handled()
    draw_for(world, mine, 0.0)
    draw_for(world, other, 0.0)
    assert list(Draw.objects.order_by("id").values_list("key", flat=True)) == ["user/verifier", "user/wang"]
    page = signed_in("verifier").get(reverse("workbench:looks")).content.decode()
    assert mine.number in page
    assert other.number not in page


def test_what_nobody_was_drawn_for_is_shown_apart_and_open(world: World, signed_in: SignedIn) -> None:
    case = world.handled()
    draw_for(world, case, 0.0)
    world.do("redraw_check", case, "supervisor", reason="出差", drawn=0.0)
    page = signed_in("verifier").get(reverse("workbench:looks")).content.decode()
    assert "无人可抽，向所有核查员开放" in page
    assert case.number in page


def test_a_look_shows_both_photos_side_by_side_and_one_form(world: World, signed_in: SignedIn) -> None:
    case = with_photos(world, world.handled())
    draw_for(world, case, 0.0)
    page = signed_in("verifier").get(_look_url(case)).content.decode()
    assert page.count('<fieldset class="wb-pair">') == 1
    assert page.count("<img ") == 4, "the pair, and each photo by itself"
    assert "geo:31.01,121.405" in page
    assert page.count('name="send_back"') == 1


def test_a_look_that_is_not_mine_is_not_found(world: World, signed_in: SignedIn) -> None:
    hire_verifier(world, "wang")
    case = world.handled()
    draw_for(world, case, 0.0)
    assert signed_in("wang").get(_look_url(case)).status_code == 404
    assert signed_in("verifier").get(_look_url(case, "spot")).status_code == 404
    assert signed_in("verifier").get(_look_url(case, "nonsense")).status_code == 404


def test_a_good_check_is_taken_and_leads_back_to_the_list(world: World, signed_in: SignedIn) -> None:
    case = world.handled()
    draw_for(world, case, 0.0)
    answer = signed_in("verifier").post(_look_url(case), {"ok": "yes", "note": "干净"}, headers=HTMX)
    assert answer["HX-Redirect"] == reverse("workbench:looks")
    case.refresh_from_db()
    assert (case.check_result, case.stage) == ("ok", "handled")


@pytest.mark.parametrize(("send_back", "stage"), [("on", "dispatched"), ("", "handled")])
def test_a_failed_check_leads_on_to_rework(world: World, signed_in: SignedIn, *, send_back: str, stage: str) -> None:
    case = world.handled()
    draw_for(world, case, 0.0)
    sent = {"ok": "no", "note": "垃圾仍在", **({"send_back": send_back} if send_back else {})}
    assert signed_in("verifier").post(_look_url(case), sent).status_code == 302
    case.refresh_from_db()
    assert case.stage == stage
    assert Draw.objects.get(case=case).is_ok is False


def test_a_failed_look_without_words_comes_back_as_it_was_filled_in(world: World, signed_in: SignedIn) -> None:
    case = world.handled()
    draw_for(world, case, 0.0)
    answer = signed_in("verifier").post(_look_url(case), {"ok": "no"}, headers=HTMX)
    assert answer.status_code == 422
    assert "不合格时请写明哪里没有解决" in answer.content.decode()
    assert Draw.objects.get(case=case).state == "waiting"


def test_a_stale_look_is_refused_in_words(world: World, signed_in: SignedIn) -> None:
    case = world.handled()
    draw_for(world, case, 0.0)
    for headers in (HTMX, {}):
        answer = signed_in("verifier").post(_look_url(case), {"ok": "yes", "version": "1"}, headers=headers)
        assert answer.status_code == 409
        assert "案件已被他人更新" in answer.content.decode()


def test_a_sample_is_looked_at_on_the_same_page(world: World, signed_in: SignedIn) -> None:
    case = with_photos(world, world.report(by="grid001", channel="staff"), "grid001")
    take(world, "solve_on_spot", case, "grid001", drawn=0.0)
    operations.draw_spots({case.pk}, chance=numbers(0.99), actor=SWEEP, at=world.at)
    assert Draw.objects.get().key == "user/verifier"
    client = signed_in("verifier")
    assert "自行处置抽查" in client.get(_look_url(case, "spot")).content.decode()
    client.post(_look_url(case, "spot"), {"ok": "yes"})
    assert Draw.objects.get().is_ok is True


def test_the_console_hides_what_is_drawn_for_others_and_counts_it_nowhere(world: World, signed_in: SignedIn) -> None:
    hire_verifier(world, "wang")
    case = world.handled()
    draw_for(world, case, 0.0)
    for account, is_shown in (("wang", False), ("verifier", True), ("supervisor", True)):
        page = signed_in(account).get(reverse("workbench:verify"), {"tab": "check", "part": "queue"})
        assert (case.number in page.content.decode()) is is_shown, account


def test_a_supervisor_sees_who_was_drawn_and_has_another_drawn(world: World, signed_in: SignedIn) -> None:
    hire_verifier(world, "wang")
    case = world.handled()
    draw_for(world, case, 0.0)
    client = signed_in("supervisor")
    page = client.get(reverse("workbench:drawn", args=[case.number])).content.decode()
    assert "魏清" in page
    assert "复算一致" in page
    redraw = reverse("workbench:redraw", args=[case.number])
    assert client.post(redraw, {"reason": ""}).status_code == 422
    assert "wang" in client.post(redraw, {"reason": "病假"}).content.decode()
    world.do("check_case", case, "wang", ok=True)
    assert client.post(redraw, {"reason": "病假"}).status_code == 409


def test_nobody_of_the_unit_that_handled_it_learns_who_comes(world: World, signed_in: SignedIn) -> None:
    case = world.report(by="grid001", channel="staff")
    for step in ("accept", "file"):
        take(world, step, case, "town01")
    take(world, "dispatch", case, "town01", to="310198-T01")
    for step in ("receive", "hand_in"):
        take(world, step, case, "town01")
    draw_for(world, case)
    assert signed_in("town01").get(reverse("workbench:drawn", args=[case.number])).status_code == 404
    page = signed_in("town01").get(reverse("workbench:case", args=[case.number])).content.decode()
    assert "随机抽取核查员" in page
    assert "魏清" not in page


def test_the_caller_reads_what_to_say_and_who_was_tried_when(world: World, signed_in: SignedIn) -> None:
    case = world.handled()
    world.do("call_back_reporter", case, "operator", reached=False, words="无人接听")
    page = signed_in("operator").get(reverse("workbench:calling", args=[case.number])).content.decode()
    assert "请问问题解决了吗" in page
    assert "未接通 · “无人接听”" in page
    assert "以后再拨" in page


def test_figures_of_the_last_thirty_days_stand_on_the_page_of_verification(world: World, signed_in: SignedIn) -> None:
    page = signed_in("supervisor").get(reverse("workbench:verify_figures")).content.decode()
    for word in ("核查率", "响应率", "解决率", "满意率", "未经抽取的核查"):
        assert word in page


def test_home_counts_what_was_drawn_for_me(world: World, signed_in: SignedIn) -> None:
    draw_for(world, world.handled(), 0.0)
    page = signed_in("verifier").get(reverse("workbench:home")).content.decode()
    assert reverse("workbench:looks") in page
    assert reverse("workbench:looks") not in signed_in("bureau002").get(reverse("workbench:home")).content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_verification_is_shown_in_both_languages(
    world: World, signed_in: SignedIn, *, language: str
) -> None:
    case = world.handled()
    draw_for(world, case, 0.0)
    client = signed_in("supervisor")
    client.cookies["django_language"] = language
    for name, args in (
        ("looks", []),
        ("verify", []),
        ("verify_figures", []),
        ("drawn", [case.number]),
        ("look", [case.number, "check"]),
        ("case", [case.number]),
    ):
        assert client.get(reverse(f"workbench:{name}", args=args)).status_code == 200, name


def test_what_is_to_be_verified_before_filing_waits_in_a_tab_of_verifiers_and_of_the_patrol_there(
    world: World, signed_in: SignedIn
) -> None:
    demand_verifying(world)
    case = take(world, "accept", world.report(), "operator")
    url = reverse("workbench:verify")
    for account, is_shown in (("verifier", True), ("patrol001", True), ("patrol002", False)):
        page = signed_in(account).get(url, {"tab": "verify_report"})
        assert (page.status_code, case.number in page.content.decode()) == (200, is_shown), account
    page = signed_in("patrol001").get(url).content.decode()
    assert reverse("workbench:verify_figures") not in page, "the figures are not for who only verifies reports"
    item = signed_in("patrol001").get(reverse("workbench:item", args=["verify_report", case.number]))
    assert 'name="is_true"' in item.content.decode()


def test_a_report_awaits_filing_once_it_was_verified_and_not_before(world: World, signed_in: SignedIn) -> None:
    demand_verifying(world)
    case = take(world, "accept", world.report(), "operator")
    for count, step in ((0, "verify_report"), (1, "file")):
        tiles = signed_in("operator").get("/desk/").context["tiles"]
        assert {str(tile["label"]): tile["count"] for tile in tiles}["待立案"] == count
        take(world, step, case)
    page = signed_in("operator").get(reverse("workbench:intake")).content.decode()
    assert case.number not in page
