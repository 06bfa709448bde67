"""Steps taken through their forms: done, refused with the form as it was, or in conflict with somebody else."""

from __future__ import annotations

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from liandong.cases.models import Case
from tests.cases.draw_people import draw_for
from tests.workbench.conftest import HTMX, SignedIn
from tests.world import GRID_1, MRS_CHEN, World


def _step(case: Case, code: str) -> str:
    return reverse("workbench:step", args=[case.number, code])


def test_each_step_of_the_loop_is_taken_by_its_form(signed_in: SignedIn, world: World) -> None:
    case = world.report(identity="named", contact=MRS_CHEN)
    path = [
        ("operator", "accept", {}),
        ("operator", "file", {}),
        ("lin", "dispatch", {"note": "请尽快"}),
        ("bureau002", "receive", {}),
        ("bureau002", "contact", {"reached": "yes", "outcome": "已联系"}),
        ("bureau002", "arrive", {}),
        ("bureau002", "hand_in", {"result": "已清运", "answer": "已清运完毕"}),
        ("verifier", "check", {"ok": "yes"}),
        ("operator", "call_back", {"reached": "yes", "solved": "yes", "satisfaction": "5"}),
        ("operator", "close", {}),
    ]
    for account, code, fields in path:
        if code == "check":
            draw_for(world, case)
        response = signed_in(account).post(_step(case, code), {**fields, "version": _version(case)}, headers=HTMX)
        assert response.status_code == 200, (code, response.content.decode())
        assert response["HX-Retarget"] == "#case"
    case.refresh_from_db()
    assert (case.stage, case.check_result, case.call_back_result, case.satisfaction) == ("closed", "ok", "solved", 5)


@pytest.mark.parametrize(
    ("make", "account", "code"),
    [("report", "operator", "refuse"), ("accepted", "operator", "decline"), ("report", "operator", "answer")],
)
def test_a_report_ends_by_its_form_with_words_for_the_reporter(
    make: str, account: str, code: str, signed_in: SignedIn, world: World
) -> None:
    case = world.report()
    if make == "accepted":
        world.do("accept_case", case, "operator")
    name = "answer" if code == "answer" else "reason"
    response = signed_in(account).post(_step(case, code), {name: "不属于本区职责"}, headers=HTMX)
    case.refresh_from_db()
    assert response.status_code == 200
    assert case.ended_at is not None
    assert case.answer == "不属于本区职责"


@pytest.mark.parametrize(
    ("make", "account", "code", "stage"),
    [
        ("received", "bureau002", "return", "filed"),
        ("handled", "verifier", "send_back", "dispatched"),
        ("closed", "operator", "reopen", "dispatched"),
    ],
)
def test_a_case_goes_back_by_its_form_with_a_reason(
    make: str, account: str, code: str, stage: str, signed_in: SignedIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = getattr(world, make)()
    monkeypatch.setattr("liandong.workbench.views.steps.timezone.now", lambda: world.later(minutes=1))
    response = signed_in(account).post(_step(case, code), {"reason": "并未解决"}, headers=HTMX)
    case.refresh_from_db()
    assert response.status_code == 200, response.content.decode()
    assert case.stage == stage


def test_a_form_without_what_it_needs_comes_back_with_what_was_typed(signed_in: SignedIn, world: World) -> None:
    case = world.received()
    response = signed_in("bureau002").post(_step(case, "hand_in"), {"answer": "快好了"}, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'data-step="hand_in"' in page
    assert "快好了" in page
    case.refresh_from_db()
    assert case.stage == "received"


def test_a_change_by_somebody_else_is_told_and_the_words_stay(signed_in: SignedIn, world: World) -> None:
    case = world.received()
    seen = _version(case)
    world.do("contact_reporter", case, "bureau002", reached=True, outcome="约好下午")
    response = signed_in("bureau002").post(_step(case, "hand_in"), {"result": "已清运", "version": seen}, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 409
    assert "科员2（东桥街道城管中队）：先行联系" in page
    assert "已清运" in page
    assert f'name="version" value="{_version(case)}"' in page


def test_a_step_that_is_not_legal_now_says_so_in_its_form(signed_in: SignedIn, world: World) -> None:
    case = world.handled()
    response = signed_in("operator").post(_step(case, "close"), {}, headers=HTMX)
    assert response.status_code == 409
    assert "案件尚未通过核查" in response.content.decode()


def test_a_step_that_is_not_permitted_is_refused(signed_in: SignedIn, world: World) -> None:
    case = world.filed()
    response = signed_in("auditor").post(_step(case, "dispatch"), {}, headers=HTMX)
    assert response.status_code == 403
    case.refresh_from_db()
    assert case.stage == "filed"


def test_a_dispatch_at_the_console_answers_with_the_next_case(signed_in: SignedIn, world: World) -> None:
    first, second = world.filed(), world.filed()
    response = signed_in("lin").post(_step(first, "dispatch"), {"desk": "dispatch"}, headers=HTMX)
    assert response["HX-Retarget"] == "#detail"
    assert f'data-number="{second.number}"' in response.content.decode()
    assert "ld:toast" in json.loads(response["HX-Trigger"])
    first.refresh_from_db()
    assert (first.stage, first.unit) == ("dispatched", "310198-B002")


def test_a_dispatch_may_go_to_another_unit_with_helpers(signed_in: SignedIn, world: World) -> None:
    case = world.filed(class_code="A0203")
    fields = {"to": "310198-D02", "helpers": ["310198-D03"], "helper": "310198-D04"}
    assert signed_in("lin").post(_step(case, "dispatch"), fields, headers=HTMX).status_code == 200
    case.refresh_from_db()
    assert (case.unit, case.assisting) == ("310198-D02", ["310198-D03", "310198-D04"])


def test_receiving_from_the_inbox_leaves_the_list_to_refresh_itself(signed_in: SignedIn, world: World) -> None:
    case = world.dispatched()
    response = signed_in("bureau002").post(_step(case, "receive"), {"desk": "inbox"}, headers=HTMX)
    assert response["HX-Reswap"] == "none"
    assert "ld:queue" in json.loads(response["HX-Trigger"])


def test_a_unit_that_returned_a_case_it_sees_no_more_goes_back_to_its_inbox(
    signed_in: SignedIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world.received()
    monkeypatch.setattr("liandong.workbench.views.steps.timezone.now", lambda: world.later(minutes=1))
    response = signed_in("bureau002").post(_step(case, "return"), {"reason": "不归我们管"}, headers=HTMX)
    assert response["HX-Redirect"] == reverse("workbench:inbox")


def test_without_script_a_step_leads_back_to_the_case(signed_in: SignedIn, world: World) -> None:
    case = world.dispatched()
    response = signed_in("bureau002").post(_step(case, "receive"))
    assert response.status_code == 302
    assert response["Location"] == reverse("workbench:case", args=[case.number])
    again = signed_in("bureau002").post(_step(case, "hand_in"))
    assert again.status_code == 422
    assert "<html" in again.content.decode()


def test_an_unplaced_case_is_placed_from_its_page(signed_in: SignedIn, world: World) -> None:
    case = world.report(lon=None, lat=None)
    url = reverse("workbench:place", args=[case.number])
    client = signed_in("operator")
    outside = client.post(url, {"lon": "10", "lat": "50"}, headers=HTMX)
    assert outside.status_code == 422
    assert 'value="10.0"' in outside.content.decode() or 'value="10"' in outside.content.decode()
    inside = client.post(url, {"lon": str(GRID_1[0]), "lat": str(GRID_1[1]), "address": "东桥路1号"}, headers=HTMX)
    assert inside.status_code == 200
    case.refresh_from_db()
    assert (case.area, case.address) == ("310198001001001", "东桥路1号")


def test_a_photo_is_kept_and_shown_only_to_those_who_see_the_case(signed_in: SignedIn, world: World) -> None:
    case = world.received()
    client = signed_in("bureau002")
    url = reverse("workbench:photos", args=[case.number])
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG")
    version = _version(case)
    response = client.post(
        url, {"file": SimpleUploadedFile("a.png", content.getvalue()), "purpose": "after"}, headers=HTMX
    )
    assert response.status_code == 200
    assert json.loads(response["HX-Trigger"])["ld:version"] == {"from": version, "to": version + 1}
    file = reverse("workbench:photo_file", args=[case.number, case.attachments.get().pk])
    shown = client.get(file)
    assert shown["Content-Type"] == "image/jpeg", "what is shown is a copy"
    assert b"".join(shown.streaming_content).startswith(b"\xff\xd8\xff")  # type: ignore[attr-defined]
    assert signed_in("bureau001").get(file).status_code == 404


def test_a_file_that_is_no_photo_is_refused_beside_the_field(signed_in: SignedIn, world: World) -> None:
    case = world.received()
    response = signed_in("bureau002").post(
        reverse("workbench:photos", args=[case.number]),
        {"file": SimpleUploadedFile("a.jpg", b"<script>"), "purpose": "after"},
        headers=HTMX,
    )
    assert response.status_code == 422
    assert "PDF" in response.content.decode()


def test_a_reporter_is_shown_for_a_purpose_and_on_the_record(signed_in: SignedIn, world: World) -> None:
    case = world.report(identity="named", contact=MRS_CHEN)
    url = reverse("workbench:reveal", args=[case.number])
    client = signed_in("operator")
    assert "13812345678" not in client.get(reverse("workbench:case", args=[case.number])).content.decode()
    assert client.post(url, {"purpose": ""}, headers=HTMX).status_code == 422
    shown = client.post(url, {"purpose": "回访核实"}, headers=HTMX)
    assert "13812345678" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    page = client.get(reverse("workbench:case", args=[case.number])).content.decode()
    assert "13812345678" not in page
    assert "回访核实" in page
    assert signed_in("lin").post(url, {"purpose": "好奇"}, headers=HTMX).status_code == 403


def _version(case: Case) -> int:
    return Case.objects.values_list("version", flat=True).get(pk=case.pk)
