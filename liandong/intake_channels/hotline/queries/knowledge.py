"""Knowledge: which articles hold on a day, which of them answers what an operator types, their versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet

from liandong.cases.rules.replies import prefixes_of
from liandong.intake_channels.hotline.models import Article, ArticleVersion
from liandong.intake_channels.hotline.rules.knowledge import ArticleNotInForce, fit_of
from liandong.kernel.bigrams import query_terms, terms
from liandong.kernel.refusal import marked
from liandong.people.access import NotFound

THE_ARTICLE = marked("这篇知识")
MOST_ARTICLES: Final = 8
_MOST_RANKED: Final = 400
_CLASS_BONUS: Final = 0.4
"""What each character of the class an article is written for adds, so that its own articles come first."""


def articles_in_force(district: str, *, day: date) -> QuerySet[Article]:
    """The articles that may be used on a day."""
    return Article.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day),
        Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        district=district,
        is_retired=False,
    )


def articles_for(district: str, text: str, *, class_code: str = "", day: date) -> list[Article]:
    """The articles that fit what was typed best; without words those of the class, the most specific first."""
    held = articles_in_force(district, day=day)
    asked = query_terms(text)
    if not asked:
        theirs = held.filter(class_prefix__in=prefixes_of(class_code))
        return sorted(theirs, key=lambda one: (-len(one.class_prefix), one.title))[:MOST_ARTICLES]
    found = list(held.filter(terms__overlap=list(asked)).order_by("pk")[:_MOST_RANKED])
    return _best(found, asked, class_code, total=held.count())


def articles_of(district: str) -> QuerySet[Article]:
    """Every article of a district, those in use first."""
    return Article.objects.filter(district=district).order_by("is_retired", "class_prefix", "title", "pk")


def article_for(district: str, pk: int) -> Article:
    """An article in use.

    :raises NotFound: there is none
    """
    row = Article.objects.filter(district=district, pk=pk, is_retired=False).first()
    if row is None:
        raise NotFound(what=THE_ARTICLE)
    return row


def article_cited(district: str, pk: int, *, day: date) -> str:
    """An article as an answer names it: title and version.

    :raises NotFound: there is none
    :raises ArticleNotInForce: it does not hold that day
    """
    row = Article.objects.filter(district=district, pk=pk).first()
    if row is None:
        raise NotFound(what=THE_ARTICLE)
    if not articles_in_force(district, day=day).filter(pk=pk).exists():
        raise ArticleNotInForce(title=row.title)
    return f"{row.title}（{row.pk}/{row.version}）"


def versions_of(article: Article) -> QuerySet[ArticleVersion]:
    """Every version of an article, the newest first."""
    return ArticleVersion.objects.filter(article=article).order_by("-number")


def _best(found: Sequence[Article], asked: Sequence[str], class_code: str, *, total: int) -> list[Article]:
    holding = Counter(term for article in found for term in article.terms if term in asked)
    scored = []
    for article in found:
        fit = fit_of(asked, set(terms(article.title)), article.terms, holding, total)
        is_its_own = bool(article.class_prefix) and class_code.startswith(article.class_prefix)
        bonus = _CLASS_BONUS * len(article.class_prefix) if is_its_own else 0.0
        scored.append((-(fit + bonus), article.title, article))
    return [article for _score, _title, article in sorted(scored, key=lambda one: one[:2])][:MOST_ARTICLES]
