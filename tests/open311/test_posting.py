"""POST requests, and tokens."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from liandong.areas.models import District
from liandong.cases.models import Case, CaseClass, SealedReporter
from liandong.cases.rulebook import forget_rules
from liandong.cases.sealing import unsealed
from tests.open311.conftest import BASE, KEY, Open311
from tests.world import World


def _only_case() -> Case:
    return Case.objects.get()


def test_a_post_makes_a_case_and_tells_its_number(open311: Open311) -> None:
    told = open311.post(description="小区门口垃圾堆了三天没人清")
    assert len(told) == 1
    assert list(told[0]) == ["service_request_id", "service_notice", "account_id"]
    case = _only_case()
    assert told[0]["service_request_id"] == case.number
    assert (case.channel, case.area, case.stage, case.is_public) == ("open311", "310198001001001", "reported", True)
    assert case.reporter is not None
    assert open311.get(f"requests/{case.number}")[0]["description"] == "小区门口垃圾堆了三天没人清"


def test_the_same_post_always_makes_a_new_request(open311: Open311) -> None:
    first, second = open311.post(description="一样"), open311.post(description="一样")
    assert first[0]["service_request_id"] != second[0]["service_request_id"]


def test_a_post_costs_few_statements(open311: Open311) -> None:
    open311.post()
    with CaptureQueriesContext(connection) as statements:
        open311.post(email="a@b.cn")
    assert len(statements) <= 11, [statement["sql"][:60] for statement in statements]


@pytest.mark.parametrize("key", [None, "", "wrong-key", "read-key"])
def test_without_a_valid_key_it_is_403(open311: Open311, key: str | None) -> None:
    error = open311.post(api_key=key, status=403)[0]
    assert error["code"] == "403"
    assert "api_key" in error["description"]
    assert not Case.objects.exists()


def test_the_key_may_stand_in_the_address(open311: Open311) -> None:
    response = open311.client.post(
        f"{BASE}/requests.{open311.form}?api_key={KEY}", {"service_code": "M06010", "address_string": "东桥路1号"}
    )
    assert open311.read(response, 200)


@pytest.mark.parametrize(
    ("fields", "status", "word"),
    [
        ({"service_code": None}, 400, "service_code"),
        ({"service_code": " "}, 400, "service_code"),
        ({"service_code": "nothing"}, 404, "nothing"),
        ({"service_code": "M06"}, 404, "M06"),
        ({"service_code": "A0101"}, 404, "A0101"),
        ({"jurisdiction_id": "nowhere"}, 404, "nowhere"),
        ({"lat": None, "long": None}, 400, "address_string"),
        ({"lat": "", "long": ""}, 400, "address_string"),
        ({"lat": None}, 400, "long"),
        ({"long": "east"}, 400, "long"),
        ({"long": "nan"}, 400, "long"),
        ({"long": "999"}, 400, "999"),
        ({"long": "120.0"}, 400, "新岸区"),
        ({"lat": "0", "long": "0"}, 400, "新岸区"),
        ({"lat": None, "long": None, "address_id": "310198009"}, 400, "310198009"),
        ({"description": "长" * 4001}, 400, "4001"),
        ({"description": "长" * 400_000}, 400, "400000"),
        ({"media_url": "javascript:alert(1)"}, 400, "media_url"),
        ({"media_url": "http://x y"}, 400, "media_url"),
        ({"phone": "1" * 41}, 400, "phone"),
        ({"attribute[state]": "missing"}, 400, "state"),
        ({"service_code": "M01001", "attribute[state]": "gone"}, 400, "gone"),
        ({"service_code": "M01001", "attribute[state][]": ["missing", "damaged"]}, 400, "missing, damaged"),
        ({"service_code": "M01001", "attribute[colour]": "red"}, 400, "colour"),
    ],
)
def test_a_bad_request_is_refused_by_name(open311: Open311, fields: dict[str, Any], status: int, word: str) -> None:
    errors = open311.post(status=status, **fields)
    assert len(errors) == 1
    assert errors[0]["code"] == str(status)
    assert word in errors[0]["description"]
    assert not Case.objects.exists()


def test_a_refusal_speaks_the_language_of_the_reader(open311: Open311) -> None:
    assert open311.post(status=403, api_key=None, language="en")[0]["description"].isascii()


def test_four_thousand_characters_are_taken(open311: Open311) -> None:
    open311.post(description="长" * 4000)
    assert len(_only_case().description) == 4000


def test_an_empty_parameter_is_an_absent_one(open311: Open311) -> None:
    open311.post(description="", media_url="", email=" ", **{"attribute[state]": ""})
    case = _only_case()
    assert case.description == CaseClass.objects.get(code="M06010").name
    assert (case.identity, case.attributes) == ("anonymous", {})


def test_an_address_alone_waits_to_be_placed(open311: Open311) -> None:
    open311.post(lat=None, long=None, address_string="东桥路1号门口")
    case = _only_case()
    assert (case.lon, case.area, case.address) == (None, "310198", "东桥路1号门口")


def test_an_address_id_is_an_area_code(open311: Open311) -> None:
    open311.post(lat=None, long=None, address_id="310198001001002")
    assert _only_case().area == "310198001001002"


def test_who_reports_is_sealed_and_shown_to_nobody(open311: Open311) -> None:
    told = open311.post(
        first_name="芳", last_name="陈", phone="13812345678", email="chen@example.cn", device_id="D-1", account_id="A-1"
    )
    case = _only_case()
    assert case.identity == "named"
    contact = unsealed(SealedReporter.objects.get(case=case))
    assert (contact.name, contact.phone) == ("陈芳", "13812345678")
    assert ("email", "chen@example.cn") in contact.taken
    shown = repr(open311.get(f"requests/{told[0]['service_request_id']}"))
    assert not any(word in shown for word in ("陈芳", "13812345678", "chen@", "D-1", "A-1"))
    assert "D-1" not in repr(case.attributes)


def test_phones_in_the_words_are_taken_out(open311: Open311) -> None:
    told = open311.post(description="请打13812345678，车牌沪A12345")
    shown = open311.get(f"requests/{told[0]['service_request_id']}")[0]["description"]
    assert "138" not in shown
    assert "沪A" not in shown


def test_media_url_is_kept_and_never_fetched(open311: Open311) -> None:
    told = open311.post(media_url="https://example.invalid/photo.jpg")
    shown = open311.get(f"requests/{told[0]['service_request_id']}")[0]
    assert shown["media_url"] == "https://example.invalid/photo.jpg"


def test_answers_to_questions_are_kept(open311: Open311, city: World) -> None:
    kind = CaseClass.objects.get(code="M06010")
    kind.attributes = [
        {"code": "HOW", "datatype": "multivaluelist", "required": True, "order": 1, "description": "如何",
         "values": [{"key": "a", "name": "甲"}, {"key": "b", "name": "乙"}]},
        {"code": "N", "datatype": "number", "required": False, "order": 2, "description": "数"},
        {"code": "WHEN", "datatype": "datetime", "required": False, "order": 3, "description": "时"},
        {"code": "WHAT", "datatype": "string", "required": False, "order": 4, "description": "何"},
        {"code": "NOTE", "datatype": "text", "required": False, "order": 5, "description": "述", "variable": False},
    ]  # fmt: skip
    kind.save()
    forget_rules()
    missing = open311.post(status=400, **{"attribute[N]": "3"})
    assert "HOW" in missing[0]["description"]
    for name, value in (("N", "many"), ("WHEN", "soon"), ("WHAT", "长" * 201), ("NOTE", "x"), ("N", "inf")):
        error = open311.post(status=400, **{"attribute[HOW]": "a", f"attribute[{name}]": value})[0]
        assert name in error["description"]
    open311.post(
        **{
            "attribute[HOW][]": ["a", "b"],
            "attribute[N]": "3.5",
            "attribute[WHEN]": "2026-03-02T09:30:00+08:00",
            "attribute[WHAT]": "电话13812345678",
        }
    )
    kept = _only_case().attributes
    assert kept["HOW"] == ["a", "b"]
    assert kept["N"] == 3.5
    assert kept["WHEN"] == "2026-03-02T09:30:00+08:00"
    assert "138" not in kept["WHAT"]
    assert open311.get("services/M06010")["attributes"][0]["values"][1] == {"key": "b", "name": "乙"}


def test_emoji_nul_and_markup_go_round(open311: Open311) -> None:
    told = open311.post(description="井盖\x00\x0b<b>&amp;😀\ud83d".encode("utf-8", "ignore").decode())
    shown = open311.get(f"requests/{told[0]['service_request_id']}")[0]["description"]
    assert shown.replace("\x0b", "") == "井盖<b>&amp;😀"


def test_the_body_is_form_encoded(open311: Open311) -> None:
    body = urlencode({"api_key": KEY, "service_code": "M06010", "address_string": "东桥路1号", "description": "井盖"})
    response = open311.client.post(
        f"{BASE}/requests.{open311.form}", body, content_type="application/x-www-form-urlencoded"
    )
    assert open311.read(response, 200)
    other = open311.client.post(f"{BASE}/requests.{open311.form}", {"api_key": KEY}, content_type="application/json")
    assert open311.read(other, 403)


def test_too_large_or_broken_bodies_are_refused_in_words(open311: Open311) -> None:
    large = open311.client.post(
        f"{BASE}/requests.{open311.form}", b"x=" + b"y" * 5_100_000, content_type="application/x-www-form-urlencoded"
    )
    assert open311.read(large, 413)[0]["code"] == "413"
    many = "&".join(f"f{number}=1" for number in range(1100))
    response = open311.client.post(
        f"{BASE}/requests.{open311.form}", many, content_type="application/x-www-form-urlencoded"
    )
    assert open311.read(response, 400)[0]["code"] == "400"
    broken = open311.client.post(
        f"{BASE}/requests.{open311.form}", b"--x", content_type="multipart/form-data; boundary=\xff"
    )
    assert broken.status_code in (400, 403)


def test_a_key_reports_in_its_own_district_only(open311: Open311) -> None:
    District.objects.create(
        code="240510", name="二区", name_en="Second", number_prefix="SE", lon=0, lat=0, hours=[], calendar="cn"
    )
    District.objects.update(is_main=False)
    assert open311.post(status=400)[0]["code"] == "400"
    assert open311.post(jurisdiction_id="310198")


def test_a_token_is_given_on_request_and_leads_to_the_number(open311: Open311) -> None:
    told = open311.post(token="true")[0]
    assert "service_request_id" not in told
    number = _only_case().number
    assert open311.get(f"tokens/{told['token']}") == [{"service_request_id": number, "token": told["token"]}]


@pytest.mark.parametrize("token", ["123", "%00", "令牌", "a" * 60, "TEQtMjAyNjEyMjItMDAwMDAxLTE"])
def test_an_unknown_token_is_404(open311: Open311, token: str) -> None:
    assert open311.get(f"tokens/{token}", status=404)[0]["code"] == "404"


def test_the_test_endpoint_checks_everything_and_keeps_nothing(open311: Open311) -> None:
    told = open311.post(base="/open311/test/v2")
    assert told[0]["service_request_id"].endswith("-TEST")
    assert not Case.objects.exists()
    assert open311.post(base="/open311/test/v2", status=403, api_key=None)


def test_a_database_that_is_gone_is_503_in_words(open311: Open311, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_arguments: object, **_more: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("liandong.intake_channels.open311.views.report_case", gone)
    assert open311.post(status=503)[0]["code"] == "503"


def test_a_fault_of_ours_shows_no_insides(open311: Open311, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("liandong.intake_channels.open311.views.report_case", broken)
    assert "secret" not in open311.post(status=500)[0]["description"]


def test_a_report_through_open311_is_accepted_like_any_other(open311: Open311, city: World) -> None:
    open311.post(description="路灯不亮")
    case = city.do("accept_case", _only_case(), "operator")
    assert case.stage == "accepted"
