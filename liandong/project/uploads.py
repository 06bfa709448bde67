"""The refusal of a request whose body is too large: every address of such a request leads here.

The server sets this module as the request's urlconf, so that the refusal passes the whole chain and is answered in
the reader's language and form, without anything trying to read the body.
"""

from __future__ import annotations

from typing import ClassVar, NoReturn

from django.conf import settings
from django.http import HttpRequest
from django.urls import re_path, set_urlconf
from django.views.decorators.csrf import csrf_exempt

from liandong.kernel.refusal import Refusal, marked


class UploadTooLarge(Refusal):
    """A request brought more bytes than `LIANDONG_MAX_UPLOAD` allows."""

    status: ClassVar[int] = 413
    says: ClassVar[str] = marked("上传的内容超过 %(megabytes)s MB。")
    remedy: ClassVar[str] = marked("请压缩或拆分后再上传。")


@csrf_exempt
def refuse_upload(request: HttpRequest) -> NoReturn:
    """Refuse. Raises UploadTooLarge."""
    # The page about it links to the ordinary addresses.
    set_urlconf(None)
    raise UploadTooLarge(megabytes=settings.LIANDONG_MAX_UPLOAD // 1_000_000)


urlpatterns = [re_path("", refuse_upload, name="refuse-upload")]
