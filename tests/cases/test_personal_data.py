"""Whoever reported stays sealed: at rest, on the timeline, in the text (`CASE.md` §7)."""

from __future__ import annotations

import pytest
from django.db import connection

from liandong.cases.models import Case, SealedReporter
from liandong.cases.operations import reveal_reporter
from liandong.cases.rules.redaction import redact
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.cases.sealing import Contact, SealUnbroken, digits, masked, phone_hash, unsealed
from liandong.people.access import Forbidden
from tests.cases.paths import last_entry, take
from tests.world import World

CHEN = Contact("陈秀英", "+86 138-1234-5678", "东桥路88弄3号502室")
SECRETS = ("陈秀英", "13812345678", "138-1234-5678", "5678", "502室", "13987654321", "310101199001011234", "沪A12345")
TOLD = "楼下沪A12345占道，联系13987654321，本人证号310101199001011234，很急"


def _case(world: World) -> Case:
    return world.report(identity="named", contact=CHEN, description=TOLD)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("电话13812345678。", "电话［电话］。"),
        ("电话１３８１２３４５６７８。", "电话［电话］。"),
        ("电话138 1234 5678或+86 13812345678", "电话［电话］或［电话］"),
        ("座机021-55501234", "座机［电话］"),
        ("证号31010119900101123X", "证号［证件号］"),
        ("车牌沪A·12345和苏EAB1234", "车牌［车牌］和［车牌］"),
        ("案件XA-20260302-000001-5有3个月", "案件XA-20260302-000001-5有3个月"),
        ("门牌88号，2026年3月2日", "门牌88号，2026年3月2日"),
        ("订单202603021234567890", "订单202603021234567890"),
        ("", ""),
    ],
)
def test_personal_numbers_are_taken_out_of_what_people_write(text: str, kept: str) -> None:
    assert redact(text).text == kept


def test_the_description_holds_placeholders_and_the_seal_what_was_taken(world: World) -> None:
    case = _case(world)
    assert case.description == "楼下［车牌］占道，联系［电话］，本人证号［证件号］，很急"
    assert unsealed(SealedReporter.objects.get(case=case)) == Contact(
        "陈秀英",
        "+86 138-1234-5678",
        "东桥路88弄3号502室",
        (("plate", "沪A12345"), ("phone", "13987654321"), ("identity", "310101199001011234")),
    )


def test_no_table_holds_personal_data_in_the_clear(world: World) -> None:
    case = _case(world)
    take(world, "accept", case, "operator")
    reveal_reporter(case.number, purpose="核实13812345678", actor=world.actor("operator"), at=world.at)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(string_agg(e::text, ''), '') FROM timeline_entry e WHERE about = 'case'"
            " UNION ALL SELECT string_agg(c::text, '') FROM cases_case c"
            " UNION ALL SELECT string_agg(encode(sealed, 'escape') || encode(wrapped_key, 'escape'), '')"
            " FROM cases_sealedreporter"
        )
        stored = "".join(row[0] for row in cursor.fetchall())
    assert len(stored) > 500
    for secret in SECRETS:
        if secret != "5678":
            assert secret not in stored, secret


def test_a_look_at_the_reporter_needs_a_purpose_and_is_recorded(world: World) -> None:
    case = _case(world)
    operator = world.actor("operator")
    for purpose in ("", "  ", "\x00"):
        with pytest.raises(ReasonNeeded):
            reveal_reporter(case.number, purpose=purpose, actor=operator, at=world.at)
    assert reveal_reporter(case.number, purpose="回访核实\x00", actor=operator, at=world.at).name == "陈秀英"
    assert last_entry(case).event == "ReporterRevealed"
    assert (last_entry(case).actor, last_entry(case).data["purpose"]) == ("user/operator", "回访核实")


def test_a_dispatcher_or_handler_does_not_see_who_reported(world: World) -> None:
    case = _case(world)
    for by in ("lin", "verifier", "leader", "auditor"):
        with pytest.raises(Forbidden):
            reveal_reporter(case.number, purpose="看看", actor=world.actor(by), at=world.at)


def test_a_town_sees_reporters_only_of_what_it_runs(world: World) -> None:
    with pytest.raises(Forbidden):
        reveal_reporter(_case(world).number, purpose="联系", actor=world.actor("town01"), at=world.at)
    own = world.report(by="grid001", channel="staff", identity="named", contact=CHEN)
    assert reveal_reporter(own.number, purpose="联系", actor=world.actor("town01"), at=world.at) == CHEN


def test_destroying_the_key_anonymises_for_good_and_the_record_still_verifies(world: World) -> None:
    from liandong.timeline.verify import verify

    case = _case(world)
    SealedReporter.objects.filter(case=case).update(wrapped_key=None)
    assert unsealed(SealedReporter.objects.get(case=case)) == Contact()
    assert reveal_reporter(case.number, purpose="核实", actor=world.actor("operator"), at=world.at).is_empty
    assert verify().breaks == []


def test_a_report_that_tells_nothing_seals_nothing(world: World) -> None:
    assert not SealedReporter.objects.filter(case=world.report()).exists()
    assert reveal_reporter(world.report().number, purpose="核实", actor=world.actor("operator"), at=world.at).is_empty


def test_the_same_phone_is_found_by_its_keyed_hash_however_it_was_written(world: World) -> None:
    case = _case(world)
    row = SealedReporter.objects.get(case=case)
    assert bytes(row.phone_hash or b"") == phone_hash("13812345678") == phone_hash(digits("+86 138-1234-5678"))
    assert bytes(row.tail_hash or b"") == phone_hash("5678")


def test_two_cases_of_one_reporter_are_sealed_with_different_keys(world: World) -> None:
    first, second = (SealedReporter.objects.get(case=_case(world)) for _ in range(2))
    assert bytes(first.sealed or b"") != bytes(second.sealed or b"")
    assert bytes(first.wrapped_key or b"") != bytes(second.wrapped_key or b"")


@pytest.mark.parametrize(("phone", "shown"), [("13812345678", "138****5678"), ("5550", "****"), ("", "")])
def test_a_masked_phone_shows_head_and_tail_only(phone: str, shown: str) -> None:
    assert masked(phone) == shown


def test_a_seal_moved_to_another_case_does_not_open(world: World) -> None:
    first, second = (SealedReporter.objects.get(case=_case(world)) for _ in range(2))
    second.wrapped_key, second.sealed = first.wrapped_key, first.sealed
    with pytest.raises(SealUnbroken):
        unsealed(second)


def test_a_lost_installation_key_is_said_by_name(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = SealedReporter.objects.get(case=_case(world))
    monkeypatch.setattr("liandong.cases.sealing._master", lambda: b"\x00" * 32)
    with pytest.raises(SealUnbroken):
        unsealed(row)
