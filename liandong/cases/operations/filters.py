"""Keeping filters and the look of lists. A filter is its owner's; a shared one is read by the members of its unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from liandong.cases.events import FilterRemoved, FilterSaved
from liandong.cases.models import ListView, PinnedFilter, SavedFilter
from liandong.cases.queries import CaseFilter
from liandong.cases.queries.saved import filter_for, pinned_by
from liandong.cases.rules.redaction import redact, storable
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, require
from liandong.timeline.operations import Subject, record

LONGEST_NAME: Final = 40
MOST_FILTERS: Final = 50
MOST_PINS: Final = 12


class FilterNameUnfit(Refusal):
    """A name nobody could read on a tile."""

    status = 422
    says = marked("筛选的名称为 1 至 %(longest)s 字。")
    remedy = marked("请取一个简短的名称，例如“本周将超时”。")


class TooManyFilters(Refusal):
    """More than anybody looks through."""

    status = 409
    says = marked("您已保存 %(most)s 个筛选，不能再保存。")
    remedy = marked("请先删除不再使用的筛选。")


class PersonalNumberInFilter(Refusal):
    """A phone, identity number or plate among the words: it would be kept, and shared, in the open."""

    status = 422
    says = marked("要保存的文字中含有电话、证件号或车牌，不能保存。")
    remedy = marked("请去掉号码；按电话查找请用“按电话查找”，每次说明用途。")


class NotAMember(Refusal):
    """A filter is shared with a unit of one's own only."""

    status = 403
    says = marked("只能与您所在的单位共享筛选。")
    remedy = marked("请选择您任职的单位，或不共享。")


@transaction.atomic
def save_filter(
    asked: CaseFilter, *, name: str, actor: Actor, at: datetime, order: str = "newest", unit: str = "", pin: bool = True
) -> SavedFilter:
    """Keep a question under a name, in the place of one's own of that name; `unit` shares it with one's unit.

    :raises Forbidden: the actor sees no cases anywhere
    :raises FilterNameUnfit, TooManyFilters, PersonalNumberInFilter, NotAMember: it cannot be kept so
    """
    require(actor, "cases.view")
    name = " ".join(storable(name).split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise FilterNameUnfit(longest=LONGEST_NAME)
    if any(redact(text).taken for text in (name, asked.text)):
        raise PersonalNumberInFilter
    if unit and unit not in actor.units:
        raise NotAMember
    own = SavedFilter.objects.filter(account=actor.user_id or 0)
    if own.exclude(name=name).count() >= MOST_FILTERS:
        raise TooManyFilters(most=MOST_FILTERS)
    kept, _is_new = SavedFilter.objects.update_or_create(
        account=actor.user_id or 0,
        name=name,
        defaults={"asked": asked.as_asked(), "order": order, "unit": unit, "made_at": at},
    )
    record(FilterSaved(name, unit), about=_about(actor), actor=actor.key, at=at)
    if pin:
        pins = [pk for pk in pinned_by(actor) if pk != kept.pk]
        _pin([*pins[: MOST_PINS - 1], kept.pk], actor=actor)
    return kept


@transaction.atomic
def remove_filter(pk: int, *, actor: Actor, at: datetime) -> None:
    """Remove one's own filter, for everybody it was shared with.

    :raises NotFound: it is nobody's, or somebody else's
    """
    kept = filter_for(actor, pk, own=True)
    record(FilterRemoved(kept.name, kept.unit), about=_about(actor), actor=actor.key, at=at)
    kept.delete()


@transaction.atomic
def pin_filters(pks: Sequence[int], *, actor: Actor, at: datetime) -> None:
    """Keep these filters, one's own or shared, on the home page in this order; the others of before no longer.

    :raises NotFound: one of them is not the actor's to read
    """
    chosen = list(dict.fromkeys(pks))[:MOST_PINS]
    for pk in chosen:
        filter_for(actor, pk)
    _pin(chosen, actor=actor)


def keep_list_view(
    list_name: str, *, columns: Sequence[str], order: str, is_dense: bool, actor: Actor, at: datetime
) -> ListView:
    """Remember how somebody looks at a list. A matter of taste: it is on no record."""
    view, _is_new = ListView.objects.update_or_create(
        account=actor.user_id or 0,
        list=list_name,
        defaults={"columns": list(columns), "order": order, "is_dense": is_dense},
    )
    return view


def _pin(pks: Sequence[int], *, actor: Actor) -> None:
    PinnedFilter.objects.filter(account=actor.user_id or 0).delete()
    PinnedFilter.objects.bulk_create(
        PinnedFilter(account=actor.user_id or 0, filter_id=pk, place=place) for place, pk in enumerate(pks, start=1)
    )


def _about(actor: Actor) -> Subject:
    return Subject("account", actor.user_id or 0)
