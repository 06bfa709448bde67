"""The field app's server: a page about nobody, work for one person, and acts that happen once with their photos."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from liandong.cases.models import Attachment, Case, IdempotentCall, Proof
from liandong.cases.queries import flags_of, trace_of
from liandong.people.models import User
from liandong.timeline.verify import verify
from liandong.workbench.field import acts
from liandong.workbench.field.shell import APP
from tests.cases.draw_people import draw_for
from tests.cases.files import made
from tests.workbench.conftest import SignedIn
from tests.world import GRID_1, MRS_CHEN, World

KEY = "00000000-0000-4000-8000-00000000000{}"
A_YEAR_WRONG = ("2025-01-01T10:00:00Z", "2025-01-01T13:00:00Z")
"""Done at ten and sent at one by a clock that is wrong by years: three hours ago."""


def photo(seed: int) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{seed}.jpg", made.jpeg(seed), content_type="image/jpeg")


def send(client: Client, url: str, key: int, *, device: str = "", owner: str = "", **fields: Any) -> Any:
    headers = {"Idempotency-Key": KEY.format(key), "Accept": "application/json"}
    if device:
        headers["Device-Time"] = device
    if owner:
        headers["For-Account"] = owner
    return client.post(url, fields, headers=headers)


def act(client: Client, case: Case, code: str, key: int = 1, **fields: Any) -> Any:
    return send(client, reverse("field:act", args=[case.number, code]), key, **fields)


def report(client: Client, key: int = 1, **fields: Any) -> Any:
    given = {"class_code": "M06010", "description": "楼道口三袋垃圾", "lon": GRID_1[0], "lat": GRID_1[1], **fields}
    return send(client, reverse("field:report"), key, **given)


def solve(client: Client, key: int = 1, **fields: Any) -> Any:
    given = {"is_solved": "on", "result": "已清走", "before": photo(1), "after": photo(2), **fields}
    return report(client, key, **given)


def events(case: Case) -> list[str]:
    return [entry.event for entry in trace_of(case)]


def test_the_page_says_nothing_about_anybody_and_may_be_kept(world: World, signed_in: SignedIn) -> None:
    answer = signed_in("grid001").get(reverse("field:page"))
    text = answer.content.decode()
    assert answer["Offline-Version"] == APP.version
    assert "赵走" not in text
    assert "csrf" not in text.lower()
    assert text == signed_in("bureau002").get(reverse("field:page")).content.decode()


def test_the_worker_keeps_every_file_the_page_names(world: World, signed_in: SignedIn) -> None:
    script = Client().get(reverse("field:worker"))
    assert script["Content-Type"].startswith("text/javascript")
    assert APP.version in script.content.decode()
    page = signed_in("grid001").get(reverse("field:page")).content.decode()
    for name in ("web/parts.css", "workbench/field.js", "workbench/field.css"):
        assert f"/static/{name}" in page
        assert f"/static/{name}" in script.content.decode()
    assert [name for name in APP.shell if not finders.find(name)] == []
    told = json.loads(Client().get(reverse("field:manifest")).content)
    assert (told["scope"], told["start_url"], told["display"]) == ("/field/", "/field/", "standalone")


def test_work_is_ones_own_with_what_can_be_done_and_without_the_reporter(world: World, signed_in: SignedIn) -> None:
    case = world.dispatched(contact=MRS_CHEN)
    other = world.dispatched(to="310198-B001")
    answer = signed_in("bureau002").get(reverse("field:work"))
    text = answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert "13812345678" not in text
    assert "陈女士" not in text
    work = json.loads(text)
    numbers = [task["number"] for task in work["tasks"]]
    assert case.number in numbers
    assert other.number not in numbers
    task = work["tasks"][numbers.index(case.number)]
    assert task["steps"] == ["receive", "contact", "return"]
    assert {"arrive", "hand_in"} <= set(task["then"])
    assert task["is_new"]
    assert task["clocks"] == sorted(task["clocks"], key=lambda clock: clock["due_at"])
    assert len(task["clocks"]) >= 3
    assert 0 < work["good_for"] <= 43_200


def test_a_step_sent_twice_is_taken_once_and_gets_the_same_answer(world: World, signed_in: SignedIn) -> None:
    case, bureau = world.dispatched(), signed_in("bureau002")
    first = act(bureau, case, "receive", version=case.version)
    again = act(bureau, case, "receive", version=case.version)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert first.json()["version"] == case.version + 1
    assert events(case).count("CaseReceived") == 1


def test_without_a_key_or_as_another_account_nothing_is_done(world: World, signed_in: SignedIn) -> None:
    case, bureau = world.dispatched(), signed_in("bureau002")
    url = reverse("field:act", args=[case.number, "receive"])
    assert bureau.post(url, {}, headers={"Accept": "application/json"}).json()["title"] == "key_needed"
    refused = act(bureau, case, "receive", owner=str(User.objects.get(username="grid001").pk))
    assert (refused.status_code, refused.json()["title"]) == (401, "other_account")
    assert act(bureau, case, "receive", owner=str(User.objects.get(username="bureau002").pk)).status_code == 200


def test_a_conflict_says_in_words_what_happened_and_can_be_mended(world: World, signed_in: SignedIn) -> None:
    case, bureau = world.dispatched(), signed_in("bureau002")
    seen = case.version
    world.do("urge_case", case, "operator")
    refused = act(bureau, case, "receive", version=seen)
    assert refused.status_code == 409
    told = refused.json()
    assert "案件已被他人更新" in told["detail"]
    assert "催办" in told["happened"]
    assert act(bureau, case, "receive", version=told["current"]).status_code == 200


def test_a_case_that_went_elsewhere_is_told_so(world: World, signed_in: SignedIn) -> None:
    case, bureau = world.dispatched(), signed_in("bureau002")
    seen = case.version
    world.do("take_back_case", case, "lin", reason="派错了")
    refused = act(bureau, case, "receive", version=seen)
    assert refused.status_code in (404, 409)
    assert refused.json()["detail"]


def test_photos_and_hand_in_are_one(world: World, signed_in: SignedIn) -> None:
    case, bureau = world.received(), signed_in("bureau002")
    fields = {"result": "已清运", "version": case.version, "before": photo(1), "after": photo(2)}
    answer = act(bureau, case, "hand_in", **fields)
    assert (answer.status_code, answer.json()["stage"]) == (200, "handled")
    assert sorted(Attachment.objects.filter(case=case).values_list("purpose", flat=True)) == ["after", "before"]
    entry = trace_of(case).filter(event="CaseHandedIn").get()
    assert entry.data["photos"] == [Attachment.objects.get(case=case, purpose="after").sha256]
    assert not verify().breaks


def test_a_refused_step_leaves_no_photo(world: World, signed_in: SignedIn) -> None:
    case, bureau = world.handled(), signed_in("bureau002")
    refused = act(bureau, case, "hand_in", result="再交一次", after=photo(1))
    assert refused.status_code == 409
    assert not Attachment.objects.filter(case=case).exists()


def test_report_and_solve_on_the_spot_is_one_call_that_happens_once(world: World, signed_in: SignedIn) -> None:
    worker = signed_in("grid001")
    first, again = solve(worker), solve(worker)
    assert (first.status_code, first.json()) == (201, again.json())
    case = Case.objects.get()
    assert (case.stage, case.solved_level, case.channel) == ("closed", "grid", "staff")
    assert sorted(Attachment.objects.values_list("purpose", flat=True)) == ["after", "before"]
    assert not verify().breaks


@pytest.mark.parametrize("place", ["report_case", "attach_file", "attach_file#2", "solve_case_on_spot", "answer"])
def test_cut_at_any_point_it_has_not_happened_and_happens_when_sent_again(
    world: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    name, _hash, nth = place.partition("#")
    if name == "answer":
        break_once(monkeypatch, IdempotentCall.objects, "filter", after=0)
    else:
        break_once(monkeypatch, acts.operations, name, after=int(nth or 1) - 1)
    worker = signed_in("grid001")
    assert solve(worker).status_code == 503
    assert not Case.objects.exists()
    assert not Attachment.objects.exists()
    assert solve(worker).status_code == 201
    assert Case.objects.get().stage == "closed"
    assert Attachment.objects.count() == 2


def break_once(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, *, after: int) -> None:
    """Let a function lose the database once, when it has been called `after` times."""
    real: Callable[..., Any] = getattr(owner, name)
    left = [after]

    def breaking(*args: Any, **kwargs: Any) -> Any:
        left[0] -= 1
        if left[0] == -1:
            raise OperationalError("server closed the connection unexpectedly")
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, breaking)


def test_a_report_is_one_case_even_when_its_answer_was_forgotten(world: World, signed_in: SignedIn) -> None:
    worker = signed_in("grid001")
    first = solve(worker)
    IdempotentCall.objects.all().delete()
    again = solve(worker)
    assert (again.status_code, again.json()["number"]) == (201, first.json()["number"])
    assert Case.objects.count() == 1
    page = worker.get(reverse("workbench:case", args=[first.json()["number"]])).content.decode()
    assert KEY.format(1) not in page


def test_anothers_key_finds_nothing_of_theirs(world: World, signed_in: SignedIn) -> None:
    solve(signed_in("grid001"))
    refused = report(signed_in("station001"))
    assert refused.status_code in (404, 409)
    assert Case.objects.count() == 1


def test_a_key_stands_for_one_content(world: World, signed_in: SignedIn) -> None:
    worker = signed_in("grid001")
    assert report(worker).status_code == 201
    refused = report(worker, description="另一件事")
    assert (refused.status_code, refused.json()["title"]) == (422, "key_used_for_another_call")


def test_without_both_photos_it_is_refused_and_nothing_stays(world: World, signed_in: SignedIn) -> None:
    refused = solve(signed_in("grid001"), after=[])
    assert (refused.status_code, refused.json()["title"]) == (422, "photos_missing")
    assert not Case.objects.exists()


def test_what_is_missing_is_named(world: World, signed_in: SignedIn) -> None:
    worker = signed_in("grid001")
    for fields in ({"lon": "", "lat": ""}, {"is_solved": "on"}, {"description": ""}, {"lon": "nan"}, {"lat": "91"}):
        refused = report(worker, **fields)
        assert (refused.status_code, refused.json()["title"]) == (422, "act_incomplete"), fields
    assert report(worker, lon="", lat="", area="310198001001001").status_code == 201


def test_photos_nobody_asked_for_and_files_that_are_none_are_refused(world: World, signed_in: SignedIn) -> None:
    case, bureau = world.received(), signed_in("bureau002")
    assert act(bureau, case, "receive", 1, photo=photo(1)).json()["title"] == "photos_unasked"
    many = [photo(seed) for seed in range(10)]
    assert act(bureau, case, "hand_in", 2, result="x", after=many).json()["title"] == "photos_unasked"
    fake = SimpleUploadedFile("a.jpg", b"MZ no photo", content_type="image/jpeg")
    assert act(bureau, case, "hand_in", 3, result="x", after=fake).json()["title"] == "format_not_taken"
    assert not Attachment.objects.exists()


def test_script_in_the_fields_is_text(world: World, signed_in: SignedIn) -> None:
    worker = signed_in("grid001")
    evil = "<script>alert(1)</script>"
    number = report(worker, description=evil, address=evil).json()["number"]
    assert evil not in worker.get(reverse("workbench:case", args=[number])).content.decode()
    assert evil in json.loads(worker.get(reverse("field:work")).content)["tasks"][0]["description"]


def test_a_phone_wrong_by_a_year_claims_the_right_hour_and_clocks_run_by_ours(
    world: World, signed_in: SignedIn
) -> None:
    case, bureau = world.received(), signed_in("bureau002")
    made_at, device = A_YEAR_WRONG
    fields = {"lon": GRID_1[0], "lat": GRID_1[1], "made_at": made_at, "device": device}
    assert act(bureau, case, "arrive", **fields).status_code == 200
    claimed, arrived = trace_of(case).filter(event__in=["ActClaimed", "CaseArrived"])
    assert arrived.at - datetime.fromisoformat(claimed.data["claimed_at"]) == timedelta(hours=3)
    assert claimed.data["by_device"] == made_at
    assert (arrived.data["lon"], arrived.data["lat"]) == GRID_1
    row = case.assignments.get(ended_at=None, part="lead")
    assert row.arrived_at == arrived.at, "the clock runs by our time"
    page = bureau.get(reverse("workbench:case", args=[case.number])).content.decode()
    assert "离线办理，此时送达" in page


@pytest.mark.parametrize(
    ("made_at", "device", "events_noted"),
    [
        ("2026-01-01T10:00:00Z", "2026-01-01T10:00:30Z", 0),
        ("", "2026-01-01T10:00:30Z", 0),
        ("yesterday", "2026-01-01T10:00:30Z", 0),
        ("2025-01-01T10:00:00Z", "2026-01-01T10:00:00Z", 1),
        ("2026-01-01T10:00:00Z", "nonsense", 1),
    ],
)
def test_only_what_came_late_is_noted(
    world: World, signed_in: SignedIn, made_at: str, device: str, events_noted: int
) -> None:
    case = world.dispatched()
    assert act(signed_in("bureau002"), case, "receive", made_at=made_at, device=device).status_code == 200
    noted = [entry.data.get("claimed_at", "") for entry in trace_of(case).filter(event="ActClaimed")]
    assert noted == [""] * events_noted, "a clock that was set in between tells nothing"


def test_the_capture_told_beside_a_small_photo_is_compared_and_its_clock_put_right(
    world: World, signed_in: SignedIn
) -> None:
    case, bureau = world.received(), signed_in("bureau002")
    made_at, device = A_YEAR_WRONG
    told = {"after_taken": made_at, "after_lon": str(GRID_1[0] + 0.1), "after_lat": str(GRID_1[1])}
    fields = {"result": "x", "before": photo(1), "after": photo(2), "before_lon": "nan", **told}
    assert act(bureau, case, "hand_in", made_at=made_at, device=device, **fields).status_code == 200
    before, after = Proof.objects.order_by("attachment__purpose", "id").reverse()
    entry = trace_of(case).filter(event="CaseHandedIn").get()
    assert before.taken_at is None
    assert after.taken_at == entry.at - timedelta(hours=3)
    assert [flag.reason for flag in flags_of(case)] == ["far_away"]


def test_a_drawn_check_is_in_the_verifiers_hand_and_goes_back_at_once_when_it_failed(
    world: World, signed_in: SignedIn
) -> None:
    case = world.handled()
    draw_for(world, case, 0.0)
    verifier = signed_in("verifier")
    looks = json.loads(verifier.get(reverse("field:work")).content)["looks"]
    assert [(look["number"], look["steps"]) for look in looks] == [(case.number, ["check"])]
    assert looks[0]["result"] == "已清运并冲洗地面"
    incomplete = act(verifier, case, "check", 1, ok="no")
    assert incomplete.json()["title"] == "act_incomplete"
    fields = {"ok": "no", "note": "还在", "send_back": "on", "evidence": photo(3), "version": looks[0]["version"]}
    assert act(verifier, case, "check", 2, **fields).json()["stage"] == "dispatched"
    assert events(case)[-3:] == ["PhotoAdded", "CaseChecked", "CaseSentBack"]


def test_choices_are_those_of_ones_place_and_not_sent_again(world: World, signed_in: SignedIn) -> None:
    worker = signed_in("grid001")
    answer = worker.get(reverse("field:choices"))
    told = json.loads(answer.content)
    assert {area["code"] for area in told["areas"]} == {"310198001001001"}
    assert "M06010" in {kind["code"] for kind in told["classes"]}
    assert worker.get(reverse("field:choices"), headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_who_was_seated_in_a_hurry_knows_which_account_this_is(world: World, signed_in: SignedIn) -> None:
    told = signed_in("grid001").get(reverse("session")).json()
    assert told["owner"] == str(User.objects.get(username="grid001").pk)
    assert told["csrf"]
    assert Client().get(reverse("session")).json()["owner"] == ""
