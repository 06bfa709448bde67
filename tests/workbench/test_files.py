"""The files on a case's page: shown, played, saved, added without script, and never run."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from liandong.cases.models import Attachment, Case
from liandong.cases.operations import attach_file
from liandong.cases.queries import flags_of
from tests.cases.files import made
from tests.workbench.conftest import HTMX, SignedIn
from tests.world import GRID_9, World


def attach(world: World, case: Case, content: bytes, purpose: str = "after", name: str = "a") -> Attachment:
    actor = world.actor("bureau002")
    return attach_file(
        case.number, stream=io.BytesIO(content), name=name, purpose=purpose, actor=actor, at=world.later(minutes=1)
    )


def url_of(kept: Attachment) -> str:
    return reverse("workbench:photo_file", args=[kept.case.number, kept.pk])


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.fixture
def bureau(signed_in: SignedIn) -> Client:
    return signed_in("bureau002")


def test_nothing_that_was_uploaded_runs_in_a_browser(world: World, bureau: Client) -> None:
    case = world.received()
    for content, inline in (
        (made.jpeg(), True),
        (made.wav(), True),
        (made.mp4(), True),
        (made.pdf(), False),
        (made.office(), False),
    ):
        kept = attach(world, case, content, name="材料.html")
        answer = bureau.get(url_of(kept))
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("inline" if inline else "attachment"), kept.kind
        assert "html" not in answer["Content-Disposition"]
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer["Cache-Control"] == "private, no-cache"


def test_a_film_is_played_by_ranges(world: World, bureau: Client) -> None:
    film = made.mp4(data=bytes(range(256)) * 100)
    url = url_of(attach(world, world.received(), film))
    for asked, start, end in (("bytes=0-99", 0, 100), ("bytes=500-", 500, len(film)), ("bytes=-10", -10, len(film))):
        part = bureau.get(url, headers={"Range": asked})
        first = start if start >= 0 else len(film) + start
        assert part.status_code == 206
        assert part["Content-Range"] == f"bytes {first}-{end - 1}/{len(film)}"
        assert body(part) == film[start:end]
        assert part["Content-Length"] == str(end - first)
    beyond = bureau.get(url, headers={"Range": f"bytes={len(film)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(film)}")
    for asked in ("bytes=5-2", "bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=x"):
        whole = bureau.get(url, headers={"Range": asked})
        assert (whole.status_code, len(body(whole))) == (200, len(film)), asked
    stale = bureau.get(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (stale.status_code, len(body(stale))) == (200, len(film))
    head = bureau.head(url)
    assert (head["Content-Length"], head["Accept-Ranges"], body(head)) == (str(len(film)), "bytes", b"")
    assert bureau.get(url, headers={"If-None-Match": head["ETag"]}).status_code == 304


def test_who_may_not_see_the_case_finds_no_file_at_any_address(world: World, signed_in: SignedIn) -> None:
    kept = attach(world, world.received(), made.pdf())
    stranger = signed_in("bureau003")
    other = world.received()
    for address in (
        url_of(kept),
        f"{url_of(kept)}?original=1",
        reverse("workbench:photos", args=[kept.case.number]),
        reverse("workbench:photo_file", args=[other.number, kept.pk]),
        reverse("workbench:photo_file", args=[kept.case.number, 2**70]),
    ):
        assert stranger.get(address).status_code == 404, address
    assert Client().get(url_of(kept)).status_code == 302
    assert signed_in("bureau002").get(reverse("workbench:photo_file", args=[other.number, kept.pk])).status_code == 404


def test_originals_are_saved_never_shown_and_only_by_those_who_judge(world: World, signed_in: SignedIn) -> None:
    original = made.shot(1, at=world.at)
    kept = attach(world, world.received(), original)
    shown = signed_in("verifier").get(f"{url_of(kept)}?original=1")
    assert shown["Content-Disposition"].startswith("attachment")
    assert body(shown) == original
    assert signed_in("bureau002").get(f"{url_of(kept)}?original=1").status_code == 403
    assert b"Phone of Zhao" not in body(signed_in("verifier").get(url_of(kept)))


def test_a_pair_stands_side_by_side_and_is_toggled_without_script(world: World, bureau: Client) -> None:
    case = world.received()
    page = reverse("workbench:case", args=[case.number])
    attach(world, case, made.jpeg(1), "before")
    assert "wb-pair" not in bureau.get(page).content.decode()
    attach(world, case, made.jpeg(2), "after")
    told = bureau.get(page).content.decode()
    assert told.count('type="radio" class="visually-hidden" name="pair"') == 3
    assert told.index("wb-pair-before") < told.index("wb-pair-after")


def test_recordings_have_players_and_documents_are_downloads_with_type_and_size(world: World, bureau: Client) -> None:
    case = world.received()
    for content, name in ((made.wav(), "来电.wav"), (made.mp4(), "现场.mp4"), (made.office("xlsx"), "清单.xlsx")):
        attach(world, case, content, name=name)
    told = bureau.get(reverse("workbench:case", args=[case.number])).content.decode()
    assert "<audio controls" in told
    assert "<video controls" in told
    assert "清单</a>" in told
    assert "Office 文件 · 1 KB" in told


def test_a_file_is_added_by_a_plain_form(world: World, bureau: Client) -> None:
    case = world.received()
    url = reverse("workbench:photos", args=[case.number])
    sent = {"file": SimpleUploadedFile("说明.pdf", made.pdf()), "purpose": "evidence"}
    answer = bureau.post(url, sent)
    assert (answer.status_code, answer["Location"]) == (302, reverse("workbench:case", args=[case.number]))
    assert Attachment.objects.get(case=case).label == "说明"
    legacy = {"file": SimpleUploadedFile("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "purpose": "after"}
    refused = bureau.post(url, legacy, headers=HTMX)
    assert refused.status_code == 422
    assert "docx" in refused.content.decode()
    assert bureau.post(url, {"purpose": "after"}, headers=HTMX).status_code == 422


def test_doubts_are_shown_to_those_who_judge_and_dismissed_by_a_supervisor(world: World, signed_in: SignedIn) -> None:
    case = world.received()
    attach(world, case, made.shot(1, at=world.at, lon=GRID_9[0], lat=GRID_9[1]))
    page = reverse("workbench:case", args=[case.number])
    word = "拍摄地点远离案件位置"
    assert word not in signed_in("bureau002").get(page).content.decode()
    seen = signed_in("verifier").get(page).content.decode()
    assert word in seen
    assert "相距 3812 米" in seen
    assert "解除存疑" not in seen
    flag = flags_of(case)[0]
    url = reverse("workbench:dismiss_flag", args=[case.number, flag.pk])
    supervisor = signed_in("supervisor")
    assert supervisor.get(page).content.decode().count(url) == 2
    assert signed_in("verifier").post(url, {"why": "x"}).status_code == 403
    assert supervisor.post(url, {"why": ""}, headers=HTMX).status_code == 422
    done = supervisor.post(url, {"why": "现场已搬迁"}, headers=HTMX)
    assert done.status_code == 200
    assert "沈岳 已解除：现场已搬迁" in done.content.decode()
    assert supervisor.post(url, {"why": "again"}, headers=HTMX).status_code == 409
    assert supervisor.post(url, {"why": "again"}).status_code == 409
