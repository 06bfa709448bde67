"""The virus scanner: clean, found, away. Whatever it finds is in quarantine and refused by name."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from liandong.cases import keeping
from liandong.cases.models import Attachment, Upload
from liandong.cases.operations import attach_file, begin_upload, continue_upload, scan_held
from liandong.cases.queries import attachment_for, file_for, proof_of
from liandong.cases.queries.attachments import AwaitingScan, InQuarantine
from liandong.cases.scanning import ScanState, VirusFound, scan
from liandong.people.access import platform
from tests.cases.files import made
from tests.cases.files.scanners import MARK, MOST_BYTES, SCANNERS
from tests.cases.paths import last_entry
from tests.world import World

SCAN = platform("scan")
BAD = made.pdf(b"/X(" + MARK + b")")
NOWHERE = "tcp://127.0.0.1:1"


@pytest.fixture(autouse=True)
def uploads(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return tmp_path / "uploads"


@pytest.fixture(
    params=[(name, over) for name in SCANNERS for over in ("tcp", "unix")], ids=lambda given: "-".join(given)
)
def scanner(request: pytest.FixtureRequest, settings: Settings) -> Iterator[str]:
    name, over = request.param
    with tempfile.TemporaryDirectory() as folder, SCANNERS[name](Path(folder), over=over) as address:
        settings.LIANDONG_CLAMD = address
        yield address


def attach(world: World, number: str, content: bytes, purpose: str = "evidence") -> Any:
    actor = world.actor("operator")
    return attach_file(number, stream=io.BytesIO(content), name="a", purpose=purpose, actor=actor, at=world.at)


def test_a_real_scanner_and_a_peer_of_our_own_agree(world: World, scanner: str, uploads: Path) -> None:
    case = world.report()
    assert attach(world, case.number, made.pdf()).scan == "clean"
    with pytest.raises(VirusFound) as refused:
        attach(world, case.number, BAD)
    assert refused.value.values["signature"] == "Liandong.Test.UNOFFICIAL"
    digest = str(refused.value.values["sha256"])
    assert keeping.quarantine_of(digest).read_bytes() == BAD
    assert Attachment.objects.count() == 1
    assert list((uploads / "incoming").iterdir()) == []
    entry = last_entry(case)
    assert (entry.event, entry.data["signature"]) == ("FileQuarantined", "Liandong.Test.UNOFFICIAL")


def test_a_stream_longer_than_the_scanner_takes_is_not_clean(scanner: str, tmp_path: Path) -> None:
    long = tmp_path / "long"
    long.write_bytes(bytes(3 * MOST_BYTES))
    assert scan(long).state is ScanState.HELD


def test_a_virus_in_pieces_ends_the_upload(world: World, settings: Settings) -> None:
    actor, case = world.actor("operator"), world.report()
    upload = begin_upload(case.number, name="a.pdf", purpose="evidence", length=len(BAD), actor=actor, at=world.at)
    with tempfile.TemporaryDirectory() as folder, SCANNERS["minimal"](Path(folder), over="unix") as address:
        settings.LIANDONG_CLAMD = address
        with pytest.raises(VirusFound):
            continue_upload(upload.pk, offset=0, stream=io.BytesIO(BAD), actor=actor, at=world.at)
    assert not Upload.objects.exists()
    assert not Attachment.objects.exists()
    assert last_entry(case).event == "FileQuarantined"


def test_while_the_scanner_is_away_files_are_held_and_scanned_when_it_is_back(world: World, settings: Settings) -> None:
    settings.LIANDONG_CLAMD = NOWHERE
    case = world.received()
    good = attach(world, case.number, made.jpeg(), "after")
    bad = attach(world, case.number, BAD)
    assert (good.scan, bad.scan) == ("held", "held")
    for one in (good, bad):
        with pytest.raises(AwaitingScan):
            file_for(world.actor("operator"), case.number, one.pk)
    assert scan_held(actor=SCAN, at=world.at) == 0
    with tempfile.TemporaryDirectory() as folder, SCANNERS["minimal"](Path(folder), over="tcp") as address:
        settings.LIANDONG_CLAMD = address
        assert scan_held(actor=SCAN, at=world.later(minutes=1)) == 2
        assert scan_held(actor=SCAN, at=world.at) == 0
    assert file_for(world.actor("operator"), case.number, good.pk).place.is_file()
    with pytest.raises(InQuarantine):
        file_for(world.actor("operator"), case.number, bad.pk)
    assert attachment_for(world.actor("operator"), case.number, bad.pk).scan == "found"
    assert not keeping.place_of(bad.sha256).exists()
    assert keeping.quarantine_of(bad.sha256).exists()
    assert last_entry(case).event == "FileQuarantined"
    assert proof_of(case) == {"after"}


def test_a_district_may_let_files_through_marked(world: World, settings: Settings) -> None:
    settings.LIANDONG_CLAMD, settings.LIANDONG_SCAN_AWAY = NOWHERE, "pass"
    kept = attach(world, world.report().number, made.pdf())
    assert kept.scan == "unscanned"
    assert file_for(world.actor("operator"), kept.case.number, kept.pk).place.is_file()


def test_a_socket_that_is_not_there_is_a_scanner_that_is_away(settings: Settings, tmp_path: Path) -> None:
    settings.LIANDONG_CLAMD = f"unix:{tmp_path / 'nothing.sock'}"
    (tmp_path / "file").write_bytes(b"x")
    assert scan(tmp_path / "file").state is ScanState.HELD


def test_without_a_scanner_files_are_marked_as_not_scanned(world: World) -> None:
    assert attach(world, world.report().number, made.pdf()).scan == "unscanned"
