"""Keeping knowledge: every saving is a version, and the earlier ones stay."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from liandong.cases.operations import StaleVersion
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.redaction import redact, storable
from liandong.intake_channels.hotline.events import ArticleRetired, ArticleWritten
from liandong.intake_channels.hotline.models import Article, ArticleVersion
from liandong.intake_channels.hotline.queries.knowledge import THE_ARTICLE
from liandong.intake_channels.hotline.rules.knowledge import (
    LONGEST_ARTICLE,
    LONGEST_TITLE,
    ArticleForNoClass,
    ArticleNeverHolds,
    ArticleTitleTaken,
    ArticleUnfinished,
)
from liandong.kernel.bigrams import terms
from liandong.people.access import Actor, NotFound, require
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject, record

WRITE_ARTICLE = "hotline.write_article"


def write_article(
    district: str,
    *,
    title: str,
    text: str,
    actor: Actor,
    at: datetime,
    class_prefix: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    article: int | None = None,
    version: int | None = None,
) -> Article:
    """Keep an article, or the next version of the one `article` names. Telephones in its text stay.

    :raises ArticleUnfinished: title or text is missing or too long
    :raises ArticleForNoClass: the catalogue has no class that begins so
    :raises ArticleNeverHolds: it ends before it begins
    :raises ArticleTitleTaken: another article in use has the title
    :raises StaleVersion: somebody changed it since it was read
    """
    require(actor, WRITE_ARTICLE, Thing(area=district))
    prefix = storable(class_prefix).strip()
    if not any(code.startswith(prefix) for code in rulebook_for(district).classes):
        raise ArticleForNoClass(code=prefix[:10])
    name, words = redact(storable(title).strip()).text, storable(text).replace("\r\n", "\n").strip()
    if not name or not words or len(name) > LONGEST_TITLE or len(words) > LONGEST_ARTICLE:
        raise ArticleUnfinished(title=LONGEST_TITLE, text=LONGEST_ARTICLE)
    if valid_from and valid_until and valid_until < valid_from:
        raise ArticleNeverHolds
    held = {"title": name, "class_prefix": prefix, "text": words, "valid_from": valid_from, "valid_until": valid_until}
    try:
        with transaction.atomic():
            row = _locked(district, article, version) if article else Article(district=district, version=0)
            _save(row, held, actor=actor, at=at)
    except IntegrityError as error:
        if "an_article_has_a_title_of_its_own" not in str(error):
            raise
        raise ArticleTitleTaken(title=name) from error
    return row


@transaction.atomic
def retire_article(district: str, *, article: int, actor: Actor, at: datetime) -> Article:
    """Offer an article no more; its versions stay.

    :raises NotFound: no such article in use
    """
    require(actor, WRITE_ARTICLE, Thing(area=district))
    row = _locked(district, article, None)
    row.is_retired = True
    row.save(update_fields=["is_retired"])
    record(ArticleRetired(row.title, row.version), about=_subject(row), actor=actor.key, at=at)
    return row


def _save(row: Article, held: dict[str, Any], *, actor: Actor, at: datetime) -> None:
    """Write the article, its version, and that it was written."""
    for name, value in held.items():
        setattr(row, name, value)
    row.version += 1
    row.terms = list(terms(f"{row.title}\n{row.text}"))
    row.save()
    ArticleVersion.objects.create(article=row, number=row.version, **held, made_by=actor.key, made_at=at)
    told = ArticleWritten(row.title, row.version, row.class_prefix, _day(row.valid_from), _day(row.valid_until))
    record(told, about=_subject(row), actor=actor.key, at=at)


def _locked(district: str, key: int, version: int | None) -> Article:
    row = Article.objects.select_for_update().filter(pk=key, district=district, is_retired=False).first()
    if row is None:
        raise NotFound(what=THE_ARTICLE)
    if version is not None and version != row.version:
        raise StaleVersion(seen=version, current=row.version, changed=[])
    return row


def _subject(row: Article) -> Subject:
    return Subject("article", row.pk, area=row.district)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
