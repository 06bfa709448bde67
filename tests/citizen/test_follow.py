"""查进度: the link, number and phone, plain words, photos, and what the reporter does of their own."""

from __future__ import annotations

import pytest

from liandong.cases.models import Attachment, Case, Note
from liandong.cases.operations import add_photo
from liandong.citizen.queries import link_for, proven_link
from tests.cases.files import made
from tests.cases.paths import ANYONE
from tests.citizen.conftest import PHONE, Citizen, sent, ticket_in
from tests.world import MRS_CHEN, World


def closed(citizen: Citizen) -> tuple[Case, str]:
    """A citizen's case, closed; and its link."""
    link = citizen.link(class_code="M06010", photo=sent(made.jpeg(1)))
    world, case = citizen.world, Case.objects.latest("id")
    for verb, by, details in (
        ("accept_case", "operator", {}),
        ("file_case", "operator", {}),
        ("dispatch_case", "lin", {"to": ""}),
        ("receive_case", "bureau002", {}),
    ):
        world.do(verb, case, by, **details)
    add_photo(case.number, content=made.jpeg(2), purpose="after", actor=world.actor("bureau002"), at=world.at)
    world.do("hand_in_case", case, "bureau002", result="已清运", answer="垃圾已清运，地面已冲洗")
    world.do("check_case", case, "verifier", ok=True)
    world.do("close_case", case, "operator")
    case.refresh_from_db()
    return case, link


def test_its_reporter_reads_in_plain_words_what_happened_and_sees_before_and_after(citizen: Citizen) -> None:
    case, link = closed(citizen)
    page = citizen.read(link)
    for words in ("已办结", "垃圾已清运，地面已冲洗", "收到您的反映", "已到现场核查", "东桥"):
        assert words in page
    for name in ("欧阳", "zhao", "verifier", "林"):
        assert name not in page
    assert page.count("/photos/") == 4
    for kept in Attachment.objects.filter(case=case):
        answer = citizen.client.get(f"{link}photos/{kept.pk}/")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")


def test_photos_of_the_result_are_shown_once_it_is_closed_and_never_of_who_was_reported_on(citizen: Citizen) -> None:
    case, link = closed(citizen)
    after = Attachment.objects.get(case=case, purpose="after")
    Case.objects.filter(pk=case.pk).update(nature="report")
    citizen.read(f"{link}photos/{after.pk}/", status=404)
    assert citizen.read(link).count("/photos/") == 2


def test_a_link_opens_its_case_alone_and_a_broken_or_invented_one_nothing(citizen: Citizen) -> None:
    case, link = closed(citizen)
    other = citizen.link(words="另一件事：路灯不亮")
    photo = Attachment.objects.filter(case=case).first()
    assert photo
    citizen.read(f"{other}photos/{photo.pk}/", status=404)
    token = link.split("/")[3]
    for broken in (token[:-2], token.swapcase(), "x", "%00", "中", case.number):
        citizen.read(f"/track/c/{broken}/", status=404)


def test_the_answer_of_a_refusal_is_read_by_who_reported(citizen: Citizen) -> None:
    link = citizen.link()
    citizen.world.do("refuse_case", Case.objects.get(), "operator", reason="属于市级管辖，已告知市热线")
    page = citizen.read(link)
    assert "未能受理" in page
    assert "属于市级管辖，已告知市热线" in page


def test_the_reporter_urges_adds_and_withdraws(citizen: Citizen) -> None:
    link = citizen.link()
    citizen.act(link, "urge", words="气味很大")
    citizen.act(link, "add_note", words=f"又多了一堆，打 {PHONE}")
    case = Case.objects.get()
    assert case.urges == 1
    assert {row.text for row in Note.objects.all()} == {"气味很大", "又多了一堆，打 ［电话］"}
    assert "您催办了一次" in citizen.read(link)
    citizen.act(link, "withdraw")
    assert Case.objects.get().stage == "withdrawn"
    assert "您已撤回" in citizen.read(link)


def test_the_reporter_rates_and_says_it_is_not_fixed_which_reopens_once_and_then_waits_for_the_supervisor(
    citizen: Citizen,
) -> None:
    case, link = closed(citizen)
    citizen.act(link, "rate", rating="1", words="根本没清干净")
    case.refresh_from_db()
    assert case.rating == 1
    citizen.act(link, "dispute", words="后面还有一堆没清")
    case.refresh_from_db()
    assert (case.stage, case.rating, case.disputes, case.reopenings) == ("dispatched", None, 1, 1)
    assert "重新办理" in citizen.read(link)
    world = citizen.world
    for verb, by, details in (
        ("receive_case", "bureau002", {}),
        ("hand_in_case", "bureau002", {"result": "全部清运"}),
        ("check_case", "verifier", {"ok": True}),
        ("close_case", "operator", {}),
    ):
        world.do(verb, case, by, **details)
    citizen.act(link, "dispute", words="地面还有油渍")
    case.refresh_from_db()
    assert (case.stage, case.asks) == ("closed", ["appeal"])
    assert "等待值班长答复" in citizen.read(link)


@pytest.mark.parametrize(
    ("act", "fields", "says"),
    [
        ("rate", {"rating": "9"}, "评价应为 1 至 5 分。"),
        ("rate", {"rating": ""}, "评价应为 1 至 5 分。"),
        ("urge", {}, "不能执行“催办”"),
        ("close", {}, "没有这个操作。"),
        ("", {}, "没有这个操作。"),
    ],
)
def test_an_act_that_is_not_possible_is_refused_by_name_at_its_page(
    citizen: Citizen, act: str, fields: dict[str, str], says: str
) -> None:
    _case, link = closed(citizen)
    answer = citizen.client.post(link, {"act": act, **fields})
    assert answer.status_code in (409, 422)
    assert says in answer.content.decode()


def test_number_and_phone_lead_to_the_case_by_a_code_for_an_hour(citizen: Citizen, world: World) -> None:
    case = world.report(contact=MRS_CHEN, identity="named")
    asked = {"number": case.number.lower(), "phone": PHONE}
    page = citizen.client.post("/track/", asked).content.decode()
    assert "如果编号和手机号相符" in page
    code = citizen.code_sent()
    answer = citizen.client.post("/track/", {**asked, "ticket": ticket_in(page), "code": code})
    assert answer.status_code == 302
    assert case.number in citizen.read(answer["Location"])
    world.later(minutes=59)
    citizen.read(answer["Location"])
    world.later(minutes=1)
    citizen.read(answer["Location"], status=404)


def test_whoever_asks_with_another_phone_is_answered_the_same_and_gets_no_code(citizen: Citizen, world: World) -> None:
    case = world.report(contact=MRS_CHEN, identity="named")
    asked = {"number": case.number, "phone": "13900001111"}
    answer = citizen.client.post("/track/", asked)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "如果编号和手机号相符" in page
    assert citizen.code_sent(to="13900001111") == ""
    refused = citizen.client.post("/track/", {**asked, "ticket": ticket_in(page), "code": "000000"})
    assert refused.status_code == 422


def test_a_phone_proven_on_this_device_needs_no_code(citizen: Citizen, world: World) -> None:
    citizen.prove()
    case = world.report(contact=MRS_CHEN, identity="named")
    answer = citizen.client.post("/track/", {"number": case.number, "phone": PHONE})
    assert answer.status_code == 302
    assert case.number in citizen.read(answer["Location"])
    nobody = citizen.client.post("/track/", {"number": world.report().number, "phone": ""})
    assert nobody.status_code == 422


def test_a_link_says_no_more_than_its_number_and_one_of_an_hour_is_none_for_good(world: World) -> None:
    case = world.report()
    assert link_for(case.number) == link_for(case.number)
    assert proven_link(case.number, at=world.at) != link_for(case.number)


def test_nothing_of_what_citizens_may_not_see_is_for_the_actor_of_their_app(world: World) -> None:
    from liandong.citizen.queries import APP

    case = world.filed()
    for act in ("reveal_reporter", "dispatch", "close", "find_by_phone", "accept", "void", "place", "see_evidence"):
        assert not APP.may(f"cases.{act}")
    assert APP.may("cases.view")
    assert ANYONE.may("cases.void")
    assert case.number
