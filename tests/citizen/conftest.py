"""A citizen at a browser without an account, on the day of the story; and a gateway that shows which code was sent."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from liandong.citizen.forms import fresh_form
from liandong.notify.rules.progress import News, Outcome
from liandong.notify.sending import Sender
from tests.notify.conftest import Scripted
from tests.world import GRID_1, World

PHONE = "13812345678"
WORDS = "小区门口垃圾堆了三天没人清"


def sent(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    """A file as a form sends it."""
    return SimpleUploadedFile(name, content)


@dataclass
class Citizen:
    """Somebody at a phone, with short words for what they do."""

    world: World
    client: Client = field(default_factory=lambda: Client(headers={"Accept-Language": "zh-hans"}))

    def form(self, **fields: Any) -> dict[str, Any]:
        """What the report's form sends, in grid 1 unless `fields` say otherwise."""
        shown = fresh_form(at=self.world.at)
        self.world.later(minutes=1)
        place = {"lon": str(GRID_1[0]), "lat": str(GRID_1[1]), "datum": "WGS-84"}
        return {**shown, "words": WORDS, "address": "东桥路 12 号门口", **place, **fields}

    def report(self, *, status: int = 302, **fields: Any) -> HttpResponse:
        """Send a report by the plain form."""
        answer = self.client.post("/report/", self.form(**fields))
        assert answer.status_code == status, answer.content.decode()[:3000]
        return answer

    def queue(self, *, status: int = 201, key: str = "11111111-0000-4000-8000-000000000001", **fields: Any) -> Any:
        """Send a report as the outbox does, and return the answer's JSON."""
        headers = {"Accept": "application/json", "Idempotency-Key": key}
        answer = self.client.post("/report/", self.form(**fields), headers=headers)
        assert answer.status_code == status, answer.content.decode()[:3000]
        return answer.json()

    def link(self, **fields: Any) -> str:
        """Report, and return the link that follows it."""
        return str(self.report(**fields)["Location"]).partition("?")[0]

    def read(self, path: str, *, status: int = 200) -> str:
        """A page as it is written."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.content.decode()[:2000]
        return answer.content.decode()

    def act(self, link: str, act: str, *, status: int = 302, **fields: Any) -> HttpResponse:
        """Do something at the page of a report."""
        answer = self.client.post(link, {"act": act, **fields})
        assert answer.status_code == status, answer.content.decode()[:3000]
        return answer

    def code_sent(self, *, to: str = PHONE) -> str:
        """Let the sender take its turn, and return the code in what it sent to that phone; nothing if it sent none."""
        transport = Scripted([Outcome(News.ACCEPTED, ids=(f"id-{self.world.at}",)) for _ in range(9)])
        at = self.world.later(seconds=5)
        Sender(transport, clock=lambda: at, stop=threading.Event()).run_once()
        found = [parcel.body for parcel in transport.given if parcel.address == to]
        return re.findall(r"\d{6}", found[-1])[0] if found else ""

    def prove(self, phone: str = PHONE) -> None:
        """Prove a phone on this device."""
        page = self.client.post("/phone/", {"phone": phone}).content.decode()
        code = self.code_sent(to=phone)
        answer = self.client.post("/phone/", {"phone": phone, "ticket": ticket_in(page), "code": code})
        assert answer.status_code == 302, answer.content.decode()[:2000]


def ticket_in(page: str) -> str:
    """The ticket of a code in a page."""
    found = re.search(r'name="ticket" value="([0-9a-f-]{36})"', page)
    assert found, page[:3000]
    return found[1]


@pytest.fixture(autouse=True)
def _plain_files(settings: Settings, tmp_path: Path) -> None:
    """Spare the tests a collected manifest, and keep uploads out of the clone."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.LIANDONG_SMS_URL = "http://127.0.0.1:9/send"


@pytest.fixture
def citizen(world: World, monkeypatch: pytest.MonkeyPatch) -> Citizen:
    """Mrs Chen at her phone; the server's clock is the story's."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.at)
    return Citizen(world)
