"""Pages as PDF. The drawing of text is done by Pango, a library of the operating system that may be missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

from django.contrib.staticfiles import finders
from PIL import ImageFile

from liandong.kernel.refusal import Refusal, marked


class PdfUnavailable(Refusal):
    """The operating system lacks the library that draws text."""

    status = 503
    says = marked("这台服务器缺少 Pango，不能生成 PDF。")
    remedy = marked("请改用打印页面（浏览器可另存为 PDF）；管理员可安装系统软件包 libpango-1.0-0、libpangoft2-1.0-0。")


def can_make_pdf() -> bool:
    """Whether this machine can make a PDF at all."""
    try:
        _weasyprint()
    except PdfUnavailable:
        return False
    return True


def pdf_of(page: str, *, sheet: str) -> bytes:
    """Return a page of ours as PDF, laid out by one of our own style sheets; nothing is fetched from anywhere.

    :raises PdfUnavailable: Pango is missing
    """
    library = _weasyprint()
    file = finders.find(sheet)
    rules = Path(file).read_text(encoding="utf-8") if isinstance(file, str) else ""
    nowhere = _fetcher(library)
    document = library.HTML(string=page, url_fetcher=nowhere)
    content: bytes = document.write_pdf(stylesheets=[library.CSS(string=rules, url_fetcher=nowhere)])
    return content


def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError:
        raise PdfUnavailable from None
    # WeasyPrint lets half pictures pass, for the whole process; what people attach is to be whole.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint


def _fetcher(library: Any) -> Any:
    """What WeasyPrint asks for pictures and the like: it gets none, from the network or from the disk."""

    class Nowhere(library.urls.URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> NoReturn:
            raise ValueError(f"nothing is fetched for a document: {url[:80]}")

    return Nowhere()
