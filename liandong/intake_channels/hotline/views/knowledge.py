"""知识库: articles to answer from, found while typing, read, written and retired."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from markdown_it import MarkdownIt

from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.intake_channels.hotline import operations
from liandong.intake_channels.hotline.forms import ArticleForm
from liandong.intake_channels.hotline.queries import (
    article_for,
    articles_for,
    articles_in_force,
    articles_of,
    versions_of,
)
from liandong.intake_channels.hotline.rules.knowledge import snippets_in
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.queries import staff_by_key
from liandong.web.names import name_of
from liandong.web.refusals import explain

READ = ("hotline.take_calls", "cases.answer")
"""Whoever answers calls or reports reads what answers rest on."""

WRITE = "hotline.write_article"
LONGEST_QUESTION = 60
# Raw HTML is shown as text; links may lead anywhere but scripts: markdown-it refuses javascript: and data: itself.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


@desk(*READ, WRITE)
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """Every article, or those that fit what was asked."""
    district, book = district_of(request.actor), rulebook_for(district_of(request.actor))
    text = _asked(request, "q")
    day = book.day_of(timezone.now())
    found = articles_for(district, text, day=day) if text else list(articles_of(district))
    in_force = set(articles_in_force(district, day=day).values_list("pk", flat=True))
    lines = [{"row": one, "kind": _kind(one.class_prefix, book), "holds": one.pk in in_force} for one in found]
    context = {"lines": lines, "text": text, "may_write": request.actor.may(WRITE)}
    return render(request, "hotline/articles.html", context)


@desk(*READ)
@require_safe
def find(request: DeskRequest) -> HttpResponse:
    """Articles in force with what may be said of each, as JSON, best first."""
    book = rulebook_for(district_of(request.actor))
    day = book.day_of(timezone.now())
    found = articles_for(
        book.map.district.code, _asked(request, "q"), class_code=_asked(request, "class_code"), day=day
    )
    options = [
        {"article": one.pk, "title": one.title, "text": snippet, "group": _kind(one.class_prefix, book)}
        for one in found
        for snippet in snippets_in(one.text)
    ]
    return JsonResponse({"options": options})


@desk(*READ, WRITE)
@require_safe
def read(request: DeskRequest, pk: int) -> HttpResponse:
    """One article with its versions; `?version=` shows an earlier one."""
    district = district_of(request.actor)
    row = article_for(district, pk)
    versions = list(versions_of(row))
    asked = request.GET.get("version", "")
    shown = next((one for one in versions if str(one.number) == asked), versions[0])
    people = staff_by_key({one.made_by for one in versions})
    context = {
        "article": row,
        "shown": shown,
        "is_newest": shown is versions[0],
        "kind": _kind(shown.class_prefix, rulebook_for(district)),
        # The renderer escapes what people wrote: no HTML of theirs reaches the page.
        "content": mark_safe(_MARKDOWN.render(shown.text)),  # noqa: S308
        "versions": [{"row": one, "who": people.get(one.made_by, (one.made_by, ""))[0]} for one in versions],
        "may_write": request.actor.may(WRITE),
    }
    return render(request, "hotline/article.html", context)


@desk(WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: DeskRequest, pk: int = 0) -> HttpResponse:
    """Write an article, or the next version of one."""
    district = district_of(request.actor)
    row = article_for(district, pk) if pk else None
    names = ("title", "class_prefix", "text", "valid_from", "valid_until")
    form = ArticleForm(request.POST or None, initial={name: getattr(row, name) for name in names} if row else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                saved = operations.write_article(
                    district,
                    **form.cleaned_data,
                    article=pk or None,
                    version=_seen(request),
                    actor=request.actor,
                    at=timezone.now(),
                )
                messages.success(request, _("知识已保存为第 %(version)s 版。") % {"version": saved.version})
                return HttpResponseRedirect(reverse("hotline:article", args=[saved.pk]))
            except NotFound:
                raise
            except Refusal as refusal:
                told = explain(refusal)
                form.add_error(None, f"{told.says}{told.remedy}")
                status = refusal.status
    return render(request, "hotline/article_write.html", {"article": row, "form": form}, status=status)


@desk(WRITE)
@require_POST
def retire(request: DeskRequest, pk: int) -> HttpResponse:
    """Offer an article no more."""
    operations.retire_article(district_of(request.actor), article=pk, actor=request.actor, at=timezone.now())
    messages.success(request, _("知识已停用。"))
    return HttpResponseRedirect(reverse("hotline:articles"))


def _asked(request: DeskRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "").strip()[:LONGEST_QUESTION]


def _kind(prefix: str, book: Rulebook) -> str:
    kind: Any = book.classes.get(prefix)
    return name_of(kind) if kind else prefix or _("所有类别")


def _seen(request: DeskRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None
