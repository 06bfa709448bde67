"""What the operator's forms take of the hotline: the number of the call at hand, the article an answer rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from liandong.cases.rulebook import Rulebook
from liandong.intake_channels.hotline.operations import note_case_of_call
from liandong.intake_channels.hotline.queries import article_cited, hand_overs_of, is_overdue, number_for_case
from liandong.intake_channels.hotline.rules.handing_over import OUTCOME_WORDS, PARTY_WORDS, STAYS_WORDS
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest


def call_in(request: DeskRequest) -> int | None:
    """The call a form was sent with."""
    text = request.POST.get("call", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def callers_number(request: DeskRequest) -> str:
    """The number of the call at hand, where the operator lets it stand for the reporter's phone.

    It never enters the form: the page shows it during the call only, the case keeps it sealed. A call that is over
    gives none, and is no reason to lose what was typed.
    """
    call = call_in(request)
    if call is None or request.POST.get("use_caller") != "yes":
        return ""
    try:
        return number_for_case(request.actor, call)
    except NotFound:
        return ""


def write_on_call(request: DeskRequest, number: str, *, at: datetime) -> None:
    """Note the case on the call at hand, if there still is one."""
    call = call_in(request)
    if call is None:
        return
    try:
        note_case_of_call(call, number=number, actor=request.actor, at=at)
    except NotFound:
        return


def cited(given: Mapping[str, Any], book: Rulebook, *, at: datetime) -> str:
    """The article an answer rests on, as its record names it; nothing where none was used.

    :raises ArticleNotInForce: it does not hold today
    """
    article = given.get("article")
    return article_cited(book.map.district.code, article, day=book.day_of(at)) if article else ""


def hand_overs_shown(number: str, *, at: datetime) -> list[dict[str, Any]]:
    """What was handed over of a case to 110, 119, 120 or another desk, as its page shows it."""
    return [
        {
            "row": row,
            "party": row.to_name or gettext(PARTY_WORDS[row.party]),
            "stays": gettext(STAYS_WORDS[row.stays]) if row.stays else "",
            "outcome": gettext(OUTCOME_WORDS[row.outcome]),
            "is_overdue": is_overdue(row, at=at),
        }
        for row in hand_overs_of(number)
    ]
