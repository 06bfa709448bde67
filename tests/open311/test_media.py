"""Photos through Open311: sent with a request, shown as copies, and of other photos none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from liandong.cases.models import Attachment, Case
from liandong.cases.operations import add_photo
from tests.cases.files import made
from tests.cases.paths import ANYONE
from tests.open311.conftest import BASE, Open311
from tests.world import World


@pytest.fixture(autouse=True)
def _uploads(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def sent(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_photo_sent_with_a_request_is_shown_as_a_copy_without_metadata(open311: Open311) -> None:
    taken = made.shot(1, at=datetime(2026, 3, 2, tzinfo=UTC), lon=121.4, lat=31.0)
    told = open311.post(media=sent(taken))
    number = told[0]["service_request_id"]
    shown = open311.get(f"requests/{number}")[0]
    assert shown["media_url"].startswith("http://testserver/open311/v2/media/")
    answer = open311.client.get(shown["media_url"].removeprefix("http://testserver"))
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert content.startswith(b"\xff\xd8\xff")
    assert b"Exif" not in content
    assert b"Zhao" not in content
    assert open311.get("requests")[0]["media_url"] == shown["media_url"]


def test_recordings_and_documents_come_along_and_are_not_shown(open311: Open311) -> None:
    number = open311.post(media=[sent(made.wav()), sent(made.pdf())])[0]["service_request_id"]
    assert [kept.kind for kept in Attachment.objects.order_by("id")] == ["audio", "pdf"]
    assert open311.get(f"requests/{number}")[0]["media_url"] is None
    for kept in Attachment.objects.all():
        assert open311.client.get(f"{BASE}/media/{number}/{kept.pk}.jpg").status_code == 404


@pytest.mark.parametrize("content", [b"<html>", b"MZ" + bytes(99), made.jpeg() + made.packed({"a": b"b"})])
def test_a_file_that_is_refused_refuses_the_request(open311: Open311, content: bytes) -> None:
    told = open311.post(media=sent(content), status=400)
    assert told[0]["description"]
    assert not Case.objects.exists()


def test_too_many_files_are_refused(open311: Open311) -> None:
    open311.post(media=[sent(made.wav()) for _ in range(6)], status=400)
    assert not Case.objects.exists()


def test_on_trial_nothing_is_kept(open311: Open311) -> None:
    open311.post(media=sent(made.jpeg()), base="/open311/test/v2")
    assert not Attachment.objects.exists()


def test_of_staff_and_other_channels_the_public_sees_no_photo(open311: Open311, world: World) -> None:
    number = open311.post(media=sent(made.jpeg(1)))[0]["service_request_id"]
    hidden = [
        add_photo(number, content=made.jpeg(2), purpose="after", actor=ANYONE, at=world.at),
        add_photo(world.report().number, content=made.jpeg(3), purpose="report", actor=ANYONE, at=world.at),
    ]
    for kept in hidden:
        assert open311.client.get(f"{BASE}/media/{kept.case.number}/{kept.pk}.jpg").status_code == 404
    public = Attachment.objects.exclude(pk__in=[kept.pk for kept in hidden]).get()
    assert open311.client.get(f"{BASE}/media/{number}/{public.pk}.jpg").status_code == 200
    Case.objects.filter(number=number).update(is_public=False)
    assert open311.client.get(f"{BASE}/media/{number}/{public.pk}.jpg").status_code == 404
