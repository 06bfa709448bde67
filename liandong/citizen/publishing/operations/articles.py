"""News, notices and warnings: written in versions, published for a time, withdrawn with a reason, never overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from liandong.areas.queries import district_map
from liandong.cases.rules.redaction import storable
from liandong.citizen.publishing.events import ArticlePublished, ArticleWithdrawn, ArticleWritten
from liandong.citizen.publishing.models import Article, ArticleVersion
from liandong.citizen.publishing.queries.articles import THE_ARTICLE
from liandong.citizen.publishing.rules.words import ArticleState, Kind, Level
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject, record

WRITE = "publishing.write_news"
LONGEST_TITLE = 80
LONGEST_TITLE_EN = 160
LONGEST_TEXT = 20_000


class ArticleUnclear(Refusal):
    """An article without title or text, of no known kind, or for an area nobody knows."""

    status = 422
    says = marked("内容不完整：%(what)s。")
    remedy = marked("标题与正文必填；类型、预警级别与范围从列表中选择；止于须晚于起于。")


class ArticleMoved(Refusal):
    """A step that does not lead on from where the article stands."""

    status = 409
    says = marked("这篇内容现在不能这样处理。")
    remedy = marked("请刷新页面查看它的现状与最新版本。")


@dataclass(frozen=True, slots=True)
class ArticleWords:
    """What an article says."""

    title: str
    text: str
    title_en: str = ""
    text_en: str = ""


@transaction.atomic
def write_article(
    district: str, *, kind: str, area: str, level: str = "", words: ArticleWords, actor: Actor, at: datetime
) -> Article:
    """Begin an article with its first version; nobody reads it until it is published.

    :raises Forbidden: the actor may not write for that area
    :raises ArticleUnclear: something is missing or unknown
    """
    known = area in district_map(district).areas and area.startswith(district) and len(area) in (6, 9)
    if not known:
        raise ArticleUnclear(what=marked("范围"))
    require(actor, WRITE, Thing(area=area))
    if kind not in set(Kind):
        raise ArticleUnclear(what=marked("类型"))
    if (kind == Kind.WARNING) != (level in set(Level)):
        raise ArticleUnclear(what=marked("预警级别"))
    article = Article.objects.create(district=district, area=area, kind=kind, level=level, made_at=at)
    _write(article, words, actor=actor, at=at)
    return article


@transaction.atomic
def revise_article(pk: int, *, words: ArticleWords, actor: Actor, at: datetime) -> ArticleVersion:
    """Write the next version; what everybody reads stays until that one is published. The same words make none.

    :raises NotFound, Forbidden: not for this actor
    :raises ArticleUnclear: title or text is missing, or too long
    """
    return _write(_locked(pk, actor=actor), words, actor=actor, at=at)


@transaction.atomic
def publish_article(
    pk: int, *, version: int, valid_from: datetime | None = None, valid_until: datetime | None = None,
    actor: Actor, at: datetime,
) -> Article:  # fmt: skip
    """Let everybody read the newest version, from now or `valid_from` on, until `valid_until` or for good.

    :raises NotFound, Forbidden: not for this actor
    :raises ArticleMoved: a newer version was written meanwhile
    :raises ArticleUnclear: it would end before it begins
    """
    article = _locked(pk, actor=actor)
    newest = article.versions.order_by("-number")[0]
    if newest.number != version:
        raise ArticleMoved
    begins = valid_from or at
    if valid_until is not None and valid_until <= max(begins, at):
        raise ArticleUnclear(what=marked("有效期"))
    article.shown, article.valid_from, article.valid_until = newest, begins, valid_until
    article.state, article.reason, article.published_at = ArticleState.PUBLISHED.value, "", at
    article.save(update_fields=["shown", "valid_from", "valid_until", "state", "reason", "published_at"])
    _record(ArticlePublished(article.kind, newest.number, article.level), article, actor=actor, at=at)
    return article


@transaction.atomic
def withdraw_article(pk: int, *, reason: str, actor: Actor, at: datetime) -> Article:
    """Show a published article no more.

    :raises NotFound, Forbidden: not for this actor
    :raises ArticleMoved: it is not published
    :raises ArticleUnclear: without a reason
    """
    article = _locked(pk, actor=actor)
    if article.state != ArticleState.PUBLISHED:
        raise ArticleMoved
    reason = storable(reason).strip()[:200]
    if not reason:
        raise ArticleUnclear(what=marked("撤回理由"))
    article.state, article.reason = ArticleState.WITHDRAWN.value, reason
    article.save(update_fields=["state", "reason"])
    _record(ArticleWithdrawn(reason), article, actor=actor, at=at)
    return article


def _locked(pk: int, *, actor: Actor) -> Article:
    article = Article.objects.select_for_update().filter(pk=pk).first() if pk < 2**63 else None
    if article is None or not actor.may(WRITE, Thing(area=article.area)):
        raise NotFound(what=THE_ARTICLE)
    return article


def _write(article: Article, words: ArticleWords, *, actor: Actor, at: datetime) -> ArticleVersion:
    said = {name: storable(getattr(words, name)).strip().replace("\r\n", "\n") for name in ArticleWords.__slots__}
    faults = [
        (marked("标题"), bool(said["title"]) and len(said["title"]) <= LONGEST_TITLE),
        (marked("英文标题"), len(said["title_en"]) <= LONGEST_TITLE_EN),
        (marked("正文"), bool(said["text"]) and max(len(said["text"]), len(said["text_en"])) <= LONGEST_TEXT),
    ]
    for what, fine in faults:
        if not fine:
            raise ArticleUnclear(what=what)
    newest = article.versions.order_by("-number").first()
    if newest is not None and all(getattr(newest, name) == text for name, text in said.items()):
        return newest
    number = newest.number + 1 if newest else 1
    version = ArticleVersion.objects.create(article=article, number=number, made_by=actor.key, made_at=at, **said)
    _record(ArticleWritten(article.kind, number), article, actor=actor, at=at)
    return version


def _record(event: object, article: Article, *, actor: Actor, at: datetime) -> None:
    record(event, about=Subject("article", article.pk, area=article.area), actor=actor.key, at=at)
