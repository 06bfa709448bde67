"""Knowledge: written in versions, found while typing, offered while it holds, named by the answer that rests on it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from liandong.cases.models import Case
from liandong.cases.operations import StaleVersion
from liandong.intake_channels.hotline.models import Article, ArticleVersion
from liandong.intake_channels.hotline.operations import retire_article, write_article
from liandong.intake_channels.hotline.queries import article_cited, articles_for
from liandong.intake_channels.hotline.rules.knowledge import (
    ArticleForNoClass,
    ArticleNeverHolds,
    ArticleNotInForce,
    ArticleTitleTaken,
    ArticleUnfinished,
)
from liandong.people.access import Forbidden, NotFound
from liandong.timeline.queries import trace
from tests.hotline.conftest import SignedIn
from tests.workbench.conftest import HTMX
from tests.workbench.test_intake import TYPED
from tests.world import DISTRICT, World

TODAY = date(2026, 3, 2)
RUBBISH = "> 垃圾清运每天早六点、晚六点各一次，漏收的请留下地址。\n\n依据：市容管理规定。"


def _article(world: World, **more: Any) -> Article:
    given = {"title": "垃圾清运时间", "text": RUBBISH, "class_prefix": "M06010", **more}
    return write_article(DISTRICT, **given, actor=world.actor("supervisor"), at=world.at)


def test_every_saving_is_a_version_and_the_earlier_ones_stay(world: World) -> None:
    row = _article(world)
    _article(world, text="> 改为每天三次。", article=row.pk, version=1)
    row.refresh_from_db()
    assert (row.version, row.text) == (2, "> 改为每天三次。")
    assert list(ArticleVersion.objects.order_by("number").values_list("number", "text")) == [
        (1, RUBBISH),
        (2, "> 改为每天三次。"),
    ]
    assert [entry.data["version"] for entry in trace("article", row.pk)] == [1, 2]
    with pytest.raises(StaleVersion):
        _article(world, text="> 别的。", article=row.pk, version=1)


def test_what_was_typed_finds_by_pairs_of_characters_and_the_title_counts_more(world: World) -> None:
    rubbish = _article(world)
    parking = _article(world, title="小区停车收费", text="> 停车费由物业公示。垃圾清运另计。", class_prefix="")
    found = articles_for(DISTRICT, "垃圾几点清运", day=TODAY)
    assert found == [rubbish, parking]
    assert articles_for(DISTRICT, "停车", day=TODAY) == [parking]
    assert articles_for(DISTRICT, "公积金", day=TODAY) == []


def test_without_words_the_articles_of_the_class_come_the_most_specific_first(world: World) -> None:
    general = _article(world, title="通用答复", class_prefix="")
    own = _article(world)
    _article(world, title="行医", class_prefix="A02")
    assert articles_for(DISTRICT, "", class_code="M06010", day=TODAY) == [own, general]


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (None, None, "yes"),
        (TODAY, TODAY, "yes"),
        (None, TODAY - timedelta(days=1), ""),
        (TODAY + timedelta(days=1), None, ""),
    ],
)
def test_an_article_is_offered_and_cited_on_its_days_only(
    since: date | None, until: date | None, holds: str, world: World
) -> None:
    row = _article(world, valid_from=since, valid_until=until)
    assert bool(articles_for(DISTRICT, "垃圾", day=TODAY)) is bool(holds)
    if holds:
        assert article_cited(DISTRICT, row.pk, day=TODAY) == f"垃圾清运时间（{row.pk}/1）"
    else:
        with pytest.raises(ArticleNotInForce):
            article_cited(DISTRICT, row.pk, day=TODAY)


def test_a_retired_article_is_offered_no_more_and_its_title_is_free(world: World) -> None:
    row = _article(world)
    with pytest.raises(ArticleTitleTaken):
        _article(world)
    retire_article(DISTRICT, article=row.pk, actor=world.actor("admin"), at=world.at)
    assert articles_for(DISTRICT, "垃圾", day=TODAY) == []
    assert _article(world).pk != row.pk
    with pytest.raises(NotFound):
        retire_article(DISTRICT, article=row.pk, actor=world.actor("admin"), at=world.at)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"title": " "}, ArticleUnfinished),
        ({"text": "\x00"}, ArticleUnfinished),
        ({"title": "长" * 81}, ArticleUnfinished),
        ({"text": "长" * 50_001}, ArticleUnfinished),
        ({"class_prefix": "ZZ"}, ArticleForNoClass),
        ({"valid_from": TODAY, "valid_until": TODAY - timedelta(days=1)}, ArticleNeverHolds),
    ],
)
def test_half_an_article_is_refused_by_name(given: dict[str, Any], refusal: type[Exception], world: World) -> None:
    with pytest.raises(refusal):
        _article(world, **given)
    assert not Article.objects.exists()


def test_an_operator_reads_and_does_not_write(world: World) -> None:
    with pytest.raises(Forbidden):
        write_article(DISTRICT, title="我的", text="正文", actor=world.actor("operator"), at=world.at)


def test_the_answer_of_the_desk_names_the_article_and_its_version(signed_in: SignedIn, world: World) -> None:
    row = write_article(DISTRICT, title="垃圾清运时间", text=RUBBISH, actor=world.actor("supervisor"), at=world.at)
    typed = {**TYPED, "act": "answer", "answer": "每天两次。", "article": str(row.pk), "article_title": row.title}
    page = signed_in("operator").post("/desk/intake/", typed, headers=HTMX)
    assert page.status_code == 200, page.content.decode()
    case = Case.objects.get()
    answered = next(entry for entry in trace("case", case.pk) if entry.event == "CaseAnswered")
    assert answered.data["article"] == f"垃圾清运时间（{row.pk}/1）"
    shown = signed_in("operator").get(f"/desk/cases/{case.number}/").content.decode()
    assert "引用知识" in shown
    assert "垃圾清运时间" in shown


def test_an_answer_on_an_article_that_has_ended_is_refused_and_keeps_its_words(
    signed_in: SignedIn, world: World
) -> None:
    row = _article(world, valid_until=date(2020, 1, 1))
    typed = {**TYPED, "act": "answer", "answer": "每天两次。", "article": str(row.pk), "article_title": row.title}
    page = signed_in("operator").post("/desk/intake/", typed, headers=HTMX)
    assert page.status_code == 409
    assert "不在有效期内" in page.content.decode()
    assert "每天两次。" in page.content.decode()
    assert not Case.objects.exists()


def test_knowledge_found_while_typing_comes_with_its_snippets(signed_in: SignedIn, world: World) -> None:
    row = _article(world)
    answer = signed_in("operator").get(reverse("hotline:find_articles"), {"q": "垃圾\x00", "class_code": "M06010"})
    options = answer.json()["options"]
    assert [(option["article"], option["text"]) for option in options] == [
        (row.pk, "垃圾清运每天早六点、晚六点各一次，漏收的请留下地址。")
    ]
    assert signed_in("lin").get(reverse("hotline:find_articles")).status_code == 403


def test_an_article_is_written_read_changed_and_retired_on_its_pages(signed_in: SignedIn, world: World) -> None:
    supervisor = signed_in("supervisor")
    given = {
        "title": "噪声",
        "text": "**夜间**施工<script>alert(1)</script>",
        "class_prefix": "",
        "valid_until": "2099-01-01",
    }
    answer = supervisor.post(reverse("hotline:new_article"), given)
    row = Article.objects.get()
    assert answer["Location"] == reverse("hotline:article", args=[row.pk])
    page = supervisor.get(answer["Location"]).content.decode()
    assert "<strong>夜间</strong>" in page
    assert "<script>alert" not in page
    changed = supervisor.post(reverse("hotline:edit_article", args=[row.pk]), {**given, "text": "改", "version": "1"})
    assert changed.status_code == 302
    stale = supervisor.post(reverse("hotline:edit_article", args=[row.pk]), {**given, "text": "又改", "version": "1"})
    assert stale.status_code == 409
    old = supervisor.get(reverse("hotline:article", args=[row.pk]), {"version": "1"}).content.decode()
    assert "旧版" in old
    operator = signed_in("operator")
    assert "噪声" in operator.get(reverse("hotline:articles"), {"q": "噪声"}).content.decode()
    assert operator.get(reverse("hotline:edit_article", args=[row.pk])).status_code == 403
    assert operator.post(reverse("hotline:retire_article", args=[row.pk])).status_code == 403
    supervisor.post(reverse("hotline:retire_article", args=[row.pk]))
    assert supervisor.get(reverse("hotline:article", args=[row.pk])).status_code == 404
    assert "已停用" in supervisor.get(reverse("hotline:articles")).content.decode()


def test_a_faulty_article_comes_back_with_its_words(signed_in: SignedIn, world: World) -> None:
    given = {"title": "噪声", "text": "不要丢的正文", "class_prefix": "ZZ9"}
    page = signed_in("supervisor").post(reverse("hotline:new_article"), given)
    assert page.status_code == 422
    assert "不要丢的正文" in page.content.decode()
    assert "ZZ9" in page.content.decode()
