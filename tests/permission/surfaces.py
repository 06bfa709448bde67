"""Every surface on which a case may show itself, asked as a browser with a session and as a service with a key."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpResponseBase
from django.test import Client

from liandong.cases.models import Case
from liandong.cases.operations import add_photo
from liandong.cases.queries import photos_of, trace_of
from liandong.people import live
from liandong.people.access import platform
from liandong.people.backend import LOCAL
from liandong.people.models import User
from liandong.people.operations import issue_key
from tests.cases.paths import ANYONE, photo
from tests.world import World

WORD: Final = "垃圾"
"""What stands in the description of every case of these tests."""
_NUMBER = re.compile(r'id="row-([A-Z]{2}-[\d-]+)"')
_SHUT = frozenset({403, 404})


@dataclass
class Visitor:
    """One account at a browser, and one key of the same account."""

    user: User
    world: World
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.force_login(self.user, backend=LOCAL)
        self.secret = f"key-of-{self.user.username}"
        issue_key(self.user, secret=self.secret, label="x", scopes="*", actor=platform("test"), at=self.world.at)

    def page(self, url: str) -> HttpResponseBase:
        """A page, as the browser asks for it."""
        return self.client.get(url)

    def api(self, path: str) -> Any:
        """An answer of the interface, as the key asks for it."""
        return Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self.secret}"})


def listed(visitor: Visitor, query: str = "") -> set[str]:
    """The numbers on the list page and its further pages."""
    seen: set[str] = set()
    url = f"/desk/cases/?{query}"
    while url:
        answer = visitor.page(url)
        if answer.status_code in _SHUT:
            return set()
        seen |= set(_NUMBER.findall(answer.content.decode()))  # type: ignore[attr-defined]
        older = answer.context["pager"]["older_url"]  # type: ignore[attr-defined]
        url = f"/desk/cases/{older}" if older else ""
    return seen


def searched(visitor: Visitor) -> set[str]:
    """The numbers that a search finds for a word of all cases."""
    return listed(visitor, f"text={WORD}")


def mapped(visitor: Visitor) -> set[str]:
    """The numbers of the points on the map."""
    answer = visitor.page("/desk/map/cases.json")
    if answer.status_code in _SHUT:
        return set()
    return {feature["properties"]["number"] for feature in answer.json()["features"]}  # type: ignore[attr-defined]


def exported(visitor: Visitor) -> set[str]:
    """The numbers in the exported file."""
    answer = visitor.page("/desk/cases/export.csv")
    if answer.status_code in _SHUT:
        return set()
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return {row[0] for row in list(csv.reader(io.StringIO(text)))[1:]}


def listed_by_key(visitor: Visitor) -> set[str]:
    """The numbers of the interface's list, page after page."""
    seen: set[str] = set()
    cursor = ""
    while True:
        answer = visitor.api(f"/cases?limit=20&cursor={cursor}").json()
        seen |= {row["number"] for row in answer["cases"]}
        cursor = answer["next"]
        if not cursor:
            return seen


def opened(visitor: Visitor, cases: Iterable[Case]) -> set[str]:
    """The numbers whose page opens."""
    return {case.number for case in cases if _opens(visitor.page(f"/desk/cases/{case.number}/"))}


def opened_by_key(visitor: Visitor, cases: Iterable[Case]) -> set[str]:
    """The numbers that the interface shows one by one."""
    return {case.number for case in cases if _opens(visitor.api(f"/cases/{case.number}"))}


def told_by_key(visitor: Visitor, cases: Iterable[Case]) -> set[str]:
    """The numbers whose whole story the interface tells."""
    return {case.number for case in cases if _opens(visitor.api(f"/cases/{case.number}/timeline"))}


def pictured(visitor: Visitor, cases: Iterable[Case]) -> set[str]:
    """The numbers whose photo is handed out."""
    seen = set()
    for case in cases:
        kept = photos_of(case).first()
        assert kept is not None
        answer = visitor.page(f"/desk/cases/{case.number}/photos/{kept.pk}/")
        if _opens(answer):
            seen |= {case.number} if b"".join(answer.streaming_content) else set()  # type: ignore[attr-defined]
    return seen


def announced(visitor: Visitor, cases: Iterable[Case]) -> set[str]:
    """The numbers whose youngest entry the open stream of this browser would be told of."""
    actor = live._actor_of(visitor.client.session.session_key or "")
    assert actor is not None
    return {case.number for case in cases if (entry := trace_of(case).last()) and live._is_for(actor, entry)}


WHOLE: Final[dict[str, Callable[[Visitor], set[str]]]] = {
    "list": listed,
    "search": searched,
    "export": exported,
    "list of the interface": listed_by_key,
}
ONE_BY_ONE: Final[dict[str, Callable[[Visitor, Iterable[Case]], set[str]]]] = {
    "page": opened,
    "photo": pictured,
    "interface": opened_by_key,
    "timeline of the interface": told_by_key,
    "announcement": announced,
}


def seen_everywhere(visitor: Visitor, cases: list[Case]) -> dict[str, set[str]]:
    """What each surface shows of these cases; the map apart, which shows only those with a point."""
    seen = {name: look(visitor) for name, look in WHOLE.items()}
    return seen | {name: look(visitor, cases) for name, look in ONE_BY_ONE.items()}


def with_photo(world: World, case: Case) -> Case:
    """Add a photo: something to hand out, and an entry told to nobody but those who may see the case now."""
    add_photo(case.number, content=photo("report"), purpose="report", actor=ANYONE, at=world.later(minutes=1))
    return case


def _opens(answer: HttpResponseBase) -> bool:
    assert answer.status_code in _SHUT | {200}, answer.status_code
    return answer.status_code == 200
