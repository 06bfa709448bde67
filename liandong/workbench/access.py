"""What the pages about permission show: who sees a case, what a person may do and why, what is granted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from liandong.cases.docket import thing_of
from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.cases.rules.words import STAGE_WORDS, Stage
from liandong.cases.rules.workflow import steps_from
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, act_word, all_acts, role_word, roles
from liandong.people.explaining import Holder, grants_of, stood_in_for, who_may
from liandong.people.rules.scope import Because, Ground, PostHeld, Thing
from liandong.workbench.access_words import (
    area_name,
    because_words,
    by_word,
    force_word,
    grant_row,
    ground_words,
    nearness,
    post_words,
    reach_words,
)
from liandong.workbench.rows import unit_name

if TYPE_CHECKING:
    from liandong.cases.models import Case
    from liandong.people.models import User

MOST_OF_A_GROUND: Final = 100
"""People shown of one ground; the rest is counted."""
_MODULES: Final = {
    "cases": marked("案件"),
    "duty": marked("值班"),
    "people": marked("人员与权限"),
    "areas": marked("区划"),
    "notify": marked("消息"),
    "channels": marked("渠道"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Everybody whom one ground lets in."""

    word: str
    people: list[dict[str, Any]]
    more: int


def who_sees(case: Case, *, at: datetime) -> dict[str, Any]:
    """Everybody who can see a case, by ground, and those kept out of what is about their own unit."""
    book = rulebook_for(case.district)
    found = who_may("cases.view", thing_of(case), at=at)
    told = _stand_ins([*found.may, *found.kept_out])
    return {
        "groups": _grouped(found.may, book, told=told, at=at),
        "count": len(found.may),
        "kept_out": [_person(holder, book, told=told, at=at) for holder in found.kept_out],
        "about_unit": unit_name(case.about_unit, book),
    }


def what_may(user: User, person: Actor, book: Rulebook, *, viewer: Actor, at: datetime) -> dict[str, Any]:
    """What an account holds, and each act with the post, lending, grant or stand-in it comes from."""
    told = stood_in_for(post.id for post in person.posts if post.by == "cover")
    return {
        "person": user,
        "held": [_held(post, book, told=told) for post in person.posts],
        "acts": _acts(person),
        "grants": [grant_row(grant, book, actor=viewer, at=at) for grant in grants_of(user)[:MOST_OF_A_GROUND]],
    }


def tried(person: Actor, case: Case, *, at: datetime) -> dict[str, Any]:
    """Whether somebody may see a case, and which of the steps open to it they may take: why, or why not."""
    book, thing = rulebook_for(case.district), thing_of(case)
    told = stood_in_for(post.id for post in person.posts if post.by == "cover")

    def line(act: str, word: str) -> dict[str, Any]:
        why = person.explain(act, thing)
        reasons = because_words(why, book, stood_in_for=told, at=at) or [_why_not(person, act, thing, book)]
        return {"word": word, "may": bool(why), "why": reasons}

    view = line("cases.view", _("查看案件"))
    steps = [line(step.act, _(step.word)) for step in steps_from(Stage(case.stage))] if view["may"] else []
    return {"case": case, "view": view, "steps": steps, "stage": _(STAGE_WORDS[Stage(case.stage)])}


def role_table() -> list[dict[str, Any]]:
    """Every act with the reach each role has, module by module."""
    names = [role for role in roles() if role != "platform"]
    table = []
    for module, acts in _by_module(act.partition("@")[0] for role in roles().values() for act, _reach in role.acts):
        rows = [
            {"word": _(act_word(act)), "act": act, "cells": [_reach_of(role, act) for role in names]} for act in acts
        ]
        table.append({"word": _(_MODULES.get(module, module)), "rows": rows})
    return table


def role_names() -> list[str]:
    """The roles of the table, in its order."""
    return [_(role_word(role)) for role in roles() if role != "platform"]


def _grouped(holders: Iterable[Holder], book: Rulebook, *, told: dict[int, str], at: datetime) -> list[Group]:
    """Each person once, under the nearest of their grounds: their unit, their own report, the smallest area."""
    ordered = sorted(((_nearest(holder.because), holder) for holder in holders), key=lambda pair: nearness(pair[0]))
    groups = []
    for ground, pairs in groupby(ordered, key=lambda pair: pair[0]):
        people = [_person(holder, book, told=told, at=at) for _ground, holder in pairs]
        shown = people[:MOST_OF_A_GROUND]
        groups.append(Group(ground_words(ground, book), shown, len(people) - len(shown)))
    return groups


def _nearest(because: tuple[Because, ...]) -> Ground:
    return min((one.ground for one in because), key=nearness)


def _person(holder: Holder, book: Rulebook, *, told: dict[int, str], at: datetime) -> dict[str, Any]:
    return {
        "account": holder.account,
        "name": holder.name,
        "is_service": holder.is_service,
        "why": because_words(holder.because, book, stood_in_for=told, at=at),
    }


def _stand_ins(holders: Iterable[Holder]) -> dict[int, str]:
    covers = {one.post.id for holder in holders for one in holder.because if one.post.by == "cover"}
    return stood_in_for(covers)


def _held(post: PostHeld, book: Rulebook, *, told: dict[int, str]) -> dict[str, Any]:
    return {
        "by": by_word(post.by),
        "words": post_words(post, book, stood_in_for=told),
        "role": _(role_word(post.role)),
        "unit": unit_name(post.unit, book),
        "home": unit_name(post.home, book) if post.by == "lent" else "",
        "area": area_name(post.area, book),
        "force": force_word(post.force),
        "since_at": post.since_at,
        "until_at": post.until_at,
    }


def _acts(person: Actor) -> list[dict[str, Any]]:
    """Each act this person may do, with a cell for each of their posts."""
    known = (act.partition("@")[0] for post in person.posts for act, _reach in roles()[post.role].acts)
    table = []
    for module, acts in _by_module(known):
        rows = []
        for act in acts:
            because = person.explain(act)
            cells = [reach_words([one.ground for one in because if one.post is post]) for post in person.posts]
            if because:
                rows.append({"word": _(act_word(act)), "cells": cells})
        table.append({"word": _(_MODULES.get(module, module)), "rows": rows})
    return table


def _by_module(acts: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Acts in the order in which the table of permission names them, module by module."""
    known = list(all_acts())
    ordered = sorted(set(acts), key=lambda act: (_place(act), known.index(act)))
    return [(module, list(some)) for module, some in groupby(ordered, key=lambda act: act.partition(".")[0])]


def _place(act: str) -> int:
    module = act.partition(".")[0]
    return list(_MODULES).index(module) if module in _MODULES else len(_MODULES)


def _reach_of(role: str, act: str) -> str:
    found = []
    for allowed, reach in roles()[role].acts:
        bare, _at, level = allowed.partition("@")
        if bare == act:
            found.append(Ground(reach, "", level))
    return reach_words(found)


def _why_not(person: Actor, act: str, thing: Thing, book: Rulebook) -> str:
    """Why something is not permitted, in one sentence."""
    scope = person.scope(act)
    if not scope.grounds:
        return _("没有任何岗位、授权或代班可以“%(act)s”。") % {"act": _(act_word(act))}
    if scope.keeps_out(thing):
        return _("案件反映的是其所在单位“%(unit)s”，对该单位不可见。") % {"unit": unit_name(thing.about_unit, book)}
    without_level = Thing(thing.area, "", thing.units, thing.reporter)
    if any(Ground(one.reach, one.value).holds(without_level, person=person.user_id) for one in scope.grounds):
        return _("这一步由另一级办理：案件归区级或街镇级，与其岗位不符。")
    return _("案件不在其辖区和单位内，也不是其本人上报。")
