"""Open work that would be left to nobody when posts end: asked for by every operation that ends them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from liandong.kernel.refusal import Refusal, marked
from liandong.people.models import Lending, Post, Unit
from liandong.people.structure import holding_on, open_work_of


class UnitLeftEmpty(Refusal):
    """Somebody leaves a unit with open work, and nobody would be left in it."""

    status = 409
    says = marked("以下单位还有在办事项，此人离岗后将无人负责：%(units)s。")
    remedy = marked("请指定接任人，或先为这些单位任命他人。")


def left_empty(posts: Collection[Post], lendings: Collection[Lending], *, after: date) -> tuple[tuple[Unit, int], ...]:
    """Units with open work in which nobody would act from `after` on without these posts and lendings, and how much."""
    units = {post.unit_id: post.unit for post in posts} | {one.team_id: one.team for one in lendings}
    others = Post.objects.filter(holding_on(after), unit__in=units, user__is_active=True, user__is_service=False)
    staffed = set(others.exclude(pk__in=[post.pk for post in posts]).values_list("unit_id", flat=True))
    lent = Lending.objects.filter(holding_on(after), team__in=units, post__user__is_active=True)
    lent = lent.exclude(pk__in=[one.pk for one in lendings]).exclude(post__in=[post.pk for post in posts])
    staffed |= set(lent.values_list("team_id", flat=True))
    work = open_work_of(units.keys() - staffed)
    return tuple((units[code], count) for code, count in sorted(work.items()))


def refuse_left_empty(left: Collection[tuple[Unit, int]]) -> None:
    """Return when no unit is left empty.

    :raises UnitLeftEmpty: otherwise
    """
    if left:
        raise UnitLeftEmpty(units="、".join(f"{unit.name} ({count})" for unit, count in left))
