"""News, notices and warnings: drafts nobody reads, versions, times, withdrawal, and the front page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from liandong.citizen.publishing import operations
from liandong.citizen.publishing.models import Article, ArticleVersion
from liandong.citizen.publishing.operations import ArticleWords
from liandong.citizen.publishing.operations.articles import ArticleMoved, ArticleUnclear
from liandong.people.access import Forbidden, NotFound
from liandong.timeline.queries import trace
from tests.publishing.conftest import SignedIn
from tests.world import DISTRICT, World

TOWN = "310198001"
WORDS = ArticleWords("周六开放", "大厅周六开放。\n\n<b>九点</b>到十六点。", "Open on Saturdays", "From nine to four.")


def write(world: World, by: str = "supervisor", **more: Any) -> Article:
    given = {"kind": "news", "area": DISTRICT, "words": WORDS, **more}
    return operations.write_article(DISTRICT, **given, actor=world.actor(by), at=world.at)


def publish(world: World, article: Article, **more: Any) -> Article:
    given = {"version": 1, **more}
    return operations.publish_article(article.pk, **given, actor=world.actor("supervisor"), at=world.at)


def test_a_draft_is_read_by_nobody_and_a_published_one_by_everybody(world: World, public: Client) -> None:
    article = write(world)
    assert public.get(f"/news/{article.pk}/").status_code == 404
    publish(world, article)
    page = public.get(f"/news/{article.pk}/").content.decode()
    assert "大厅周六开放。" in page
    assert "&lt;b&gt;九点" in page
    assert "周六开放" in public.get("/news/").content.decode()
    english = public.get(f"/news/{article.pk}/", headers={"Accept-Language": "en"}).content.decode()
    assert "From nine to four." in english


def test_a_new_version_is_read_once_it_is_published_and_the_old_one_is_kept(world: World, public: Client) -> None:
    article = publish(world, write(world))
    operations.revise_article(
        article.pk, words=ArticleWords("周日开放", "改为周日。"), actor=world.actor("admin"), at=world.at
    )
    assert "周六开放" in public.get("/news/").content.decode()
    with pytest.raises(ArticleMoved):
        publish(world, article, version=1)
    publish(world, article, version=2)
    page = public.get("/news/").content.decode()
    assert "周日开放" in page
    assert "周六开放" not in page
    assert ArticleVersion.objects.filter(article=article).count() == 2
    operations.revise_article(
        article.pk, words=ArticleWords("周日开放", "改为周日。"), actor=world.actor("admin"), at=world.at
    )
    assert ArticleVersion.objects.filter(article=article).count() == 2


def test_an_article_is_read_from_its_time_until_its_time(world: World, public: Client) -> None:
    begins, ends = world.at + timedelta(days=2), world.at + timedelta(days=4)
    article = publish(world, write(world), valid_from=begins, valid_until=ends)
    assert public.get(f"/news/{article.pk}/").status_code == 404
    world.later(days=1)
    assert public.get(f"/news/{article.pk}/").status_code == 200
    world.later(days=2)
    assert public.get(f"/news/{article.pk}/").status_code == 404


def test_a_withdrawn_article_is_gone_with_a_reason_and_may_come_back(world: World, public: Client) -> None:
    article = publish(world, write(world))
    given = {"actor": world.actor("supervisor"), "at": world.at}
    with pytest.raises(ArticleUnclear):
        operations.withdraw_article(article.pk, reason=" ", **given)
    operations.withdraw_article(article.pk, reason="时间有误", **given)
    assert public.get(f"/news/{article.pk}/").status_code == 404
    with pytest.raises(ArticleMoved):
        operations.withdraw_article(article.pk, reason="时间有误", **given)
    publish(world, article)
    assert public.get(f"/news/{article.pk}/").status_code == 200
    assert [entry.event for entry in trace("article", article.pk)] == [
        "ArticleWritten", "ArticlePublished", "ArticleWithdrawn", "ArticlePublished",
    ]  # fmt: skip


def test_warnings_stand_on_top_of_the_front_page_the_gravest_first(world: World, public: Client) -> None:
    for level, title in (("blue", "蓝色大风"), ("red", "红色暴雨"), ("yellow", "黄色高温")):
        warning = write(world, kind="warning", level=level, words=ArticleWords(title, "注意。"))
        publish(world, warning, valid_until=world.at + timedelta(days=2))
    page = public.get("/").content.decode()
    places = [page.index(title) for title in ("红色暴雨", "黄色高温", "蓝色大风")]
    assert places == sorted(places)
    assert places[-1] < page.index("<h1")
    world.later(days=2)
    assert "红色暴雨" not in public.get("/").content.decode()


def test_the_front_page_shows_the_latest_news_and_figures(world: World, public: Client) -> None:
    from liandong.people.access import platform

    publish(world, write(world))
    world.report()
    operations.refresh_figures(actor=platform("figures"), at=world.at)
    page = public.get("/").content.decode()
    assert "周六开放" in page
    assert "最后统计" in page


def test_a_town_writes_for_itself_and_nobody_else(world: World, public: Client, signed_in: SignedIn) -> None:
    article = write(world, by="town01", area=TOWN)
    for area in (DISTRICT, "310198002"):
        with pytest.raises(Forbidden):
            write(world, by="town01", area=area)
    with pytest.raises(Forbidden):
        write(world, by="operator")
    with pytest.raises(NotFound):
        operations.revise_article(article.pk, words=WORDS, actor=world.actor("town02"), at=world.at)
    assert signed_in("town02").get(f"/desk/publishing/articles/{article.pk}/").status_code == 404
    publish(world, article)
    assert "周六开放" in public.get(f"/news/?town={TOWN}").content.decode()
    assert "周六开放" not in public.get("/news/?town=310198002").content.decode()


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "poem"},
        {"kind": "warning"},
        {"level": "red"},
        {"kind": "warning", "level": "purple"},
        {"area": "999999"},
        {"area": "310198001001"},
        {"words": ArticleWords("", "正文")},
        {"words": ArticleWords("标题", " \x00 ")},
        {"words": ArticleWords("标" * 81, "正文")},
        {"words": ArticleWords("标题", "正" * 20_001)},
        {"words": ArticleWords("标题", "正文", "t" * 161)},
    ],
)
def test_what_is_incomplete_or_unknown_is_refused(world: World, more: dict[str, Any]) -> None:
    with pytest.raises(ArticleUnclear):
        write(world, **more)


def test_a_time_that_ends_before_it_begins_is_refused(world: World) -> None:
    article = write(world)
    for times in (
        {"valid_until": world.at},
        {"valid_from": world.at + timedelta(days=2), "valid_until": world.at + timedelta(days=1)},
    ):
        with pytest.raises(ArticleUnclear):
            publish(world, article, **times)


def test_writing_publishing_and_withdrawing_at_the_desk(world: World, public: Client, signed_in: SignedIn) -> None:
    desk = signed_in("supervisor")
    sent = desk.post("/desk/publishing/articles/new/", {
        "kind": "warning", "level": "orange", "area": DISTRICT, "title": "暴雨<i>", "text": "勿出门",
    })  # fmt: skip
    article = Article.objects.get()
    assert sent["Location"] == f"/desk/publishing/articles/{article.pk}/"
    where = sent["Location"]
    assert desk.post(where, {"title": "", "text": "x"}).status_code == 422
    desk.post(where, {"title": "暴雨预警", "text": "勿出门"})
    refused = desk.post(f"{where}publish/", {"version": "2", "valid_until": "2026-01-01T00:00"}, follow=True)
    assert "有效期" in refused.content.decode()
    desk.post(f"{where}publish/", {"version": "2", "valid_until": "2026-03-09T08:00"})
    assert "暴雨预警" in public.get("/news/").content.decode()
    assert "橙色预警" in public.get("/").content.decode()
    assert "橙色预警" in desk.get("/desk/publishing/articles/").content.decode()
    desk.post(f"{where}withdraw/", {"reason": "雨停"})
    assert "暴雨预警" not in public.get("/news/").content.decode()
    assert "雨停" in desk.get(where).content.decode()


@pytest.mark.parametrize("query", ["kind=poem", "town=999"])
def test_a_kind_or_town_that_is_none_is_refused(world: World, public: Client, query: str) -> None:
    assert public.get(f"/news/?{query}").status_code == 400
