"""What the portal brings to the front page: warnings on top, the latest news, a few figures."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext

from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.citizen.publishing.models import Article
from liandong.citizen.publishing.queries import articles_in_force, counted_at, warnings_in_force, whole_of
from liandong.citizen.publishing.rules.periods import Months, months_before
from liandong.citizen.publishing.rules.words import KIND_WORDS, LEVEL_TONES, LEVEL_WORDS, Kind, Level
from liandong.citizen.queries import home_district
from liandong.web.names import name_of, reads_english

LATEST: Final = 4


def front_page(*, at: datetime) -> dict[str, Any]:
    """The portal's part of the front page, of the main district or the first; nothing where there is none."""
    district = home_district()
    if not district:
        return {}
    book = rulebook_for(district)
    month = book.map.day_of(at).replace(day=1)
    latest = articles_in_force(district, at=at).exclude(kind=Kind.WARNING.value)[:LATEST]
    return {
        "warnings": [told(row, book) for row in warnings_in_force(district, at=at)],
        "latest": [told(row, book) for row in latest],
        "figures": whole_of(district, Months(months_before(month, 1), month)),
        "counted_at": counted_at(district),
        "zone": book.map.calendar.zone,
    }


def label_of(article: Article) -> str:
    """What kind of article it is; a warning with its colour."""
    if not article.level:
        return gettext(KIND_WORDS[Kind(article.kind)])
    return gettext("%(level)s预警") % {"level": gettext(LEVEL_WORDS[Level(article.level)])}


def told(article: Article, book: Rulebook) -> dict[str, Any]:
    """An article in the reader's words; the Chinese where it has no English."""
    words = article.shown
    assert words is not None  # a published article shows a version: a constraint of its table
    area, english = book.map.areas.get(article.area), reads_english()
    level = Level(article.level) if article.level else None
    return {
        "pk": article.pk,
        "kind": article.kind,
        "label": label_of(article),
        "tone": LEVEL_TONES[level] if level else "blue",
        "title": (words.title_en or words.title) if english else words.title,
        "text": (words.text_en or words.text) if english else words.text,
        "is_chinese": english and not words.title_en,
        "area": name_of(area) if area else "",
        "valid_from": article.valid_from,
        "valid_until": article.valid_until,
    }
