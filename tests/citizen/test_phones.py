"""One-time codes: sent by the ways of messages, stored nowhere, gone after use, five tries or ten minutes."""

from __future__ import annotations

import re

import pytest
from pytest_django import Settings

from liandong.citizen.models import PhoneCode
from liandong.citizen.operations import ask_for_code, forget_what_is_over, use_code
from liandong.citizen.operations.codes import CodeOver, CodeWrong, PhoneNotMobile
from liandong.citizen.sealing import opened, packed, sealed, signed, unpacked, unsigned
from liandong.notify.models import Attempt, Message
from tests.citizen.conftest import PHONE, Citizen, ticket_in
from tests.world import World

HOME = "192.0.2.7"


def ask(world: World, phone: str = PHONE) -> str:
    return str(ask_for_code(phone, address=HOME, at=world.at))


def test_a_code_reaches_the_phone_and_no_row_ever_holds_it(citizen: Citizen) -> None:
    ticket = ask(citizen.world)
    code = citizen.code_sent()
    assert re.fullmatch(r"\d{6}", code)
    message = Message.objects.get(notice="phone_code")
    assert "{code}" in message.body
    assert (message.state, message.is_urgent) == ("sent", True)
    rows = [*PhoneCode.objects.values(), *Message.objects.values(), *Attempt.objects.values()]
    assert code not in str(rows)
    assert PHONE not in str(rows)
    assert use_code(ticket, code=code, phone=PHONE, address=HOME, at=citizen.world.at) == PHONE
    assert not PhoneCode.objects.exists()


def test_a_code_works_once_within_ten_minutes_and_for_its_phone_alone(citizen: Citizen) -> None:
    world = citizen.world
    ticket = ask(world)
    code = citizen.code_sent()
    for given in ({"phone": "13900001111"}, {"phone": PHONE, "number": "XA-20260302-000001-0"}):
        with pytest.raises(CodeOver):
            use_code(ticket, code=code, address=HOME, at=world.at, **given)
    use_code(ticket, code=f" {code[:3]} {code[3:]} ", phone=f"+86 {PHONE}", address=HOME, at=world.at)
    with pytest.raises(CodeOver):
        use_code(ticket, code=code, phone=PHONE, address=HOME, at=world.at)
    ticket = ask(world)
    code = citizen.code_sent()
    with pytest.raises(CodeOver):
        use_code(ticket, code=code, phone=PHONE, address=HOME, at=world.later(minutes=10))


def test_after_five_wrong_tries_the_right_code_is_no_good_either(citizen: Citizen) -> None:
    world = citizen.world
    ticket = ask(world)
    code = citizen.code_sent()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for left in (4, 3, 2, 1):
        with pytest.raises(CodeWrong) as refusal:
            use_code(ticket, code=wrong, phone=PHONE, address=HOME, at=world.at)
        assert refusal.value.values == {"left": left}
    for given in (wrong, code):
        with pytest.raises(CodeOver):
            use_code(ticket, code=given, phone=PHONE, address=HOME, at=world.at)


def test_a_code_that_waited_too_long_in_the_outbox_is_not_sent_any_more(citizen: Citizen) -> None:
    ask(citizen.world)
    forget_what_is_over(at=citizen.world.later(minutes=10))
    assert citizen.code_sent() == ""
    assert Message.objects.get().state == "not_sent"


@pytest.mark.parametrize("phone", ["", "12345", "021-12345678", "138123456789", "<script>"])
def test_a_number_that_takes_no_short_messages_is_refused_by_name(world: World, phone: str) -> None:
    with pytest.raises(PhoneNotMobile):
        ask(world, phone)


def test_a_number_in_full_width_digits_or_with_blanks_is_understood(citizen: Citizen) -> None:
    for phone in ("138 1234 5678", "＋86 １３８１２３４５６７８"):
        ask(citizen.world, phone)
        assert citizen.code_sent()


def test_where_no_short_messages_are_set_up_nobody_is_asked_for_a_phone(citizen: Citizen, settings: Settings) -> None:
    settings.LIANDONG_SMS_URL = ""
    assert "先验证手机号" not in citizen.read("/report/")
    assert 'name="phone"' not in citizen.read("/phone/")
    answer = citizen.client.post("/phone/", {"phone": PHONE})
    assert answer.status_code == 503
    assert "本区尚未开通短信" in answer.content.decode()


def test_a_proven_phone_is_kept_on_the_device_alone_and_forgotten_at_a_word(citizen: Citizen) -> None:
    citizen.prove()
    cookie = citizen.client.cookies["ld_phone"]
    assert cookie["httponly"]
    assert PHONE not in cookie.value
    assert not PhoneCode.objects.exists()
    assert "138****5678" in citizen.read("/phone/")
    citizen.client.post("/phone/", {"act": "forget"})
    assert "138****5678" not in citizen.read("/phone/")


def test_the_device_forgets_after_a_month_and_an_invented_cookie_proves_nothing(citizen: Citizen) -> None:
    citizen.prove()
    citizen.world.later(days=30)
    assert "138****" not in citizen.read("/report/")
    for invented in (
        "",
        "x",
        packed(b"13812345678 9999999999"),
        packed(sealed(f"{PHONE} 9999999999", purpose="other")),
    ):
        citizen.client.cookies["ld_phone"] = invented
        assert "138****" not in citizen.read("/report/")


def test_a_wrong_code_is_told_at_the_page_and_the_number_stays(citizen: Citizen) -> None:
    page = citizen.client.post("/phone/", {"phone": PHONE}).content.decode()
    asked = {"phone": PHONE, "ticket": ticket_in(page), "code": "abc"}
    answer = citizen.client.post("/phone/", asked)
    assert answer.status_code == 422
    assert "还可以试 4 次" in answer.content.decode()
    assert PHONE in answer.content.decode()
    assert citizen.client.post("/phone/", {**asked, "ticket": "no-ticket"}).status_code == 422


def test_seals_open_for_their_purpose_alone() -> None:
    assert opened(sealed("字", purpose="a"), purpose="a") == "字"
    assert opened(sealed("字", purpose="a"), purpose="b") == ""
    assert opened(b"", purpose="a") == ""
    assert unsigned(signed("字", purpose="a"), purpose="a") == "字"
    assert unsigned(signed("字", purpose="a"), purpose="b") == ""
    assert unsigned("", purpose="a") == ""
    assert unpacked("字") == b""
