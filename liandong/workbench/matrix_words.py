"""How the responsibility matrix is put into words: classes, areas, conditions, and the words that stand for units."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from liandong.cases.matrices import RowNote
from liandong.cases.rulebook import Rulebook
from liandong.cases.rules.responsibility import EVERY, Row
from liandong.kernel.refusal import marked
from liandong.web.names import listed, name_of, reads_english
from liandong.workbench.choices import MOST, unit_options

PLACES: Final = {
    "town": marked("属地街镇"),
    "station": marked("所在居村工作站"),
    "grid": marked("所在网格"),
}
KINDS: Final = {
    "component": marked("部件"),
    "matter": marked("事件"),
    "appeal": marked("民生诉求"),
}
STATES: Final = {
    "draft": (marked("草案"), "amber"),
    "coming": (marked("待生效"), "blue"),
    "in_force": (marked("现行"), "green"),
    "past": (marked("已被取代"), "grey"),
}
OBSTACLES: Final = {
    "unnamed": marked("未指定"),
    "absent": marked("此处没有这个单位"),
    "closed": marked("该单位已撤销"),
    "weak": marked("处置权限不足"),
}
IDLE: Final = {
    "class": marked("目录中没有这样的类别"),
    "area": marked("区域已不在现行区划中"),
    "condition": marked("这些类别没有这个立案条件"),
    "unit": marked("所指单位不存在或已撤销"),
    "hidden": marked("处处都有更具体的规则"),
}


def word_name(word: str, book: Rulebook, *, area: str = "", day: date | None = None) -> str:
    """What a word of the matrix is called: the unit it stands for where `area` tells, else what it means in general."""
    code = book.resolve(word, area, day) if word else None
    if code:
        return name_of(book.units[code])
    kind, _colon, name = word.partition(":")
    if word in PLACES:
        return _(PLACES[word])
    if kind == "bureau" and name:
        return _("街镇%(name)s") % {"name": _bureau_name(word, book) or name}
    if kind == "office" and name:
        department = book.resolve(name, "")
        owner = name_of(book.units[department]) if department else name
        return _("%(department)s派驻机构") % {"department": owner}
    unit = next(iter(book.named(word, area)), "") if word else ""
    return name_of(book.units[unit]) if unit else word


def version_title(title: str, number: int) -> str:
    """What a version is called; nothing where it is called by its number alone."""
    return _(title) if title and title != str(number) else ""


def class_label(prefix: str, book: Rulebook) -> str:
    """A class or prefix: its name where the catalogue has one, else what its classes have in common."""
    if prefix == EVERY:
        return _("全部类别")
    kind = book.classes.get(prefix)
    if kind is not None:
        return name_of(kind)
    kinds = {one.kind for one in book.classes.values() if one.code.startswith(prefix)}
    if len(kinds) == 1 and (word := KINDS.get(next(iter(kinds)))):
        return _(word)
    return _("%(prefix)s 开头的类别") % {"prefix": prefix}


def area_label(prefix: str, book: Rulebook) -> str:
    """An area or `*`."""
    if prefix in (EVERY, book.map.district.code):
        return _("全区")
    return " › ".join(name_of(area) for area in book.map.path(prefix)) or prefix


def condition_label(condition: str, prefix: str, book: Rulebook) -> str:
    """A filing condition of the classes under a prefix; nothing for every one."""
    if condition == EVERY:
        return ""
    return dict(conditions_below(prefix, book)).get(condition, condition)


def conditions_below(prefix: str, book: Rulebook) -> list[tuple[str, str]]:
    """The filing conditions that classes under a prefix have of their own, as choices."""
    found: dict[str, str] = {}
    for code, known in book.conditions.items():
        if code != EVERY and (prefix == EVERY or code.startswith(prefix)):
            found |= {name: name_of(condition) for name, condition in known.items() if name != EVERY}
    return sorted(found.items())


def place_label(row: Row, book: Rulebook) -> str:
    """Where a row stands: class × area, and its condition if it has one."""
    parts = [
        f"{row.class_prefix} {class_label(row.class_prefix, book)}".removeprefix("* "),
        area_label(row.area_prefix, book),
    ]
    condition = condition_label(row.condition, row.class_prefix, book)
    return " × ".join([*parts, *([condition] if condition else [])])


def answer_label(lead: str, assisting: Iterable[str], fallback: str, book: Rulebook) -> str:
    """Whom a row names, in one line."""
    helpers = listed(word_name(word, book) for word in assisting)
    parts = [word_name(lead, book)]
    parts += [_("协办 %(units)s") % {"units": helpers}] if helpers else []
    parts += [_("兜底 %(unit)s") % {"unit": word_name(fallback, book)}] if fallback else []
    return _("；").join(parts)


def note_words(notes: Iterable[RowNote]) -> list[str]:
    """What to mind about a row, in the reader's language."""
    return [_(note.says) % note.values for note in notes]


def word_options(text: str, book: Rulebook, day: date) -> list[dict[str, Any]]:
    """Units and the words for whoever is responsible on the spot, best first; the words first without a text."""
    sought = text.strip().lower()
    words = [*PLACES, *sorted(_named_words(book))]
    general = [
        {"value": word, "label": name, "note": _("随地点而定")}
        for word in words
        if sought in (name := word_name(word, book)).lower() or word.startswith(sought)
    ]
    units = unit_options(text, book, day)
    return [*general[: MOST if not sought else 6], *units][: MOST + 6]


def _bureau_name(word: str, book: Rulebook) -> str:
    """What the towns' bureaus of one short name are called in English: one of them without its town's name."""
    if not reads_english():
        return ""
    for (known, _place), codes in book.all_by_place.items():
        if known == word:
            unit = book.units[codes[0]]
            town = book.map.areas.get(unit.area[:9])
            return unit.name_en.removeprefix(town.name_en if town else "").strip()
    return ""


def _named_words(book: Rulebook) -> set[str]:
    """`bureau:…` by its short name and `office:…` by its department's short code, each once."""
    found = {word for word, _place in book.all_by_place if word.startswith("bureau:")}
    towns = [unit.name for unit in book.units.values() if unit.kind == "town"]
    short = {word for word in found if not any(word.removeprefix("bureau:").startswith(town) for town in towns)}
    offices = {word for word, _place in book.all_by_place if word.startswith("office:") and "-" not in word}
    return short | offices
