"""Permission in words: grounds, posts and rights as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from liandong.cases.rulebook import Rulebook
from liandong.people.access import Actor, role_word
from liandong.people.explaining import may_end
from liandong.people.rules.scope import Because, Ground, PostHeld, Reach
from liandong.web.names import listed, name_of
from liandong.workbench.rows import unit_name

if TYPE_CHECKING:
    from liandong.people.models import Grant

WHOLE_DISTRICT: Final = 6
_BOTH_LEVELS: Final = frozenset({"district", "town"})


def area_name(code: str, book: Rulebook) -> str:
    """An area's name; the whole district is called so."""
    if len(code) == WHOLE_DISTRICT:
        return _("全区")
    area = book.map.areas.get(code)
    return name_of(area) if area else code


def ground_words(ground: Ground, book: Rulebook) -> str:
    """Why a case is within reach: 派遣至其单位, 辖区覆盖, 本人上报."""
    match ground.reach:
        case Reach.UNIT:
            words = _("派遣至其单位：%(unit)s") % {"unit": unit_name(ground.value, book)}
        case Reach.AREA:
            words = _("辖区覆盖：%(area)s") % {"area": area_name(ground.value, book)}
        case Reach.OWN:
            words = _("本人上报")
        case Reach.EVERYWHERE:
            words = _("不限区域")
    return words + level_words({ground.level})


def reach_words(grounds: list[Ground]) -> str:
    """How far an act reaches from one post, in two or three characters for each reach."""
    short = {
        Reach.EVERYWHERE: _("不限"),
        Reach.AREA: _("辖区"),
        Reach.UNIT: _("本单位"),
        Reach.OWN: _("本人上报"),
    }
    found = []
    for reach, word in short.items():
        levels = {ground.level for ground in grounds if ground.reach is reach}
        if levels:
            found.append(word + level_words(levels))
    return listed(found)


def level_words(levels: set[str]) -> str:
    """To which cases an act is narrowed, in brackets; nothing where it is not, or where both levels come together."""
    if "" in levels or levels >= _BOTH_LEVELS:
        return ""
    return _("（区级案件）") if "district" in levels else _("（街镇级案件）")


def post_words(post: PostHeld, book: Rulebook, *, stood_in_for: Mapping[int, str]) -> str:
    """From which post, lending, grant or stand-in a right comes."""
    place = {"unit": unit_name(post.unit, book), "role": _(role_word(post.role)), "reason": post.title}
    match post.by:
        case "lent":
            return _("借调至%(unit)s，%(role)s") % place
        case "cover":
            return _("代%(who)s的班：%(unit)s，%(role)s") % {**place, "who": stood_in_for.get(post.id, "")}
        case "grant":
            return _("授权：%(role)s（%(reason)s）") % place
    return _("%(unit)s，%(role)s") % place


def by_word(by: str) -> str:
    """Post, lending, grant or stand-in."""
    return {"post": _("岗位"), "lent": _("借调"), "grant": _("授权"), "cover": _("代班")}.get(by, by)


def force_word(force: str) -> str:
    """The kind of force a post carries."""
    return {"service": _("服务"), "management": _("管理"), "enforcement": _("执法")}.get(force, "—")


def until_words(post: PostHeld, *, at: datetime) -> str:
    """Until when a right is held: the hour today, else the day and the hour; nothing for one without an end."""
    if post.until_at is None:
        return ""
    zone = timezone.get_default_timezone()
    ends, now = timezone.localtime(post.until_at, zone), timezone.localtime(at, zone)
    pattern = "%H:%M" if ends.date() == now.date() else "%Y-%m-%d %H:%M"
    return _("至 %(when)s") % {"when": ends.strftime(pattern)}


def nearness(ground: Ground) -> tuple[int, int, str, str]:
    """What brings grounds into order, the nearest to a case first: its unit, its reporter, the smallest area."""
    order = (Reach.UNIT, Reach.OWN, Reach.AREA, Reach.EVERYWHERE)
    return order.index(ground.reach), -len(ground.value), ground.value, ground.level


def because_words(
    because: tuple[Because, ...], book: Rulebook, *, stood_in_for: Mapping[int, str], at: datetime
) -> list[str]:
    """Every reason as a line, the nearest first: the ground, the post it comes from, until when."""
    lines = []
    for one in sorted(because, key=lambda one: nearness(one.ground)):
        parts = [ground_words(one.ground, book), post_words(one.post, book, stood_in_for=stood_in_for)]
        lines.append(" · ".join([*parts, *filter(None, [until_words(one.post, at=at)])]))
    return list(dict.fromkeys(lines))


def grant_row(grant: Grant, book: Rulebook, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """A grant or stand-in as a table shows it."""
    state = grant_state(grant, at=at)
    return {
        "id": grant.pk,
        "account": grant.user.username,
        "name": grant.user.name,
        "colleague": grant.colleague,
        "by": by_word(grant.purpose),
        "role": _(role_word(grant.role)),
        "unit": unit_name(grant.unit_id or "", book),
        "area": area_name(grant.area, book),
        "since_at": grant.since_at,
        "until_at": min(grant.until_at, grant.revoked_at or grant.until_at),
        "reason": grant.reason,
        "made_by": grant.made_by.removeprefix("user/"),
        "state": state,
        "may_end": state["code"] in ("holds", "waits") and may_end(actor, grant),
    }


def grant_state(grant: Grant, *, at: datetime) -> dict[str, str]:
    """Where a grant stands at `at`, with its word and tone."""
    if grant.revoked_at is not None:
        return {"code": "revoked", "word": _("已撤销"), "tone": "grey"}
    if grant.until_at <= at:
        return {"code": "over", "word": _("已到期"), "tone": "grey"}
    if grant.since_at > at:
        return {"code": "waits", "word": _("未开始"), "tone": "blue"}
    return {"code": "holds", "word": _("生效中"), "tone": "green"}
