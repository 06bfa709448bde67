"""The call at the operator's desk: what shows while it goes on, what is left of it, what the caller asks for."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from liandong.cases.models import Case, JoinedReport, SealedReporter
from liandong.cases.sealing import unsealed, unsealed_joined
from liandong.intake_channels.hotline.models import Call, HandOver
from tests.hotline.conftest import line
from tests.hotline.exchange import MRS_CHENS_PHONE, Line, call_named
from tests.workbench.conftest import HTMX, SignedIn
from tests.workbench.test_intake import TYPED
from tests.world import MRS_CHEN, World

__all__ = ["line"]
PANEL = "/desk/intake/call/"


@pytest.fixture
def operator(line: Line, signed_in: SignedIn) -> Client:
    """The operator at the open page."""
    return signed_in("operator")


def _panel(client: Client) -> str:
    answer = client.post(PANEL, headers=HTMX)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return str(answer.content.decode())


def _wish(client: Client, case: Case, act: str, **more: str) -> tuple[int, str]:
    url = reverse("workbench:wish", args=[case.number])
    answer = client.post(url, {"act": act, "call": str(call_named().pk), **more}, headers=HTMX)
    return answer.status_code, answer.content.decode()


def test_the_panel_follows_the_call_from_ringing_to_the_work_after_it(
    operator: Client, line: Line, world: World
) -> None:
    case = world.report(identity="named", contact=MRS_CHEN)
    assert "待接" in _panel(operator)
    line.tell("ringing")
    ringing = _panel(operator)
    assert "来电振铃" in ringing
    assert MRS_CHENS_PHONE in ringing
    assert case.number in ringing
    line.pass_by(seconds=5)
    line.tell("answered")
    assert "通话中" in _panel(operator)
    line.pass_by(seconds=60)
    line.tell("ended")
    after = _panel(operator)
    assert "话后处理" in after
    assert MRS_CHENS_PHONE not in after
    assert "5678" not in after
    assert case.number not in after
    operator.post(reverse("workbench:finish_call"), {"call": str(call_named().pk)}, headers=HTMX)
    assert "待接" in _panel(operator)


def test_the_panel_counts_nothing_by_caller(operator: Client, line: Line, world: World) -> None:
    for _time in range(3):
        world.report(identity="named", contact=MRS_CHEN)
    line.tell("answered")
    page = _panel(operator)
    assert page.count("data-row ") == 3
    for words in ("3 件", "共 3", "（3", "(3", "次来电"):
        assert words not in page, words


def test_nobody_elses_page_shows_the_call(line: Line, signed_in: SignedIn, world: World) -> None:
    line.tell("answered")
    assert MRS_CHENS_PHONE not in _panel(signed_in("supervisor"))
    assert signed_in("lin").post(PANEL).status_code == 403
    assert Client().post(PANEL).status_code == 302


def test_a_case_takes_the_callers_number_without_its_passing_through_the_form(
    operator: Client, line: Line, world: World
) -> None:
    line.tell("answered")
    given = {**TYPED, "act": "file", "phone": "", "call": str(call_named().pk), "use_caller": "yes"}
    page = operator.post("/desk/intake/", given, headers=HTMX)
    case = Case.objects.get()
    assert MRS_CHENS_PHONE not in page.content.decode()
    assert unsealed(SealedReporter.objects.get(case=case)).phone == MRS_CHENS_PHONE
    assert call_named().case == case.number
    assert case.identity == "named"


@pytest.mark.parametrize(
    ("changes", "phone"),
    [
        ({"use_caller": ""}, ""),
        ({"phone": "13900000009"}, "13900000009"),
        ({"call": "99999"}, ""),
        ({"call": "x"}, ""),
        ({"call": "9" * 40}, ""),
    ],
)
def test_the_callers_number_is_taken_only_where_it_should_be(
    changes: dict[str, str], phone: str, operator: Client, line: Line
) -> None:
    line.tell("answered")
    given = {**TYPED, "act": "register", "phone": "", "call": str(call_named().pk), "use_caller": "yes", **changes}
    assert operator.post("/desk/intake/", given, headers=HTMX).status_code == 200
    assert unsealed(SealedReporter.objects.get()).phone == phone


def test_an_anonymous_caller_leaves_no_number(operator: Client, line: Line) -> None:
    line.tell("answered")
    given = {**TYPED, "act": "register", "identity": "anonymous", "call": str(call_named().pk), "use_caller": "yes"}
    operator.post("/desk/intake/", given, headers=HTMX)
    assert Case.objects.get().identity == "anonymous"
    assert not SealedReporter.objects.exists()


def test_a_faulty_form_comes_back_without_the_callers_number(operator: Client, line: Line) -> None:
    line.tell("answered")
    given = {**TYPED, "act": "file", "phone": "", "description": "", "call": str(call_named().pk), "use_caller": "yes"}
    page = operator.post("/desk/intake/", given, headers=HTMX)
    assert page.status_code == 422
    assert MRS_CHENS_PHONE not in page.content.decode()


def test_whoever_joins_a_case_by_telephone_leaves_the_number_there(operator: Client, line: Line, world: World) -> None:
    case = world.filed()
    line.tell("answered")
    given = {"description": "我也看到了", "call": str(call_named().pk), "use_caller": "yes"}
    operator.post(reverse("workbench:join", args=[case.number]), given, headers=HTMX)
    assert unsealed_joined(JoinedReport.objects.get()).phone == MRS_CHENS_PHONE
    assert call_named().case == case.number


def test_the_caller_urges_adds_and_asks_for_confidence(operator: Client, line: Line, world: World) -> None:
    case = world.report(identity="named", contact=MRS_CHEN)
    line.tell("answered")
    assert _wish(operator, case, "urge")[0] == 200
    assert _wish(operator, case, "add_note", note="门口又堆了一堆")[0] == 200
    status, page = _wish(operator, case, "keep_confidential")
    assert status == 200
    assert case.number in page
    case.refresh_from_db()
    assert (case.urges, case.identity) == (1, "confidential")
    assert call_named().case == case.number


def test_a_withdrawal_is_asked_for_twice(operator: Client, line: Line, world: World) -> None:
    case = world.report(identity="named", contact=MRS_CHEN)
    line.tell("answered")
    status, page = _wish(operator, case, "withdraw")
    case.refresh_from_db()
    assert (status, case.stage) == (200, "reported")
    assert "确认撤诉" in page
    assert _wish(operator, case, "withdraw", sure="yes")[0] == 200
    case.refresh_from_db()
    assert case.stage == "withdrawn"


def test_what_cannot_be_done_is_said_at_the_desk(operator: Client, line: Line, world: World) -> None:
    case = world.report(identity="named", contact=MRS_CHEN)
    line.tell("answered")
    status, page = _wish(operator, case, "add_note")
    assert status == 422
    assert "必须说明理由" in page
    assert _wish(operator, case, "dance")[0] == 404
    anonymous = world.report()
    status, page = _wish(operator, anonymous, "keep_confidential")
    assert status == 409
    assert "匿名" in page


def test_script_in_the_callers_words_stays_words(operator: Client, line: Line, world: World) -> None:
    case = world.report(identity="named", contact=MRS_CHEN, description="<script>alert(1)</script>")
    line.tell("answered")
    assert "<script>alert" not in _panel(operator)
    assert _wish(operator, case, "add_note", note="<img src=x onerror=alert(1)>")[0] == 200


def test_one_key_hands_over_with_what_is_typed_so_far(operator: Client, line: Line, world: World) -> None:
    line.tell("answered")
    typed = {"description": "三楼着火<b>", "place_text": "东桥路", "address": "88弄", "call": str(call_named().pk)}
    answer = operator.post(reverse("hotline:hand_over", args=["119"]), typed, headers=HTMX)
    row = HandOver.objects.get()
    assert answer.status_code == 200
    assert (row.party, row.place, row.told, row.call_id) == ("119", "东桥路 88弄", "三楼着火<b>", call_named().pk)
    page = answer.content.decode()
    assert "119 消防" in page
    assert "<b>" not in page
    url = reverse("hotline:receipt", args=[row.pk])
    assert operator.post(url, {"outcome": "taken"}, headers=HTMX).status_code == 422
    assert operator.post(url, {"outcome": "maybe", "receipt": "1"}, headers=HTMX).status_code == 422
    taken = operator.post(url, {"outcome": "taken", "receipt": "F-7", "receipt_from": "消防"}, headers=HTMX)
    assert "已接收" in taken.content.decode()
    note = {"stays": "both", "told": "接线员在线", "case": ""}
    noted = operator.post(reverse("hotline:three_way", args=[row.pk]), note, headers=HTMX)
    assert "三方通话" in noted.content.decode()


def test_a_hand_over_without_a_receipt_turns_red(operator: Client, line: Line) -> None:
    operator.post(reverse("hotline:hand_over", args=["110"]), headers=HTMX)
    line.pass_by(minutes=3, seconds=1)
    page = operator.get(reverse("hotline:hand_overs")).content.decode()
    assert "ht-overdue" in page
    assert "逾期无回执" in page


@pytest.mark.parametrize("party", ["112", "other", "<script>"])
def test_a_party_nobody_knows_is_refused_at_the_desk(party: str, operator: Client, line: Line) -> None:
    answer = operator.post(reverse("hotline:hand_over", args=[party.replace("/", "")]), headers=HTMX)
    assert answer.status_code == 422
    assert not HandOver.objects.exists()


def test_a_call_of_which_no_end_was_told_is_ended_by_hand(operator: Client, line: Line) -> None:
    line.tell("answered")
    line.pass_by(seconds=10)
    url = reverse("workbench:finish_call")
    page = operator.post(url, {"call": str(call_named().pk), "what": "call"}, headers=HTMX).content.decode()
    assert "话后处理" in page
    assert operator.post(url, {"call": "x"}, headers=HTMX).status_code == 404
    assert Call.objects.get().ended_by == "agent"


def test_the_desk_offers_the_hotline_to_those_who_take_calls(operator: Client, signed_in: SignedIn) -> None:
    assert 'id="call"' in operator.get("/desk/intake/").content.decode()
    assert 'id="call"' not in signed_in("town01").get("/desk/intake/").content.decode()
