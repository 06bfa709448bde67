"""The handbook: publish a version of a page, confirm having read it."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from liandong.duty.events import HandbookPagePublished, HandbookPageRead
from liandong.duty.models import HandbookPage, PageVersion, ReadReceipt
from liandong.duty.queries.handbook import page_for
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, require, roles
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject, record

LONGEST_PAGE = 100_000
_TAKEN = "new"
"""The address of the editor of new pages."""

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class PageUnclear(Refusal):
    """A handbook page without an address, a title or a text, or for roles nobody knows."""

    status = 422
    says = marked("手册页不完整：%(what)s。")
    remedy = marked("网址名用小写字母、数字与连字符；标题与正文必填；阅读对象从列表中选择。")


@transaction.atomic
def publish_page(
    slug: str,
    *,
    district: str,
    title: str,
    title_en: str = "",
    audience: Collection[str] = (),
    text: str,
    actor: Actor,
    at: datetime,
) -> PageVersion:
    """Publish the next version of a page, its first one included. The same text again makes no new version.

    :raises Forbidden: the actor may not write this district's handbook
    :raises PageUnclear: something is missing or unknown
    """
    require(actor, "duty.handbook", Thing(area=district))
    title, text = title.strip(), text.replace("\x00", "").strip().replace("\r\n", "\n")
    _check(slug, title, title_en, text, audience)
    page, _created = HandbookPage.objects.select_for_update().update_or_create(
        district=district,
        slug=slug,
        defaults={"title": title, "title_en": title_en.strip(), "audience": sorted(set(audience))},
    )
    newest = PageVersion.objects.filter(page=page).order_by("-number").first()
    if newest is not None and newest.text == text:
        return newest
    number = (PageVersion.objects.filter(page=page).aggregate(Max("number"))["number__max"] or 0) + 1
    version = PageVersion.objects.create(page=page, number=number, text=text, made_by_id=actor.user_id, since_at=at)
    event = HandbookPagePublished(slug, number, tuple(page.audience))
    record(event, about=_about(page), actor=actor.key, at=at)
    return version


@transaction.atomic
def confirm_read(slug: str, *, version: int, actor: Actor, at: datetime) -> ReadReceipt:
    """Confirm having read a version of a page; confirming twice is confirming once.

    :raises NotFound: there is no such page for this actor
    :raises PageUnclear: there is no such version, or a newer one holds
    """
    page = page_for(actor, slug)
    newest = PageVersion.objects.select_for_update().filter(page=page).order_by("-number").first()
    if newest is None or newest.number != version or actor.user_id is None:
        raise PageUnclear(what=marked("版本已更新，请重新阅读"))
    receipt, created = ReadReceipt.objects.get_or_create(
        version=newest, user_id=actor.user_id, defaults={"read_at": at}
    )
    if created:
        record(HandbookPageRead(page.slug, version), about=_about(page), actor=actor.key, at=at)
    return receipt


def _check(slug: str, title: str, title_en: str, text: str, audience: Collection[str]) -> None:
    known = set(audience) <= roles().keys()
    faults = [
        (marked("网址名"), bool(_SLUG.fullmatch(slug)) and len(slug) <= 60 and slug != _TAKEN),
        (marked("标题"), bool(title) and len(title) <= 80 and len(title_en) <= 120),
        (marked("正文"), bool(text) and len(text) <= LONGEST_PAGE),
        (marked("阅读对象"), known),
    ]
    for what, fine in faults:
        if not fine:
            raise PageUnclear(what=what)


def _about(page: HandbookPage) -> Subject:
    return Subject("handbook", page.pk, area=page.district)
