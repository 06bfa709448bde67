"""Is it a photo? Decided by content, never by name."""

from __future__ import annotations

import io

from PIL import Image, UnidentifiedImageError

from liandong.kernel.refusal import Refusal, marked

_KINDS = {"JPEG": "image/jpeg", "PNG": "image/png"}
PURPOSES = ("report", "before", "after", "evidence")
LARGEST_BYTES = 20 * 1024 * 1024


class NotAPhoto(Refusal):
    """The content is no JPEG or PNG that can be opened."""

    status = 422
    says = marked("文件不是可用的 JPEG 或 PNG 照片。")
    remedy = marked("请用相机或相册中的照片，单张不超过 20 MB。")


def kind_of(content: bytes) -> str:
    """Return the media type of a photo.

    :raises NotAPhoto: it is none, it is broken, or it is too large
    """
    if len(content) > LARGEST_BYTES:
        raise NotAPhoto
    try:
        with Image.open(io.BytesIO(content), formats=list(_KINDS)) as image:
            image.verify()
            return _KINDS[str(image.format)]
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise NotAPhoto from None
