"""Questions to officials: asked by anybody, looked at before anybody reads them, answered by a unit, hidden if need be.

What was written is never overwritten: edits and new answers are further `Words`. Phones, identity numbers and plates
are taken out before anything is stored, and kept nowhere.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from liandong.areas.queries import district_map
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.redaction import clean, redact, storable
from liandong.citizen.publishing.events import (
    QuestionAnswered,
    QuestionAsked,
    QuestionAssigned,
    QuestionHidden,
    QuestionPublished,
)
from liandong.citizen.publishing.models import Question, Words
from liandong.citizen.publishing.operations.moderating import MODERATE, reason_given
from liandong.citizen.publishing.queries.questions import THE_QUESTION, thing_of_question
from liandong.citizen.publishing.rules.words import QuestionState
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.timeline.operations import Subject, record

ANSWER = "publishing.answer"
LONGEST_QUESTION = 1000
LONGEST_ANSWER = 4000
LONGEST_NAME = 20


class QuestionMoved(Refusal):
    """A step that does not lead on from where the question stands."""

    status = 409
    says = marked("这个问题现在不能这样处理。")
    remedy = marked("请刷新页面查看它的现状；先公开，再答复。")


@transaction.atomic
def ask_question(
    district: str, *, text: str, name: str = "", town: str = "", actor: Actor, at: datetime
) -> tuple[Question, str]:
    """Keep a question until somebody has looked at it; return it with what the asker may look it up by.

    :raises TextMissing, TextTooLong: the question says nothing, or too much
    """
    areas = district_map(district).areas
    area = town if town in areas and town.startswith(district) and len(town) == 9 else district
    words = _said(text, LONGEST_QUESTION)
    secret = secrets.token_urlsafe(18)
    question = Question.objects.create(
        district=district,
        area=area,
        name=redact(storable(name).strip()).text[:LONGEST_NAME],
        secret=digest_of_secret(secret),
        asked_at=at,
    )
    Words.objects.create(question=question, is_answer=False, number=1, text=words, made_at=at)
    _record(QuestionAsked(len(words)), question, actor=actor, at=at)
    return question, secret


@transaction.atomic
def publish_question(pk: int, *, text: str = "", unit: str = "", actor: Actor, at: datetime) -> Question:
    """Let everybody read a question, in the asker's words or in words mended by the moderator, and name who answers.

    :raises NotFound, Forbidden: not for this actor
    :raises QuestionMoved: it is public already
    :raises UnknownUnit: no such unit
    """
    question = _locked(pk, MODERATE, actor=actor)
    if question.state == QuestionState.PUBLISHED:
        raise QuestionMoved
    words = _last(question, is_answer=False)
    mended = _said(text, LONGEST_QUESTION) if text.strip() else words.text
    if mended != words.text:
        words = _write(question, mended, is_answer=False, unit="", actor=actor, at=at)
    question.unit = rulebook_for(question.district).unit(unit).code if unit else question.unit
    question.state, question.published_at = QuestionState.PUBLISHED.value, at
    question.reason = question.note = ""
    question.save(update_fields=["unit", "state", "published_at", "reason", "note"])
    _record(QuestionPublished(words.number, question.unit), question, actor=actor, at=at)
    return question


@transaction.atomic
def assign_question(pk: int, *, unit: str, actor: Actor, at: datetime) -> Question:
    """Say which unit is to answer.

    :raises NotFound, Forbidden: not for this actor
    :raises UnknownUnit: no such unit
    """
    question = _locked(pk, MODERATE, actor=actor)
    question.unit = rulebook_for(question.district).unit(unit).code
    question.save(update_fields=["unit"])
    _record(QuestionAssigned(question.unit), question, actor=actor, at=at)
    return question


@transaction.atomic
def answer_question(pk: int, *, text: str, actor: Actor, at: datetime) -> Question:
    """Answer a public question in the name of the unit that was asked; a further answer takes the place of the last.

    :raises NotFound, Forbidden: not for this actor
    :raises QuestionMoved: it is not public
    :raises TextMissing, TextTooLong: the answer says nothing, or too much
    """
    question = _locked(pk, ANSWER, actor=actor)
    if question.state != QuestionState.PUBLISHED or not question.unit:
        raise QuestionMoved
    words = _said(text, LONGEST_ANSWER)
    written = _write(question, words, is_answer=True, unit=question.unit, actor=actor, at=at)
    question.answered_at, question.answered_by_unit = at, question.unit
    question.save(update_fields=["answered_at", "answered_by_unit"])
    _record(QuestionAnswered(question.unit, written.number), question, actor=actor, at=at)
    return question


@transaction.atomic
def hide_question(pk: int, *, reason: str, note: str = "", actor: Actor, at: datetime) -> Question:
    """Show a question to nobody, or to nobody any more, with its answer; whoever asked is told the reason.

    :raises NotFound, Forbidden: not for this actor
    :raises ReasonUnclear: no known reason, or the other one without a word
    :raises QuestionMoved: it is hidden already
    """
    question = _locked(pk, MODERATE, actor=actor)
    if question.state == QuestionState.HIDDEN:
        raise QuestionMoved
    question.reason, question.note = reason_given(reason, note)
    question.state = QuestionState.HIDDEN.value
    question.save(update_fields=["state", "reason", "note"])
    _record(QuestionHidden(question.reason, question.note), question, actor=actor, at=at)
    return question


def digest_of_secret(secret: str) -> str:
    """The form in which what an asker was given is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _locked(pk: int, act: str, *, actor: Actor) -> Question:
    """The question, locked, for somebody who may `act` on it."""
    question = Question.objects.select_for_update().filter(pk=pk).first() if pk < 2**63 else None
    thing = thing_of_question(question) if question else None
    if question is None or not (actor.may(MODERATE, thing) or actor.may(ANSWER, thing)):
        raise NotFound(what=THE_QUESTION)
    require(actor, act, thing)
    return question


def _said(text: str, longest: int) -> str:
    """A text as it is kept: trimmed, its lines as we write them, without personal numbers."""
    return redact(clean(text.replace("\r\n", "\n"), longest=longest)).text


def _last(question: Question, *, is_answer: bool) -> Words:
    return Words.objects.filter(question=question, is_answer=is_answer).order_by("-number")[0]


def _write(question: Question, text: str, *, is_answer: bool, unit: str, actor: Actor, at: datetime) -> Words:
    numbers = Words.objects.filter(question=question, is_answer=is_answer).aggregate(last=Max("number"))
    number = (numbers["last"] or 0) + 1
    return Words.objects.create(
        question=question, is_answer=is_answer, number=number, text=text, made_by=actor.key, unit=unit, made_at=at
    )


def _record(event: object, question: Question, *, actor: Actor, at: datetime) -> None:
    hearers = (question.unit,) if question.unit else ()
    about = Subject("question", question.pk, area=question.area, hearers=hearers)
    record(event, about=about, actor=actor.key, at=at)
