"""What the pages of the organisation show: rows of units, posts and people, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound, role_word
from liandong.people.models import Force, Level, Post, Rank, Unit, UnitKind, User
from liandong.people.operations.beats import ORGANISE, THE_POST, THE_UNIT
from liandong.people.operations.leaving import THE_PERSON
from liandong.people.queries import staff_by_key
from liandong.people.rules.force import carried
from liandong.people.rules.scope import Thing
from liandong.people.structure import areas_of, within
from liandong.timeline.queries import trace
from liandong.web.names import name_of, reads_english

if TYPE_CHECKING:
    from liandong.timeline.models import Entry

SEE: Final = "people.see_access"
ACTS: Final = (ORGANISE, SEE)
LONGEST_STORY: Final = 12

KIND_ICONS: Final[Mapping[str, str]] = {
    "centre": "headset",
    "department": "building",
    "town": "house",
    "bureau": "person-badge",
    "office": "pin-map",
    "station": "house-check",
    "team": "people",
    "joint": "diagram-3",
    "mediation": "chat-left-text",
    "grid": "geo-alt",
}
WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "UnitOpened": (marked("设立单位"), "plus-lg", "green"),
    "UnitChanged": (marked("单位变更"), "pencil", "blue"),
    "UnitClosed": (marked("撤销单位"), "slash-circle", "grey"),
}
FIELD_WORDS: Final[Mapping[str, str]] = {
    "name": marked("单位名称"),
    "name_en": marked("英文名称"),
    "phone": marked("电话"),
    "force": marked("力量性质"),
    "parent": marked("上级单位"),
    "area": marked("区域"),
    "title": marked("职务"),
    "rank": marked("级别"),
    "until": marked("终止日期"),
}


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post as a table shows it."""

    post: Post
    person: str
    role: str
    rank: str
    area: str
    force: str
    unit: str


def seen_units(actor: Actor) -> QuerySet[Unit]:
    """The units whose organisation the actor may see."""
    return Unit.objects.filter(within(actor.scope(ORGANISE)) | within(actor.scope(SEE)))


def unit_seen(actor: Actor, code: str) -> Unit:
    """The unit of that code.

    :raises NotFound: there is none that the actor may see
    """
    unit = seen_units(actor).filter(pk=code.replace("\x00", "")).select_related("parent").first()
    if unit is None:
        raise NotFound(what=THE_UNIT)
    return unit


def post_seen(actor: Actor, number: int) -> Post:
    """The post of that number.

    :raises NotFound: there is none that the actor may see
    """
    post = Post.objects.filter(pk=number).select_related("unit", "user").first()
    if post is None or not may_see(actor, post.unit.area):
        raise NotFound(what=THE_POST)
    return post


def person_seen(actor: Actor, account: str) -> User:
    """The person of that account, who holds or held a post that the actor may see.

    :raises NotFound: there is none
    """
    user = User.objects.filter(username=account.replace("\x00", ""), is_service=False).first()
    areas = Post.objects.filter(user=user).values_list("unit__area", flat=True) if user else ()
    if user is None or not any(may_see(actor, area) for area in areas):
        raise NotFound(what=THE_PERSON)
    return user


def may_see(actor: Actor, area: str) -> bool:
    """Whether the actor may see the organisation of an area."""
    return any(actor.may(act, Thing(area)) for act in ACTS)


def may_organise(actor: Actor, area: str) -> bool:
    """Whether the actor may change the organisation of an area."""
    return actor.may(ORGANISE, Thing(area))


def area_word(code: str) -> str:
    """The name of an area in the reader's language; its code where it has none."""
    area = areas_of(code[:6]).get(code)
    return name_of(area) if area else code


def post_rows(posts: Iterable[Post]) -> list[PostRow]:
    """Posts as a table shows them."""
    names: dict[str, str] = {}
    rows = []
    for post in posts:
        if post.area not in names:
            names[post.area] = area_word(post.area)
        rows.append(
            PostRow(
                post=post,
                person=post.user.name,
                role=_(role_word(post.role)),
                rank=str(Rank(post.rank).label) if post.rank != Rank.MEMBER else "",
                area=names[post.area],
                force=carried(post.force, of_the_unit=post.unit.force),
                unit=name_of(post.unit),
            )
        )
    return rows


def path_to(unit: Unit, actor: Actor) -> list[Unit]:
    """The units above this one that the actor may see, from the top."""
    path: list[Unit] = []
    above = unit.parent
    while above is not None:
        if may_see(actor, above.area):
            path.insert(0, above)
        above = above.parent
    return path


def unit_facts(unit: Unit) -> list[tuple[str, str]]:
    """What stands on the card of a unit."""
    days = f"{unit.since_on or '…'} — {unit.until_on or '…'}" if unit.since_on or unit.until_on else ""
    other = unit.name if reads_english() else unit.name_en
    return [
        (_("代码"), unit.code),
        (_("单位类别"), str(UnitKind(unit.kind).label)),
        (_("层级"), str(Level(unit.level).label)),
        (_("区域"), f"{area_word(unit.area)} {unit.area}"),
        (_("电话"), unit.phone),
        (_("英文名称") if not reads_english() else _("中文名称"), other),
        (_("起止"), days),
    ]


def story_of_unit(unit: Unit) -> list[dict[str, Any]]:
    """What happened to the unit itself, newest first."""
    about = trace("organisation", int(unit.district)).filter(data__unit=unit.code)
    entries = list(about.order_by("-seq")[:LONGEST_STORY])
    names = {key: name for key, (name, _unit) in staff_by_key({entry.actor for entry in entries}).items()}
    return [_told(entry, names.get(entry.actor, _("平台"))) for entry in entries]


def changes_in_words(changes: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    """Changed fields as (label, before → after)."""
    told = []
    for name, values in changes.items():
        before, after = values
        told.append((_(FIELD_WORDS.get(name, name)), f"{value_word(name, before)} → {value_word(name, after)}"))
    return told


def value_word(name: str, value: str) -> str:
    """A value of a field as the reader knows it."""
    tables: Mapping[str, Any] = {"force": dict(Force.choices), "rank": dict(Rank.choices)}
    return str(tables.get(name, {}).get(value, value)) or "—"


def _told(entry: Entry, actor: str) -> dict[str, Any]:
    word, icon, tone = WORDS.get(entry.event, (entry.event, "circle", "grey"))
    facts = changes_in_words(entry.data.get("changes", {}))
    if entry.event == "UnitClosed":
        facts = [(_("最后一天"), entry.data["until"])]
        if entry.data.get("successor"):
            facts.append((_("承接单位"), entry.data["successor"]))
        if entry.data.get("open_work"):
            facts.append((_("在办事项"), str(entry.data["open_work"])))
    return {"actor": actor, "at": entry.at, "label": _(word), "icon": icon, "tone": tone, "facts": facts}


def day_from_asked(text: str) -> date | None:
    """A day as an address holds it; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
