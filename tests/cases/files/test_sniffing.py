"""What a file is: by content, to the last byte, and one thing only."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from liandong.cases.rules.files import FORMATS, UnfitFile, clean_label, format_of_head, inspect
from liandong.cases.rules.files.formats import (
    BrokenFile,
    EmptyFile,
    FormatNotTaken,
    HoldsMacros,
    LegacyOffice,
    TooManyPixels,
    TwoFilesInOne,
    UnknownFile,
    UnpacksTooLarge,
)
from tests.cases.files import made
from tests.cases.files.made import EVERY_FORMAT

WHOLE = [pytest.param(code, content, id=code) for code, content in EVERY_FORMAT.items()]
HIDDEN = {
    "zip": made.packed({"evil.html": b"<script>alert(1)</script>"}),
    "pdf": made.pdf(),
    "html": b"<html><script>alert(1)</script></html>",
    "rar": b"Rar!\x1a\x07\x00" + bytes(40),
    "noise": bytes(range(1, 200)),
}


def code_of(content: bytes) -> str:
    return inspect(io.BytesIO(content), len(content)).code


def test_there_is_a_real_file_for_every_format() -> None:
    assert EVERY_FORMAT.keys() == FORMATS.keys()


@pytest.mark.parametrize(("code", "content"), WHOLE)
def test_a_whole_file_is_what_it_is(code: str, content: bytes) -> None:
    assert code_of(content) == code
    early = format_of_head(content[:4096])
    assert early is None or early.kind is FORMATS[code].kind or code == "m4a"


@pytest.mark.parametrize(("code", "content"), WHOLE)
def test_a_file_that_is_cut_off_is_refused(code: str, content: bytes) -> None:
    short = content[:-1] if code in ("mp3", "png") else content[: len(content) * 2 // 3]
    if code == "mp3":
        short = content[:100]
    with pytest.raises(UnfitFile):
        code_of(short)


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
@pytest.mark.parametrize("code", ["jpeg", "png", "wav", "mp4", "oga", "webm", "pdf", "docx", "amr"])
def test_nothing_hides_behind_the_end(code: str, hidden: bytes) -> None:
    if code == "pdf" and hidden == made.pdf():
        return  # a PDF may be changed by writing behind its end
    with pytest.raises(UnfitFile):
        code_of(EVERY_FORMAT[code] + hidden)


@pytest.mark.parametrize("code", [code for code in EVERY_FORMAT if code != "mp3"])
def test_nothing_stands_before_the_beginning(code: str) -> None:
    with pytest.raises(UnfitFile):
        code_of(b"\r\njunk" + EVERY_FORMAT[code])


def test_a_zip_behind_any_end_is_named() -> None:
    for code in ("jpeg", "mp3", "pdf", "png"):
        with pytest.raises(UnfitFile) as refused:
            code_of(EVERY_FORMAT[code] + HIDDEN["zip"])
        assert isinstance(refused.value, TwoFilesInOne | BrokenFile), code


def test_a_pdf_that_starts_as_something_else_is_two_files() -> None:
    with pytest.raises(TwoFilesInOne):
        code_of(b"hello\n" + made.pdf())
    image = made.jpeg()
    comment = b"\xff\xfe" + struct.pack(">H", len(made.pdf()) + 2) + made.pdf()
    with pytest.raises(TwoFilesInOne):
        code_of(image[:2] + comment + image[2:])


@pytest.mark.parametrize("words", [b"<script>alert(1)</script>", b"<?php system($_GET[0]);", b"<!DOCTYPE html>"])
def test_a_picture_with_a_web_page_in_its_comment_is_refused(words: bytes) -> None:
    file = io.BytesIO()
    made.scene(1).save(file, "JPEG", comment=words)
    with pytest.raises(TwoFilesInOne):
        code_of(file.getvalue())
    with pytest.raises(TwoFilesInOne):
        code_of(made.png(text=words.decode()))


@pytest.mark.parametrize(
    "trailer",
    [bytes(512), b"\0\0\xff\xd8\xff" + made.jpeg(2)[3:], made.mp4(), b"MotionPhoto_Data" + bytes(9) + b"SEFT"],
    ids=["padding", "a second picture", "a short film", "notes of the phone"],
)
def test_what_phones_put_behind_a_photo_is_taken(trailer: bytes) -> None:
    assert code_of(made.jpeg() + trailer) == "jpeg"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", EmptyFile),
        (b"hello", UnknownFile),
        (b"GIF89a" + bytes(50), FormatNotTaken),
        (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(20), FormatNotTaken),
        (b"\0\0\0\x18ftypheic" + bytes(30), FormatNotTaken),
        (b"<svg xmlns='x'/>", FormatNotTaken),
        (b"<html>", FormatNotTaken),
        (b"MZ\x90\0" + bytes(100), FormatNotTaken),
        (b"#!/bin/sh\n", FormatNotTaken),
        (b"\x7fELF" + bytes(60), FormatNotTaken),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), LegacyOffice),
        (made.packed({"a.txt": b"x"}), FormatNotTaken),
        (made.office(more={"word/vbaProject.bin": b"x"}), HoldsMacros),
        (made.office(more={"word/activeX/activeX1.bin": b"x"}), HoldsMacros),
        (made.office() + b"tail", TwoFilesInOne),
        (made.pdf(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), HoldsMacros),
        (made.pdf(b"/OpenAction<</S/Launch/F(cmd.exe)>>"), HoldsMacros),
        (made.png_of_size(60_000, 60_000), TooManyPixels),
        (made.jpeg()[:-40], BrokenFile),
    ],
)
def test_what_is_not_taken_is_refused_by_its_own_name(content: bytes, refusal: type[UnfitFile]) -> None:
    with pytest.raises(refusal):
        code_of(content)


def test_a_document_that_unpacks_to_a_hundred_times_a_lot_is_refused() -> None:
    with pytest.raises(UnpacksTooLarge):
        code_of(made.office(content=bytes(60_000_000)))


def test_entries_laid_over_one_another_are_refused() -> None:
    file = io.BytesIO(made.office(content=b"y" * 3000))
    with zipfile.ZipFile(file) as archive:
        first, second = archive.infolist()[:2]
        offset, other = first.header_offset, second.header_offset
    content = file.getvalue()
    at = content.rindex(struct.pack("<I", other), content.index(b"PK\x01\x02"))
    forged = content[:at] + struct.pack("<I", offset) + content[at + 4 :]
    with pytest.raises(UnfitFile):
        code_of(forged)


def test_an_encrypted_document_is_refused() -> None:
    content = bytearray(made.office())
    central = content.index(b"PK\x01\x02")
    content[central + 8] |= 1
    with pytest.raises(UnfitFile):
        code_of(bytes(content))


@given(st.binary(max_size=3000))
def test_any_bytes_are_one_format_or_one_refusal(content: bytes) -> None:
    with contextlib.suppress(UnfitFile):
        assert code_of(content) in FORMATS


@given(st.sampled_from(sorted(EVERY_FORMAT)), st.data())
def test_a_changed_byte_never_breaks_the_sniffing(code: str, data: st.DataObject) -> None:
    content = bytearray(EVERY_FORMAT[code])
    for _change in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(UnfitFile):
        assert code_of(bytes(content)) in FORMATS


@given(st.sampled_from(sorted(EVERY_FORMAT)), st.integers(0, 400))
def test_a_shorter_file_is_never_a_fault_of_ours(code: str, length: int) -> None:
    with contextlib.suppress(UnfitFile):
        assert code_of(EVERY_FORMAT[code][:length]) in FORMATS


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("现场照片.JPG", "现场照片"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\zhao\\报告 (1).docx", "报告 (1)"),
        ("photo‮gpj.exe", "photo gpj"),
        ("a\x00b\nc.pdf", "a b c"),
        ("录音13812345678.mp3", "录音［电话］"),
        ("<script>.png", "script"),
        ("...", "file"),
        ("x" * 300 + ".pdf", "x" * 80),
    ],
)
def test_a_name_becomes_a_label_to_read_and_nothing_more(name: str, label: str) -> None:
    assert clean_label(name, fallback="file") == label


@given(st.text(max_size=300))
def test_a_label_is_short_visible_and_leads_nowhere(name: str) -> None:
    label = clean_label(name, fallback="file")
    assert 0 < len(label) <= 80
    assert not set(label) & set('/\\<>:"|?*\n\r\0')
    assert ".." not in label or "/" not in label


def test_the_pictures_of_the_tests_can_be_opened() -> None:
    for code in ("jpeg", "png"):
        Image.open(io.BytesIO(EVERY_FORMAT[code])).load()
