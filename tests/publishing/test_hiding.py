"""A moderator hides a case: nobody finds it in public any more, those who work on it do, and the record says why."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from liandong.cases.models import Case
from liandong.cases.queries import public_cases
from liandong.citizen.publishing import operations
from liandong.citizen.publishing.models import Hiding
from liandong.citizen.publishing.operations.moderating import AlreadyHidden, NotHidden, ReasonUnclear
from liandong.people.access import Forbidden, NotFound
from liandong.timeline.queries import trace
from liandong.timeline.verify import verify
from tests.publishing.conftest import SignedIn, rows_of, with_photo
from tests.world import DISTRICT, World

MAP = "/map/?period=365"
POINTS = "/map/cases.json?bbox=121.3,30.9,121.6,31.2&zoom=13&period=365"


def hide(world: World, case: Case, by: str = "supervisor", **words: str) -> Hiding:
    given = {"reason": "personal", **words}
    return operations.hide_case(case.number, **given, actor=world.actor(by), at=world.later(minutes=1))


def _seen(public: Client, number: str, photo: int) -> dict[str, bool]:
    """Where anybody finds a case."""
    by_numbers = public.get(f"/open311/v2/requests.json?service_request_id={number}")
    media = f"/open311/v2/media/{number}/{photo}.jpg"
    return {
        "page": public.get(f"/map/{number}/").status_code == 200,
        "photo": public.get(f"/map/{number}/photos/{photo}/").status_code == 200,
        "list": number in public.get(MAP).content.decode(),
        "map": number in public.get(POINTS).content.decode(),
        "csv": number in {row["number"] for row in rows_of(public)},
        "json": number in b"".join(public.get("/open-data/cases.json").streaming_content).decode(),  # type: ignore[attr-defined]
        "open311": by_numbers.status_code == 200,
        "open311 list": number in public.get("/open311/v2/requests.json").content.decode(),
        "open311 photo": public.get(media).status_code == 200,
    }


def test_a_hidden_case_is_found_nowhere_and_a_shown_one_everywhere_again(world: World, public: Client) -> None:
    case, photo = with_photo(world)
    assert set(_seen(public, case.number, photo.pk).values()) == {True}, _seen(public, case.number, photo.pk)
    hide(world, case)
    assert set(_seen(public, case.number, photo.pk).values()) == {False}, _seen(public, case.number, photo.pk)
    operations.show_case(case.number, why="已涂去门牌", actor=world.actor("supervisor"), at=world.later(minutes=1))
    assert set(_seen(public, case.number, photo.pk).values()) == {True}


def test_the_case_itself_is_untouched_and_its_record_says_who_hid_it_and_why(world: World) -> None:
    case, photo = with_photo(world)
    before = Case.objects.filter(pk=case.pk).values().get()
    hide(world, case, reason="other", note="家属要求")
    assert Case.objects.filter(pk=case.pk).values().get() == before
    told = trace("case", case.pk).last()
    assert told is not None
    assert (told.event, told.actor) == ("CaseHidden", "user/supervisor")
    assert (told.data["reason"], told.data["note"]) == ("other", "家属要求")
    assert case.attachments.filter(pk=photo.pk).exists()
    assert not verify().breaks


def test_the_desk_tells_of_it_in_words(world: World, signed_in: SignedIn) -> None:
    case, _photo = with_photo(world)
    hide(world, case, note="有门牌号")
    page = signed_in("operator").get(f"/desk/cases/{case.number}/").content.decode()
    assert "设为不公开" in page
    assert "含个人信息" in page
    assert "有门牌号" in page


def test_a_reason_is_needed_and_the_other_one_in_words(world: World) -> None:
    case = world.report()
    for words in ({"reason": ""}, {"reason": "unknown"}, {"reason": "other"}, {"reason": "other", "note": " \x00 "}):
        with pytest.raises(ReasonUnclear):
            hide(world, case, **words)
    hide(world, case)
    with pytest.raises(ReasonUnclear):
        operations.show_case(case.number, why=" ", actor=world.actor("supervisor"), at=world.at)


def test_hiding_twice_and_showing_what_is_not_hidden_are_refused(world: World) -> None:
    case = world.report()
    with pytest.raises(NotHidden):
        operations.show_case(case.number, why="误操作", actor=world.actor("supervisor"), at=world.at)
    hide(world, case)
    with pytest.raises(AlreadyHidden):
        hide(world, case)
    with pytest.raises(IntegrityError, match="a_case_is_hidden_once_at_a_time"), transaction.atomic():
        Hiding.objects.create(
            case=case, number=case.number, district=DISTRICT, reason="personal", hidden_by="x", hidden_at=world.at
        )


@pytest.mark.parametrize(
    ("account", "refusal"),
    [("operator", Forbidden), ("lin", Forbidden), ("auditor", Forbidden), ("town01", Forbidden), ("grid002", NotFound)],
)
def test_only_moderators_hide_and_whoever_may_not_see_a_case_learns_nothing(
    world: World, account: str, refusal: type[Exception]
) -> None:
    case = world.report()
    with pytest.raises(refusal):
        hide(world, case, by=account)
    assert public_cases(DISTRICT).filter(pk=case.pk).exists()


def test_complaints_closed_classes_and_disputes_are_never_public_whoever_shows_them(world: World) -> None:
    complaint = world.report(nature="complaint")
    closed = world.report(class_code="A0203", nature="report")
    dispute = world.report(class_code="A1101")
    hide(world, complaint)
    operations.show_case(complaint.number, why="误操作", actor=world.actor("supervisor"), at=world.at)
    numbers = set(public_cases(DISTRICT).values_list("number", flat=True))
    assert not numbers & {complaint.number, closed.number, dispute.number}


def test_no_class_of_disputes_is_open_in_the_catalogue(world: World) -> None:
    from liandong.cases.rulebook import rulebook_for

    classes = rulebook_for(DISTRICT).classes.values()
    assert [kind.code for kind in classes if "纠纷" in kind.name and kind.is_public] == []


def test_the_desk_hides_shows_and_lists(world: World, signed_in: SignedIn, public: Client) -> None:
    case, photo = with_photo(world)
    desk = signed_in("supervisor")
    answer = desk.post(
        f"/desk/publishing/cases/{case.number}/hide/", {"reason": "personal", "note": "<b>门牌</b>"}, follow=True
    )
    assert "已设为不公开" in answer.content.decode()
    listed = desk.get("/desk/publishing/moderation/").content.decode()
    assert case.number in listed
    assert "&lt;b&gt;门牌" in listed
    assert public.get(f"/map/{case.number}/").status_code == 404
    desk.post(f"/desk/publishing/cases/{case.number}/show/", {"why": "已处理"})
    assert public.get(f"/map/{case.number}/").status_code == 200
    assert desk.get("/desk/publishing/moderation/?number=XA-1").status_code == 404
    assert desk.get(f"/desk/publishing/moderation/?number={case.number}").status_code == 302


def test_the_desk_is_for_those_who_may(world: World, signed_in: SignedIn, public: Client) -> None:
    case = world.report()
    for account, status in (("supervisor", 200), ("admin", 200), ("town01", 403), ("operator", 403), ("auditor", 403)):
        assert signed_in(account).get("/desk/publishing/moderation/").status_code == status, account
    assert (
        signed_in("operator").post(f"/desk/publishing/cases/{case.number}/hide/", {"reason": "personal"}).status_code
        == 403
    )
    assert public.get("/desk/publishing/moderation/").status_code == 302
