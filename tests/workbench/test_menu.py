"""Every page a person may use can be reached by following links from the first page; none of them leads nowhere."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.world import PASSWORD, World

HREF = re.compile(r'href="(/desk/[^"#]*)"')
ROLES = ("operator", "lin", "supervisor", "town01", "department02", "bureau002", "station001", "grid001", "patrol001")
WATCHERS = ("verifier", "leader", "auditor", "admin")
MUST_REACH = {
    "admin": (
        "areas:overview",
        "organisation",
        "accounts",
        "workbench:access",
        "workbench:matrix",
        "workbench:delegations",
        "duty:rosters",
        "duty:gaps",
        "duty:handbook",
        "my_account",
    ),
    "operator": ("workbench:intake", "duty:handovers", "duty:handbook", "my_account"),
    "supervisor": ("workbench:dispatch", "workbench:late", "workbench:matrix", "duty:briefings", "duty:trainings"),
    "grid001": ("workbench:inbox", "duty:today", "my_account"),
}


def _signed_in(account: str) -> Client:
    client = Client()
    assert client.post(reverse("sign_in"), {"username": account, "password": PASSWORD}).status_code == 302
    return client


def _reached(client: Client, *, steps: int = 3) -> dict[str, int]:
    """Follow links from the first page, `steps` deep, without those to single cases, files and exports."""
    answered: dict[str, int] = {}
    waiting = ["/desk/"]
    for _step in range(steps):
        found: set[str] = set()
        for address in waiting:
            answer = client.get(address, follow=True)
            led_out = answer.request["PATH_INFO"] == reverse("sign_in")
            answered[address] = 302 if led_out else answer.status_code
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                found |= {link.partition("?")[0] for link in HREF.findall(answer.content.decode())}
        waiting = sorted(link for link in found - answered.keys() if not re.search(r"/(cases/.|export)|\.\w+$", link))
    return answered


@pytest.mark.parametrize("account", [*ROLES, *WATCHERS])
def test_every_link_a_person_is_shown_opens_for_them(world: World, account: str) -> None:
    answered = _reached(_signed_in(account), steps=2)
    assert {address: status for address, status in answered.items() if status != 200} == {}
    assert len(answered) > 4


@pytest.mark.parametrize("account", MUST_REACH)
def test_the_pages_of_a_persons_work_are_reached_by_links_alone(world: World, account: str) -> None:
    answered = _reached(_signed_in(account))
    assert {view for view in MUST_REACH[account] if reverse(view) not in answered} == set()
