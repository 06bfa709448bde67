"""外协: a one-use link for an outside firm; the unit stays responsible, its clock runs on."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from liandong.cases.changes.station import LinkDead, LinkTooLong
from liandong.cases.models import Attachment, Case, OutsideTask
from liandong.cases.operations import firm_acts, firm_adds_photo, pass_out_case
from liandong.cases.queries import outside_task, trace_of
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.people.access import Forbidden
from tests.cases.paths import clock, last_entry, photo, take, told
from tests.cases.paths.words import B002
from tests.world import MRS_CHEN, World


def _passed_out(world: World, **details: str) -> tuple[Case, str]:
    case = world.received(identity="named", contact=MRS_CHEN, address="东桥路88号")
    asked = {"firm": "洁净保洁公司", "task": "清运小区门口的垃圾", **details}
    found = pass_out_case(case.number, actor=world.actor("bureau002"), at=world.later(minutes=1), **asked)
    return found.case, found.token


def test_the_unit_stays_responsible_and_the_token_is_kept_nowhere(world: World) -> None:
    case, token = _passed_out(world)
    assert (case.stage, case.unit, clock(case, "hop").stopped_at) == ("received", B002, None)
    assert told(last_entry(case)) == {
        "unit": B002,
        "firm": "洁净保洁公司",
        "task": "清运小区门口的垃圾",
        "expires_at": (world.at + timedelta(hours=72)).isoformat(),
        "version": case.version,
    }
    row = OutsideTask.objects.get(case=case)
    assert token not in str(vars(row))
    assert token not in str([entry.data for entry in trace_of(case)])


def test_the_firm_takes_the_job_adds_photos_and_says_it_is_done_once(world: World) -> None:
    case, token = _passed_out(world)
    firm_acts(token, what="received", at=world.later(minutes=5))
    with pytest.raises(LinkDead):
        firm_acts(token, what="received", at=world.at)
    firm_adds_photo(token, content=photo("done"), purpose="after", at=world.at)
    firm_acts(token, what="done", at=world.later(minutes=5), report="已清运两车")
    for act in ("received", "done"):
        with pytest.raises(LinkDead):
            firm_acts(token, what=act, at=world.at)
    with pytest.raises(LinkDead):
        firm_adds_photo(token, content=photo("late"), purpose="after", at=world.at)
    assert [entry.event for entry in trace_of(case)][-3:] == ["FirmReported", "PhotoAdded", "FirmReported"]
    assert Attachment.objects.get(case=case).added_by == "platform/firm"
    case.refresh_from_db()
    assert case.stage == "received", "the unit hands in"


def test_a_link_dies_with_its_time(world: World) -> None:
    _case, token = _passed_out(world, hours="1")
    assert outside_task(token, at=world.at + timedelta(minutes=59)) is not None
    assert outside_task(token, at=world.at + timedelta(hours=1)) is None
    with pytest.raises(LinkDead):
        firm_acts(token, what="received", at=world.at + timedelta(hours=1))


@pytest.mark.parametrize(("step", "by"), [("transfer", "lin"), ("take_back", "lin"), ("void", "supervisor")])
def test_a_link_dies_when_the_unit_lets_the_case_go(world: World, step: str, by: str) -> None:
    case, token = _passed_out(world)
    take(world, step, case, by)
    assert outside_task(token, at=world.at) is None
    with pytest.raises(LinkDead):
        firm_acts(token, what="done", at=world.at, report="完成")
    with pytest.raises(LinkDead):
        firm_adds_photo(token, content=photo("late"), purpose="after", at=world.at)


@pytest.mark.parametrize("token", ["", "x", "../..", "\x00"])
def test_a_token_that_is_none_opens_nothing(world: World, token: str) -> None:
    _passed_out(world)
    assert outside_task(token, at=world.at) is None
    with pytest.raises(LinkDead):
        firm_acts(token, what="done", at=world.at)


@pytest.mark.parametrize("hours", ["0", "0.5", "721", "NaN", "很久", ""])
def test_a_link_lives_from_one_hour_to_thirty_days(world: World, hours: str) -> None:
    with pytest.raises(LinkTooLong):
        _passed_out(world, hours=hours)


@pytest.mark.parametrize("missing", ["firm", "task"])
def test_it_names_the_firm_and_the_job(world: World, missing: str) -> None:
    with pytest.raises(ReasonNeeded):
        _passed_out(world, **{missing: " "})


def test_it_is_for_the_handler(world: World) -> None:
    with pytest.raises(Forbidden):
        take(world, "pass_out", world.received(), "lin")


@pytest.fixture
def on_the_day(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The page asks the clock of the wall whether a link is still good: it shows the hour of the story."""
    monkeypatch.setattr("liandong.workbench.views.outside.timezone", SimpleNamespace(now=lambda: world.at))
    return world


def test_the_page_shows_the_job_and_the_place_and_nothing_of_the_reporter(on_the_day: World, client: Client) -> None:
    case, token = _passed_out(on_the_day)
    page = client.get(reverse("workbench:outside", args=[token]))
    shown = page.content.decode()
    assert page.status_code == 200
    assert "清运小区门口的垃圾" in shown
    assert "东桥路88号" in shown
    for hidden in ("陈女士", "13812345678", case.description, case.number):
        assert hidden not in shown
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "same-origin")


def test_the_page_takes_the_job_and_its_report_and_is_gone_afterwards(on_the_day: World, client: Client) -> None:
    case, token = _passed_out(on_the_day)
    url = reverse("workbench:outside", args=[token])
    assert client.post(url, {"what": "received"}).status_code == 302
    empty = client.post(url, {"what": "done", "report": " "})
    assert (empty.status_code, OutsideTask.objects.get(case=case).done_at) == (422, None)
    last = client.post(url, {"what": "done", "report": "已清运"})
    assert last.status_code == 200, "the link's last page says thank you"
    assert 'name="report"' not in last.content.decode()
    assert client.get(url).status_code == 404
    assert client.post(url, {"what": "done", "report": "再来"}).status_code == 404
    assert OutsideTask.objects.get(case=case).report == "已清运"


def test_the_page_refuses_what_is_no_photo(on_the_day: World, client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    case, token = _passed_out(on_the_day)
    url = reverse("workbench:outside", args=[token])
    file = SimpleUploadedFile("x.jpg", b"GIF89a<script>", content_type="image/jpeg")
    assert client.post(url, {"what": "photo", "photo": file, "purpose": "after"}).status_code == 422
    assert not Attachment.objects.filter(case=case).exists()
    good = SimpleUploadedFile("x.jpg", photo("after"), content_type="image/jpeg")
    assert client.post(url, {"what": "photo", "photo": good, "purpose": "after"}).status_code == 302
    assert Attachment.objects.get(case=case).purpose == "after"


def test_a_wrong_token_is_a_page_that_does_not_exist(world: World, client: Client) -> None:
    assert client.get(reverse("workbench:outside", args=["nothing"])).status_code == 404
