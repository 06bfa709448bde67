"""The formats a case takes, one row each, and the names under which any other file is refused."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from liandong.cases.rules.redaction import redact
from liandong.kernel.refusal import Refusal, marked

PURPOSES: Final = ("report", "before", "after", "evidence")
LONGEST_LABEL: Final = 80
SOMETHING: Final = marked("无法识别的内容")
"""What hides in a file where it cannot be named."""


class FileKind(StrEnum):
    """What a file is to the people who open it; limits are set by kind."""

    PHOTO = "photo"
    AUDIO = "audio"
    VIDEO = "video"
    PDF = "pdf"
    OFFICE = "office"


KIND_WORDS: Final = {
    FileKind.PHOTO: marked("照片"),
    FileKind.AUDIO: marked("录音"),
    FileKind.VIDEO: marked("视频"),
    FileKind.PDF: marked("PDF 文件"),
    FileKind.OFFICE: marked("Office 文件"),
}


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A format that is taken: what it is called, sent as and saved as."""

    code: str
    kind: FileKind
    media_type: str
    extension: str


_OOXML: Final = "application/vnd.openxmlformats-officedocument."
FORMATS: Final[dict[str, FileFormat]] = {
    row.code: row
    for row in (
        FileFormat("jpeg", FileKind.PHOTO, "image/jpeg", "jpg"),
        FileFormat("png", FileKind.PHOTO, "image/png", "png"),
        FileFormat("wav", FileKind.AUDIO, "audio/wav", "wav"),
        FileFormat("mp3", FileKind.AUDIO, "audio/mpeg", "mp3"),
        FileFormat("m4a", FileKind.AUDIO, "audio/mp4", "m4a"),
        FileFormat("oga", FileKind.AUDIO, "audio/ogg", "ogg"),
        FileFormat("weba", FileKind.AUDIO, "audio/webm", "webm"),
        FileFormat("amr", FileKind.AUDIO, "audio/amr", "amr"),
        FileFormat("mp4", FileKind.VIDEO, "video/mp4", "mp4"),
        FileFormat("3gp", FileKind.VIDEO, "video/3gpp", "3gp"),
        FileFormat("mov", FileKind.VIDEO, "video/quicktime", "mov"),
        FileFormat("webm", FileKind.VIDEO, "video/webm", "webm"),
        FileFormat("ogv", FileKind.VIDEO, "video/ogg", "ogv"),
        FileFormat("pdf", FileKind.PDF, "application/pdf", "pdf"),
        FileFormat("docx", FileKind.OFFICE, f"{_OOXML}wordprocessingml.document", "docx"),
        FileFormat("xlsx", FileKind.OFFICE, f"{_OOXML}spreadsheetml.sheet", "xlsx"),
        FileFormat("pptx", FileKind.OFFICE, f"{_OOXML}presentationml.presentation", "pptx"),
    )
}

EXTENSIONS: Final = {row.extension: row for row in FORMATS.values()} | {"jpeg": FORMATS["jpeg"], "m4v": FORMATS["mp4"]}
"""What a name promises, used only to refuse early; what a file is, its content says."""


class UnfitFile(Refusal):
    """A file that a case does not take. Every way of being unfit has its own name below."""

    status = 422
    says = marked("文件不能作为附件。")
    remedy = marked("请换一个文件。")


class EmptyFile(UnfitFile):
    """No bytes at all."""

    says = marked("文件是空的。")
    remedy = marked("请重新选择文件；若从手机上传，请等文件下载到本机后再选。")


class UnknownFile(UnfitFile):
    """Content that is none of the formats taken, and none that is refused by its own name."""

    says = marked("无法从内容认出文件类型。")
    remedy = marked("可上传 JPEG、PNG 照片，常见录音和视频，PDF，以及 docx、xlsx、pptx。")


class FormatNotTaken(UnfitFile):
    """A well-known format that is not taken. Carries its name and what to do instead."""

    says = marked("不接受 %(format)s 文件。")
    remedy = marked("%(instead)s")


class LegacyOffice(UnfitFile):
    """The Office formats of before 2007, which may hold macros nobody can see."""

    says = marked("不接受旧版 Office 文件（doc、xls、ppt、wps）。")
    remedy = marked("请在 Office 或 WPS 中另存为 docx、xlsx、pptx，或导出为 PDF。")


class HoldsMacros(UnfitFile):
    """An Office file with macros or ActiveX, or a PDF with scripts or commands."""

    says = marked("文件中带有宏、脚本或可执行的动作。")
    remedy = marked("请另存为不含宏的格式，或打印为 PDF 后上传。")


class TwoFilesInOne(UnfitFile):
    """A file that is something else as well, to whoever reads it from another end."""

    says = marked("文件里还藏着另一个文件（%(other)s）。")
    remedy = marked("请用相机或原软件重新导出后上传，不要上传拼接过的文件。")


class BrokenFile(UnfitFile):
    """A file whose end is missing or whose parts do not fit together."""

    says = marked("文件不完整或已损坏。")
    remedy = marked("请确认文件能正常打开，再重新上传。")


class TooManyPixels(UnfitFile):
    """A picture that would fill the memory when it is opened."""

    says = marked("照片有 %(megapixels)s 百万像素，最多 %(most)s 百万。")
    remedy = marked("请调低相机分辨率，或缩小后上传。")


class UnpacksTooLarge(UnfitFile):
    """A packed document that would unpack to far more than any document holds, or that cannot be looked into."""

    says = marked("文件解压后过大，或内部结构异常。")
    remedy = marked("请删去不必要的内容后另存，或导出为 PDF。")


class FileTooLarge(UnfitFile):
    """More bytes than a file of that kind may have."""

    status = 413
    says = marked("%(kind)s最大 %(most)s MB。")
    remedy = marked("请压缩或截取需要的部分后上传。")


_BLANKS = re.compile(r"\s+")
_NOT_IN_A_NAME = re.compile(r'[<>:"/\\|?*%;&`$]+')


def clean_label(name: str, *, fallback: str) -> str:
    """Return a file's name as a label to read: no path, no extension, nothing invisible, no phone or identity number.

    The extension is put back from what the content is, so that a name can promise nothing.
    """
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    # Category C holds control characters and those that turn the direction of writing around.
    shown = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in base)
    stem, dot, extension = shown.strip().rpartition(".")
    if dot and stem and len(extension) <= 5:
        shown = stem
    shown = _BLANKS.sub(" ", _NOT_IN_A_NAME.sub(" ", redact(shown).text)).strip(" .")
    return shown[:LONGEST_LABEL].strip(" .") or fallback


def format_promised(name: str) -> FileFormat | None:
    """The format that a name promises by its extension."""
    return EXTENSIONS.get(name.rpartition(".")[2].lower()) if "." in name else None
