"""The catalogues in ``standards/``: every file parses, refers only to what exists, speaks two languages.

The totals of GB/T 47678.5-2026 are checked here too, and its codes and names against the reference
transcription where that file lies beside the clone.
"""

from __future__ import annotations

import csv
import json
import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STANDARDS = ROOT / "standards"
REFERENCE = ROOT.parent / "shared" / "data" / "gbt47678_5_2026_catalogue.csv"
CATALOGUES = ("gbt47678-5-2026", "livelihood")

CLASS_COLUMNS = [
    "code",
    "parent",
    "kind",
    "name",
    "name_en",
    "nature",
    "urgency",
    "public",
    "demands",
    "attributes",
    "clause",
    "from",
    "until",
    "force",
    "warn_first",
]
CODE_SHAPE = re.compile(r"[CM]\d{2}(\d{3})?|A\d{2}(\d{2})?")
KIND_LETTER = {"component": "C", "matter": "M", "appeal": "A"}
CLOCKS = {
    "accept",
    "file",
    "dispatch",
    "receive",
    "contact",
    "arrive",
    "handle",
    "check",
    "call_back",
}
UNITS = {"emergency_hour", "working_hour", "working_day", "natural_hour", "natural_day"}
DATATYPES = {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}
HAN = re.compile(r"[\u4e00-\u9fff]")

Row = dict[str, str]


def rows(catalogue: str, name: str) -> list[Row]:
    with (STANDARDS / catalogue / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def leaves(catalogue: str) -> list[Row]:
    return [row for row in rows(catalogue, "classes.csv") if row["parent"]]


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_the_columns_are_those_of_the_format(catalogue: str) -> None:
    assert list(rows(catalogue, "classes.csv")[0]) == CLASS_COLUMNS
    assert list(rows(catalogue, "conditions.csv")[0]) == [
        "class",
        "condition",
        "name",
        "name_en",
        "close_when",
        "close_when_en",
        "clause",
    ]
    assert list(rows(catalogue, "limits.csv")[0]) == [
        "class",
        "condition",
        "clock",
        "amount",
        "unit",
        "clause",
    ]


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_the_files_use_plain_line_feeds_and_no_byte_order_mark(catalogue: str) -> None:
    for path in sorted((STANDARDS / catalogue).iterdir()):
        content = path.read_bytes()
        assert b"\r" not in content, path.name
        assert not content.startswith(b"\xef\xbb\xbf"), path.name
        assert content.endswith(b"\n"), path.name


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_the_source_names_itself_and_says_whether_it_is_second_hand(catalogue: str) -> None:
    source = tomllib.loads((STANDARDS / catalogue / "source.toml").read_text(encoding="utf-8"))
    assert source["code"] == catalogue
    assert source["title"]
    assert source["title_en"]
    assert isinstance(source["second_hand"], bool)
    assert len(source["remarks"]) == len(source["remarks_en"])


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_codes_are_unique_well_formed_and_have_their_parents(catalogue: str) -> None:
    classes = rows(catalogue, "classes.csv")
    codes = {row["code"] for row in classes}
    majors = {row["code"] for row in classes if not row["parent"]}
    assert len(codes) == len(classes)
    for row in classes:
        assert CODE_SHAPE.fullmatch(row["code"]), row["code"]
        assert row["code"][0] == KIND_LETTER[row["kind"]]
        if row["parent"]:
            assert row["parent"] in majors
            assert row["code"].startswith(row["parent"])


def test_no_code_is_in_two_catalogues() -> None:
    first, second = ({row["code"] for row in rows(name, "classes.csv")} for name in CATALOGUES)
    assert not first & second


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_every_class_is_named_in_both_languages(catalogue: str) -> None:
    for row in rows(catalogue, "classes.csv"):
        assert HAN.search(row["name"]), row["code"]
        assert row["name_en"].strip(), row["code"]
        assert not HAN.search(row["name_en"]), row["code"]
        assert row["clause"], row["code"]
    for row in rows(catalogue, "conditions.csv"):
        assert row["name"], row
        assert row["close_when"], row
        assert not HAN.search(row["name_en"] + row["close_when_en"]), row
        assert row["name_en"], row
        assert row["close_when_en"], row


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_every_leaf_of_a_major_has_its_own_english_name(catalogue: str) -> None:
    names = [(row["parent"], row["name_en"]) for row in leaves(catalogue)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_the_coded_columns_hold_known_words_only(catalogue: str) -> None:
    allowed = {
        "nature": {"consultation", "help", "complaint", "report", "suggestion", "praise"},
        "urgency": {"normal", "urgent", "critical"},
        "public": {"open", "closed"},
        "demands": {"check", "call_back", "both", "none"},
    }
    for row in rows(catalogue, "classes.csv"):
        for column, words in allowed.items():
            assert row[column] in words, (row["code"], column)


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_reports_of_wrongdoing_are_never_public(catalogue: str) -> None:
    for row in leaves(catalogue):
        if row["nature"] == "report":
            assert row["public"] == "closed", row["code"]


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_attributes_follow_the_open311_form(catalogue: str) -> None:
    described = [row for row in leaves(catalogue) if row["attributes"]]
    assert len(described) >= 4
    for row in described:
        attributes = json.loads(row["attributes"])
        assert [item["order"] for item in attributes] == list(range(1, len(attributes) + 1))
        assert len({item["code"] for item in attributes}) == len(attributes)
        for item in attributes:
            assert item["datatype"] in DATATYPES
            assert isinstance(item["required"], bool)
            assert item["description"]
            assert item["description_en"]
            assert bool(item["values"]) == item["datatype"].endswith("valuelist")
            keys = [value["key"] for value in item["values"]]
            assert len(keys) == len(set(keys))
            assert all(value["name"] and value["name_en"] for value in item["values"])


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_limits_refer_to_known_classes_and_conditions(catalogue: str) -> None:
    codes = {row["code"] for row in leaves(catalogue)} | {"*"}
    conditions = [(row["class"], row["condition"]) for row in rows(catalogue, "conditions.csv")]
    limits = rows(catalogue, "limits.csv")
    assert len(conditions) == len(set(conditions))
    assert {code for code, _ in conditions} <= codes
    keys = [(row["class"], row["condition"], row["clock"]) for row in limits]
    assert len(keys) == len(set(keys))
    for row in limits:
        assert (row["class"], row["condition"]) in conditions
        assert row["clock"] in CLOCKS
        assert row["unit"] in UNITS
        assert Decimal(row["amount"]) > 0
        assert row["clause"]


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_every_class_has_a_condition_and_every_clock_a_limit_by_default(catalogue: str) -> None:
    defaults = {row["clock"] for row in rows(catalogue, "limits.csv") if row["class"] == "*" == row["condition"]}
    assert defaults == CLOCKS
    assert ("*", "*") in {(row["class"], row["condition"]) for row in rows(catalogue, "conditions.csv")}


def test_the_default_limits_agree_between_the_catalogues() -> None:
    first, second = ([row for row in rows(name, "limits.csv") if row["class"] == "*"] for name in CATALOGUES)
    assert first == second


def test_the_national_catalogue_has_153_components_and_250_matters() -> None:
    kinds = [row["kind"] for row in leaves("gbt47678-5-2026")]
    assert kinds.count("component") == 153
    assert kinds.count("matter") == 250


def test_matters_01_to_05_are_the_abnormal_states_of_the_components() -> None:
    catalogue = leaves("gbt47678-5-2026")
    components = {row["code"][1:] for row in catalogue if row["kind"] == "component"}
    abnormal = {row["code"][1:] for row in catalogue if row["code"][:3] in {"M01", "M02", "M03", "M04", "M05"}}
    assert components == abnormal


def test_the_national_catalogue_agrees_with_the_reference_transcription() -> None:
    if not REFERENCE.is_file():
        pytest.skip("the reference transcription of GB/T 47678.5-2026 is not beside this clone")
    letters = {"管理部件": "C", "管理事项": "M"}
    with REFERENCE.open(encoding="utf-8", newline="") as stream:
        expected = {
            (letters[row["kind"]] + row["code"], letters[row["kind"]] + row["major_code"], row["name"])
            for row in csv.DictReader(stream)
        }
    assert {(row["code"], row["parent"], row["name"]) for row in leaves("gbt47678-5-2026")} == expected


def test_an_illegal_clinic_gives_three_hours_to_arrive_and_a_week_to_settle() -> None:
    clinic = next(row for row in leaves("livelihood") if row["name"] == "非法行医")
    limits = {
        row["clock"]: (row["amount"], row["unit"])
        for row in rows("livelihood", "limits.csv")
        if row["class"] == clinic["code"]
    }
    assert (clinic["nature"], clinic["public"], clinic["demands"]) == ("report", "closed", "both")
    assert limits == {"arrive": ("3", "natural_hour"), "handle": ("168", "natural_hour")}


def test_a_gas_leak_is_critical() -> None:
    leak = next(row for row in leaves("livelihood") if "燃气泄漏" in row["name"])
    assert leak["urgency"] == "critical"
