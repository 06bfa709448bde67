"""POST …/spot_check and …/redraw: what was drawn, by interface."""

from __future__ import annotations

from liandong.cases import operations
from liandong.cases.models import Draw
from liandong.people.access import platform
from liandong.people.models import User
from liandong.people.operations import issue_key
from tests.api.conftest import Caller, caller
from tests.cases.draw_people import SWEEP, draw_for, hire_verifier, numbers
from tests.cases.paths import last_entry, take, with_photos
from tests.world import World


def _key(world: World, account: str) -> Caller:
    user = User.objects.get(username=account)
    issue_key(user, secret=f"{account}-key", label=account, scopes="*", actor=platform("test"), at=world.at)
    return Caller(f"{account}-key")


def test_an_interface_is_refused_a_check_for_which_somebody_was_drawn(keys: World) -> None:
    case = keys.handled()
    draw_for(keys, case, 0.0)
    case.refresh_from_db()
    answer = caller("full").step(case.number, "check", case.version, ok=True)
    assert (answer.status_code, answer.json()["title"]) == (403, "drawn_for_another")


def test_a_supervisors_client_has_another_drawn_on_the_version_seen(keys: World) -> None:
    hire_verifier(keys, "wang")
    case = keys.handled()
    draw_for(keys, case, 0.0)
    case.refresh_from_db()
    supervisor = _key(keys, "supervisor")
    assert supervisor.step(case.number, "redraw", case.version - 1, reason="病假").status_code == 409
    answer = supervisor.step(case.number, "redraw", case.version, reason="病假")
    assert answer.status_code == 200
    assert Draw.objects.get(case=case, state="waiting").key == "user/wang"


def test_a_verifiers_client_says_what_was_found_at_a_closed_case(keys: World) -> None:
    case = with_photos(keys, keys.report(by="grid001", channel="staff"), "grid001")
    case = take(keys, "solve_on_spot", case, "grid001", drawn=0.0)
    operations.draw_spots({case.pk}, chance=numbers(0.99), actor=SWEEP, at=keys.at)
    case.refresh_from_db()
    answer = _key(keys, "verifier").step(case.number, "spot_check", case.version, ok=False, note="纸箱仍在")
    # The interface acts today, long after the window of the class: the finding stands, nothing reopens.
    assert (answer.status_code, answer.json()["stage"]) == (200, "closed")
    told = last_entry(case)
    assert (told.event, told.data["ok"], told.data["note"]) == ("CaseSpotChecked", False, "纸箱仍在")
