"""Whatever bytes come: messages, or a refusal by name; never anything else, and nothing that is not what was sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.intake_channels.contract import Channel, channels
from liandong.intake_channels.plugins.dialect import Dialect
from liandong.intake_channels.rules.charsets import CharsetLie, decoded
from liandong.intake_channels.rules.persons import PersonRecord, refuse_person_records
from liandong.intake_channels.rules.signing import SignatureWrong, check_signature, signature
from liandong.intake_channels.simulators.messages import labelled, packed
from liandong.kernel.refusal import Refusal
from liandong.notify.rules.progress import News
from tests.channels.conftest import CHANNELS, ORDER
from tests.world import MONDAY_MORNING

TYPES = st.sampled_from(
    ["", "application/json", "application/xml", "text/xml; charset=gbk", "application/json; charset=GB18030", "a/b; c"]
)
CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=12, max_size=60)


def reads(channel: Channel, body: bytes, content_type: str) -> None:
    """A body is read or refused; what is read can be read again from what would be kept."""
    try:
        messages = channel.read(body, content_type=content_type)
    except Refusal:
        return
    for message in messages:
        assert message.fault is not None or channel.reread(message.raw) == message


@given(body=st.binary(max_size=400), content_type=TYPES, code=st.sampled_from(CHANNELS))
def test_any_bytes_are_read_or_refused(body: bytes, content_type: str, code: str) -> None:
    reads(channels()[code], body, content_type)


@given(body=st.binary(max_size=400) | st.text().map(lambda text: f"Subject: x\n\n{text}".encode()))
def test_any_bytes_are_a_mail_or_are_refused(body: bytes) -> None:
    for message in channels()["mail"].read(body, content_type="") if _is_mail(body) else ():
        assert channels()["mail"].reread(message.raw) == message


def _is_mail(body: bytes) -> bool:
    try:
        return bool(channels()["mail"].read(body, content_type=""))
    except Refusal:
        return False


@given(data=st.data(), code=st.sampled_from(CHANNELS), form=st.sampled_from(["json", "xml"]))
def test_a_good_body_that_was_damaged_is_read_or_refused(data: st.DataObject, code: str, form: str) -> None:
    body = bytearray(packed([dict(ORDER)], form=form))
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(body)))
    reads(channels()[code], bytes(body[:cut]), labelled(form, "utf-8"))


@given(value=st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=8))
@pytest.mark.parametrize("name", sorted(ORDER))
def test_any_value_in_any_field_is_read_or_refused(name: str, value: object) -> None:
    import json

    body = json.dumps({**ORDER, name: value}).encode()
    reads(channels()["city_12345"], body, "application/json")


@given(text=CHINESE)
def test_an_honest_label_is_believed_and_a_lie_is_not(text: str) -> None:
    for form in ("json", "xml"):
        utf8, gbk = (packed([{"content": text}], form=form, charset=charset) for charset in ("utf-8", "gb18030"))
        assert text in decoded(utf8, content_type=labelled(form, "utf-8"))
        assert text in decoded(gbk, content_type=labelled(form, "gbk"))
        with pytest.raises(CharsetLie):
            decoded(utf8, content_type=labelled(form, "gbk"))


@given(body=st.binary(max_size=200), other=st.binary(max_size=200), key=st.text(min_size=1, max_size=20))
def test_a_signature_holds_for_its_own_body_and_key_alone(body: bytes, other: bytes, key: str) -> None:
    moment, nonce = str(int(MONDAY_MORNING.timestamp())), "n" * 20
    made = signature(key, moment=moment, nonce=nonce, lane="a/b", body=body)
    how = {"moment": moment, "nonce": nonce, "lane": "a/b", "at": MONDAY_MORNING}
    check_signature(made.upper(), keys=["old", key], body=body, **how)  # type: ignore[arg-type]
    for keys, given_body in (([f"{key}x"], body), ([], body), ([""], body), ([key], other + b"!" + body)):
        with pytest.raises(SignatureWrong):
            check_signature(made, keys=keys, body=given_body, **how)  # type: ignore[arg-type]


ANSWERS: dict[str, tuple[int, bytes, News]] = {
    "taken": (200, b'{"state": "taken", "id": 7}', News.ACCEPTED),
    "duplicate": (200, b"<answer><state>duplicate</state></answer>", News.ACCEPTED),
    "refused": (200, b'{"state": "refused", "reason": "no"}', News.REFUSED),
    "refused by status": (422, b"", News.REFUSED),
    "never came": (200, b'{"state": "none"}', News.LATER),
    "busy": (503, b"", News.LATER),
    "not let in": (401, b'{"state": "refused"}', News.LATER),
    "stumbled": (500, b'{"state": "who knows"}', News.UNKNOWN),
    "nonsense": (200, b"<html>ok</html", News.UNKNOWN),
    "a bomb": (200, b'<!DOCTYPE a [<!ENTITY b "c">]><a><state>&b;</state></a>', News.UNKNOWN),
    "a list": (200, b"[]", News.UNKNOWN),
    "moved": (302, b"", News.UNKNOWN),
}


@pytest.mark.parametrize("name", list(ANSWERS))
def test_only_what_surely_was_not_taken_is_sent_again(name: str) -> None:
    status, body, news = ANSWERS[name]
    assert channels()["police_110"].outcome(status, body).news is news


@given(status=st.integers(100, 599), body=st.binary(max_size=80))
def test_any_answer_means_something(status: int, body: bytes) -> None:
    outcome: Callable[..., object] = channels()["urban_management"].outcome
    assert outcome(status, body)


def test_no_category_or_field_of_people_slips_through_by_spelling() -> None:
    for fields in ({"Person-Category": "x"}, {" ID_CARD ": "x"}, {"人员类别": "x"}):
        with pytest.raises(PersonRecord):
            refuse_person_records(fields, categories=())
    refuse_person_records({"content": "x"}, categories=["市容环境"], texts=["精神障碍患者走失"])


def test_every_channel_is_one() -> None:
    for code, channel in channels().items():
        assert isinstance(channel, Dialect)
        assert (channel.code, len(code) <= 24, code.isascii()) == (code, True, True)
        assert bool(channel.tells) == (code in CHANNELS), "only other platforms hear back"
