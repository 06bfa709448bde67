"""News, notices and warnings at the desk: written in versions, published for a time, withdrawn."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.citizen.publishing import operations
from liandong.citizen.publishing.forms import ArticleForm, ValidityForm, WithdrawForm
from liandong.citizen.publishing.front import label_of
from liandong.citizen.publishing.models import Article
from liandong.citizen.publishing.operations import ArticleWords
from liandong.citizen.publishing.queries import article_for, permitted_articles
from liandong.citizen.publishing.rules.words import ARTICLE_WORDS, ArticleState
from liandong.citizen.publishing.views.desk import WRITE, done, page, said
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.queries import staff_by_key
from liandong.people.rules.scope import Thing
from liandong.web.names import name_of

MOST: Final = 100
_WORDS: Final = ("title", "text", "title_en", "text_en")
_TONES: Final = {"draft": "amber", "published": "green", "withdrawn": "grey"}


@desk(WRITE)
@require_safe
def articles(request: DeskRequest) -> HttpResponse:
    """The articles of this desk, the latest first."""
    at = timezone.now()
    rows = [_row(row, rulebook_for(row.district), at=at) for row in permitted_articles(request.actor)[:MOST]]
    return page(request, "articles", {"rows": rows}, tab="articles")


@desk(WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: DeskRequest) -> HttpResponse:
    """Begin an article."""
    district = district_of(request.actor)
    book = rulebook_for(district)
    areas = [
        (area.code, name_of(area))
        for area in book.map.areas_on(book.map.day_of(timezone.now())).values()
        if area.level in ("district", "town") and request.actor.may(WRITE, Thing(area=area.code))
    ]
    form = ArticleForm(request.POST or None, areas=areas)
    status, why = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                article = operations.write_article(
                    district,
                    kind=given["kind"],
                    area=given["area"],
                    level=given["level"],
                    words=ArticleWords(**{name: given[name] for name in _WORDS}),
                    actor=request.actor,
                    at=timezone.now(),
                )
                messages.success(request, gettext("草稿已保存，尚未公开。"))
                return HttpResponseRedirect(_to(article.pk))
            except Refusal as refusal:
                status, why = refusal.status, said(refusal)
    return page(request, "article_new", {"form": form, "why": why}, tab="articles", status=status)


@desk(WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def article(request: DeskRequest, pk: int) -> HttpResponse:
    """One article: its next version, its publication, and its earlier versions."""
    row = article_for(request.actor, pk)
    newest = row.versions.order_by("-number")[0]
    form = ArticleForm(request.POST or None, initial={name: getattr(newest, name) for name in _WORDS})
    status, why = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            words = ArticleWords(**{name: form.cleaned_data[name] for name in _WORDS})
            try:
                operations.revise_article(pk, words=words, actor=request.actor, at=timezone.now())
                messages.success(request, gettext("新版本已保存；发布后公众才会看到。"))
                return HttpResponseRedirect(_to(pk))
            except NotFound:
                raise
            except Refusal as refusal:
                status, why = refusal.status, said(refusal)
    book = rulebook_for(row.district)
    context = {
        "row": _row(row, book, at=timezone.now()),
        "newest": newest,
        "versions": _versions(row),
        "form": form,
        "why": why,
        "validity": ValidityForm(initial={"valid_until": row.valid_until}),
        "withdraw": WithdrawForm() if row.state == ArticleState.PUBLISHED else None,
    }
    return page(request, "article", context, tab="articles", status=status)


@desk(WRITE)
@require_POST
def publish(request: DeskRequest, pk: int) -> HttpResponse:
    """Let everybody read the newest version, for a time."""
    row = article_for(request.actor, pk)
    zone = rulebook_for(row.district).map.calendar.zone
    with timezone.override(zone):
        form = ValidityForm(request.POST)
        is_valid = form.is_valid()
    number = request.POST.get("version", "")
    if not is_valid:
        messages.error(request, gettext("时间无效，没有发布。"))
        return HttpResponseRedirect(_to(pk))

    def act() -> object:
        return operations.publish_article(
            pk,
            version=int(number) if number.isdecimal() and len(number) < 6 else 0,
            valid_from=form.cleaned_data["valid_from"],
            valid_until=form.cleaned_data["valid_until"],
            actor=request.actor,
            at=timezone.now(),
        )

    return done(request, act, gettext("已发布。"), _to(pk))


@desk(WRITE)
@require_POST
def withdraw(request: DeskRequest, pk: int) -> HttpResponse:
    """Show an article no more."""
    reason = request.POST.get("reason", "")

    def act() -> object:
        return operations.withdraw_article(pk, reason=reason, actor=request.actor, at=timezone.now())

    return done(request, act, gettext("已撤回；各版本保留。"), _to(pk))


def _row(row: Article, book: Rulebook, *, at: Any) -> dict[str, Any]:
    newest = max(row.versions.all(), key=lambda version: version.number)
    area = book.map.areas.get(row.area)
    is_over = row.state == ArticleState.PUBLISHED and row.valid_until is not None and row.valid_until <= at
    return {
        "pk": row.pk,
        "title": newest.title,
        "label": label_of(row),
        "area": name_of(area) if area else row.area,
        "word": gettext("已过期") if is_over else gettext(ARTICLE_WORDS[ArticleState(row.state)]),
        "tone": "grey" if is_over else _TONES[row.state],
        "state": row.state,
        "is_newer": row.shown_id is not None and row.shown_id != newest.pk,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "reason": row.reason,
    }


def _versions(row: Article) -> list[dict[str, Any]]:
    known = sorted(row.versions.all(), key=lambda version: -version.number)
    people = staff_by_key({one.made_by for one in known})
    return [
        {
            "number": one.number,
            "title": one.title,
            "text": one.text,
            "who": people.get(one.made_by, (one.made_by, ""))[0],
            "at": one.made_at,
            "is_shown": row.state == ArticleState.PUBLISHED and row.shown_id == one.pk,
        }
        for one in known
    ]


def _to(pk: int) -> str:
    return reverse("publishing:article", args=[pk])
