"""手册: pages in Markdown, their versions and differences, who has read them."""

from __future__ import annotations

import difflib

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from markdown_it import MarkdownIt

from liandong.duty import operations
from liandong.duty.forms import PageForm
from liandong.duty.models import HandbookPage, PageVersion
from liandong.duty.queries import page_for, pages_for, readers_of, unread_by
from liandong.duty.queries.handbook import THE_PAGE, versions_of
from liandong.duty.views.pages import page, told, zone_of
from liandong.kernel.refusal import Refusal
from liandong.people.access import NotFound, require, role_word, roles
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.rules.scope import Thing
from liandong.web.names import name_of

# Raw HTML is shown as text; links may lead anywhere but scripts: markdown-it refuses javascript: and data: itself.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_MACHINES = frozenset({"platform", "integrator", "citizen", "citizen_app"})


@desk("duty.view")
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """The pages, what I must still read first."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    unread = {found.pk for found in unread_by(request.actor)}
    rows = [
        {"page": found, "title": name_of(found), "unread": found.pk in unread, "audience": _audience(found)}
        for found in pages_for(request.actor, text)
    ]
    rows.sort(key=lambda row: not row["unread"])
    context = {"rows": rows, "text": text, "may_write": request.actor.may("duty.handbook"), "zone": zone_of(request)}
    return page(request, "handbook", context, tab="handbook")


@desk("duty.view")
@require_safe
def read(request: DeskRequest, slug: str) -> HttpResponse:
    """One page, in its newest or an earlier version, or what changed between two."""
    found = page_for(request.actor, slug)
    versions = list(versions_of(found))
    shown = _version(versions, request.GET.get("version", ""))
    before = next((one for one in versions if one.number == shown.number - 1), None)
    differs = request.GET.get("diff") == "yes" and before is not None
    is_due = shown is versions[0] and found.pk in {one.pk for one in unread_by(request.actor)}
    context = {
        "page": found,
        "title": name_of(found),
        "version": shown,
        "versions": versions,
        "before": before,
        # The renderer escapes what people wrote: no HTML of theirs reaches the page.
        "content": mark_safe(_MARKDOWN.render(shown.text)),  # noqa: S308
        "diff": _difference(before, shown) if differs and before else None,
        "must_read": is_due,
        "audience": _audience(found),
        "may_write": request.actor.may("duty.handbook", Thing(area=found.district)),
        "may_see_readers": request.actor.may("duty.handbook") or request.actor.may("duty.roster"),
        "zone": zone_of(request),
    }
    return page(request, "handbook_page", context, tab="handbook")


@desk("duty.view")
@require_POST
def confirm(request: DeskRequest, slug: str) -> HttpResponse:
    """Confirm having read the newest version."""
    number = request.POST.get("version", "")
    version = int(number) if number.isdecimal() and len(number) < 8 else 0
    try:
        operations.confirm_read(slug, version=version, actor=request.actor, at=timezone.now())
        messages.success(request, _("已确认阅读。"))
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, told(refusal))
    return redirect("duty:handbook_page", slug)


@desk("duty.handbook")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, slug: str = "") -> HttpResponse:
    """Write a new page, or the next version of one."""
    district = district_of(request.actor)
    require(request.actor, "duty.handbook", Thing(area=district))
    found = page_for(request.actor, slug) if slug else None
    newest = versions_of(found).first() if found else None
    initial = {}
    if found and newest:
        initial = {"slug": found.slug, "title": found.title, "title_en": found.title_en,
                   "audience": found.audience, "text": newest.text}  # fmt: skip
    form = PageForm(request.POST or None, initial=initial)
    form.fields["audience"].choices = [  # type: ignore[attr-defined]
        (role, _(role_word(role))) for role in roles() if role not in _MACHINES
    ]
    if found:
        form.fields["slug"].disabled = True
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = dict(form.cleaned_data)
            try:
                operations.publish_page(
                    given.pop("slug"), district=district, **given, actor=request.actor, at=timezone.now()
                )
                messages.success(request, _("手册已发布，必读岗位需要重新确认阅读。"))
                return redirect("duty:handbook_page", form.cleaned_data["slug"])
            except Refusal as refusal:
                form.add_error(None, told(refusal))
                status = refusal.status
    return page(request, "handbook_edit", {"form": form, "page": found}, tab="handbook", status=status)


@desk("duty.handbook", "duty.roster")
@require_safe
def readers(request: DeskRequest, slug: str) -> HttpResponse:
    """Who must read a page, and who has, by unit."""
    found = page_for(request.actor, slug)
    newest = versions_of(found).first()
    if newest is None:
        raise NotFound(what=THE_PAGE)
    on = timezone.now().astimezone(zone_of(request)).date()
    context = {"page": found, "title": name_of(found), "version": newest, "rows": readers_of(newest, on=on)}
    return page(request, "handbook_readers", context, tab="handbook")


def _version(versions: list[PageVersion], text: str) -> PageVersion:
    """The version asked for, else the newest.

    :raises NotFound: there is none
    """
    wanted = next((one for one in versions if str(one.number) == text), None) if text else versions[0]
    if wanted is None:
        raise NotFound(what=THE_PAGE)
    return wanted


def _difference(before: PageVersion, after: PageVersion) -> list[tuple[str, str]]:
    """The lines of a version against the one before: (gone, new or same, text)."""
    words = {"-": "gone", "+": "new", " ": "same", "?": ""}
    lines = difflib.ndiff(before.text.splitlines(), after.text.splitlines())
    return [(words[line[0]], line[2:]) for line in lines if words[line[0]]]


def _audience(found: HandbookPage) -> str:
    return "、".join(_(role_word(role)) for role in found.audience)
