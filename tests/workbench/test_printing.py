"""Work orders on paper: what they say, what they never say, and that a machine without Pango says so."""

from __future__ import annotations

import io
import re
import sys
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from pypdf import PdfReader
from pytest_django import Settings

from liandong.cases.models import Case
from liandong.cases.photos import look_at
from liandong.cases.rules.files.formats import BrokenFile
from liandong.project import doctor
from liandong.workbench import orders, pdf
from liandong.workbench.pdf import PdfUnavailable, can_make_pdf, pdf_of
from tests.cases.files import made
from tests.workbench.conftest import SignedIn
from tests.world import MRS_CHEN, World


def _text(content: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def _pages(client: Client, cases: list[Case]) -> bytes:
    chosen = " ".join(f"{case.number}:1" for case in cases)
    answer = client.post("/desk/cases/print/", {"chosen": chosen, "as": "pdf"})
    assert answer["Content-Type"] == "application/pdf"
    return answer.content


def test_the_sheet_tells_what_to_do_where_until_when_and_nothing_of_who_reported(
    signed_in: SignedIn, world: World
) -> None:
    case = world.dispatched(
        contact=MRS_CHEN, identity="named", address="东桥路12号", description="垃圾堆，电话13987654321"
    )
    page = signed_in("bureau002").get(f"/desk/cases/{case.number}/print/").content.decode()
    for words in (case.number, "东桥路12号", "东桥1号网格", "东桥街道城管中队", "要求的凭证", "wo-code", "wo-map"):
        assert words in page, words
    for secret in (MRS_CHEN.name, MRS_CHEN.phone, "13987654321"):
        assert secret not in page


def test_the_pdf_says_the_same_one_sheet_to_a_page(signed_in: SignedIn, world: World) -> None:
    cases = [world.dispatched(address="东桥路12号"), world.dispatched(lon=None, lat=None, area="310198001")]
    texts = _text(_pages(signed_in("operator"), cases))
    assert len(texts) == 2
    for case, text in zip(cases, texts, strict=True):
        assert case.number in text
        assert "完成时限" in text
        assert "处置：" in text
    assert "东桥路12号" in texts[0]
    single = signed_in("operator").get(f"/desk/cases/{cases[0].number}/print.pdf").content
    assert len(_text(single)) == 1


def test_the_sheet_is_complete_in_english(signed_in: SignedIn, world: World) -> None:
    case = world.dispatched()
    page = signed_in("operator").get(f"/desk/cases/{case.number}/print/", headers={"Accept-Language": "en"})
    text = page.content.decode().replace(case.description, "").replace(world.actor("operator").name, "")
    assert "Work order" in text
    # The clause of a limit is data of the district, quoted as it stands.
    assert re.findall("[\u4e00-\u9fff]+", re.sub("（[^）]*）", "", text)) == []


def test_the_code_leads_to_the_case_at_the_public_address(
    signed_in: SignedIn, world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, led = world.dispatched(), []
    monkeypatch.setattr(orders, "qr_code", lambda text: led.append(text) or "")
    signed_in("operator").get(f"/desk/cases/{case.number}/print/")
    settings.PUBLIC_URL = "https://liandong.example"
    signed_in("operator").get(f"/desk/cases/{case.number}/print/")
    assert led == [f"{host}/desk/cases/{case.number}/" for host in ("http://testserver", "https://liandong.example")]


def test_a_sheet_is_printed_only_of_cases_one_sees_and_never_of_none_or_of_hundreds(
    signed_in: SignedIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world.dispatched()
    stranger = signed_in("bureau001")
    assert stranger.get(f"/desk/cases/{case.number}/print/").status_code == 404
    assert stranger.post("/desk/cases/print/", {"case": [f"{case.number}:1"]}).status_code == 422
    monkeypatch.setattr("liandong.workbench.views.printing.MOST_SHEETS", 0)
    assert signed_in("operator").post("/desk/cases/print/", {"case": [f"{case.number}:1"]}).status_code == 422


def test_without_pango_the_page_still_prints_and_says_so(
    signed_in: SignedIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise PdfUnavailable

    monkeypatch.setattr(pdf, "_weasyprint", missing)
    case = world.dispatched()
    client = signed_in("operator")
    page = client.get(f"/desk/cases/{case.number}/print/")
    assert page.status_code == 200
    assert "不能生成 PDF" in page.content.decode()
    assert client.get(f"/desk/cases/{case.number}/print.pdf").status_code == 503


def test_a_library_that_does_not_load_is_a_refusal_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def find_spec(self, name: str, *_more: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(PdfUnavailable):
        pdf_of("<p>x</p>", sheet="workbench/order.css")
    assert pdf.can_make_pdf() is False


def test_nothing_is_fetched_for_a_pdf() -> None:
    content = pdf_of('<p>纸</p><img src="http://127.0.0.1:1/x.png"><img src="file:///etc/hostname">', sheet="none.css")
    assert _text(content) == ["纸"]


def test_the_doctor_says_whether_pdf_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    surroundings = replace(_SURROUNDINGS)
    assert doctor.pdf_library(surroundings).mark is doctor.Mark.OK
    monkeypatch.setattr("liandong.workbench.pdf.can_make_pdf", lambda: False)
    finding = doctor.pdf_library(surroundings)
    assert finding.mark is doctor.Mark.WARNING
    assert "libpango" in finding.remedy


_SURROUNDINGS = doctor.Surroundings(None, "", 0, "", None, None)  # type: ignore[arg-type]


def test_half_a_picture_is_refused_after_a_pdf_was_made_as_before() -> None:
    assert can_make_pdf()
    with pytest.raises(BrokenFile):
        look_at(made.png_of_size(4000, 4000), zone=ZoneInfo("Asia/Shanghai"))
