"""What the pages for everybody ask: which district, which classes, whether a code can be sent, whom a link follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from unicodedata import normalize

from liandong.areas.queries import district_codes, district_map, main_district
from liandong.cases.queries import (
    THE_CASE,
    Similar,
    case_for,
    case_of_joined,
    matter_told,
    public_cases_like,
    public_classes,
)
from liandong.cases.rulebook import rulebook_for
from liandong.citizen.models import PhoneCode
from liandong.citizen.rules.codes import code_from
from liandong.citizen.sealing import key_for, opened, signed, unsigned
from liandong.kernel.bigrams import query_terms
from liandong.notify.channels import transport_of
from liandong.notify.rules.words import Channel
from liandong.people.access import Actor, NotFound
from liandong.people.contacts import mobile
from liandong.people.rules.scope import PostHeld

if TYPE_CHECKING:
    from liandong.cases.models import Case

CHANNEL: Final = "citizen"
APP: Final = Actor("citizen/app", None, "citizen", (PostHeld("", "citizen_app", "", "citizen"),))
"""Who acts for citizens without an account: it may report and do what reporters do, and nothing else."""

PROVEN_FOR: Final = timedelta(hours=1)
"""How long a link opens a case after its phone was proven; the link given with a report lasts."""
MOST_CLASSES: Final = 6
MOST_NEAR: Final = 3


@dataclass(frozen=True, slots=True)
class Followed:
    """A case somebody follows: as its reporter, or as one who joined it under a number of their own."""

    case: Case
    number: str
    is_joined: bool


def home_district() -> str:
    """The district that is meant where nobody names one; empty where none is loaded."""
    return _home_of(district_codes())


def district_at(lon: float | None, lat: float | None, *, at: datetime) -> str:
    """The district a point lies in, on the map of the day of `at`; the home district for any other."""
    codes = district_codes()
    if lon is not None and lat is not None and len(codes) > 1:
        for code in codes:
            book = district_map(code)
            if book.locator_on(book.day_of(at)).locate(lon, lat):
                return code
    return _home_of(codes)


def default_class(district: str) -> str:
    """The class of reports whose reporter names none; empty where the district demands one."""
    return rulebook_for(district).policy("*").unclassed


def classes_like(words: str, *, district: str, most: int = MOST_CLASSES) -> list[Any]:
    """The public classes whose names share most with what was written, best first; all of them for no words."""
    known = public_classes(district)
    if not words.strip():
        return known
    said = set(query_terms(words))
    scored = [(len(said & named) / len(named), kind) for kind in known if (named := _terms_of(kind))]
    return [kind for score, kind in sorted(scored, key=lambda one: (-one[0], one[1].code)) if score > 0][:most]


def near_reports(
    district: str,
    *,
    lon: float | None,
    lat: float | None,
    words: str,
    address: str,
    class_code: str,
    at: datetime,
) -> list[Similar]:
    """Open cases anybody may see that are perhaps what is being reported."""
    book = district_map(district)
    area = book.locator_on(book.day_of(at)).locate(lon, lat) if lon is not None and lat is not None else ""
    matter = matter_told(
        class_code=class_code, text=words, at=at, area=area or "", lon=lon, lat=lat, address=address
    )  # fmt: skip
    return public_cases_like(matter, district=district, most=MOST_NEAR)


def mobile_of(phone: str) -> str:
    """The eleven digits of a mobile number, in whatever width and with whatever blanks; empty for anything else."""
    return mobile(normalize("NFKC", phone))


def has_codes() -> bool:
    """Whether a code can reach a phone at all: whether a way for short messages is set up."""
    return bool(transport_of(Channel.SMS))


def letter_of_code(code_id: int) -> tuple[str, Mapping[str, str]]:
    """The phone a code goes to and the code, for the instant of sending; no phone where it was used or is over."""
    row = PhoneCode.objects.filter(pk=code_id).first()
    if row is None or row.sealed is None:
        return "", {}
    return opened(bytes(row.sealed), purpose="phone code"), {"code": code_from(key_for("code"), salt=bytes(row.salt))}


def link_for(number: str) -> str:
    """The secret part of the link that follows a report: whoever holds it is its reporter."""
    return signed(number, purpose="follow")


def proven_link(number: str, *, at: datetime) -> str:
    """A link for whoever has just proven the phone of a report; good for an hour."""
    return signed(f"{number} {int((at + PROVEN_FOR).timestamp())}", purpose="follow")


def followed(token: str, *, at: datetime) -> Followed:
    """The case a link follows.

    :raises NotFound: we gave out no such link, or its hour is over
    """
    number, _space, until = unsigned(token, purpose="follow").partition(" ")
    if not number or (until and int(until) <= at.timestamp()):
        raise NotFound(what=THE_CASE)
    try:
        return Followed(case_for(APP, number), number, is_joined=False)
    except NotFound:
        return Followed(case_for(APP, case_of_joined(APP, number)), number, is_joined=True)


def _home_of(codes: list[str]) -> str:
    if len(codes) == 1:
        return codes[0]
    return main_district() or next(iter(codes), "")


def _terms_of(kind: Any) -> set[str]:
    return set(query_terms(kind.name)) | {term for term in query_terms(kind.name_en) if len(term) > 3}
