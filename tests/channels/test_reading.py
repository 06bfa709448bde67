"""Bodies as they come: two forms, three encodings, lies about them, bombs, and what is cut short."""

from __future__ import annotations

import json

import pytest

from liandong.cases.models import Case
from liandong.intake_channels.models import Arrival
from liandong.intake_channels.plugins.records import MOST_BYTES
from liandong.intake_channels.simulators.messages import labelled, packed
from tests.channels.conftest import ORDER, Lane

XML_ORDER = {**ORDER, "category": "M06010"}


@pytest.mark.parametrize("charset", ["utf-8", "gbk", "gb18030", "GB2312"])
def test_json_is_read_in_the_encoding_it_says(lane: Lane, charset: str) -> None:
    lane.post(packed([ORDER], form="json", charset=charset), labelled("json", charset))
    assert Case.objects.get().description.startswith("垃圾没人清")


@pytest.mark.parametrize(
    ("charset", "declaration", "content_type"),
    [
        ("utf-8", "", "application/xml"),
        ("utf-8", '<?xml version="1.0" encoding="UTF-8"?>', "text/xml"),
        ("gbk", '<?xml version="1.0" encoding="GBK"?>', "application/xml"),
        ("gbk", "", "application/xml; charset=gbk"),
        ("utf-8-sig", '<?xml version="1.0" encoding="utf-8"?>', "application/xml; charset=utf-8"),
    ],
)
def test_xml_is_read_in_the_encoding_it_says(lane: Lane, charset: str, declaration: str, content_type: str) -> None:
    lane.channel = "urban_management"
    text = declaration + packed([XML_ORDER], form="xml").decode()
    lane.post(text.encode(charset), content_type)
    assert Case.objects.get().description.startswith("垃圾没人清")


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (packed([ORDER], form="json", charset="gbk"), labelled("json", "utf-8"), 422, "charset_lie"),
        (packed([ORDER], form="json"), labelled("json", "gbk"), 422, "charset_lie"),
        (packed([ORDER], form="json"), labelled("json", "utf-16"), 415, "charset_unknown"),
        (packed([ORDER], form="json")[:-40], "application/json", 400, "body_malformed"),
        (b"", "application/json", 400, "body_malformed"),
        (b'"just a word"', "application/json", 400, "body_malformed"),
        (b'{"messages": [1, 2]}', "application/json", 400, "body_malformed"),
        (b"[" * 100_000, "application/json", 400, "body_malformed"),
        (b'{"messages": []}', "application/json", 422, "too_many_messages"),
        (json.dumps([{}] * 501).encode(), "application/json", 422, "too_many_messages"),
        (b'{"a": "' + b"x" * MOST_BYTES + b'"}', "application/json", 413, "body_too_large"),
        (packed([ORDER], form="xml"), "application/xml", 415, "wrong_form"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "wrong_form"),
    ],
)
def test_a_body_of_which_nothing_can_be_used_is_refused_by_name(
    lane: Lane, body: bytes, content_type: str, status: int, code: str
) -> None:
    answer = lane.post(body, content_type)
    assert (answer.status_code, answer.json()["results"][0]["code"]) == (status, code)
    arrival = Arrival.objects.get()
    assert (arrival.fate, arrival.why, arrival.kind, arrival.outside_id, arrival.sealed) == (
        "refused", code, "", "", None,
    )  # fmt: skip


_ENTITIES = '<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
_OUTSIDE = '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_DTD = '<!DOCTYPE m SYSTEM "http://127.0.0.1:1/evil.dtd">'


@pytest.mark.parametrize("trap", [_ENTITIES, _OUTSIDE, _DTD])
@pytest.mark.parametrize("channel", ["urban_management", "social_governance"])
def test_xml_bombs_and_outside_entities_are_refused_by_name(lane: Lane, channel: str, trap: str) -> None:
    lane.channel = channel
    body = f'<?xml version="1.0"?>{trap}<message><order_id>1</order_id><content>&b;&x;</content></message>'.encode()
    answer = lane.post(body, "application/xml")
    assert answer.status_code == 422
    assert "<code>xml_forbidden</code>" in answer.content.decode()
    assert "root:" not in answer.content.decode()


@pytest.mark.parametrize(
    "body",
    [
        b"<messages><message><order_id>1</order_id>",
        b"<orders/>",
        b"<messages><order/></messages>",
        b'<?xml version="1.0" encoding="GBK"?><message/>' + b"\xff",
    ],
)
def test_xml_that_is_none_is_refused(lane: Lane, body: bytes) -> None:
    lane.channel = "urban_management"
    answer = lane.post(body, "application/xml")
    assert answer.status_code in (400, 422)
    assert not Case.objects.exists()


def test_the_header_and_the_declaration_must_agree(lane: Lane) -> None:
    lane.channel = "urban_management"
    text = '<?xml version="1.0" encoding="UTF-8"?>' + packed([XML_ORDER], form="xml").decode()
    answer = lane.post(text.encode(), "application/xml; charset=gbk")
    assert "<code>charset_lie</code>" in answer.content.decode()


def test_an_answer_comes_in_the_form_of_the_question(lane: Lane) -> None:
    lane.channel = "social_governance"
    row = {**ORDER, "category": "矛盾纠纷/邻里", "record_type": "dispute"}
    assert lane.send(row)[0]["state"] == "taken"
    told = lane.send_xml(row)
    assert told.startswith("<?xml")
    assert "<state>duplicate</state>" in told


def test_nested_fields_are_read_and_unknown_ones_passed_over(lane: Lane) -> None:
    row = {
        **{name: value for name, value in ORDER.items() if not name.startswith("reporter")},
        "reporter": {"name": "陈女士", "phone": "13812345678", "deep": {"er": 1}},
        "something": ["else"],
        "flag": True,
        "nothing": None,
    }
    lane.send(row)
    assert Case.objects.get().has_phone
