"""The operator's desk: a case filed from one form, and reports of other channels taken on."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from liandong.cases.models import Case
from tests.workbench.conftest import HTMX, SignedIn
from tests.world import World

URL = "/desk/intake/"
TYPED = {
    "class_code": "A0203",
    "class_code_text": "非法行医",
    "condition": "suspected",
    "place": "121.415,31.02",
    "place_text": "东桥路",
    "lon": "121.415",
    "lat": "31.01",
    "address": "东桥路12号车库",
    "description": "有人在车库里无证看病",
    "name": "陈女士",
    "phone": "13812345678",
    "channel": "hotline",
}


def _typed(**changes: str) -> dict[str, Any]:
    return {**TYPED, **changes}


@pytest.mark.parametrize(
    ("act", "stage", "more"),
    [("file", "filed", {}), ("register", "reported", {}), ("answer", "answered", {"answer": "已转告"})],
)
def test_one_form_registers_and_goes_on(
    act: str, stage: str, more: dict[str, str], signed_in: SignedIn, world: World
) -> None:
    response = signed_in("operator").post(URL, _typed(act=act, **more), headers=HTMX)
    case = Case.objects.get()
    assert response.status_code == 200
    assert case.number in response.content.decode()
    assert (case.stage, case.class_code, case.identity, case.channel) == (stage, "A0203", "named", "hotline")
    assert (case.area, case.suggested_unit) == ("310198001001002", "310198-B001")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"class_code": ""}, "请改正标出的项目"),
        ({"class_code": "A02"}, "请从列表中选择一个小类"),
        ({"class_code": "A9999"}, "请从列表中选择一个小类"),
        ({"description": ""}, "请改正标出的项目"),
        ({"description": "长" * 10_001}, "请改正标出的项目"),
        ({"lon": "10", "lat": "50"}, "不在新岸区范围内"),
        ({"lat": ""}, "坐标不完整"),
        ({"lon": "inf"}, "请改正标出的项目"),
        ({"act": "answer"}, "即时答复必须填写答复内容"),
    ],
)
def test_a_faulty_form_comes_back_whole_and_nothing_is_registered(
    changes: dict[str, str], says: str, signed_in: SignedIn, world: World
) -> None:
    response = signed_in("operator").post(URL, _typed(**{"act": "file", **changes}), headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 422
    assert says in page
    kept = {name: value for name, value in TYPED.items() if name not in changes and not name.startswith("place")}
    for name, value in kept.items():
        assert value in page, name
    assert "东桥路" in page
    assert not Case.objects.exists()


def test_filing_is_all_or_nothing(signed_in: SignedIn, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("liandong.workbench.views.intake.operations.file_case", broken)
    with pytest.raises(RuntimeError):
        signed_in("operator").post(URL, _typed(act="file"))
    assert not Case.objects.exists()


def test_emoji_and_phone_numbers_in_the_words_are_taken_as_they_should(signed_in: SignedIn, world: World) -> None:
    signed_in("operator").post(URL, _typed(act="register", description="打13912345678找我😀"), headers=HTMX)
    assert Case.objects.get().description == "打［电话］找我😀"


def test_advice_tells_grid_unit_and_reason(signed_in: SignedIn, world: World) -> None:
    client = signed_in("operator")
    page = client.get(f"{URL}advice/?class_code=A0203&lon=121.4155&lat=31.01").content.decode()
    for words in ("东桥2号网格", "东桥街道计生办", "非法行医由街镇计生办牵头", "市场监管局"):
        assert words in page


@pytest.mark.parametrize(
    "query", ["", "class_code=nonsense", "lon=x&lat=y", "lon=10&lat=50", "area=310198001", "area=zz"]
)
def test_advice_on_half_a_form_is_still_advice(query: str, signed_in: SignedIn, world: World) -> None:
    assert signed_in("operator").get(f"{URL}advice/?{query}").status_code == 200


@pytest.mark.parametrize(
    ("source", "text", "first"),
    [
        ("classes", "A0203", "A0203"),
        ("classes", "非法行医", "A0203"),
        ("classes", "无证行医的诊所", None),
        ("units", "B001", "310198-B001"),
        ("units", "东桥街道计生办", "310198-B001"),
        ("areas", "东桥1号", "310198001001001"),
        ("places", "渡口", "121.455,31.03"),
        ("places", "\x00", None),
    ],
)
def test_a_search_puts_the_best_match_first(
    source: str, text: str, first: str | None, signed_in: SignedIn, world: World
) -> None:
    response = signed_in("operator").get(reverse(f"workbench:options_{source}"), {"q": text})
    options = response.json()["options"]
    assert response.status_code == 200
    if first:
        assert options[0]["value"] == first


@pytest.mark.parametrize(
    ("act", "stage", "words"),
    [
        ("file", "filed", ""),
        ("accept", "accepted", ""),
        ("answer", "answered", "已转告"),
        ("refuse", "refused", "不属于本区"),
    ],
)
def test_a_report_from_another_channel_is_dealt_with(
    act: str, stage: str, words: str, signed_in: SignedIn, world: World
) -> None:
    case = world.report(channel="citizen")
    client, url = signed_in("operator"), reverse("workbench:report", args=[case.number])
    assert case.number in client.get(url, headers=HTMX).content.decode()
    fields = {"act": act, "words": words, "class_code": "M06010", "version": case.version}
    response = client.post(url, fields, headers=HTMX)
    case.refresh_from_db()
    assert response.status_code == 200, response.content.decode()
    assert case.stage == stage


def test_a_report_is_filed_under_a_better_class(signed_in: SignedIn, world: World) -> None:
    case = world.report(channel="citizen")
    fields = {"act": "file", "class_code": "A0203", "condition": "suspected"}
    signed_in("operator").post(reverse("workbench:report", args=[case.number]), fields, headers=HTMX)
    case.refresh_from_db()
    assert (case.stage, case.class_code, case.condition) == ("filed", "A0203", "suspected")


def test_a_refusal_without_a_reason_and_a_stale_report_come_back(signed_in: SignedIn, world: World) -> None:
    case = world.report(channel="citizen")
    client, url = signed_in("operator"), reverse("workbench:report", args=[case.number])
    assert client.post(url, {"act": "refuse"}, headers=HTMX).status_code == 422
    assert client.post(url, {"act": "dance"}, headers=HTMX).status_code == 404
    seen = case.version
    world.do("accept_case", case, "supervisor")
    stale = client.post(url, {"act": "answer", "words": "已转告", "version": seen}, headers=HTMX)
    assert stale.status_code == 409
    assert "沈岳" in stale.content.decode()
    assert "已转告" in stale.content.decode()
