"""Questions to officials: looked at before anybody reads them, answered by a unit, hidden with a reason."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import Settings

from liandong.cases.rulebook import UnknownUnit
from liandong.cases.rules.redaction import TextMissing, TextTooLong
from liandong.citizen.publishing import operations
from liandong.citizen.publishing.models import Question, Words
from liandong.citizen.publishing.operations.moderating import ReasonUnclear
from liandong.citizen.publishing.operations.questions import QuestionMoved
from liandong.citizen.publishing.queries import permitted_questions, public_questions
from liandong.people.access import Forbidden, NotFound, platform
from liandong.timeline.queries import trace
from tests.publishing.conftest import SignedIn
from tests.world import DISTRICT, World

UNIT = "310198-D02"


def ask(world: World, text: str = "街角的绿地能加两盏灯吗？", **more: Any) -> tuple[Question, str]:
    return operations.ask_question(DISTRICT, text=text, **more, actor=platform("portal"), at=world.at)


def send(world: World, public: Client, fields: dict[str, str]) -> Any:
    """Fill in the form of a question and send it half a minute later."""
    page = public.get("/questions/ask/").content.decode()
    stamp = re.search(r'name="stamp" value="([^"]+)"', page)
    assert stamp
    world.later(seconds=30)
    return public.post("/questions/ask/", {"stamp": stamp[1], **fields})


def published(world: World, **more: Any) -> Question:
    given = {"unit": UNIT, **more}
    return operations.publish_question(ask(world)[0].pk, **given, actor=world.actor("supervisor"), at=world.at)


def answered(world: World, text: str = "已列入计划。") -> Question:
    row = published(world)
    return operations.answer_question(row.pk, text=text, actor=world.actor("department02"), at=world.at)


def test_a_question_is_read_by_nobody_until_somebody_has_looked_at_it(world: World, public: Client) -> None:
    row, _secret = ask(world)
    assert "绿地" not in public.get("/questions/").content.decode()
    assert public.get(f"/questions/{row.pk}/").status_code == 404
    operations.publish_question(row.pk, actor=world.actor("supervisor"), at=world.at)
    assert "绿地" in public.get("/questions/").content.decode()
    assert public.get(f"/questions/{row.pk}/").status_code == 200


def test_an_answer_is_public_at_once_with_unit_and_time(world: World, public: Client) -> None:
    row = answered(world)
    page = public.get(f"/questions/{row.pk}/").content.decode()
    assert "已列入计划。" in page
    assert "城管执法局" in page
    assert "2026-03-02 09:30" in page


def test_personal_numbers_are_taken_out_before_anything_is_kept(world: World) -> None:
    row, _secret = ask(world, "我的电话 13812345678，车 苏A12345", name="王 13912345678")
    row = operations.publish_question(row.pk, unit=UNIT, actor=world.actor("supervisor"), at=world.at)
    operations.answer_question(row.pk, text="请拨 13712345678", actor=world.actor("department02"), at=world.at)
    kept = str(list(Words.objects.values())) + str(list(Question.objects.values()))
    for number in ("13812345678", "苏A12345", "13912345678", "13712345678"):
        assert number not in kept


def test_a_moderator_mends_the_words_and_the_original_is_kept(
    world: World, public: Client, signed_in: SignedIn
) -> None:
    row, _secret = ask(world, "三号楼的张某某乱停车，管不管？")
    operations.publish_question(
        row.pk, text="三号楼有人乱停车，管不管？", unit=UNIT, actor=world.actor("supervisor"), at=world.at
    )
    assert "张某某" not in public.get(f"/questions/{row.pk}/").content.decode()
    assert list(Words.objects.order_by("number").values_list("text", flat=True)) == [
        "三号楼的张某某乱停车，管不管？", "三号楼有人乱停车，管不管？",
    ]  # fmt: skip
    assert "张某某" in signed_in("supervisor").get(f"/desk/publishing/questions/{row.pk}/").content.decode()


def test_a_further_answer_takes_the_place_of_the_last_which_is_kept(world: World, public: Client) -> None:
    row = answered(world)
    operations.answer_question(row.pk, text="已装好。", actor=world.actor("department02"), at=world.later(days=3))
    page = public.get(f"/questions/{row.pk}/").content.decode()
    assert "已装好。" in page
    assert "已列入计划。" not in page
    assert Words.objects.filter(question=row, is_answer=True).count() == 2


def test_a_hidden_question_is_gone_with_its_answer_and_the_asker_reads_why(world: World, public: Client) -> None:
    row, secret = ask(world)
    operations.publish_question(row.pk, unit=UNIT, actor=world.actor("supervisor"), at=world.at)
    operations.answer_question(row.pk, text="已列入计划。", actor=world.actor("department02"), at=world.at)
    operations.hide_question(row.pk, reason="other", note="重复提问", actor=world.actor("supervisor"), at=world.at)
    assert public.get(f"/questions/{row.pk}/").status_code == 404
    assert not public_questions(DISTRICT).exists()
    mine = public.get(f"/questions/asked/{secret}/")
    assert "重复提问" in mine.content.decode()
    assert mine["Cache-Control"] == "no-store"
    operations.publish_question(row.pk, actor=world.actor("supervisor"), at=world.at)
    assert public.get(f"/questions/{row.pk}/").status_code == 200


def test_every_act_is_on_the_record_and_the_words_are_not(world: World) -> None:
    row = answered(world)
    operations.assign_question(row.pk, unit="310198-D03", actor=world.actor("supervisor"), at=world.at)
    operations.hide_question(row.pk, reason="abusive", actor=world.actor("supervisor"), at=world.at)
    told = list(trace("question", row.pk))
    assert [(entry.event, entry.actor) for entry in told] == [
        ("QuestionAsked", "platform/portal"),
        ("QuestionPublished", "user/supervisor"),
        ("QuestionAnswered", "user/department02"),
        ("QuestionAssigned", "user/supervisor"),
        ("QuestionHidden", "user/supervisor"),
    ]
    assert "绿地" not in str([entry.data for entry in told])


def test_only_the_unit_that_was_asked_answers_and_only_what_is_public(world: World) -> None:
    row, _secret = ask(world)
    given = {"text": "答", "at": world.at}
    with pytest.raises(NotFound):
        operations.answer_question(row.pk, actor=world.actor("department02"), **given)
    operations.assign_question(row.pk, unit=UNIT, actor=world.actor("supervisor"), at=world.at)
    with pytest.raises(QuestionMoved):
        operations.answer_question(row.pk, actor=world.actor("department02"), **given)
    operations.publish_question(row.pk, actor=world.actor("supervisor"), at=world.at)
    with pytest.raises(NotFound):
        operations.answer_question(row.pk, actor=world.actor("department03"), **given)
    with pytest.raises(Forbidden):
        operations.answer_question(row.pk, actor=world.actor("supervisor"), **given)
    with pytest.raises(Forbidden):
        operations.hide_question(row.pk, reason="abusive", actor=world.actor("department02"), at=world.at)
    operations.answer_question(row.pk, actor=world.actor("department02"), **given)


def test_what_does_not_lead_on_is_refused(world: World) -> None:
    row = published(world)
    supervisor = world.actor("supervisor")
    with pytest.raises(QuestionMoved):
        operations.publish_question(row.pk, actor=supervisor, at=world.at)
    with pytest.raises(UnknownUnit):
        operations.assign_question(row.pk, unit="310198-X9", actor=supervisor, at=world.at)
    with pytest.raises(ReasonUnclear):
        operations.hide_question(row.pk, reason="", actor=supervisor, at=world.at)
    operations.hide_question(row.pk, reason="abusive", actor=supervisor, at=world.at)
    with pytest.raises(QuestionMoved):
        operations.hide_question(row.pk, reason="abusive", actor=supervisor, at=world.at)
    for pk in (row.pk + 1000, 2**63):
        with pytest.raises(NotFound):
            operations.publish_question(pk, actor=supervisor, at=world.at)


def test_a_question_without_words_and_one_too_long_are_refused(world: World) -> None:
    with pytest.raises(TextMissing):
        ask(world, " \x00 ")
    with pytest.raises(TextTooLong):
        ask(world, "长" * 1001)
    assert not Question.objects.exists()


def test_a_published_question_without_a_time_cannot_be_stored(world: World) -> None:
    row, _secret = ask(world)
    with pytest.raises(IntegrityError, match="a_public_question_says_since_when"), transaction.atomic():
        Question.objects.filter(pk=row.pk).update(state="published")


def test_a_desk_sees_what_it_may_answer_or_moderate_and_nothing_else(world: World, signed_in: SignedIn) -> None:
    waiting, _secret = ask(world)
    row = published(world)
    seen = {account: set(permitted_questions(world.actor(account)).values_list("pk", flat=True))
            for account in ("supervisor", "department02", "department03", "town01", "operator")}  # fmt: skip
    assert seen == {
        "supervisor": {waiting.pk, row.pk}, "department02": {row.pk}, "department03": set(), "town01": set(),
        "operator": set(),
    }  # fmt: skip
    assert signed_in("department02").get(f"/desk/publishing/questions/{waiting.pk}/").status_code == 404
    assert signed_in("operator").get("/desk/publishing/questions/").status_code == 403


def test_asking_and_answering_through_the_pages(world: World, public: Client, signed_in: SignedIn) -> None:
    sent = send(world, public, {"text": "<script>alert(1)</script>路灯？", "name": "晚归人", "town": "310198001"})
    assert sent.status_code == 302, sent.content.decode()
    mine = sent["Location"]
    assert "待审核" in public.get(mine).content.decode()
    row = Question.objects.get()
    desk = signed_in("supervisor")
    assert "路灯" in desk.get("/desk/publishing/questions/").content.decode()
    desk.post(f"/desk/publishing/questions/{row.pk}/publish/", {"text": "", "unit": UNIT})
    unit = signed_in("department02")
    assert "路灯" in unit.get("/desk/publishing/questions/").content.decode()
    unit.post(f"/desk/publishing/questions/{row.pk}/answer/", {"answer": "<b>好</b>"})
    for path in (mine, f"/questions/{row.pk}/", "/questions/?q=路灯"):
        page = public.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<b>好" not in page
        assert "&lt;b&gt;好" in page
    assert "没有找到" in public.get("/questions/?q=公交").content.decode()
    assert row.area == "310198001"


def test_a_form_that_is_wrong_comes_back_with_what_was_typed(world: World, public: Client, settings: Settings) -> None:
    empty = send(world, public, {"text": ""})
    assert empty.status_code == 422
    machine = send(world, public, {"text": "便宜", "website": "https://casino.example"})
    assert machine.status_code == 422
    assert "没有提交" in machine.content.decode()
    assert "便宜" in machine.content.decode()
    assert public.post("/questions/ask/", {"text": "路灯？"}).status_code == 422, "a form without our stamp"
    settings.LIANDONG_CITIZEN_LIMITS = {"question_address": 1}
    world.later(hours=2)
    sent = [send(world, public, {"text": "路灯？"}).status_code for _time in range(2)]
    assert sent == [302, 429]


def test_a_secret_nobody_was_given_finds_nothing_and_does_not_stand_in_the_database(
    world: World, public: Client
) -> None:
    _row, secret = ask(world)
    assert secret not in str(list(Question.objects.values()))
    assert public.get("/questions/asked/nothing/").status_code == 404
    assert len(secret) >= 20


def test_many_questions_go_on_page_after_page(world: World, public: Client) -> None:
    for number in range(23):
        row, _secret = ask(world, f"第 {number} 问")
        operations.publish_question(row.pk, actor=world.actor("supervisor"), at=world.later(minutes=1))
    first, second = (public.get(f"/questions/?page={page}").content.decode() for page in (1, 2))
    assert len(re.findall("第 \\d+ 问", first)) == 20
    assert len(re.findall("第 \\d+ 问", second)) == 3
    assert public.get("/questions/?page=x").status_code == 200
