"""Files in pieces by tus 1.0.0: interrupted, resumed, refused early, never half an attachment."""

from __future__ import annotations

import base64
import io
import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from pytest_django import Settings

from liandong.cases import keeping
from liandong.cases.models import Attachment, Upload
from liandong.cases.operations import begin_upload, continue_upload, drop_upload, sweep_uploads
from liandong.cases.operations import uploads as operations
from liandong.people.access import platform
from liandong.people.keys import forget_keys
from liandong.people.models import Post
from tests.api.conftest import Caller, api, caller, keys
from tests.cases.files import made
from tests.world import World

__all__ = ["api", "keys"]
FILM = made.mp4(data=bytes(range(256)) * 400)
OFFSET_STREAM = "application/offset+octet-stream"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class Tus:
    """A client of the protocol, one header at a time."""

    def __init__(self, api: Caller, number: str) -> None:
        self.api, self.number = api, number
        self.headers = {**api.headers, "Tus-Resumable": "1.0.0"}

    def begin(self, length: int | str, *, name: str = "film.mp4", purpose: str = "after", **headers: str) -> Any:
        told = (
            f"filename {base64.b64encode(name.encode()).decode()},purpose {base64.b64encode(purpose.encode()).decode()}"
        )
        sent = {**self.headers, "Upload-Length": str(length), "Upload-Metadata": told, **headers}
        return self.api.client.post(f"/api/v1/cases/{self.number}/uploads", headers=sent)

    def piece(self, url: str, offset: int, content: bytes, **headers: str) -> Any:
        sent = {**self.headers, "Upload-Offset": str(offset), **headers}
        return self.api.client.patch(url, content, content_type=OFFSET_STREAM, headers=sent)

    def state(self, url: str) -> Any:
        return self.api.client.head(url, headers=self.headers)


@pytest.fixture
def tus(api: Caller, keys: World) -> Tus:
    return Tus(api, keys.report().number)


def test_a_film_comes_in_pieces_and_is_whole(tus: Tus, folder: Path) -> None:
    begun = tus.begin(len(FILM))
    assert (begun.status_code, begun["Tus-Resumable"], begun["Upload-Offset"]) == (201, "1.0.0", "0")
    url, offset = begun["Location"], 0
    while offset < len(FILM):
        assert not Attachment.objects.exists()
        taken = tus.piece(url, offset, FILM[offset : offset + 30_000])
        assert taken.status_code == 204, taken.content
        offset = int(taken["Upload-Offset"])
    kept = Attachment.objects.get()
    assert (str(kept.pk), kept.kind, kept.label, kept.purpose) == (
        taken["Liandong-Attachment"],
        "video",
        "film",
        "after",
    )
    assert taken["ETag"] == f'"{kept.case.version}"'
    assert keeping.place_of(kept.sha256).read_bytes() == FILM
    assert list((folder / "incoming").iterdir()) == []
    told = tus.api.get(f"/cases/{tus.number}").json()["attachments"]
    assert [(one["id"], one["kind"]) for one in told] == [(kept.pk, "video")]


def test_whoever_lost_the_answer_asks_and_goes_on(tus: Tus) -> None:
    url = tus.begin(len(FILM))["Location"]
    tus.piece(url, 0, FILM[:50_000])
    lost = tus.piece(url, 0, FILM[:50_000])
    assert (lost.status_code, lost.json()["title"], lost.json()["received"]) == (409, "offset_conflict", 50_000)
    asked = tus.state(url)
    assert (asked["Upload-Offset"], asked["Upload-Length"]) == ("50000", str(len(FILM)))
    assert asked["Cache-Control"] == "no-store"
    assert tus.piece(url, 50_000, FILM[50_000:]).status_code == 204
    assert tus.state(url)["Upload-Offset"] == str(len(FILM)), "the last answer may be lost as well"
    assert Attachment.objects.count() == 1


def test_what_dies_before_its_commit_is_written_again(tus: Tus, keys: World, monkeypatch: pytest.MonkeyPatch) -> None:
    url = tus.begin(len(FILM))["Location"]
    tus.piece(url, 0, FILM[:40_000])

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(operations, "take_in", die)
        with pytest.raises(KeyboardInterrupt):
            tus.piece(url, 40_000, FILM[40_000:])
    assert not Attachment.objects.exists()
    assert tus.state(url)["Upload-Offset"] == "40000"
    assert tus.piece(url, 40_000, FILM[40_000:]).status_code == 204
    assert keeping.place_of(Attachment.objects.get().sha256).read_bytes() == FILM


def test_three_gigabytes_are_refused_before_a_byte_has_come(tus: Tus, folder: Path) -> None:
    refused = tus.begin(3 * 1024**3)
    assert (refused.status_code, refused.json()["title"]) == (413, "file_too_large")
    assert refused["Tus-Resumable"] == "1.0.0"
    assert not Upload.objects.exists()
    assert not (folder / "incoming").exists()
    assert tus.begin(30_000_000, name="a.jpg").status_code == 413, "a photo may be smaller than a film"


def test_a_length_that_lies_ends_the_upload(tus: Tus, folder: Path) -> None:
    url = tus.begin(1000)["Location"]
    refused = tus.piece(url, 0, FILM)
    assert (refused.status_code, refused.json()["title"]) == (413, "more_than_announced")
    assert tus.state(url).status_code == 404
    assert list((folder / "incoming").iterdir()) == []


def test_a_photo_that_calls_itself_a_film_is_refused_by_its_first_bytes(tus: Tus) -> None:
    url = tus.begin(30_000_000, name="film.mp4")["Location"]
    refused = tus.piece(url, 0, made.jpeg(size=(800, 800))[:5000])
    assert (refused.status_code, refused.json()["title"]) == (413, "file_too_large")
    assert not Upload.objects.exists()


def test_what_no_case_takes_is_refused_by_its_first_bytes(tus: Tus) -> None:
    url = tus.begin(10_000_000, name="film.mp4")["Location"]
    refused = tus.piece(url, 0, b"MZ" + bytes(9000))
    assert (refused.status_code, refused.json()["title"]) == (422, "format_not_taken")
    assert not Upload.objects.exists()


def test_a_broken_film_is_refused_at_its_end_and_forgotten(tus: Tus, folder: Path) -> None:
    short = FILM[:-100]
    url = tus.begin(len(short))["Location"]
    refused = tus.piece(url, 0, short)
    assert (refused.status_code, refused.json()["title"]) == (422, "broken_file")
    assert not Upload.objects.exists()
    assert not Attachment.objects.exists()
    assert [file for file in folder.rglob("*") if file.is_file()] == []


def test_the_protocol_is_asked_for_and_its_headers_are_read(tus: Tus) -> None:
    asked = tus.api.client.options("/api/v1/uploads")
    assert (asked.status_code, asked["Tus-Version"]) == (204, "1.0.0")
    assert asked["Tus-Extension"] == "creation,termination,expiration"
    wrong = tus.begin(5, **{"Tus-Resumable": "0.2.2"})
    assert (wrong.status_code, wrong["Tus-Version"]) == (412, "1.0.0")
    assert tus.begin("many").status_code == 400
    assert tus.begin(0).json()["title"] == "empty_file"
    assert tus.begin(5, **{"Upload-Metadata": "filename %%%"}).status_code == 400
    assert tus.begin(5, purpose="fun").status_code == 422
    url = tus.begin(len(FILM))["Location"]
    plain = tus.api.client.patch(url, b"x", content_type="text/plain", headers={**tus.headers, "Upload-Offset": "0"})
    assert plain.status_code == 415
    assert tus.piece(url, -1, b"x").status_code == 400
    assert tus.api.client.post("/api/v1/cases/x/uploads").status_code == 401


def test_an_upload_is_its_own_accounts_only(tus: Tus) -> None:
    url = tus.begin(len(FILM))["Location"]
    stranger = Tus(caller("bureau"), tus.number)
    assert stranger.state(url).status_code == 404
    assert stranger.piece(url, 0, FILM).status_code == 404
    assert stranger.api.client.delete(url, headers=stranger.headers).status_code == 404
    reader = Tus(caller("read"), tus.number)
    assert reader.begin(5).status_code == 403
    assert Tus(caller("far"), tus.number).begin(5).status_code == 404
    missing = f"/api/v1/uploads/{uuid.uuid4()}"
    assert tus.state(missing).status_code == 404


def test_who_may_not_add_any_more_cannot_finish(keys: World) -> None:
    case = keys.received()
    bureau = Tus(caller("bureau"), case.number)
    url = bureau.begin(len(FILM))["Location"]
    assert bureau.piece(url, 0, FILM[:50_000]).status_code == 204
    Post.objects.filter(user__username="bureau002").update(until_on=timezone.localdate() - timedelta(days=3))
    forget_keys()
    assert bureau.piece(url, 50_000, FILM[50_000:]).status_code in (401, 403, 404)
    assert not Attachment.objects.exists()


def test_an_upload_is_dropped_and_its_bytes_with_it(tus: Tus, folder: Path) -> None:
    url = tus.begin(len(FILM))["Location"]
    tus.piece(url, 0, FILM[:50_000])
    assert tus.api.client.delete(url, headers=tus.headers).status_code == 204
    assert tus.state(url).status_code == 404
    assert list((folder / "incoming").iterdir()) == []


def test_too_many_at_once_are_refused(tus: Tus) -> None:
    for _upload in range(20):
        assert tus.begin(10).status_code == 201
    assert (tus.begin(10).status_code, tus.begin(10).json()["title"]) == (429, "too_many_uploads")


def test_unfinished_uploads_expire_and_are_swept(world: World, folder: Path) -> None:
    actor, number = world.actor("operator"), world.report().number
    first = begin_upload(number, name="a.mp4", purpose="after", length=len(FILM), actor=actor, at=world.at)
    second = begin_upload(number, name="b.mp4", purpose="after", length=len(FILM), actor=actor, at=world.at)
    for upload in (first, second):
        continue_upload(upload.pk, offset=0, stream=io.BytesIO(FILM[:9000]), actor=actor, at=world.at)
    drop_upload(second.pk, actor=actor, at=world.at)
    orphan = folder / "incoming" / f"{uuid.uuid4()}.part"
    orphan.write_bytes(b"x")
    os.utime(orphan, (world.at.timestamp(),) * 2)
    assert sweep_uploads(actor=platform("sweep"), at=world.later(hours=23)) == 0
    assert sweep_uploads(actor=platform("sweep"), at=world.later(hours=2)) == 1
    assert not Upload.objects.exists()
    assert sweep_uploads(actor=platform("sweep"), at=world.later(hours=48)) == 0
    assert list((folder / "incoming").iterdir()) == []


@trials(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cuts=st.lists(st.integers(1, 3999), max_size=6), lies=st.lists(st.integers(0, 4000), max_size=4))
def test_however_it_is_cut_and_however_often_it_is_repeated_the_file_is_the_same(
    tus: Tus, cuts: list[int], lies: list[int]
) -> None:
    content = made.mp4(data=bytes(4000 - len(made.mp4(data=b""))))
    url, offset = tus.begin(len(content))["Location"], 0
    for cut in sorted({*cuts, len(content)}):
        for lie in lies:
            if lie != offset:
                assert tus.piece(url, lie, b"zzz").status_code == 409
        assert tus.piece(url, offset, content[offset:cut]).status_code == 204
        offset = cut
    kept = Attachment.objects.order_by("id").last()
    assert kept is not None
    assert keeping.place_of(kept.sha256).read_bytes() == content
