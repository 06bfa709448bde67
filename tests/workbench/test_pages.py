"""Every page of the desk × every role: open or refused, never broken."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from liandong.people.models import Post
from tests.workbench.conftest import SignedIn
from tests.world import World

HANDLERS = frozenset({"department01", "town01", "bureau002", "patrol001", "station001", "grid001"})
CENTRE = frozenset({"lin", "operator", "supervisor", "verifier", "admin", "integrator", "mediator"})
WATCHERS = frozenset({"auditor", "leader", "assessor", "commander"})
EVERYBODY = HANDLERS | CENTRE | WATCHERS
PAGES: dict[str, frozenset[str]] = {
    "home": EVERYBODY,
    "cases": EVERYBODY,
    "intake": frozenset({"operator", "supervisor", "town01", "integrator"}),
    "dispatch": frozenset({"lin", "supervisor", "town01", "integrator"}),
    "inbox": HANDLERS | {"integrator"},
    "verify": frozenset({"operator", "supervisor", "town01", "verifier", "patrol001", "integrator"}),
    "late": frozenset({"lin", "supervisor", "town01", "verifier", "integrator"}),
}


@pytest.mark.parametrize("account", sorted(EVERYBODY))
def test_a_page_opens_for_those_it_is_for_and_is_refused_to_the_rest(
    account: str, signed_in: SignedIn, world: World
) -> None:
    world.filed()
    client = signed_in(account)
    answers = {page: client.get(reverse(f"workbench:{page}")).status_code for page in PAGES}
    assert answers == {page: 200 if account in allowed else 403 for page, allowed in PAGES.items()}


@pytest.mark.parametrize("page", sorted(PAGES))
def test_who_is_not_signed_in_is_sent_to_sign_in(page: str, world: World) -> None:
    response = Client().get(reverse(f"workbench:{page}"))
    assert response.status_code == 302
    assert response["Location"].startswith("/desk/sign-in/?next=/desk/")


def test_an_account_without_a_post_may_not_open_the_desk(signed_in: SignedIn, world: World) -> None:
    Post.objects.filter(user__username="grid001").delete()
    assert signed_in("grid001").get(reverse("workbench:home")).status_code == 403


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_with_cases_in_every_stage_is_shown_in_both_languages(
    page: str, language: str, signed_in: SignedIn, world: World
) -> None:
    for stage in (
        world.report,
        world.filed,
        world.dispatched,
        world.received,
        world.handled,
        world.checked,
        world.closed,
    ):
        stage()
    response = signed_in("town01").get(reverse(f"workbench:{page}"), headers={"Accept-Language": language})
    assert response.status_code == 200
    assert response["Content-Language"] == language


@pytest.mark.parametrize(
    ("account", "status"),
    [("operator", 200), ("town01", 200), ("bureau002", 200), ("bureau001", 404), ("town02", 404), ("auditor", 200)],
)
def test_a_case_that_is_out_of_sight_does_not_exist(
    account: str, status: int, signed_in: SignedIn, world: World
) -> None:
    case = world.dispatched()
    client = signed_in(account)
    for url in (
        reverse("workbench:case", args=[case.number]),
        reverse("workbench:case", args=[case.number]) + "?part=story",
        reverse("workbench:case", args=[case.number]) + "?part=steps",
    ):
        assert client.get(url).status_code == status


def test_the_unit_a_case_is_about_sees_nothing_of_it(signed_in: SignedIn, world: World) -> None:
    case = world.filed(about_unit="310198-T01")
    client = signed_in("town01")
    assert client.get(reverse("workbench:case", args=[case.number])).status_code == 404
    assert case.number not in client.get(reverse("workbench:cases")).content.decode()
    assert case.number not in client.get(reverse("workbench:map_cases")).content.decode()


def test_an_unknown_number_and_an_unknown_step_are_not_found(signed_in: SignedIn, world: World) -> None:
    case = world.filed()
    client = signed_in("lin")
    assert client.get(reverse("workbench:case", args=["XA-20260302-000099-9"])).status_code == 404
    assert client.post(reverse("workbench:step", args=[case.number, "dance"])).status_code == 404


def test_the_queue_of_each_console_holds_what_waits_for_that_person(signed_in: SignedIn, world: World) -> None:
    filed, handled = world.filed(), world.handled()
    dispatch = signed_in("lin").get(reverse("workbench:dispatch")).content.decode()
    verify = signed_in("verifier").get(reverse("workbench:verify")).content.decode()
    assert f"row-{filed.number}" in dispatch
    assert f"row-{handled.number}" not in dispatch
    assert f"row-{handled.number}" in verify
    assert f"row-{filed.number}" not in verify


def test_a_town_dispatches_only_what_it_runs_itself(signed_in: SignedIn, world: World) -> None:
    world.filed()
    own = world.report(by="grid001")
    world.do("accept_case", own, "town01")
    world.do("file_case", own, "town01")
    page = signed_in("town01").get(reverse("workbench:dispatch")).content.decode()
    assert page.count('id="row-') == 1
    assert f"row-{own.number}" in page
