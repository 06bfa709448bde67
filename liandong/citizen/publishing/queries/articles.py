"""News, notices and warnings: what everybody reads now, and what stands at a desk."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from liandong.citizen.publishing.models import Article
from liandong.citizen.publishing.rules.words import ArticleState, Kind, Level
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound
from liandong.people.rules.scope import Reach

THE_ARTICLE = marked("这篇内容")
WRITE = "publishing.write_news"


def articles_in_force(district: str, *, at: datetime, kind: str = "", town: str = "") -> QuerySet[Article]:
    """What everybody reads at `at`, the latest first; with a town what concerns it, the whole district's included."""
    found = Article.objects.filter(district=district, state=ArticleState.PUBLISHED.value, valid_from__lte=at)
    found = found.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at)).select_related("shown")
    if kind:
        found = found.filter(kind=kind)
    if town:
        found = found.filter(area__in=[district, town])
    return found.order_by("-valid_from", "-id")


def warnings_in_force(district: str, *, at: datetime) -> QuerySet[Article]:
    """The warnings that hold at `at`, the gravest first."""
    graveness = [When(level=level.value, then=Value(place)) for place, level in enumerate(Level)]
    found = articles_in_force(district, at=at, kind=Kind.WARNING)
    grave = Case(*graveness, default=Value(0), output_field=IntegerField())
    return found.annotate(grave=grave).order_by("-grave", "-valid_from", "-id")


def public_article(district: str, pk: int, *, at: datetime) -> Article:
    """An article everybody may read at `at`.

    :raises NotFound: there is none
    """
    found = articles_in_force(district, at=at).filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise NotFound(what=THE_ARTICLE)
    return found


def permitted_articles(actor: Actor) -> QuerySet[Article]:
    """The articles at this actor's desk, the latest first."""
    condition = Q(pk__in=[])
    for ground in actor.scope(WRITE).grounds:
        condition |= Q(pk__isnull=False) if ground.reach is Reach.EVERYWHERE else Q(area__startswith=ground.value)
    return Article.objects.filter(condition).prefetch_related("versions").order_by("-made_at", "-id")


def article_for(actor: Actor, pk: int) -> Article:
    """An article at this actor's desk.

    :raises NotFound: there is none
    """
    found = permitted_articles(actor).filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise NotFound(what=THE_ARTICLE)
    return found
