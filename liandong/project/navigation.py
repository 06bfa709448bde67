"""The menu: each page of the desk with the acts that reveal it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from liandong.cases.rulebook import rulebook_for
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, role_word


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu; shown to whoever may do one of `acts` anywhere."""

    view: str
    word: str
    icon: str
    acts: tuple[str, ...]


MENU: Final[tuple[Entry, ...]] = (
    Entry("workbench:home", marked("工作台"), "house", ()),
    Entry("workbench:intake", marked("受理登记"), "headset", ("cases.accept",)),
    Entry("workbench:dispatch", marked("派遣调度"), "send", ("cases.dispatch",)),
    Entry("workbench:inbox", marked("待办案件"), "inbox", ("cases.receive",)),
    Entry("workbench:verify", marked("核查回访"), "clipboard-check", ("cases.check", "cases.call_back")),
    Entry("workbench:late", marked("超时督办"), "alarm", ("cases.dispatch", "cases.close_special", "cases.check")),
    Entry("workbench:cases", marked("全部案件"), "list-ul", ("cases.view",)),
)


def menu(request: HttpRequest) -> dict[str, Any]:
    """Context for every page: the menu of whoever is signed in, and who that is."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"menu": [], "me": None}
    return {"menu": [line for entry in MENU if (line := _line(entry, actor, request.path))], "me": _me(actor)}


def _line(entry: Entry, actor: Actor, path: str) -> dict[str, Any] | None:
    if entry.acts and not any(actor.may(act) for act in entry.acts):
        return None
    try:
        url = reverse(entry.view)
    except NoReverseMatch:
        return None
    active = path == url or (url != reverse("workbench:home") and path.startswith(url))
    return {"url": url, "label": gettext(entry.word), "icon": entry.icon, "active": active}


def _me(actor: Actor) -> dict[str, str]:
    if not actor.posts:
        return {"name": actor.name, "role": "", "unit": "", "area": ""}
    post = actor.posts[0]
    try:
        unit = rulebook_for(post.area[:6]).unit(post.unit).name
    except Refusal:
        unit = post.unit
    return {"name": actor.name, "role": gettext(role_word(post.role)), "unit": unit, "area": post.area}
