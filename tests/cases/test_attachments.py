"""Files of a case: kept by content, refused by name, swept when nobody knows them, scanned where a scanner is."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from liandong.cases import keeping
from liandong.cases.models import Attachment
from liandong.cases.operations import add_photo, attach_file, sweep_files
from liandong.cases.operations.attachments import QuotaSpent
from liandong.cases.photos import NotAPhoto
from liandong.cases.queries import attachments_of, file_for, photos_of
from liandong.cases.rules.files import UnfitFile
from liandong.cases.rules.files.formats import FORMATS, FileTooLarge
from liandong.people.access import Forbidden, NotFound, platform
from tests.cases.files import made
from tests.cases.files.made import EVERY_FORMAT
from tests.cases.paths import last_entry
from tests.world import World

SWEEP = platform("sweep")


@pytest.fixture(autouse=True)
def uploads(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def attach(world: World, number: str, content: bytes, *, name: str = "", by: str = "operator") -> Attachment:
    return attach_file(
        number, stream=io.BytesIO(content), name=name, purpose="evidence", actor=world.actor(by), at=world.at
    )


def files_in(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("code", [code for code in EVERY_FORMAT if code not in ("jpeg", "png")])
def test_a_file_is_kept_to_the_byte_and_is_what_its_content_says(world: World, uploads: Path, code: str) -> None:
    case = world.report()
    kept = attach(world, case.number, EVERY_FORMAT[code], name="合同 13812345678.exe")
    format_ = FORMATS[code]
    assert (kept.kind, kept.content_type, kept.label) == (format_.kind, format_.media_type, "合同 ［电话］")
    sent = file_for(world.actor("operator"), case.number, kept.pk)
    assert sent.place.read_bytes() == EVERY_FORMAT[code]
    assert sent.name == f"合同 ［电话］.{format_.extension}"
    assert sent.is_inline is (format_.kind in ("audio", "video"))
    assert files_in(uploads) == {f"{kept.sha256[:2]}/{kept.sha256}"}, "nothing is left among the incoming"
    assert last_entry(case).event == "FileAttached"
    assert "合同" not in str(last_entry(case).data), "names do not stand in what cannot be blanked"
    assert list(photos_of(case)) == []
    assert list(attachments_of(case)) == [kept]


@pytest.mark.parametrize("content", [b"", b"x", made.jpeg()[:500], made.jpeg() + made.packed({"a": b"b"})])
def test_what_is_refused_leaves_nothing_behind(world: World, uploads: Path, content: bytes) -> None:
    case = world.report()
    with pytest.raises(UnfitFile):
        attach(world, case.number, content)
    assert files_in(uploads) == set()
    assert last_entry(case).event == "CaseReported"


def test_a_film_is_no_photo(world: World) -> None:
    with pytest.raises(NotAPhoto):
        add_photo(
            world.report().number, content=made.mp4(), purpose="after", actor=world.actor("operator"), at=world.at
        )


def test_each_kind_has_a_limit_of_its_own(world: World, settings: Settings) -> None:
    settings.LIANDONG_UPLOAD_LIMITS = {**settings.LIANDONG_UPLOAD_LIMITS, "pdf": 100}
    number = world.report().number
    with pytest.raises(FileTooLarge):
        attach(world, number, made.pdf())
    assert attach(world, number, made.wav()).kind == "audio"


def test_an_account_has_a_quota_for_a_day(world: World, settings: Settings) -> None:
    settings.LIANDONG_UPLOAD_QUOTA = 4000
    number = world.report().number
    attach(world, number, made.wav())
    attach(world, number, made.wav())
    with pytest.raises(QuotaSpent):
        attach(world, number, made.wav())
    assert attach(world, number, made.wav(), by="lin").kind == "audio"
    world.later(hours=25)
    assert attach(world, number, made.wav()).kind == "audio"


def test_a_full_disk_is_said_before_anything_is_written(world: World, settings: Settings, uploads: Path) -> None:
    settings.LIANDONG_UPLOAD_RESERVE = 10**18
    with pytest.raises(keeping.NoRoom):
        attach(world, world.report().number, made.wav())
    assert files_in(uploads) == set()


def test_nobody_adds_files_to_what_they_cannot_see_or_must_not_change(world: World) -> None:
    number = world.report().number
    with pytest.raises(NotFound):
        attach(world, number, made.pdf(), by="grid009")
    with pytest.raises(Forbidden):
        attach(world, number, made.pdf(), by="leader")


def test_the_same_file_twice_lies_on_disk_once(world: World, uploads: Path) -> None:
    first, second = world.report(), world.report()
    one, other = attach(world, first.number, made.pdf()), attach(world, second.number, made.pdf())
    assert one.sha256 == other.sha256
    assert len(files_in(uploads)) == 1


def test_the_sweep_takes_only_old_files_that_nobody_knows(world: World, uploads: Path) -> None:
    kept = attach(world, world.report().number, made.jpeg())
    orphan, fresh = "ab" + "0" * 62, "ab" + "1" * 62
    (uploads / "ab").mkdir(exist_ok=True)
    for name in (orphan, fresh, f"{orphan}.x.part"):
        (uploads / "ab" / name).write_bytes(b"x")
    (uploads / "public" / "ab").mkdir(parents=True, exist_ok=True)
    (uploads / "public" / "ab" / f"{orphan}.jpg").write_bytes(b"x")
    old = (world.at - timedelta(days=2)).timestamp()
    for file in uploads.rglob("*"):
        if file.is_file() and file.name != fresh:
            os.utime(file, (old, old))
    assert sweep_files(actor=SWEEP, at=world.at) == 3
    left = files_in(uploads)
    assert left == {f"{kept.sha256[:2]}/{kept.sha256}", f"public/{kept.sha256[:2]}/{kept.sha256}.jpg", f"ab/{fresh}"}
    with pytest.raises(Forbidden):
        sweep_files(actor=world.actor("operator"), at=world.at)


def test_a_photo_of_before_there_were_copies_gets_one_when_it_is_looked_at(world: World, uploads: Path) -> None:
    case = world.report()
    kept = attach(world, case.number, made.jpeg())
    keeping.copy_of(kept.sha256).unlink()
    assert file_for(world.actor("operator"), case.number, kept.pk).place.read_bytes().startswith(b"\xff\xd8\xff")
