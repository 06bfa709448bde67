"""The frame of the pages for everybody: without script, in large type, in English, and installable."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests.citizen.conftest import Citizen

PAGES = ("/", "/report/", "/report/offline/", "/report/classes/", "/track/", "/phone/")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_small_strict_and_names_nothing_outside(citizen: Citizen, path: str) -> None:
    answer = citizen.client.get(path)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "bootstrap" not in page
    assert "htmx" not in page
    assert "//" not in page.replace("http://www.w3.org", "").replace("http://testserver", "")


def test_the_large_type_is_switched_without_script_and_back(citizen: Citizen) -> None:
    assert "data-care" not in citizen.read("/report/").partition("<head>")[0]
    answer = citizen.client.post("/care/", {"care": "on", "next": "/report/?class=M06010"})
    assert (answer.status_code, answer["Location"]) == (302, "/report/?class=M06010")
    assert "data-care" in citizen.read("/report/").partition("<head>")[0]
    citizen.client.post("/care/", {"care": "off", "next": "/report/"})
    assert "data-care" not in citizen.read("/report/").partition("<head>")[0]


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_switch_leads_nowhere_else(citizen: Citizen, elsewhere: str) -> None:
    assert citizen.client.post("/care/", {"care": "on", "next": elsewhere})["Location"] == "/"


def test_the_pages_speak_english(citizen: Citizen) -> None:
    client = Client(headers={"Accept-Language": "en"})
    page = client.get("/report/").content.decode()
    assert "Where is it" in page
    assert 'lang="en"' in page


def test_what_is_refused_is_told_in_the_citizens_own_frame(citizen: Citizen) -> None:
    page = citizen.read("/track/c/nothing/", status=404)
    assert "没有找到这个案件。" in page
    assert 'class="ci-menu"' in page
    assert "/desk/" in page  # for staff, in the foot alone
    assert page.count("/desk/") == 1


def test_the_worker_stands_in_for_the_pages_of_citizens_and_for_none_of_the_desk(citizen: Citizen) -> None:
    script = citizen.read("/worker.js")
    told = json.loads(script[script.index("serveOffline(") + 13 : script.rindex(")")])
    assert told["pages"] == ["/report/offline/"]
    assert told["standsFor"] == ["/", "/report/", "/track/"]
    assert told["outbox"] == "citizen"
    for address in told["shell"]:
        assert address.startswith("/static/")
    offline = citizen.client.get("/report/offline/")
    assert offline["Offline-Version"] == told["version"]


def test_the_app_can_be_installed(citizen: Citizen) -> None:
    told = json.loads(citizen.read("/manifest.webmanifest"))
    assert (told["scope"], told["start_url"], told["display"]) == ("/", "/report/", "standalone")
    assert told["icons"]
