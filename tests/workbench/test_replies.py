"""The page of reply templates, and replies offered beside a step."""

from __future__ import annotations

from liandong.cases import operations
from liandong.cases.models import ReplyTemplate
from liandong.timeline.models import Entry
from tests.workbench.conftest import SignedIn
from tests.world import DISTRICT, World

LIST = "/desk/replies/"
TYPED = {"step": "hand_in", "class_prefix": "M06", "title": "已清运", "text": "垃圾已清运，感谢反映。"}


def test_a_template_is_written_changed_and_retired_with_its_versions_shown(signed_in: SignedIn, world: World) -> None:
    desk = signed_in("supervisor")
    assert desk.post(f"{LIST}new/", TYPED)["Location"] == LIST
    row = ReplyTemplate.objects.get()
    assert "垃圾已清运" in desk.get(LIST).content.decode()
    changed = {**TYPED, "text": "已清运完毕。", "version": "1"}
    assert desk.post(f"{LIST}{row.pk}/", changed).status_code == 302
    assert desk.post(f"{LIST}{row.pk}/", changed).status_code == 409
    page = desk.get(f"{LIST}{row.pk}/").content.decode()
    for words in ("第 1 版", "第 2 版", "垃圾已清运，感谢反映。", "已清运完毕。"):
        assert words in page
    assert desk.post(f"{LIST}{row.pk}/retire/").status_code == 302
    assert desk.get(f"{LIST}{row.pk}/").status_code == 404
    assert "已停用" in desk.get(LIST).content.decode()


def test_a_faulty_template_comes_back_and_only_its_keepers_see_the_page(signed_in: SignedIn, world: World) -> None:
    for wrong in ({"title": ""}, {"class_prefix": "zz"}, {"step": "close"}):
        answer = signed_in("admin").post(f"{LIST}new/", {**TYPED, **wrong})
        assert answer.status_code == 422
        assert "感谢反映" in answer.content.decode()
    for account in ("operator", "town01", "department02"):
        assert signed_in(account).get(LIST).status_code == 403
    assert not ReplyTemplate.objects.exists()


def test_replies_are_offered_to_whoever_takes_the_step_and_their_fate_is_noted(
    signed_in: SignedIn, world: World
) -> None:
    operations.write_reply(DISTRICT, **TYPED, actor=world.actor("supervisor"), at=world.at)
    case = world.received()
    desk, here = signed_in("bureau002"), f"/desk/cases/{case.number}/replies/"
    assert 'field="answer"' in desk.get(f"/desk/cases/{case.number}/").content.decode()
    [option] = desk.post(here, {"step": "hand_in"}).json()["options"]
    assert (option["title"], option["text"]) == ("已清运", "垃圾已清运，感谢反映。")
    assert (
        desk.post(f"{here}fate/", {"step": "hand_in", "source": option["source"], "fate": "taken"}).status_code == 204
    )
    told = Entry.objects.filter(about="reply", about_id=case.pk).order_by("seq")
    assert [entry.event for entry in told] == ["RepliesOffered", "ReplyTaken"]
    assert desk.post(f"{here}fate/", {"step": "hand_in", "source": "x", "fate": "liked"}).status_code == 422
    assert desk.post(here, {"step": "close"}).status_code == 422
    assert signed_in("operator").post(here, {"step": "hand_in"}).status_code == 403
    assert signed_in("town02").post(here, {"step": "hand_in"}).status_code == 404


def test_nothing_is_noted_where_nothing_could_be_offered(signed_in: SignedIn, world: World) -> None:
    case = world.received()
    answer = signed_in("bureau002").post(f"/desk/cases/{case.number}/replies/", {"step": "hand_in"})
    assert answer.json() == {"options": []}
    assert not Entry.objects.filter(about="reply").exists()
